//! kube-state-metrics and the scheduler's resource metrics: the fleet's pods, deployments, quotas, nodes and autoscaler as
//! objects. It counts nothing; every number is a field of an object. Target labels never hide an object's labels here,
//! because OpenShift's monitors honour them.

use super::family::{Family, Kind, Page};
use crate::demo::sim::autoscaler::Autoscaler;
use crate::demo::sim::container::Container;
use crate::demo::sim::{NodePlace, PodPlace, Quota};

/// The objects of the cluster.
pub struct Objects<'a> {
    pub pods: &'a [(PodPlace, &'a Container)],
    pub nodes: &'a [NodePlace],
    pub quotas: &'a [Quota],
    pub autoscalers: &'a [Autoscaler],
}

const PHASES: [&str; 5] = ["Pending", "Succeeded", "Failed", "Unknown", "Running"];

pub fn page(objects: &Objects<'_>) -> Vec<Family> {
    let mut page = Page::new(None);
    pods(&mut page, objects.pods);
    containers(&mut page, objects.pods);
    deployments(&mut page, objects);
    autoscalers(&mut page, objects.autoscalers, objects.pods);
    quotas(&mut page, objects);
    nodes(&mut page, objects.nodes);
    page.into_families()
}

/// The scheduler's own view: what a pod may take in all, absent where it may take anything.
pub fn scheduler_page(pods: &[(PodPlace, &Container)]) -> Vec<Family> {
    let mut request = Family::new(
        Kind::Gauge,
        "kube_pod_resource_request",
        "Resources requested by workloads on the cluster, broken down by pod.",
    );
    let mut limit = Family::new(
        Kind::Gauge,
        "kube_pod_resource_limit",
        "Resources limit for workloads on the cluster, broken down by pod.",
    );
    for (place, _) in pods {
        // Devices have no unit that the scheduler knows.
        for resource in place.resources.iter().filter(|resource| resource.unit != "integer") {
            let unit = if resource.name == "cpu" { "cores" } else { "bytes" };
            let labels = [
                ("namespace", place.namespace),
                ("pod", place.pod),
                ("node", place.node),
                ("scheduler", "default-scheduler"),
                ("priority", "0"),
                ("resource", resource.name),
                ("unit", unit),
            ];
            request = request.with(&labels, resource.request);
            if let Some(value) = resource.limit {
                limit = limit.with(&labels, value);
            }
        }
    }
    vec![request, limit]
}

fn pods(page: &mut Page, pods: &[(PodPlace, &Container)]) {
    let mut info = Family::new(Kind::Gauge, "kube_pod_info", "Information about pod.");
    let mut labels = Family::new(
        Kind::Gauge,
        "kube_pod_labels",
        "Kubernetes labels converted to Prometheus labels.",
    );
    let mut phase = Family::new(Kind::Gauge, "kube_pod_status_phase", "The pods current phase.");
    let mut ready = Family::new(
        Kind::Gauge,
        "kube_pod_status_ready",
        "Describes whether the pod is ready to serve requests.",
    );
    for (place, container) in pods {
        let own = [("namespace", place.namespace), ("pod", place.pod), ("uid", place.uid)];
        let [namespace, pod, uid] = own;
        info = info.with(
            &[
                namespace,
                pod,
                uid,
                ("node", place.node),
                ("created_by_kind", "ReplicaSet"),
                ("created_by_name", place.replica_set),
            ],
            1.0,
        );
        let shown: Vec<_> = own.into_iter().chain(place.labels.iter().copied()).collect();
        labels = labels.with(&shown, 1.0);
        for name in PHASES {
            let is = if name == "Running" { 1.0 } else { 0.0 };
            phase = phase.with(&[namespace, pod, uid, ("phase", name)], is);
        }
        for (condition, is) in [
            ("true", container.ready),
            ("false", !container.ready),
            ("unknown", false),
        ] {
            ready = ready.with(
                &[namespace, pod, uid, ("condition", condition)],
                f64::from(u8::from(is)),
            );
        }
    }
    for family in [info, labels, phase, ready] {
        page.push(family);
    }
}

fn containers(page: &mut Page, pods: &[(PodPlace, &Container)]) {
    let mut requests = Family::new(
        Kind::Gauge,
        "kube_pod_container_resource_requests",
        "The number of requested request resource by a container.",
    );
    let mut limits = Family::new(
        Kind::Gauge,
        "kube_pod_container_resource_limits",
        "The number of requested limit resource by a container.",
    );
    let mut restarts = Family::new(
        Kind::Counter,
        "kube_pod_container_status_restarts_total",
        "The number of container restarts per container.",
    );
    let mut terminated = Family::new(
        Kind::Gauge,
        "kube_pod_container_status_last_terminated_reason",
        "Describes the last reason the container was in terminated state.",
    );
    for (place, container) in pods {
        let own = [
            ("namespace", place.namespace),
            ("pod", place.pod),
            ("uid", place.uid),
            ("container", place.container),
        ];
        let [namespace, pod, uid, name] = own;
        for resource in place.resources {
            let labels = [
                namespace,
                pod,
                uid,
                name,
                ("node", place.node),
                ("resource", resource.name),
                ("unit", resource.unit),
            ];
            requests = requests.with(&labels, resource.request);
            if let Some(limit) = resource.limit {
                limits = limits.with(&labels, limit);
            }
        }
        restarts = restarts.with(&own, container.restarts as f64);
        if container.restarts > 0 {
            terminated = terminated.with(&[namespace, pod, uid, name, ("reason", "Error")], 1.0);
        }
    }
    for family in [requests, limits, restarts, terminated] {
        page.push(family);
    }
}

