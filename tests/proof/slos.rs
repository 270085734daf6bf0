//! The board of objectives against numbers made from the raw samples: every row's live value, value over the range, budget and
//! burn rates.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::ask::Server;
use super::calc::{Look, Vector};
use super::store::{Generation, store};
use super::world::{Labels, World, sim};
use super::{FLEET, catalogue};

const WINDOWS: [u32; 7] = [300, 1_800, 3_600, 7_200, 21_600, 86_400, 259_200];
const BUDGET_S: u32 = 30 * 86_400;
const RANGE_S: i64 = 3_600;
const MODEL: &[&str] = &["namespace", "model_name"];

/// How a number follows from the raw samples.
type Rule = fn(&Look<'_>) -> Vector;

struct Expected {
    value: Rule,
    /// The share that may be bad, and the share of what was.
    bad: Option<(f64, Rule)>,
}

fn failed(look: &Look<'_>) -> Vector {
    let finished = &["vllm:request_success_total"];
    let all = look.of(finished).rate().sum(MODEL);
    let bad = look.of(finished).with("finished_reason", &["error"]).rate().sum(MODEL);
    bad.or(&all.times(0.0)).per(&all)
}

fn slower(look: &Look<'_>, names: &[&str], bound: f64) -> Vector {
    let within = look
        .buckets(names)
        .having("le", move |le| le.parse() == Ok(bound))
        .rate()
        .sum(MODEL);
    within
        .per(&look.count(names).rate().sum(MODEL))
        .map(|share| 1.0 - share)
}

fn p95(look: &Look<'_>, names: &[&str]) -> Vector {
    let buckets = look.buckets(names).rate().sum(&["le", "namespace", "model_name"]);
    look.quantile(&buckets, 0.95)
}

const TTFT: &[&str] = &["vllm:time_to_first_token_seconds"];
const GAP: &[&str] = &["vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"];
const OVMS: &[&str] = &["ovms_request_time_us"];

fn available(look: &Look<'_>) -> Vector {
    let model = |name: &str| {
        ["-predictor", "-kserve"]
            .iter()
            .any(|mark| name.find(mark).is_some_and(|at| at > 0))
    };
    let up = look
        .of(&["kube_deployment_status_condition"])
        .having("deployment", model)
        .with("condition", &["Available"])
        .with("status", &["true"]);
    up.mean_of_range().min(&["namespace", "deployment"])
}

fn expected(slo: &str) -> Expected {
    match slo {
        "errors" => Expected {
            value: failed,
            bad: Some((0.001, failed)),
        },
        "first_token" => Expected {
            value: |l| p95(l, TTFT),
            bad: Some((0.05, |l| slower(l, TTFT, 2.5))),
        },
        "token_gap" => Expected {
            value: |l| p95(l, GAP),
            bad: Some((0.05, |l| slower(l, GAP, 0.075))),
        },
        "available" => Expected {
            value: available,
            bad: Some((0.001, |l| available(l).map(|share| 1.0 - share))),
        },
        "predictive_time" => Expected {
            value: |l| {
                let served = l.buckets(OVMS).rate();
                l.quantile(&served.sum(&["le", "namespace", "name"]), 0.95).times(1e-6)
            },
            bad: Some((0.05, |l| {
                let by = &["namespace", "name"];
                let within = l.buckets(OVMS);
                let within = within.having("le", |le| le.parse() == Ok(67_466.0)).rate().sum(by);
                let all = l.count(OVMS).rate().sum(by);
                within.per(&all).map(|share| 1.0 - share)
            })),
        },
        "accuracy" => Expected {
            value: |l| l.of(&["model_accuracy"]).mean_of_range().min(&["namespace", "model"]),
            bad: None,
        },
        "gpu_load" => Expected {
            value: |l| {
                let held = l.of(&["DCGM_FI_DEV_GPU_UTIL"]).without("exported_pod", &[""]);
                let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
                held.mean_of_range().fold(&["exported_namespace", "exported_pod"], mean)
            },
            bad: None,
        },
        other => panic!("no expectation of the objective {other}"),
    }
}

fn look(world: &World, at: i64, window: u32, generation: Generation) -> Look<'_> {
    Look {
        world,
        at: vec![at],
        window: i64::from(window),
        step: None,
        range: i64::from(window),
        only: Vec::new(),
        rules: generation.rules(),
        nudge: 0.0,
    }
}

/// Labels to the one value.
fn values(vector: &Vector) -> BTreeMap<Labels, f64> {
    let value = |(labels, values): &(Labels, Vec<Option<f64>>)| Some((labels.clone(), values.last().copied()??));
    vector.rows.iter().filter_map(value).collect()
}

