//! Gauges, over the whole range: the mean of what a chart shows at each scrape against the mean that the simulation had at
//! every moment. A gauge is known at its scrapes alone, so four standard errors of them may lie between the two, and 2 %.

use std::collections::BTreeMap;

use server::demo::sim::{Fleet, GpuTruth, PodTruth, Truth};

use super::moment::workload;
use super::select::{engine_pods, model};
use super::{CLOSE, Tally};
use crate::proof::ask::Answer;
use crate::proof::world::Labels;

/// The mean of a series' gauge; `None` where the simulation keeps none of it.
type Mean = fn(&Truth, &Labels) -> Option<f64>;

const ERRORS: f64 = 4.0;
/// What is less on average, and seen at fewer of the scrapes, is decided by a few of them: their spread tells no error.
const LITTLE: f64 = 0.01;
const OFTEN: f64 = 0.2;

/// The panel, the query, the mean.
pub const MEANS: &[(&str, usize, Mean)] = &[
    ("vllm.running", 0, |t, l| pod(t, l, |pod| pod.mean_running)),
    ("vllm.waiting", 0, |t, l| pod(t, l, |pod| pod.mean_waiting)),
    ("vllm.kv_cache", 0, |t, l| pod(t, l, |pod| pod.mean_kv_usage)),
    ("vllm.scheduler", 0, |t, l| Some(model(t, l, |pod| pod.mean_running))),
    ("vllm.scheduler", 1, |t, l| Some(model(t, l, |pod| pod.mean_waiting))),
    ("overview.waiting", 0, |t, _| {
        Some(engine_pods(t).map(|pod| pod.mean_waiting).sum())
    }),
    ("epp.ready_pods", 0, |t, _| {
        Some(t.routers.values().map(|router| router.mean_ready_pods).sum())
    }),
    ("resources.memory", 0, |t, l| {
        Some(t.containers.get(l.get("pod")?)?.mean_memory_bytes)
    }),
    ("resources.autoscaling", 0, |t, l| {
        Some(t.autoscalers.get(l.get("horizontalpodautoscaler")?)?.mean_desired)
    }),
    ("gpu.utilization", 0, |t, l| gpu(t, l, |gpu| 100.0 * gpu.mean_busy)),
    ("gpu.power", 0, |t, l| gpu(t, l, |gpu| gpu.mean_power_w)),
];

fn pod(truth: &Truth, labels: &Labels, mean: fn(&PodTruth) -> f64) -> Option<f64> {
    workload(truth, labels.get("pod")?).map(mean)
}

/// A whole card; of a sliced one only its slices are told.
fn gpu(truth: &Truth, labels: &Labels, mean: fn(&GpuTruth) -> f64) -> Option<f64> {
    let node = labels.get("Hostname")?;
    truth.gpus.get(&format!("{node}/{}", labels.get("gpu")?)).map(mean)
}

pub fn means(fleet: &Fleet, answers: &BTreeMap<String, Answer>, tally: &mut Tally) {
    for (panel, query, mean) in MEANS {
        for frame in answers[*panel].frames.iter().filter(|frame| frame.query == *query) {
            // Whoever was away for a while was not scraped meanwhile.
            let Some(values) = frame.values().into_iter().collect::<Option<Vec<f64>>>() else {
                continue;
            };
            let (from, count) = (frame.start as f64, values.len() as f64);
            let to = from + frame.step as f64 * (count - 1.0);
            let Some(expected) = mean(&fleet.truth(from, to), &frame.labels) else {
                continue;
            };
            let seen = values.iter().filter(|value| **value > 0.0).count() as f64;
            if expected < LITTLE && seen < OFTEN * count {
                continue;
            }
            let got = values.iter().sum::<f64>() / count;
            let spread = values.iter().map(|value| (value - got).powi(2)).sum::<f64>() / count;
            let room = CLOSE * expected.abs() + ERRORS * (spread / count).sqrt();
            tally.met(panel, false);
            if (got - expected).abs() > room {
                tally.faults.push(format!(
                    "{panel} query {query} {:?}: {got} on average, {expected} in the simulation, {room} apart at most",
                    frame.labels
                ));
            }
        }
    }
}
