//! Generated queries through Servelens and the real front, for every user: no answer holds a series of another namespace than
//! the one that is asked about, and each is what the front itself gives.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use axum::http::Method;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;
use tests::rig::front_door::{Front, User, front};
use tests::rig::http::{self, Answer};
use tests::rig::serve::Serve;

use super::generate::{KINDS, Made, query};
use super::words::Words;
use super::{allowed, now, seen};
use crate::front::{data, matrix::before};

/// What the rig's stores hold, and what asks for more of it than one may see. No pod and no instance: see [`seen`].
const WORDS: Words = Words {
    metrics: &["rig_load", "rig_load", "up", "ALERTS", "scrape_samples_scraped"],
    labels: &[
        "namespace",
        "pod",
        "instance",
        "prometheus",
        "exported_namespace",
        "x y",
    ],
    values: &[
        "team-a",
        "team-b",
        "openshift-monitoring",
        "gpu-operator",
        "",
        "team-a|team-b",
        "a\"b",
        "}",
    ],
    patterns: &[".*", ".+", "team-.*", "team-a|team-b", "openshift.*", "[abp]-.*", ""],
    names: ".+",
};

const NAMESPACES: [&str; 3] = ["team-a", "team-b", "openshift-monitoring"];
/// Of each user; `SERVELENS_FUZZ` asks for more.
const EACH: u64 = 1_000;
const AT_ONCE: usize = 6;

/// The same in every run.
fn tape(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()[0]
    };
    let length = 4 + usize::from(next()) % 60;
    (0..length).map(|_| next()).collect()
}

fn encode(pairs: &[(&str, &str)]) -> String {
    let pairs: BTreeMap<&str, String> = pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    http::query(&pairs)
}

struct Asking<'a> {
    front: &'a Front,
    server: &'a Serve,
    time: String,
}

/// What came of one query.
struct Outcome {
    status: u16,
    made: Made,
    /// Whether series came.
    filled: bool,
    /// Whether the front's own answer was the same; `None`: it was not asked.
    same: Option<bool>,
}

impl Asking<'_> {
    async fn one(&self, user: User, seed: u64) -> Result<Outcome> {
        let made = query(&tape(seed), &WORDS);
        let namespace = NAMESPACES[usize::try_from(seed)? % NAMESPACES.len()];
        let answer = self.servelens(user, namespace, seed, &made.text).await?;
        let status = answer.status.as_u16();
        let body = answer.json()?;
        let (seen, asked) = (seen(&body), BTreeSet::from([namespace]));
        ensure!(
            seen.is_subset(&asked),
            "{user:?} asked about {namespace} and saw {seen:?}: {}\n{body}",
            made.text
        );
        let may = allowed(user).is_none_or(|all| all.contains(&namespace));
        ensure!(
            may || [400, 403].contains(&status),
            "{user:?} got {status} of {namespace}: {}",
            made.text
        );
        let compared = may && status == 200 && seed.is_multiple_of(4) && is_comparable(user, &made);
        let same = if compared {
            self.directly(user, namespace, seed, &made.text, &answer).await?
        } else {
            None
        };
        let filled = body["data"]["result"].as_array().is_some_and(|list| !list.is_empty());
        Ok(Outcome {
            status,
            made,
            filled,
            same,
        })
    }

    fn params<'b>(&'b self, seed: u64, text: &'b str) -> Vec<(&'b str, &'b str)> {
        if seed % 5 == 4 {
            vec![
                ("query", text),
                ("start", &self.time),
                ("end", &self.time),
                ("step", "30"),
            ]
        } else {
            vec![("query", text), ("time", &self.time)]
        }
    }

    fn door(seed: u64) -> &'static str {
        if seed % 5 == 4 { "query_range" } else { "query" }
    }

    /// By address or by parameter, as a GET or as a form.
    async fn servelens(&self, user: User, namespace: &str, seed: u64, text: &str) -> Result<Answer> {
        let (bearer, door) = (format!("Bearer {}", self.front.kube.token(user)), Self::door(seed));
        let query = encode(&self.params(seed, text));
        let base = &self.server.url;
        let by_address = seed.is_multiple_of(2);
        let path = if by_address {
            format!("{base}/ns/{namespace}/api/v1/{door}")
        } else {
            format!("{base}/api/v1/{door}")
        };
        let named = if by_address {
            String::new()
        } else {
            format!("namespace={namespace}")
        };
        let auth = ("authorization", bearer.as_str());
        if seed % 7 == 6 {
            let kind = ("content-type", "application/x-www-form-urlencoded");
            return http::send(Method::POST, &format!("{path}?{named}"), &[auth, kind], query.into()).await;
        }
        http::send(
            Method::GET,
            &format!("{path}?{query}&{named}"),
            &[auth],
            bytes::Bytes::new(),
        )
        .await
    }

    async fn directly(&self, user: User, namespace: &str, seed: u64, text: &str, got: &Answer) -> Result<Option<bool>> {
        // 9092 refuses whoever sees the cluster and has no role in the namespace.
        let user = if user == User::Viewer { User::Admin } else { user };
        let (door, query) = (Self::door(seed), encode(&self.params(seed, text)));
        let url = format!("{}/api/v1/{door}?{query}&namespace={namespace}", self.front.tenancy_url);
        let direct = self.front.https.get(&url, self.front.kube.token(user)).await?;
        // Its own proxy refuses some of what the guard confines.
        if direct.status != 200 && allowed(user).is_none() {
            return Ok(None);
        }
        ensure!(
            direct.status == 200,
            "the front says {}: {}: {text}",
            direct.status,
            direct.text()
        );
        Ok(Some(data(got)? == data(&direct)?))
    }
}

