//! Many people at once: who they are, what they open, and how long each of them waited. For the tests of load and the bench.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use axum::http::Method;
use futures_util::future::{join_all, try_join_all};
use serde_json::Value;
use tempfile::TempDir;

use super::canned::{self, Store};
use super::front_door::{User, front};
use super::http::{self, Answer};
use super::serve::{Serve, serve_with_assets};
use super::{board, small_dist, wait};

/// Unix seconds.
pub fn now() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}

/// Opens a board and reads it to its end; in seconds.
async fn opened(server: &Serve, token: &str, request: &Value) -> Result<f64> {
    let since = Instant::now();
    let bearer = format!("Bearer {token}");
    let url = format!("{}/api/panels", server.url);
    let answer = http::post_json(&url, &[("authorization", &bearer)], request).await?;
    board::is_whole(&answer)?;
    Ok(since.elapsed().as_secs_f64())
}

/// What so many of a hundred waited at most.
pub fn percentile(took: &mut [f64], percent: usize) -> Result<f64> {
    took.sort_by(f64::total_cmp);
    let last = took.len().checked_sub(1).context("nobody came")?;
    took.get((took.len() * percent / 100).min(last))
        .copied()
        .context("nobody waited")
}

/// Callers who share nothing, before a store of canned answers.
#[derive(Debug)]
pub struct Strangers {
    pub server: Serve,
    _store: Store,
    _folders: [TempDir; 2],
}

impl Strangers {
    pub async fn start() -> Result<Strangers> {
        let (store, assets, boards) = (canned::start().await?, small_dist::write()?, board::write()?);
        let folder = boards.path().to_string_lossy().into_owned();
        // The machine is the test's: on one with more cores nobody waits that long.
        let settings = ["--dashboards", &folder, "--queue-timeout", "1m"];
        Ok(Strangers {
            server: serve_with_assets(assets.path(), &store.url, &settings).await?,
            _store: store,
            _folders: [assets, boards],
        })
    }

    /// Each opens the same board; how long each waited.
    pub async fn open(&self, people: usize) -> Result<Vec<f64>> {
        let request = board::request(None, now()?.div_euclid(3600) * 3600);
        let looks = (0..people).map(async |person| opened(&self.server, &format!("p{person}"), &request).await);
        try_join_all(looks).await
    }
}

/// Five callers before OpenShift's own front.
#[derive(Debug)]
pub struct Colleagues {
    pub server: Serve,
    /// Token, and the namespace that it is about.
    callers: Vec<(String, Option<&'static str>)>,
    _folders: [TempDir; 2],
}

impl Colleagues {
    pub async fn start() -> Result<Colleagues> {
        let front = front()?;
        let boards = board::write()?;
        let settings = [
            "--dashboards",
            &boards.path().to_string_lossy(),
            // The test's machine has two cores for five programs and five hundred readers.
            "--queue-timeout",
            "1m",
            "--scrape-interval",
            "1s",
        ];
        let (server, assets) = front.serve(&settings).await?;
        let token = |user| front.kube.token(user).to_owned();
        // A second session of somebody who has one is another caller.
        let second = front.kube.another_token(User::Admin).await?;
        let callers = vec![
            (token(User::Admin), None),
            (token(User::Viewer), None),
            (token(User::One), Some("team-a")),
            (token(User::Two), Some("team-b")),
            (second, None),
        ];
        Ok(Colleagues {
            server,
            callers,
            _folders: [assets, boards],
        })
    }

    /// Each opens so many boards of the hour before `to` at once; how long each board took.
    pub async fn open(&self, boards: usize, to: i64) -> Result<Vec<f64>> {
        let open = self.callers.iter().flat_map(|(token, namespace)| {
            let request = board::request(*namespace, to);
            (0..boards).map(move |_| (token, request.clone()))
        });
        try_join_all(open.map(async |(token, request)| opened(&self.server, token, &request).await)).await
    }
}

/// Ten times as many questions as there is room for.
#[derive(Debug)]
pub struct Crush {
    pub server: Serve,
    store: Store,
    rounds: usize,
    _assets: TempDir,
}

/// What came of them.
#[derive(Debug)]
pub struct Crushed {
    pub answers: Vec<Answer>,
    /// Of `/healthz`, while all waited.
    pub health: u16,
    /// From the store's return until as many as there is room for have a good answer once more.
    pub recovered_s: f64,
}

impl Crush {
    pub const ROOM: usize = 8 + 32;
    pub const ALL: usize = 10 * Crush::ROOM;

    pub async fn start() -> Result<Crush> {
        let (store, assets) = (canned::start().await?, small_dist::write()?);
        let settings = ["--max-queries", "8", "--max-waiting", "32", "--queue-timeout", "1m"];
        Ok(Crush {
            server: serve_with_assets(assets.path(), &store.url, &settings).await?,
            store,
            rounds: 0,
            _assets: assets,
        })
    }

    async fn ask(&self, token: usize, number: usize) -> Result<Answer> {
        let bearer = format!("Bearer c{token}");
        let url = format!(
            "{}/api/v1/query_range?query=up&start=1&end={number}&step=1",
            self.server.url
        );
        http::send(Method::GET, &url, &[("authorization", &bearer)], bytes::Bytes::new()).await
    }

    /// All at once, while the store is held; once nobody new is let in, it goes on.
    pub async fn round(&mut self) -> Result<Crushed> {
        self.rounds += 1;
        self.store.now.hold();
        let asking = join_all((0..Crush::ALL).map(|caller| self.ask(caller, self.rounds)));
        let shed = async {
            let refused = "servelens_queries_refused_total{reason=\"busy\"}";
            let expect = f64::from(u32::try_from((Crush::ALL - Crush::ROOM) * self.rounds)?);
            wait::until(
                "all others are turned away",
                async || self.server.metric(refused).await,
                |n| *n >= expect,
            )
            .await?;
            // Meanwhile the page itself is there.
            let health = http::get(&format!("{}/healthz", self.server.url)).await?;
            self.store.now.release();
            anyhow::Ok((Instant::now(), health.status.as_u16()))
        };
        let (answers, shed) = tokio::join!(asking, shed);
        let (released, health) = shed?;
        // It is over: everybody is served, those who were turned away first.
        for caller in 0..Crush::ROOM {
            let answer = self.ask(caller, 1000 + self.rounds).await?;
            anyhow::ensure!(answer.status == 200, "{}: {}", answer.status, answer.text());
        }
        Ok(Crushed {
            answers: answers.into_iter().collect::<Result<_>>()?,
            health,
            recovered_s: released.elapsed().as_secs_f64(),
        })
    }
}
