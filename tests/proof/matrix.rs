//! The same two replicas in many worlds: whatever the names, the monitors and the past, the headline numbers are right, or
//! they are absent and the state says why.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use anyhow::Result;
use serde_json::json;

use super::ask::{Answer, Range, Server};
use super::catalogue;
use super::compare::close;
use super::store::{Generation, store};
use super::world::{World, many};

static MANY: LazyLock<World> = LazyLock::new(many::worlds);

/// The last value of each series of a panel's first query, in the order of size.
fn last(answer: &Answer) -> Vec<f64> {
    let frames = answer.frames.iter().filter(|frame| frame.query == 0);
    let mut values: Vec<f64> = frames
        .filter_map(|frame| frame.values().last().copied().flatten())
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

/// What each panel shows at the end where two replicas answer one request a second each.
const RIGHT: &[(&str, &[f64])] = &[
    ("overview.requests", &[2.0]),
    ("overview.waiting", &[6.0]),
    ("overview.kv_cache", &[0.5]),
    ("overview.ttft", &[0.25 + 0.25 * 0.95]),
    ("vllm.requests", &[2.0]),
    ("vllm.generation_tokens", &[80.0]),
    ("vllm.error_ratio", &[0.0]),
    ("vllm.mean_response_time", &[]),
    ("vllm.ttft", &[0.25 + 0.25 * 0.5]),
    ("vllm.itl", &[0.025 + 0.025 * 0.5]),
    ("vllm.kv_cache", &[0.5, 0.5]),
    ("vllm.waiting", &[3.0, 3.0]),
    ("vllm.replicas", &[2.0]),
];

fn fault(world: &str, panel: &str, answer: &Answer, expected: &[f64]) -> Option<String> {
    let got = last(answer);
    let same = got.len() == expected.len() && got.iter().zip(expected).all(|(got, expected)| close(*expected, *got));
    let honest = !expected.is_empty() || answer.state != "ok" || !got.is_empty();
    (!same || !honest).then(|| {
        format!(
            "{world}: {panel} is {} with {got:?}, expected {expected:?}",
            answer.state
        )
    })
}

async fn in_namespace(server: &Server, panels: &[&str], namespace: &str) -> Result<BTreeMap<String, Answer>> {
    let mut range = Range::new(many::RANGE, 400);
    range.vars = json!({"namespace": [namespace]});
    server.ask(panels, &range).await
}

fn ids() -> Vec<&'static str> {
    RIGHT.iter().map(|(panel, _)| *panel).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_headline_numbers_are_the_same_in_every_world_with_the_same_work() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let server = Server::start(&store(generation, &[&MANY]).await?, catalogue(), "30s").await?;
        let mut faults = Vec::new();
        for world in [
            "new-names",
            "old-names",
            "both-names",
            "prefixed",
            "twins",
            "two-jobs",
            "old-beside-new",
            "reset",
            "restart",
        ] {
            // Each namespace is seen alone, as by somebody who may read no other.
            let answers = in_namespace(&server, &ids(), world).await?;
            faults.extend(
                RIGHT
                    .iter()
                    .filter_map(|(panel, expected)| fault(world, panel, &answers[*panel], expected)),
            );
        }
        server.stop().await;
        assert!(
            faults.is_empty(),
            "{generation:?}: {} faults:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_away_is_missing_while_it_is_away() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MANY]).await?, catalogue(), "30s").await?;
    let answers = in_namespace(&server, &["vllm.replicas", "vllm.requests"], "restart").await?;
    server.stop().await;
    // The middle of the gap, one scrape before it, and long after it.
    let (gap, before) = ((many::AWAY.start + many::AWAY.end) / 2, many::AWAY.start - 1);
    let shown = |panel: &str, scrape: i64| {
        let frame = &answers[panel].frames[0];
        frame.values()[usize::try_from((many::START + scrape * 30 - frame.start) / frame.step).unwrap()]
    };
    let both: Vec<_> = [before, gap, many::AWAY.end + 10]
        .map(|scrape| (shown("vllm.replicas", scrape), shown("vllm.requests", scrape)))
        .into();
    assert_eq!(
        both,
        [(Some(2.0), Some(2.0)), (Some(1.0), Some(1.0)), (Some(2.0), Some(2.0))]
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_traffic_there_is_a_rate_of_zero_and_no_share_and_no_percentile() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MANY]).await?, catalogue(), "30s").await?;
    let answers = in_namespace(&server, &ids(), "idle").await?;
    server.stop().await;
    assert_eq!(last(&answers["vllm.requests"]), [0.0]);
    assert_eq!(last(&answers["vllm.waiting"]), [3.0, 3.0]);
    for panel in ["vllm.ttft", "vllm.itl", "vllm.error_ratio", "overview.ttft"] {
        let answer = &answers[panel];
        let told: Vec<f64> = last(answer).into_iter().filter(|value| !value.is_nan()).collect();
        assert_eq!((answer.state.as_str(), told), ("no_traffic", vec![]), "{panel}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scrapes_every_five_minutes_are_shown_right_by_a_server_that_knows_of_them_and_never_wrong() -> Result<()> {
    let store = store(Generation::Three, &[&MANY]).await?;
    for interval in ["300s", "30s"] {
        let server = Server::start(&store, catalogue(), interval).await?;
        // Windows of four scrapes are full by then.
        let (_, end) = many::RANGE;
        let mut range = Range::new((end - 1500, end), 400);
        range.vars = json!({"namespace": ["slow-scrape"]});
        let answers = server.ask(&ids(), &range).await?;
        server.stop().await;
        for (panel, right) in RIGHT {
            for frame in answers[*panel].frames.iter().filter(|frame| frame.query == 0) {
                for got in frame.values().into_iter().flatten().filter(|got| !got.is_nan()) {
                    assert!(
                        right.iter().any(|right| close(*right, got)),
                        "{interval}: {panel} shows {got}"
                    );
                }
            }
        }
        if interval == "300s" {
            for panel in ["vllm.requests", "overview.requests"] {
                let got = last(&answers[panel]);
                assert!(got.len() == 1 && close(2.0, got[0]), "{panel}: {got:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cards_without_pods_and_cards_in_slices_count_once() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MANY]).await?, catalogue(), "30s").await?;
    let panels = ["gpu.utilization", "gpu.power", "gpu.power_total", "overview.gpus_busy"];
    let everywhere = server.ask(&panels, &Range::new(many::RANGE, 400)).await?;
    let of_team = in_namespace(&server, &panels, "new-names").await?;
    server.stop().await;
    let shown: Vec<_> = panels.iter().map(|panel| last(&everywhere[*panel])).collect();
    assert_eq!(
        shown,
        [vec![30.0, 80.0, 90.0], vec![250.0, 300.0], vec![550.0], vec![2.0]]
    );
    // No label tells whose the cards are: nobody is shown somebody else's.
    for panel in panels {
        assert_eq!(last(&of_team[panel]), [0.0; 0], "{panel}");
        assert_ne!(of_team[panel].state, "ok", "{panel}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_namespaces_together_are_the_sum_of_each() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MANY]).await?, catalogue(), "30s").await?;
    let all = server
        .ask(
            &["overview.requests", "overview.waiting"],
            &Range::new(many::RANGE, 400),
        )
        .await?;
    server.stop().await;
    // Nine worlds with two requests a second each. Eleven have replicas, one of them not at the last instant.
    for (panel, expected) in [("overview.requests", 18.0), ("overview.waiting", 60.0)] {
        let got = last(&all[panel]);
        assert!(
            got.len() == 1 && close(expected, got[0]),
            "{panel}: {got:?}, expected {expected}"
        );
    }
    Ok(())
}
