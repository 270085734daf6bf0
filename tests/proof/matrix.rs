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
use super::world::{World, many, month};

pub static MANY: LazyLock<World> = LazyLock::new(many::worlds);
static MONTH: LazyLock<World> = LazyLock::new(month::month);

/// The last value of each series of a panel's first query, in the order of size.
fn last(answer: &Answer) -> Vec<f64> {
    let frames = answer.frames.iter().filter(|frame| frame.query == 0);
    let mut values: Vec<f64> = frames
        .filter_map(|frame| frame.values().last().copied().flatten())
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The worlds in which two replicas do the same work, seen in different ways.
pub const SAME_WORK: &[&str] = &[
    "new-names",
    "old-names",
    "both-names",
    "prefixed",
    "twins",
    "two-jobs",
    "second-pipeline",
    "collected-only",
    "collected-in-part",
    "two-stores",
    "old-beside-new",
    "reset",
    "restart",
];

/// What each panel shows at the end where two replicas answer one request a second each.
pub const RIGHT: &[(&str, &[f64])] = &[
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

pub fn fault(world: &str, panel: &str, answer: &Answer, expected: &[f64]) -> Option<String> {
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

pub async fn in_namespace(server: &Server, panels: &[&str], namespace: &str) -> Result<BTreeMap<String, Answer>> {
    let mut range = Range::new(many::RANGE, 400);
    range.vars = json!({"namespace": [namespace]});
    server.ask(panels, &range).await
}

pub fn ids() -> Vec<&'static str> {
    RIGHT.iter().map(|(panel, _)| *panel).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_headline_numbers_are_the_same_in_every_world_with_the_same_work() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let server = Server::start(&store(generation, &[&MANY]).await?, catalogue(), "30s").await?;
        let mut faults = Vec::new();
        for world in SAME_WORK {
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
async fn windows_follow_the_spacing_of_the_samples_which_is_measured() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        // Its owner believes in 30 s.
        let server = Server::start(&store(generation, &[&MANY]).await?, catalogue(), "30s").await?;
        for (namespace, spacing) in [
            ("new-names", 30),
            ("every-minute", 60),
            ("every-two-minutes", 120),
            ("slow-scrape", 300),
        ] {
            // Windows of four scrapes are full by then.
            let (_, end) = many::RANGE;
            let mut range = Range::new((end - 1500, end), 400);
            range.vars = json!({"namespace": [namespace]});
            let answers = server.ask(&ids(), &range).await?;
            for (panel, right) in RIGHT {
                for frame in answers[*panel].frames.iter().filter(|frame| frame.query == 0) {
                    for got in frame.values().into_iter().flatten().filter(|got| !got.is_nan()) {
                        assert!(
                            right.iter().any(|right| close(*right, got)),
                            "{generation:?} {namespace}: {panel} shows {got}"
                        );
                    }
                }
            }
            for panel in ["vllm.requests", "overview.requests", "vllm.generation_tokens"] {
                let answer = &answers[panel];
                let told = (answer.spacing_s, answer.window_s, answer.widened);
                assert_eq!(
                    told,
                    (Some(spacing), Some(4 * spacing), spacing > 30),
                    "{namespace}: {panel}"
                );
                // At every instant, not only where scrapes happen to lie well.
                let values: Vec<_> = answer.frames.iter().flat_map(|frame| frame.values()).collect();
                assert!(
                    !values.is_empty() && values.iter().all(Option::is_some),
                    "{generation:?} {namespace}: {panel} has holes: {values:?}"
                );
            }
        }
        server.stop().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_with_an_upgrade_in_it_loses_nothing_and_tells_both_engines() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let server = Server::start(&store(generation, &[&MONTH]).await?, catalogue(), "30s").await?;
        let answers = server.ask(&ids(), &Range::new(month::RANGE, 600)).await?;
        server.stop().await;
        for (panel, right) in [
            ("vllm.requests", 1.0),
            ("overview.requests", 1.0),
            ("vllm.generation_tokens", 40.0),
            ("overview.kv_cache", 0.5),
            ("vllm.itl", 0.025 + 0.025 * 0.5),
        ] {
            let answer = &answers[panel];
            let lines: Vec<_> = answer.frames.iter().filter(|frame| frame.query == 0).collect();
            assert_eq!(lines.len(), 1, "{panel}: one line goes through the month");
            let frame = lines[0];
            let upgrade = month::START + month::UPGRADE * 300;
            let window = answer.window_s.unwrap_or(frame.step);
            for (index, value) in frame.values().into_iter().enumerate() {
                let at = frame.start + frame.step * index as i64;
                // While both are in the window, each is carried on by half of its spacing.
                let room = if (upgrade..upgrade + window).contains(&at) {
                    0.15 * right
                } else {
                    1e-6 * right
                };
                let Some(value) = value else {
                    panic!("{generation:?}: {panel} has nothing at {at}")
                };
                assert!(
                    (value - right).abs() <= room,
                    "{generation:?}: {panel} is {value} at {at}, expected {right}"
                );
            }
        }
        // Two engines, two sets of buckets: each at its own time.
        let ttft: Vec<_> = answers["overview.ttft"].frames[0]
            .values()
            .into_iter()
            .flatten()
            .collect();
        let [first, last] = [ttft[0], ttft[ttft.len() - 1]];
        assert!(
            close(0.3 + 0.2 * 0.95, first) && close(0.25 + 0.25 * 0.95, last),
            "{first} {last}"
        );
        let told: Vec<_> = answers["vllm.kv_cache"]
            .sources
            .iter()
            .map(|source| {
                format!(
                    "{} {} {}",
                    source.metric,
                    source.workloads,
                    serde_json::to_string(&source.pods).unwrap()
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"vllm:kv_cache_usage_perc 1 [{"monitors":["a/engine-default"],"namespace":"a","pod":"granite-kserve-new"}]"#,
                r#"kserve_vllm:gpu_cache_usage_perc 1 [{"monitors":["a/engine"],"namespace":"a","pod":"granite-kserve-old"}]"#,
            ]
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_range_longer_than_the_store_s_memory_begins_where_the_data_begin() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MONTH]).await?, catalogue(), "30s").await?;
    let asked = |days: i64| Range::new((month::END - days * 86_400, month::END), 600);
    let (year, week) = (
        server.ask(&ids(), &asked(365)).await?,
        server.ask(&ids(), &asked(7)).await?,
    );
    server.stop().await;
    assert_eq!(week["vllm.requests"].begins, None);
    let answer = &year["vllm.requests"];
    let begins = answer.begins.expect("a year holds eleven months of nothing");
    // No sample lies before it, and what is left out is what can be left out at the probe's fineness.
    let fineness = 365 * 86_400 / 16 + 1;
    assert!((month::START - fineness..month::START).contains(&begins), "{begins}");
    assert_eq!(answer.frames.len(), 1);
    let frame = &answer.frames[0];
    assert!(
        (begins - frame.step..=begins).contains(&frame.start),
        "{} {begins}",
        frame.start
    );
    assert!(
        frame.step < 365 * 86_400 / 600 / 5,
        "the pixels go to what is there: a step of {} s",
        frame.step
    );
    let told: Vec<f64> = frame.values().into_iter().flatten().collect();
    assert!(told.len() as i64 >= 30 * 86_400 / frame.step, "{} instants", told.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_families_of_the_picker_count_each_request_once() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let server = Server::start(&store(generation, &[&MANY]).await?, catalogue(), "30s").await?;
        let answers = in_namespace(&server, &["epp.requests", "epp.errors"], "two-routers").await?;
        server.stop().await;
        let got = last(&answers["epp.requests"]);
        assert!(got.len() == 1 && close(2.0, got[0]), "{generation:?}: {got:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_that_appears_with_the_first_request_says_so_until_then() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MANY]).await?, catalogue(), "30s").await?;
    let panels = [
        "vllm.requests",
        "vllm.ttft",
        "vllm.http_requests",
        "vllm.waiting",
        "vllm.preemptions",
    ];
    let answers = in_namespace(&server, &panels, "never-asked").await?;
    server.stop().await;
    let told = panels.map(|panel| (answers[panel].state.as_str(), answers[panel].waits_for.as_deref()));
    let waits = ("no_samples", Some("first_request"));
    assert_eq!(told, [waits, waits, waits, ("ok", None), ("no_samples", None)]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exporter_with_wrong_types_gives_no_wrong_number_and_hides_no_right_one() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let server = Server::start(&store(generation, &[&MANY]).await?, catalogue(), "30s").await?;
        let panels = ["vllm.ttft", "vllm.itl", "vllm.waiting"];
        let answers = in_namespace(&server, &panels, "wrong-types").await?;
        server.stop().await;
        let told = panels.map(|panel| (answers[panel].state.as_str(), last(&answers[panel])));
        let right = [("no_samples", vec![]), ("no_samples", vec![]), ("ok", vec![3.0])];
        assert_eq!(told, right, "{generation:?}");
        // A longer range would not help, and the store has answered.
        let why = |metric: &str| format!("The exporter sends {metric} without buckets:");
        for (panel, metric) in [
            ("vllm.ttft", "vllm:time_to_first_token_seconds"),
            ("vllm.itl", "vllm:inter_token_latency_seconds"),
        ] {
            let notes = &answers[panel].notes;
            assert!(
                notes.len() == 1 && notes[0].starts_with(&why(metric)),
                "{generation:?} {panel}: {notes:?}"
            );
        }
        assert_eq!(answers["vllm.waiting"].notes, [""; 0]);
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
async fn a_model_of_any_name_is_found_by_exactly_that_name() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MANY]).await?, catalogue(), "30s").await?;
    let ask = async |models: &[String]| {
        let mut range = Range::new(many::RANGE, 400);
        range.vars = json!({"namespace": ["odd-names"], "model": models});
        Ok::<_, anyhow::Error>(
            server
                .ask(&["vllm.waiting"], &range)
                .await?
                .remove("vllm.waiting")
                .expect("asked"),
        )
    };
    let names = many::odd();
    for (place, name) in (1_u32..).zip(&names) {
        let answer = ask(std::slice::from_ref(name)).await?;
        let shown: String = name.chars().take(40).collect();
        assert_eq!(
            (answer.state.as_str(), last(&answer)),
            ("ok", vec![f64::from(place)]),
            "{shown:?}"
        );
        assert_eq!(
            answer.sources.iter().map(|source| source.workloads).sum::<usize>(),
            1,
            "{shown:?}"
        );
    }
    let all: Vec<f64> = (1_u32..).zip(&names).map(|(place, _)| f64::from(place)).collect();
    assert_eq!(last(&ask(&names).await?), all);
    // A name is no pattern, and neither is a namespace.
    for pattern in [".+", "back.*", "a"] {
        assert_eq!(ask(&[pattern.to_owned()]).await?.state, "no_samples", "{pattern}");
    }
    let nowhere = in_namespace(&server, &["vllm.waiting"], "odd-.*").await?;
    assert_eq!(nowhere["vllm.waiting"].state, "no_samples");
    server.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_namespaces_together_are_the_sum_of_each() -> Result<()> {
    let server = Server::start(&store(Generation::Three, &[&MANY]).await?, catalogue(), "30s").await?;
    let mut range = Range::new(many::RANGE, 400);
    range.vars = json!({"namespace": SAME_WORK.iter().chain(&["idle"]).collect::<Vec<_>>()});
    let all = server.ask(&["overview.requests", "overview.waiting"], &range).await?;
    server.stop().await;
    // In each world two requests a second and six that wait; in the idle one only these.
    let worlds = SAME_WORK.len() as f64;
    for (panel, expected) in [
        ("overview.requests", 2.0 * worlds),
        ("overview.waiting", 6.0 * (worlds + 1.0)),
    ] {
        let got = last(&all[panel]);
        assert!(
            got.len() == 1 && close(expected, got[0]),
            "{panel}: {got:?}, expected {expected}"
        );
    }
    Ok(())
}
