//! Gauges, at a scrape: what a chart shows there is what the simulation held at that moment. Each process is scraped at the
//! instants that are looked at, so that nothing lies between the two.

use std::collections::BTreeMap;

use server::demo::sim::Fleet;
use server::demo::sim::front::proxy::KEYS;

use super::moment::{
    Moment, adapters, approved, available, busiest, card, cards, energy, filled, gaudi, gpu, mean_of_ready,
    of_workload, pod, prefix_blocks, ready, replicas, share, up, wanted, watched, workload,
};
use super::select::{FRAUD, NOMIC, engine_pods, model, routed_pods};
use super::{SCRAPE, Tally, began, lost};
use crate::proof::ask::{Answer, Frame};
use crate::proof::world::Labels;

/// Seconds between two looks, on the full multiples of the clock.
const LOOK: f64 = 360.0;
/// Between two of the cache's notes it grows block by block, and not along a line.
const CACHE: f64 = 0.02;
/// Watt-hours of a card in the sample that is not over yet.
const SAMPLE: f64 = 3.0;
/// What a series must show; `None` where it cannot be known.
type State = fn(&Moment<'_>, &Labels) -> Option<f64>;

/// The panel, the query, how far it may be off, the state.
pub const INSTANTS: &[(&str, usize, f64, State)] = &[
    ("overview.waiting", 0, 0.0, |m, _| {
        Some(engine_pods(&m.until).map(|pod| pod.waiting).sum())
    }),
    ("overview.kv_cache", 0, CACHE, |m, _| {
        Some(engine_pods(&m.until).map(|pod| pod.kv_usage).fold(0.0, f64::max))
    }),
    ("overview.gpus_busy", 0, 0.0, |m, _| {
        Some(busiest(&m.until).into_values().filter(|percent| *percent > 5.0).count() as f64)
    }),
    ("vllm.running", 0, 0.0, |m, l| pod(m, l, |pod| pod.running)),
    ("vllm.waiting", 0, 0.0, |m, l| pod(m, l, |pod| pod.waiting)),
    ("vllm.kv_cache", 0, CACHE, |m, l| pod(m, l, |pod| pod.kv_usage)),
    ("vllm.scheduler", 0, 0.0, |m, l| {
        Some(model(&m.until, l, |pod| pod.running))
    }),
    ("vllm.scheduler", 1, 0.0, |m, l| {
        Some(model(&m.until, l, |pod| pod.waiting))
    }),
    ("vllm.replicas", 0, 0.0, |m, l| Some(up(m, &l["model_name"]))),
    // Nobody puts an engine to sleep.
    ("vllm.sleep", 0, 0.0, |m, l| match l["sleep_state"].as_str() {
        "awake" => Some(up(m, &l["model_name"])),
        _ => Some(0.0),
    }),
    ("vllm.lora", 0, 0.0, adapters),
    ("epp.running", 0, 0.0, |m, _| {
        Some(routed_pods(&m.until).map(|pod| pod.routed).sum())
    }),
    ("epp.ready_pods", 0, 0.0, |m, _| Some(ready(m))),
    ("epp.queue", 0, 0.0, |m, _| mean_of_ready(m, |pod| pod.waiting)),
    ("epp.running_mean", 0, 0.0, |m, _| mean_of_ready(m, |pod| pod.running)),
    ("epp.kv_cache", 0, CACHE, |m, _| mean_of_ready(m, |pod| pod.kv_usage)),
    ("epp.kv_cache_spread", 0, CACHE, |m, _| {
        let mean = mean_of_ready(m, |pod| pod.kv_usage)?;
        let pods: Vec<f64> = routed_pods(&m.until).map(|pod| pod.kv_usage).collect();
        let squares: f64 = pods.iter().map(|usage| (usage - mean).powi(2)).sum();
        (ready(m) == pods.len() as f64).then(|| (squares / pods.len() as f64).sqrt())
    }),
    ("epp.queue_per_pod", 0, 0.0, |m, l| {
        let name = &l["model_server_endpoint"];
        workload(&m.until, name).map(|pod| pod.waiting)
    }),
    ("epp.prefix_entries", 0, 0.0, |m, _| Some(prefix_blocks(m))),
    ("litellm.budget", 0, 1e-6, |m, l| {
        let key = KEYS.iter().find(|key| key.team_alias == l["team_alias"])?;
        Some(key.budget - m.until.keys[key.alias].spend_usd)
    }),
    ("litellm.deployments", 0, 0.0, |m, l| {
        let keys = m.until.keys.values();
        let theirs = keys.filter(|key| l["litellm_model_name"].ends_with(&key.model));
        let latest = theirs.filter_map(|key| key.latest).max_by(|a, b| a.0.total_cmp(&b.0));
        latest.map(|(_, troubled)| f64::from(u8::from(troubled)))
    }),
    ("ovms.in_flight", 0, 0.0, |m, _| {
        of_workload(m, NOMIC, |pod| pod.running + pod.waiting)
    }),
    ("ovms.replicas", 0, 0.0, |m, l| Some(up(m, &l["name"]))),
    ("mlserver.in_progress", 0, 0.0, |m, _| {
        of_workload(m, FRAUD, |pod| pod.running + pod.waiting)
    }),
    // It batches nothing.
    ("mlserver.queues", 0, 0.0, |_, _| Some(0.0)),
    ("mlserver.queues", 1, 0.0, |m, _| {
        of_workload(m, FRAUD, |pod| pod.waiting)
    }),
    ("resources.memory", 0, 0.0, |m, l| {
        Some(m.until.containers.get(&l["pod"])?.memory_bytes)
    }),
    ("resources.memory_of_limit", 0, 1e-6, |m, l| {
        let container = m.until.containers.get(&l["pod"])?;
        Some(container.memory_bytes / container.memory_limit?)
    }),
    ("resources.replicas", 0, 0.0, |m, l| {
        Some(
            replicas(&m.until, &l["deployment"])
                .filter(|container| container.ready)
                .count() as f64,
        )
    }),
    ("resources.replicas", 1, 0.0, |m, l| {
        Some(wanted(&m.until, &l["deployment"]))
    }),
    ("resources.availability", 0, 0.0, |m, l| {
        Some(f64::from(u8::from(available(&m.until, &l["deployment"]))))
    }),
    ("resources.autoscaling", 0, 0.0, |m, l| {
        Some(m.until.autoscalers.get(&l["horizontalpodautoscaler"])?.desired)
    }),
    ("resources.autoscaling", 1, 0.0, |m, l| {
        let scaler = m.until.autoscalers.get(&l["horizontalpodautoscaler"])?;
        Some(replicas(&m.until, &scaler.deployment).count() as f64)
    }),
    // Whole cards tell whole per cent.
    ("gpu.utilization", 0, 0.5, |m, l| Some(100.0 * gpu(m, l)?.busy)),
    ("gpu.engine_active", 0, 1e-6, |m, l| Some(gpu(m, l)?.busy)),
    ("gpu.power", 0, 1e-3, |m, l| {
        Some(card(&m.until, l, "Hostname", "gpu")?.power_w)
    }),
    ("gpu.power_total", 0, 1e-2, |m, _| {
        Some(cards(&m.until).into_values().map(|gpu| gpu.power_w).sum())
    }),
    ("gpu.energy", 0, SAMPLE, |m, l| {
        Some(energy(m, card(&m.until, l, "Hostname", "gpu")?))
    }),
    ("gpu.memory_used", 0, 0.0, |m, l| Some(gpu(m, l)?.allocated_mib)),
    ("gpu.memory_share", 0, 0.0, |m, l| {
        let gpu = gpu(m, l)?;
        Some(gpu.allocated_mib / (gpu.memory_mib - gpu.reserved_mib))
    }),
    ("gpu.xid_code", 0, 0.0, |m, l| {
        let codes = &card(&m.until, l, "Hostname", "gpu")?.xid_errors;
        Some(codes.last().copied().unwrap_or(0).into())
    }),
    ("amd.utilization", 0, 0.5, |m, l| {
        Some(100.0 * card(&m.until, l, "hostname", "gpu_id")?.busy)
    }),
    ("amd.memory", 0, 0.0, |m, l| {
        Some(filled(card(&m.until, l, "hostname", "gpu_id")?))
    }),
    ("amd.power", 0, 0.5, |m, l| {
        Some(card(&m.until, l, "hostname", "gpu_id")?.power_w)
    }),
    ("amd.energy", 0, SAMPLE, |m, l| {
        Some(energy(m, card(&m.until, l, "hostname", "gpu_id")?))
    }),
    ("amd.last_error", 0, 0.0, |m, l| {
        let codes = &card(&m.until, l, "hostname", "gpu_id")?.xid_errors;
        Some(codes.last().copied().unwrap_or(0).into())
    }),
    ("gaudi.utilization", 0, 0.5, |m, l| Some(100.0 * gaudi(m, l)?.busy)),
    ("gaudi.memory", 0, 0.0, |m, l| Some(filled(gaudi(m, l)?))),
    ("gaudi.power", 0, 1e-3, |m, l| Some(gaudi(m, l)?.power_w)),
    ("gaudi.energy", 0, SAMPLE, |m, l| Some(energy(m, gaudi(m, l)?))),
    ("responsible.observations", 0, 0.0, |m, _| {
        Some(m.until.predictions.len() as f64)
    }),
    ("responsible.spd", 0, 1e-9, |m, _| {
        let (theirs, ours) = approved(m)?;
        Some(theirs - ours)
    }),
    ("responsible.dir", 0, 1e-9, |m, _| {
        let (theirs, ours) = approved(m)?;
        Some(theirs / ours)
    }),
    ("responsible.accuracy", 0, 1e-9, |m, _| {
        share(&watched(m, 300.0)?, |_| true, |seen| seen.right)
    }),
];

/// A process that died is still shown for as long as its last sample may be.
fn shown_though_lost(at: f64) -> bool {
    (lost()..lost() + 2.0 * SCRAPE).contains(&at)
}

pub fn instants(fleet: &Fleet, answers: &BTreeMap<String, Answer>, tally: &mut Tally) {
    let all = fleet.truth(began(), fleet.now());
    // A total stands at the end alone; this one has all instants.
    let Some(frame) = answers["vllm.running"].frames.first() else {
        return;
    };
    let looks: Vec<f64> = (0..frame.values().len())
        .map(|index| (frame.start + frame.step * index as i64) as f64)
        .collect();
    for (index, at) in looks.iter().copied().enumerate() {
        if at % LOOK != 0.0 || shown_though_lost(at) {
            continue;
        }
        let moment = Moment {
            at,
            until: fleet.truth(began(), at),
            all: &all,
        };
        for (panel, query, off, state) in INSTANTS {
            for frame in answers[*panel].frames.iter().filter(|frame| frame.query == *query) {
                let Some(got) = frame.values().get(index).copied().flatten() else {
                    continue;
                };
                let Some(expected) = state(&moment, &frame.labels) else {
                    continue;
                };
                tally.met(panel, false);
                if (got - expected).abs() > off + 1e-6 * expected.abs() {
                    tally.faults.push(format!(
                        "{panel} query {query} {:?} at {at}: {got} shown, {expected} held",
                        frame.labels
                    ));
                }
            }
        }
    }
    uptime(fleet, &looks, &answers[UPTIME], tally);
}

/// The share of the range in which the least available deployment was so, as the scrapes tell.
pub const UPTIME: &str = "resources.uptime";

fn uptime(fleet: &Fleet, scrapes: &[f64], answer: &Answer, tally: &mut Tally) {
    let last = |frame: &Frame| frame.values().last().copied().flatten();
    let Some(got) = answer.frames.first().and_then(last) else {
        return;
    };
    let mut up: BTreeMap<String, f64> = BTreeMap::new();
    for at in scrapes {
        let truth = fleet.truth(at - 1.0, *at);
        for container in truth.containers.values() {
            up.entry(container.deployment.clone()).or_insert(0.0);
        }
        for (deployment, seen) in &mut up {
            *seen += f64::from(u8::from(available(&truth, deployment)));
        }
    }
    let scrapes = scrapes.len() as f64;
    let expected = up.into_values().fold(f64::INFINITY, f64::min) / scrapes;
    tally.met(UPTIME, false);
    // The first scrape may be left out.
    if (got - expected).abs() > 1.0 / scrapes {
        tally
            .faults
            .push(format!("{UPTIME}: {got} shown, {expected} of the scrapes"));
    }
}
