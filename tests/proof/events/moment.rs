//! What the simulation held at a moment, as the labels of a series name it.

use std::collections::{BTreeMap, BTreeSet};

use server::demo::sim::{ContainerTruth, GpuTruth, PodTruth, Prediction, Truth};

use super::select::{pods_of, routed_pods, workload_pods};
use super::{began, lost};
use crate::proof::world::Labels;

/// Until whoever waits at the world's end has surely been served.
const SERVED: f64 = 900.0;

/// A moment of the world.
pub struct Moment<'a> {
    pub at: f64,
    /// All that happened until then, and what holds then.
    pub until: Truth,
    /// All that happened until the world's end.
    pub all: &'a Truth,
}

pub fn workload<'a>(truth: &'a Truth, pod: &str) -> Option<&'a PodTruth> {
    truth.workloads.values().find_map(|workload| workload.pods.get(pod))
}

pub fn pod(moment: &Moment<'_>, labels: &Labels, state: fn(&PodTruth) -> f64) -> Option<f64> {
    workload(&moment.until, &labels["pod"]).map(state)
}

pub fn of_workload(moment: &Moment<'_>, name: &str, state: fn(&PodTruth) -> f64) -> Option<f64> {
    Some(workload_pods(&moment.until, name).map(state).sum())
}

/// Pods that serve this model and are ready.
pub fn up(moment: &Moment<'_>, model: &str) -> f64 {
    let containers = pods_of(&moment.until, model).filter_map(|(name, _)| moment.until.containers.get(name));
    containers.filter(|container| container.ready).count() as f64
}

pub fn ready(moment: &Moment<'_>) -> f64 {
    moment.until.routers.values().map(|router| router.ready_pods).sum()
}

/// What is down holds nothing.
pub fn mean_of_ready(moment: &Moment<'_>, state: fn(&PodTruth) -> f64) -> Option<f64> {
    let all: f64 = routed_pods(&moment.until).map(state).sum();
    let ready = ready(moment);
    (ready > 0.0).then(|| all / ready)
}

/// Blocks of 16 tokens: those of each group's prefix that each replica was sent, and still has.
pub fn prefix_blocks(moment: &Moment<'_>) -> f64 {
    /// The one that is lost, with all that it had.
    const LOST: usize = 1;
    let since = if moment.at >= lost() { lost() } else { began() };
    let decisions = moment.until.routers.values().flat_map(|router| &router.decisions);
    let kept = decisions.filter(|made| made.replica != LOST || made.at > since);
    let prefixes: BTreeSet<_> = kept.map(|made| (made.replica, made.group, made.prefix)).collect();
    prefixes
        .iter()
        .map(|(_, _, tokens)| f64::from(tokens.div_ceil(16)))
        .sum()
}

/// Whether the adapters that the series names are those of the requests in the engine: it shows 1.
pub fn adapters(moment: &Moment<'_>, labels: &Labels) -> Option<f64> {
    if moment.at > moment.all.to - SERVED {
        return None;
    }
    let pod = workload(moment.all, &labels["pod"])?;
    let named = |label: &str| -> BTreeSet<&str> {
        let names = labels.get(label).map_or("", String::as_str);
        names.split(',').filter(|name| !name.is_empty()).collect()
    };
    let asked = |started: bool| -> BTreeSet<&str> {
        let there = pod.served.iter().filter(|served| served.in_flight(moment.at, started));
        there.filter_map(|served| served.adapter).collect()
    };
    let same = named("running_lora_adapters") == asked(true) && named("waiting_lora_adapters") == asked(false);
    Some(f64::from(u8::from(same)))
}

pub fn replicas<'a>(truth: &'a Truth, deployment: &'a str) -> impl Iterator<Item = &'a ContainerTruth> {
    let containers = truth.containers.values();
    containers.filter(move |container| container.deployment == deployment)
}

pub fn wanted(truth: &Truth, deployment: &str) -> f64 {
    let mut scalers = truth.autoscalers.values();
    let scaled = scalers.find(|scaler| scaler.deployment == deployment);
    scaled.map_or_else(|| replicas(truth, deployment).count() as f64, |scaler| scaler.desired)
}

