//! The Kubernetes side of the fleet: every pod's container, the autoscaler, and what the platform's exporters show of
//! them. It follows the processes and never tells them what to do.

use super::autoscaler::Autoscaler;
use super::cast::{AUTOSCALER, NODE_PLACES, PODS, PodPlace, QUOTAS, Runs};
use super::container::{Container, Done};
use super::truth::{ContainerTruth, Truth};
use crate::demo::exporters::family::Family;
use crate::demo::exporters::{cadvisor, kube_state};

#[derive(Debug)]
pub struct Cluster {
    /// In the order of `PODS`.
    containers: Vec<Container>,
    autoscalers: Vec<Autoscaler>,
}

impl Cluster {
    pub fn new(origin: f64) -> Self {
        Self {
            containers: PODS
                .iter()
                .map(|place| Container::new(place.cost, place.cpu_limit().is_some(), origin))
                .collect(),
            autoscalers: vec![Autoscaler::new(AUTOSCALER, origin)],
        }
    }

    /// One look of the kubelets; `done` tells what a process has done since the origin.
    pub fn sample(&mut self, now: f64, done: impl Fn(Runs) -> Option<Done>) {
        for (place, container) in PODS.iter().zip(&mut self.containers) {
            if let Some(done) = done(place.runs) {
                container.sample(now, done);
            }
        }
    }

    pub fn autoscale(&mut self, now: f64, metric: f64) {
        for scaler in &mut self.autoscalers {
            let replicas = PODS.iter().filter(|place| place.deployment == scaler.spec.deployment);
            let current = u32::try_from(replicas.count()).unwrap_or(u32::MAX);
            scaler.sync(now, metric, current);
        }
    }

    pub fn restart(&mut self, now: f64, runs: Runs) {
        if let Some(container) = self.of(runs) {
            container.restart(now);
        }
    }

    pub fn ready(&mut self, now: f64, runs: Runs) {
        if let Some(container) = self.of(runs) {
            container.set_ready(now, true);
        }
    }

    fn of(&mut self, runs: Runs) -> Option<&mut Container> {
        let mut pods = PODS.iter().zip(&mut self.containers);
        pods.find(|(place, _)| place.runs == runs)
            .map(|(_, container)| container)
    }

    fn pods(&self) -> Vec<(PodPlace, &Container)> {
        PODS.iter().copied().zip(&self.containers).collect()
    }

    /// What the kubelet of this node shows of its pods.
    pub fn kubelet(&self, node: usize) -> Vec<Family> {
        let name = NODE_PLACES.get(node).map(|place| place.name);
        let mut pods = self.pods();
        pods.retain(|(place, _)| Some(place.node) == name);
        cadvisor::page(&pods)
    }

    pub fn objects(&self) -> Vec<Family> {
        kube_state::page(&kube_state::Objects {
            pods: &self.pods(),
            nodes: &NODE_PLACES,
            quotas: &QUOTAS,
            autoscalers: &self.autoscalers,
        })
    }

    pub fn scheduler(&self) -> Vec<Family> {
        kube_state::scheduler_page(&self.pods())
    }

    pub fn tell(&self, from: f64, to: f64, truth: &mut Truth) {
        for (place, container) in self.pods() {
            let limit = |name: &str| place.resources.iter().find(|known| known.name == name)?.limit;
            let record = ContainerTruth {
                namespace: place.namespace.to_owned(),
                deployment: place.deployment.to_owned(),
                cpu_limit: limit("cpu"),
                memory_limit: limit("memory"),
                ..container.truth(from, to)
            };
            truth.containers.insert(place.pod.to_owned(), record);
        }
        for scaler in &self.autoscalers {
            truth
                .autoscalers
                .insert(scaler.spec.name.to_owned(), scaler.truth(from, to));
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        for container in &mut self.containers {
            container.forget_before(at);
        }
        for scaler in &mut self.autoscalers {
            scaler.forget_before(at);
        }
    }
}
