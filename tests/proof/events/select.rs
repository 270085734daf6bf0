//! Whose events a series tells of: the labels of a series, and what the simulation has under them.

use server::demo::sim::{ContainerTruth, DetectorTruth, GatewayTruth, KeyTruth, PodTruth, RouterTruth, Served, Truth};

use crate::proof::world::Labels;

/// Engines that speak vLLM's metrics.
const ENGINES: [&str; 5] = ["granite-33-8b", "mistral-7b", "qwen-coder-7b", "llama-31-8b", "phi-4"];
/// What OpenVINO serves, and what MLServer does.
pub const NOMIC: &str = "nomic-embed-text";
pub const FRAUD: &str = "fraud-xgb";
/// Behind the router.
const ROUTED: &str = "granite-33-8b";

/// Pods that serve under this name.
pub fn pods_of<'a>(truth: &'a Truth, model: &'a str) -> impl Iterator<Item = (&'a String, &'a PodTruth)> {
    let theirs = truth.workloads.values().filter(move |workload| workload.model == model);
    theirs.flat_map(|workload| &workload.pods)
}

pub fn workload_pods<'a>(truth: &'a Truth, name: &str) -> impl Iterator<Item = &'a PodTruth> {
    truth.workloads[name].pods.values()
}

/// Of the engines that speak vLLM's metrics.
pub fn engine_pods(truth: &Truth) -> impl Iterator<Item = &PodTruth> {
    ENGINES.iter().flat_map(|name| workload_pods(truth, name))
}

/// Their models.
pub fn models(truth: &Truth) -> impl Iterator<Item = &str> {
    ENGINES.iter().map(|name| truth.workloads[*name].model.as_str())
}

pub fn routed_pods(truth: &Truth) -> impl Iterator<Item = &PodTruth> {
    workload_pods(truth, ROUTED)
}

/// Requests that came through the router and left their engine.
pub fn routed(truth: &Truth) -> impl Iterator<Item = &Served> {
    routed_pods(truth)
        .flat_map(|pod| &pod.served)
        .filter(|served| served.routed)
}

pub fn model(truth: &Truth, labels: &Labels, count: fn(&PodTruth) -> f64) -> f64 {
    pods_of(truth, &labels["model_name"]).map(|(_, pod)| count(pod)).sum()
}

pub fn pod(truth: &Truth, labels: &Labels, count: fn(&PodTruth) -> f64) -> f64 {
    let pods = truth
        .workloads
        .values()
        .filter_map(|workload| workload.pods.get(&labels["pod"]));
    pods.map(count).sum()
}

pub fn served<'a>(truth: &'a Truth, model: &'a str) -> impl Iterator<Item = &'a Served> {
    pods_of(truth, model).flat_map(|(_, pod)| &pod.served)
}

pub fn container(truth: &Truth, labels: &Labels, count: fn(&ContainerTruth) -> f64) -> f64 {
    truth.containers.get(&labels["pod"]).map_or(0.0, count)
}

pub fn all_finished(pod: &PodTruth) -> f64 {
    pod.finished.values().sum::<u64>() as f64
}

pub fn ended(pod: &PodTruth, reasons: &[&str]) -> f64 {
    let counts = reasons.iter().filter_map(|reason| pod.finished.get(*reason));
    counts.sum::<u64>() as f64
}

pub fn finished(truth: &Truth, labels: &Labels, reasons: &[&str]) -> f64 {
    let pods = pods_of(truth, &labels["model_name"]);
    pods.map(|(_, pod)| ended(pod, reasons)).sum()
}

pub fn workload(truth: &Truth, name: &str, reasons: &[&str]) -> f64 {
    workload_pods(truth, name).map(|pod| ended(pod, reasons)).sum()
}

/// vLLM's, OpenVINO's and MLServer's; the overview's tile does not count the other runtimes.
pub fn all_answered(truth: &Truth) -> f64 {
    let others = [NOMIC, FRAUD].map(|name| workload(truth, name, &["stop"]));
    let engines = engine_pods(truth).map(|pod| ended(pod, &["stop", "length"]));
    engines.chain(others).sum()
}

pub fn routers(truth: &Truth, count: fn(&RouterTruth) -> f64) -> f64 {
    truth.routers.values().map(count).sum()
}

pub fn gateways(truth: &Truth, count: impl Fn(&GatewayTruth) -> u64) -> f64 {
    truth.gateways.values().map(count).sum::<u64>() as f64
}

pub fn team(truth: &Truth, labels: &Labels, count: fn(&KeyTruth) -> f64) -> f64 {
    let keys = truth.keys.values().filter(|key| key.team == labels["team_alias"]);
    keys.map(count).sum()
}

pub fn asked(truth: &Truth, labels: &Labels, count: fn(&KeyTruth) -> f64) -> f64 {
    let keys = truth.keys.values().filter(|key| key.model == labels["requested_model"]);
    keys.map(count).sum()
}

pub fn detector(truth: &Truth, labels: &Labels, count: fn(&DetectorTruth) -> f64) -> f64 {
    truth.detectors.get(&labels["detector_name"]).map_or(0.0, count)
}