/// Whether the front must answer the same. Of an aggregation's parameter its proxy takes no notice. A developer's question
/// goes to it as it is; that of whoever sees the cluster is confined by the guard, which adds its matcher where the proxy
/// puts it in another's place.
fn is_comparable(user: User, made: &Made) -> bool {
    let names = |(label, ..): &(String, String, String)| label == "namespace";
    let of_the_guard = allowed(user).is_none();
    let replaced = made
        .selectors
        .iter()
        .any(|selector| selector.matchers.iter().any(names));
    !made.kinds.contains("aggregate parameter") && !(of_the_guard && (replaced || made.text.contains("absent")))
}

#[tokio::test]
async fn promise_10_no_generated_query_shows_a_series_of_another_namespace_through_the_real_front() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let each = std::env::var("SERVELENS_FUZZ")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(EACH);
    let asking = Asking {
        front,
        server: &server,
        time: now().to_string(),
    };
    let mut reached = BTreeSet::new();
    let mut rows = Vec::new();
    for user in User::ALL {
        let all: Vec<Outcome> = stream::iter((0..each).map(|seed| asking.one(user, seed)))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let count = |pick: &dyn Fn(&Outcome) -> bool| all.iter().filter(|outcome| pick(outcome)).count();
        let (good, filled) = (
            count(&|outcome| outcome.status == 200),
            count(&|outcome| outcome.filled),
        );
        let (compared, same) = (
            count(&|outcome| outcome.same.is_some()),
            count(&|outcome| outcome.same == Some(true)),
        );
        rows.push(format!(
            "{user:?}: {each} asked, {good} good, {filled} with series, {compared} compared, {same} the same"
        ));
        assert_eq!(compared, same, "{rows:#?}");
        let enough = usize::try_from(each)? / 50;
        let expect = match user {
            User::Nobody => good == 0,
            _ => filled >= enough && compared >= enough / 4,
        };
        assert!(expect, "the generator asks too little: {rows:#?}");
        reached.extend(all.into_iter().flat_map(|outcome| outcome.made.kinds));
    }
    println!("{}", rows.join("\n"));
    let missing: Vec<_> = KINDS.iter().filter(|kind| !reached.contains(*kind)).collect();
    assert!(missing.is_empty(), "kinds of node that no query reached: {missing:?}");
    Ok(())
}

/// The check of this file can fail: what an administrator sees is not what the developer of one namespace may see.
#[tokio::test]
async fn promise_10_a_leak_through_the_front_would_be_seen() -> Result<()> {
    let front = front()?;
    let (server, _assets) = before(front).await?;
    let bearer = format!("Bearer {}", front.kube.token(User::Admin));
    let url = format!("{}/api/v1/query?query=rig_load", server.url);
    let answer = http::send(Method::GET, &url, &[("authorization", &bearer)], bytes::Bytes::new()).await?;
    let all = BTreeSet::from([
        "team-a",
        "team-b",
        "openshift-monitoring",
        "gpu-operator",
        "no namespace",
    ]);
    assert_eq!(seen(&answer.json()?), all, "{}", answer.text());
    assert_eq!(
        seen(&json!({"data": ["b-0", {"x": "a-1"}]})),
        BTreeSet::from(["team-a", "team-b"])
    );
    Ok(())
}
