//! Load tests, responsible AI, drift and guardrails. A load test's numbers stay up for ever: they count where its mean
//! response time has just changed. A p-value is bad when it is low, a distance when it is high.

use super::{Proof, proof};
use crate::proof::calc::{Look, Vector};

const TESTED: &[&str] = &["exported_namespace", "model"];
const COLUMN: &[&str] = &["requestName", "subcategory"];
const DETECTOR: &[&str] = &["detector_name"];
const MEAN: &str = "llm_load_test_response_time_mean_ms";

/// Of runs that ended within the window, or within the whole range.
fn ended(look: &Look<'_>, name: &str, of_range: bool) -> Vector {
    let mean = look.of(&[MEAN]);
    let changes = if of_range {
        mean.changes_of_range()
    } else {
        mean.changes()
    };
    let value = look.of(&[&format!("llm_load_test_{name}")]).now();
    let all: Vec<&str> = value
        .rows
        .iter()
        .flat_map(|(labels, _)| labels.keys().map(String::as_str))
        .collect();
    value
        .matched(&changes.filter(|times| times > 0.0), &all, |value, _| value)
        .max(TESTED)
}

fn statistics(look: &Look<'_>, what: &str) -> Vec<Vector> {
    ["mean", "p80", "p90", "p95", "p99"]
        .map(|statistic| ended(look, &format!("{what}_{statistic}_ms"), false))
        .into()
}

fn seen(look: &Look<'_>, what: &str) -> Vector {
    look.of(&[&format!("trustyai_guardrails_{what}_total")])
        .rate()
        .sum(DETECTOR)
}

fn drift(look: &Look<'_>, names: &[&str]) -> Vector {
    look.of(names).now()
}

pub const PROOFS: &[Proof] = &[
    proof("load_tests.response_time", |l| statistics(l, "response_time")),
    proof("load_tests.tpot", |l| statistics(l, "tpot")),
    proof("load_tests.ttft", |l| statistics(l, "ttft")),
    proof("load_tests.itl", |l| statistics(l, "itl")),
    proof("load_tests.tt_ack", |l| statistics(l, "tt_ack")),
    proof("load_tests.total_requests", |l| vec![ended(l, "total_requests", true)]),
    proof("load_tests.total_failures", |l| vec![ended(l, "total_failures", true)]),
    proof("load_tests.failure_rate_percent", |l| {
        vec![ended(l, "failure_rate_percent", true)]
    }),
    proof("load_tests.throughput_tokens_per_sec", |l| {
        vec![ended(l, "throughput_tokens_per_sec", false)]
    }),
    proof("load_tests.input_tokens_mean", |l| {
        vec![ended(l, "input_tokens_mean", false)]
    }),
    proof("load_tests.output_tokens_mean", |l| {
        vec![ended(l, "output_tokens_mean", false)]
    }),
    proof("responsible.spd", |l| vec![l.of(&["trustyai_spd"]).now()]),
    proof("responsible.dir", |l| vec![l.of(&["trustyai_dir"]).now()]),
    proof("responsible.observations", |l| {
        vec![l.of(&["trustyai_model_observations_total"]).now()]
    }),
    proof("responsible.accuracy", |l| vec![l.of(&["model_accuracy"]).now()]),
    proof("drift.mean_shift", |l| {
        vec![drift(l, &["trustyai_comparemeans", "trustyai_meanshift"]).min(COLUMN)]
    }),
    proof("drift.ks", |l| vec![drift(l, &["trustyai_kstest"]).min(COLUMN)]),
    proof("drift.ks_approximate", |l| {
        vec![drift(l, &["trustyai_ksteststreaming", "trustyai_approxkstest"]).min(COLUMN)]
    }),
    proof("drift.mmd", |l| {
        vec![drift(l, &["trustyai_mmd", "trustyai_fouriermmd"]).max(&["requestName"])]
    }),
    proof("drift.jensen_shannon", |l| {
        vec![drift(l, &["trustyai_jensenshannon"]).max(COLUMN)]
    }),
    proof("drift.score", |l| {
        vec![drift(l, &["model_drift_score"]).max(&["model"])]
    }),
    // Seconds that the percentile gains in an hour.
    proof("drift.latency", |l| {
        vec![l.of(&["inference_latency_p95_seconds"]).slope().times(3600.0)]
    }),
    proof("guard.rate", |l| {
        vec![seen(l, "requests"), seen(l, "detections"), seen(l, "errors")]
    }),
    proof("guard.block_ratio", |l| {
        vec![seen(l, "detections").per(&seen(l, "requests").filter(|all| all > 0.0))]
    }),
    proof("guard.runtime", |l| vec![seen(l, "runtime").per(&seen(l, "requests"))]),
];