/// A quarter of the replicas, rounded down, may be missing.
pub fn available(truth: &Truth, deployment: &str) -> bool {
    let wanted = wanted(truth, deployment);
    let ready = replicas(truth, deployment).filter(|container| container.ready).count() as f64;
    ready >= wanted - (wanted / 4.0).floor()
}

/// A card or a slice of one.
pub fn gpu<'a>(moment: &'a Moment<'_>, labels: &Labels) -> Option<&'a GpuTruth> {
    let card = format!("{}/{}", labels.get("Hostname")?, labels.get("gpu")?);
    let slice = labels.get("GPU_I_ID").map(|id| format!("{card}/{id}"));
    moment.until.gpus.get(&slice.unwrap_or(card))
}

pub fn card<'a>(truth: &'a Truth, labels: &Labels, node: &str, number: &str) -> Option<&'a GpuTruth> {
    let name = format!("{}/{}", labels.get(node)?, labels.get(number)?);
    by_card(truth).remove(&name)?.first().copied()
}

pub fn gaudi<'a>(moment: &'a Moment<'_>, labels: &Labels) -> Option<&'a GpuTruth> {
    moment.until.gpus.get(&format!("gaudi-node-a/{}", labels.get("id")?))
}

/// A card with its slices, or itself alone.
pub fn by_card(truth: &Truth) -> BTreeMap<String, Vec<&GpuTruth>> {
    let mut cards: BTreeMap<String, Vec<&GpuTruth>> = BTreeMap::new();
    for (name, gpu) in &truth.gpus {
        let card: Vec<&str> = name.splitn(3, '/').take(2).collect();
        cards.entry(card.join("/")).or_default().push(gpu);
    }
    cards
}

/// NVIDIA's; slices of one card draw the same power together.
pub fn cards(truth: &Truth) -> BTreeMap<String, &GpuTruth> {
    let cards = by_card(truth)
        .into_iter()
        .filter(|(name, _)| name.starts_with("gpu-node-"));
    cards.map(|(name, gpus)| (name, gpus[0])).collect()
}

/// Per cent of NVIDIA's cards, of the busiest slice; whole cards tell whole per cent.
pub fn busiest(truth: &Truth) -> BTreeMap<String, f64> {
    let cards = by_card(truth)
        .into_iter()
        .filter(|(name, _)| name.starts_with("gpu-node-"));
    let percent = |gpus: &[&GpuTruth]| match gpus {
        [whole] => (100.0 * whole.busy).round(),
        slices => slices.iter().map(|slice| 100.0 * slice.busy).fold(0.0, f64::max),
    };
    cards.map(|(name, gpus)| (name, percent(&gpus))).collect()
}

/// The share of the memory that the process and the driver hold.
pub fn filled(gpu: &GpuTruth) -> f64 {
    (gpu.allocated_mib + gpu.reserved_mib) / gpu.memory_mib
}

/// Watt-hours since the simulation began.
pub fn energy(moment: &Moment<'_>, gpu: &GpuTruth) -> f64 {
    gpu.mean_power_w * (moment.at - began()) / 3600.0
}

/// The latest 400 answers before the watcher looked, which it does once in so many seconds; fewer than 100 tell nothing.
pub fn watched(moment: &Moment<'_>, every: f64) -> Option<Vec<Prediction>> {
    let looked = (moment.at / every).floor() * every;
    let before: Vec<Prediction> = moment
        .until
        .predictions
        .iter()
        .filter(|seen| seen.at <= looked)
        .copied()
        .collect();
    let latest = before.len().saturating_sub(400);
    (before.len() >= 100).then(|| before[latest..].to_vec())
}

pub fn share(all: &[Prediction], of: fn(&Prediction) -> bool, good: fn(&Prediction) -> bool) -> Option<f64> {
    let group: Vec<_> = all.iter().filter(|seen| of(seen)).collect();
    let good = group.iter().filter(|seen| good(seen)).count();
    (!group.is_empty()).then(|| good as f64 / group.len() as f64)
}

/// The share of good outcomes of the other group and of the privileged one.
pub fn approved(moment: &Moment<'_>) -> Option<(f64, f64)> {
    let latest = watched(moment, 60.0)?;
    let of = |group: fn(&Prediction) -> bool| share(&latest, group, |seen| seen.approved);
    of(|seen| !seen.privileged).zip(of(|seen| seen.privileged))
}