fn near(got: &Value, expected: f64) -> bool {
    got.as_f64()
        .is_some_and(|got| (got - expected).abs() <= 1e-6 * expected.abs().max(1.0))
}

/// A cell with a value, a state and perhaps a mark that the true value lies beyond.
fn reading(got: &Value, expected: Option<&f64>) -> Option<String> {
    let wrong = || Some(format!("{got}, expected {expected:?}"));
    match (got, expected) {
        (Value::Null, None) => None,
        (Value::Null, _) | (_, None) => wrong(),
        (got, Some(expected)) if !expected.is_finite() => {
            (got["value"] != Value::Null || got["state"] != "no_traffic").then(wrong)?
        }
        (got, Some(expected)) => {
            let told = match got["beyond"].as_str() {
                // The bucket's bound stands there, not what a line through it would make.
                Some("less_than") => got["value"].as_f64().is_some_and(|bound| *expected < bound),
                _ => near(&got["value"], *expected),
            };
            (!told).then(wrong)?
        }
    }
}

async fn faults(generation: Generation, world: &World) -> Result<(Vec<String>, usize)> {
    let server = Server::start(&store(generation, &[world]).await?, catalogue(), "30s").await?;
    let at = sim::RANGE.1.div_euclid(30) * 30;
    let body = json!({"from": at - RANGE_S, "to": at});
    let answer = server.post("/api/slos", &body).await?;
    server.stop().await;
    assert_eq!((&answer["at"], &answer["range_s"]), (&json!(at), &json!(RANGE_S)));
    let (mut faults, mut rows_seen) = (Vec::new(), 0);
    for slo in answer["slos"].as_array().context("no objectives")? {
        let id = slo["slo"].as_str().context("no id")?;
        let Expected { value, bad } = expected(id);
        let of = |window: u32| values(&value(&look(world, at, window, generation)));
        let (now, range) = (of(300), of(u32::try_from(RANGE_S)?));
        let shares: BTreeMap<u32, BTreeMap<Labels, f64>> = bad
            .map(|(_, bad)| {
                let share = |window: &u32| (*window, values(&bad(&look(world, at, *window, generation))));
                WINDOWS.iter().chain([&BUDGET_S]).map(share).collect()
            })
            .unwrap_or_default();
        let rows = slo["rows"].as_array().context("no rows")?;
        let missing = now
            .keys()
            .filter(|labels| !rows.iter().any(|row| row["labels"] == json!(labels)));
        faults.extend(missing.map(|labels| format!("{id}: no row of {labels:?}")));
        for row in rows {
            rows_seen += 1;
            let labels: Labels = serde_json::from_value(row["labels"].clone())?;
            let mut wrong = |what: &str, fault: String| faults.push(format!("{id} {labels:?} {what}: {fault}"));
            if let Some(fault) = reading(&row["now"], now.get(&labels)) {
                wrong("now", fault);
            }
            if let Some(fault) = reading(&row["range"], range.get(&labels)) {
                wrong("range", fault);
            }
            let Some((budget, _)) = bad else {
                assert_eq!((&row["budget_left"], &row["burns"]), (&Value::Null, &json!([])), "{id}");
                continue;
            };
            let burn = |window: u32| {
                shares[&window]
                    .get(&labels)
                    .filter(|share| share.is_finite())
                    .map(|share| share / budget)
            };
            let same = |got: &Value, expected: Option<f64>| match expected {
                None => got.is_null(),
                Some(expected) => near(got, expected),
            };
            if !same(&row["budget_left"], burn(BUDGET_S).map(|used| 1.0 - used)) {
                wrong("budget", format!("{}, used {:?}", row["budget_left"], burn(BUDGET_S)));
            }
            for pair in row["burns"].as_array().context("no burn rates")? {
                let window = |key: &str| {
                    pair[key]
                        .as_u64()
                        .and_then(|s| u32::try_from(s).ok())
                        .context("no window")
                };
                let (long, short) = (burn(window("long_s")?), burn(window("short_s")?));
                let limit = pair["limit"].as_f64().context("no limit")?;
                let burning = [long, short].iter().all(|rate| rate.is_some_and(|rate| rate > limit));
                if !same(&pair["long"], long) || !same(&pair["short"], short) || pair["burning"] != burning {
                    wrong("burn", format!("{pair}, expected {long:?} and {short:?}"));
                }
            }
        }
    }
    Ok((faults, rows_seen))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_objective_stands_as_the_samples_of_the_fleet_make_it() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let (faults, rows) = faults(generation, &FLEET.0).await?;
        assert!(faults.is_empty(), "{generation:?}:\n{}", faults.join("\n"));
        assert!(rows > 15, "{rows} rows");
    }
    Ok(())
}
