//! Pods of models on their nodes. A pod is a model's by its name; cAdvisor's series of the pod itself and of its pause
//! container are no use of its own; a share is of the pod's own limit.

use super::{Proof, proof};
use crate::proof::calc::{Look, Pick, Vector};

const POD: &[&str] = &["namespace", "pod"];

/// `<name>-predictor-<hash>` and `<name>-kserve-<hash>`.
fn model_pod(pod: &str) -> bool {
    ["-predictor-", "-kserve-"].iter().any(|mark| {
        pod.split_once(mark)
            .is_some_and(|(name, hash)| !name.is_empty() && !hash.is_empty())
    })
}

fn pods<'a>(look: &'a Look<'a>, name: &str) -> Pick<'a> {
    look.of(&[name]).having("pod", model_pod)
}

fn containers<'a>(look: &'a Look<'a>, name: &str) -> Pick<'a> {
    pods(look, name).without("container", &["", "POD"])
}

/// What the scheduler says, and where it says nothing, what the containers ask for.
fn limit(look: &Look<'_>, resource: &str) -> Vector {
    let of = |name| pods(look, name).with("resource", &[resource]).now().sum(POD);
    of("kube_pod_resource_limit").or(&of("kube_pod_container_resource_limits"))
}

/// A GPU in slices counts by its slices.
fn accelerator(resource: &str) -> bool {
    [
        "nvidia_com_gpu",
        "nvidia_com_gpu_shared",
        "amd_com_gpu",
        "habana_ai_gaudi",
    ]
    .contains(&resource)
        || ["nvidia_com_mig", "ibm_com_spyre"]
            .iter()
            .any(|kind| resource.starts_with(kind))
}

fn accelerators<'a>(look: &'a Look<'a>, name: &str) -> Pick<'a> {
    pods(look, name).having("resource", accelerator)
}

/// What pods hold that run at that instant.
fn of_running(look: &Look<'_>, held: Vector) -> Vector {
    let phase = pods(look, "kube_pod_status_phase")
        .with("phase", &["Running"])
        .now()
        .max(POD);
    held.matched(&phase.filter(|is| is == 1.0), POD, |held, _| held)
}

/// Deployments of models, by their names.
fn of_model(deployment: &str) -> bool {
    ["-predictor", "-kserve"]
        .iter()
        .any(|mark| deployment.find(mark).is_some_and(|at| at > 0))
}

/// As Kueue writes resources.
fn queued_accelerator(resource: &str) -> bool {
    [
        "nvidia.com/gpu",
        "nvidia.com/gpu.shared",
        "amd.com/gpu",
        "habana.ai/gaudi",
    ]
    .contains(&resource)
        || resource.starts_with("nvidia.com/mig")
}

fn deployments(look: &Look<'_>, name: &str) -> Vector {
    let of_models = look.of(&[name]).having("deployment", of_model);
    of_models.now().max(&["namespace", "deployment"])
}

/// Deployments of models that have enough replicas.
fn available<'a>(look: &'a Look<'a>) -> Pick<'a> {
    look.of(&["kube_deployment_status_condition"])
        .having("deployment", of_model)
        .with("condition", &["Available"])
        .with("status", &["true"])
}

pub const PROOFS: &[Proof] = &[
    proof("resources.cpu", |l| {
        vec![containers(l, "container_cpu_usage_seconds_total").rate().sum(POD)]
    }),
    proof("resources.cpu_of_limit", |l| {
        vec![
            containers(l, "container_cpu_usage_seconds_total")
                .rate()
                .sum(POD)
                .per(&limit(l, "cpu")),
        ]
    }),
    proof("resources.memory", |l| {
        vec![containers(l, "container_memory_working_set_bytes").mean().sum(POD)]
    }),
    proof("resources.memory_of_limit", |l| {
        vec![
            containers(l, "container_memory_working_set_bytes")
                .mean()
                .sum(POD)
                .per(&limit(l, "memory")),
        ]
    }),
    proof("resources.throttling", |l| {
        let of = |name| containers(l, name).rate().sum(POD);
        vec![of("container_cpu_cfs_throttled_periods_total").per(&of("container_cpu_cfs_periods_total"))]
    }),
    proof("resources.network", |l| {
        [
            "container_network_receive_bytes_total",
            "container_network_transmit_bytes_total",
        ]
        .map(|name| pods(l, name).rate().sum(POD))
        .into()
    }),
    proof("resources.restarts", |l| {
        vec![
            pods(l, "kube_pod_container_status_restarts_total")
                .growth_of_range()
                .sum(&[]),
        ]
    }),
    proof("resources.gpus", |l| {
        vec![of_running(
            l,
            accelerators(l, "kube_pod_container_resource_requests").now().sum(POD),
        )]
    }),
    proof("resources.replicas", |l| {
        ["kube_deployment_status_replicas_ready", "kube_deployment_spec_replicas"]
            .map(|name| deployments(l, name))
            .into()
    }),
    proof("resources.uptime", |l| vec![available(l).mean_of_range().min(&[])]),
    proof("resources.availability", |l| {
        vec![available(l).mean().min(&["namespace", "deployment"])]
    }),
    // Replicas of the controller tell the same; flavours add up.
    proof("queues.usage", |l| {
        ["resource_usage", "nominal_quota"]
            .map(|what| l.of(&[&format!("kueue_cluster_queue_{what}")]))
            .map(|held| {
                let held = held.having("resource", queued_accelerator).now();
                held.max(&["cluster_queue", "flavor", "resource"])
                    .sum(&["cluster_queue"])
            })
            .into()
    }),
    proof("queues.pending", |l| {
        vec![
            l.of(&["kueue_pending_workloads"])
                .now()
                .max(&["cluster_queue", "status"]),
        ]
    }),
    proof("resources.autoscaling", |l| {
        ["status_desired", "status_current", "spec_max"]
            .map(|what| l.of(&[&format!("kube_horizontalpodautoscaler_{what}_replicas")]).now())
            .map(|counts| counts.max(&["namespace", "horizontalpodautoscaler"]))
            .into()
    }),
    // A container that two exporters show asks once.
    proof("resources.accelerators", |l| {
        let asked = accelerators(l, "kube_pod_container_resource_requests").now();
        let asked = of_running(l, asked.max(&["namespace", "pod", "container", "node", "resource"]));
        let offered = l
            .of(&["kube_node_status_allocatable"])
            .having("resource", accelerator)
            .now();
        vec![offered.max(&["node", "resource"]), asked.sum(&["node", "resource"])]
    }),
    proof("resources.quota", |l| {
        let of = |kind| l.of(&["kube_resourcequota"]).with("type", &[kind]);
        let each = &["namespace", "resource"];
        vec![of("used").peak().max(each).per(&of("hard").now().max(each))]
    }),
];
