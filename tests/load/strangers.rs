//! Five hundred people who share nothing, and ten times as many as there is room for.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use axum::http::Method;
use futures_util::future::{join_all, try_join_all};
use tests::rig::http::{self, Answer};
use tests::rig::serve::{Serve, serve_with_assets};
use tests::rig::{board, canned, small_dist, wait};

use super::{asked, metric};

const PEOPLE: usize = 500;
/// 350 MiB: what a thousand viewers may cost.
const MOST_KIB: u64 = 350 << 10;

async fn look(server: &Server<'_>, token: &str, to: i64) -> Result<Answer> {
    let bearer = format!("Bearer {token}");
    let url = format!("{}/api/panels", server.0.url);
    http::post_json(&url, &[("authorization", &bearer)], &board::request(None, to)).await
}

struct Server<'a>(&'a Serve);

impl Server<'_> {
    async fn ask(&self, token: usize, number: usize) -> Result<Answer> {
        let bearer = format!("Bearer c{token}");
        let url = format!("{}/api/v1/query_range?query=up&start=1&end={number}&step=1", self.0.url);
        http::send(Method::GET, &url, &[("authorization", &bearer)], bytes::Bytes::new()).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_callers_are_all_served_within_bounded_memory() -> Result<()> {
    let (store, assets, boards) = (canned::start().await?, small_dist::write()?, board::write()?);
    let folder = boards.path().to_string_lossy().into_owned();
    // The machine is the test's: on one with more cores nobody waits that long.
    let settings = ["--dashboards", &folder, "--queue-timeout", "1m"];
    let serve = serve_with_assets(assets.path(), &store.url, &settings).await?;
    let server = Server(&serve);
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    let to = now.div_euclid(3600) * 3600;
    let began = Instant::now();
    let mut took = try_join_all((0..PEOPLE).map(async |person| {
        let since = Instant::now();
        board::is_whole(&look(&server, &format!("p{person}"), to).await?)?;
        anyhow::Ok(since.elapsed().as_secs_f64())
    }))
    .await?;
    took.sort_by(f64::total_cmp);
    let count = asked(&serve).await?;
    // Forty panels, and one look at where the store's data begins.
    let people = u64::try_from(PEOPLE)?;
    assert_eq!(
        count.get("query_range"),
        Some(&(people * 41)),
        "nothing is shared between callers"
    );
    assert_eq!(count.get("series"), Some(&people));
    let peak = serve.child.peak_kib()?;
    println!(
        "{PEOPLE} boards in {:.1} s; a board's median {:.1} s, p99 {:.1} s; peak memory {} MiB",
        began.elapsed().as_secs_f64(),
        took[took.len() / 2],
        took[took.len() * 99 / 100],
        peak >> 10
    );
    ensure!(peak < MOST_KIB, "{peak} KiB at the peak");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_the_load_is_shed_at_once_and_forgotten_when_it_is_over() -> Result<()> {
    let (store, assets) = (canned::start().await?, small_dist::write()?);
    let settings = ["--max-queries", "8", "--max-waiting", "32", "--queue-timeout", "1m"];
    let serve = serve_with_assets(assets.path(), &store.url, &settings).await?;
    let server = Server(&serve);
    let (room, ten_times) = (8 + 32, 10 * (8 + 32));
    for round in 1..=3 {
        store.now.hold();
        let asking = join_all((0..ten_times).map(|caller| server.ask(caller, round)));
        let shed = async {
            let refused = "servelens_queries_refused_total{reason=\"busy\"}";
            let expect = f64::from(u32::try_from((ten_times - room) * round)?);
            wait::until(
                "all others are turned away",
                async || metric(&serve, refused).await,
                |n| *n >= expect,
            )
            .await?;
            // Meanwhile the page itself is there.
            let health = http::get(&format!("{}/healthz", serve.url)).await?;
            store.now.release();
            anyhow::Ok((Instant::now(), health.status.as_u16()))
        };
        let (answers, shed) = tokio::join!(asking, shed);
        let (released, health) = shed?;
        let answers: Vec<Answer> = answers.into_iter().collect::<Result<_>>()?;
        let with = |status: u16| answers.iter().filter(move |answer| answer.status == status);
        assert_eq!(
            (health, with(200).count(), with(503).count()),
            (200, room, ten_times - room),
            "round {round}"
        );
        assert!(with(503).all(|answer| answer.header("retry-after") == "5"));
        // It is over: everybody is served, those who were turned away first.
        for caller in 0..room {
            let answer = server.ask(caller, 1000 + round).await?;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        println!(
            "round {round}: {:.2} s from the store's return to {room} more answers",
            released.elapsed().as_secs_f64()
        );
        assert!(
            metric(&serve, "servelens_queries").await?.abs() < 0.5,
            "no place is lost"
        );
    }
    Ok(())
}