fn deployments(page: &mut Page, objects: &Objects<'_>) {
    let mut spec = Family::new(
        Kind::Gauge,
        "kube_deployment_spec_replicas",
        "Number of desired pods for a deployment.",
    );
    let mut ready = Family::new(
        Kind::Gauge,
        "kube_deployment_status_replicas_ready",
        "The number of ready replicas per deployment.",
    );
    let mut condition = Family::new(
        Kind::Gauge,
        "kube_deployment_status_condition",
        "The current status conditions of a deployment.",
    );
    let mut known = Vec::new();
    for (place, _) in objects.pods {
        if known.contains(&place.deployment) {
            continue;
        }
        known.push(place.deployment);
        let of = || {
            let pods = objects.pods.iter();
            pods.filter(|(other, _)| other.deployment == place.deployment)
        };
        let wanted = objects
            .autoscalers
            .iter()
            .find(|scaler| scaler.spec.deployment == place.deployment)
            .map_or(of().count() as f64, |scaler| f64::from(scaler.desired));
        let labels = [("namespace", place.namespace), ("deployment", place.deployment)];
        spec = spec.with(&labels, wanted);
        let serving = of().filter(|(_, container)| container.ready).count() as f64;
        ready = ready.with(&labels, serving);
        // A quarter of the replicas, rounded down, may be missing: what Deployments are made with unless they say more.
        let available = serving >= wanted - (wanted / 4.0).floor();
        for (status, is) in [("true", available), ("false", !available), ("unknown", false)] {
            let [namespace, deployment] = labels;
            let labels = [namespace, deployment, ("condition", "Available"), ("status", status)];
            condition = condition.with(&labels, f64::from(u8::from(is)));
        }
    }
    page.push(spec);
    page.push(ready);
    page.push(condition);
}

fn autoscalers(page: &mut Page, autoscalers: &[Autoscaler], pods: &[(PodPlace, &Container)]) {
    for (name, help, value) in [
        (
            "kube_horizontalpodautoscaler_spec_min_replicas",
            "Lower limit for the number of pods that can be set by the autoscaler, default 1.",
            (|scaler, _| f64::from(scaler.spec.min)) as fn(&Autoscaler, usize) -> f64,
        ),
        (
            "kube_horizontalpodautoscaler_spec_max_replicas",
            "Upper limit for the number of pods that can be set by the autoscaler; cannot be smaller than MinReplicas.",
            |scaler, _| f64::from(scaler.spec.max),
        ),
        (
            "kube_horizontalpodautoscaler_status_current_replicas",
            "Current number of replicas of pods managed by this autoscaler.",
            |_, current| current as f64,
        ),
        (
            "kube_horizontalpodautoscaler_status_desired_replicas",
            "Desired number of replicas of pods managed by this autoscaler.",
            |scaler, _| f64::from(scaler.desired),
        ),
    ] {
        let mut family = Family::new(Kind::Gauge, name, help);
        for scaler in autoscalers {
            let current = pods
                .iter()
                .filter(|(place, _)| place.deployment == scaler.spec.deployment)
                .count();
            let labels = [
                ("namespace", scaler.spec.namespace),
                ("horizontalpodautoscaler", scaler.spec.name),
            ];
            family = family.with(&labels, value(scaler, current));
        }
        page.push(family);
    }
}

fn quotas(page: &mut Page, objects: &Objects<'_>) {
    let mut family = Family::new(Kind::Gauge, "kube_resourcequota", "Information about resource quota.");
    for quota in objects.quotas {
        let used = quota.used(objects.pods.iter().map(|(place, _)| place));
        for (kind, value) in [("hard", quota.hard), ("used", used)] {
            let labels = [
                ("namespace", quota.namespace),
                ("resourcequota", quota.name),
                ("resource", quota.resource),
                ("type", kind),
            ];
            family = family.with(&labels, value);
        }
    }
    page.push(family);
}

fn nodes(page: &mut Page, nodes: &[NodePlace]) {
    let mut family = Family::new(
        Kind::Gauge,
        "kube_node_status_allocatable",
        "The allocatable for different resources of a node that are available for scheduling.",
    );
    for node in nodes {
        let plain = [("cpu", "core", node.cores), ("memory", "byte", node.bytes)];
        let devices = node.accelerators.iter().map(|(name, count)| (*name, "integer", *count));
        for (resource, unit, value) in plain.into_iter().chain(devices) {
            family = family.with(&[("node", node.name), ("resource", resource), ("unit", unit)], value);
        }
    }
    page.push(family);
}
