//! The Kubernetes side agrees with what the processes did, and with itself.

use super::super::incident::{LOST, QUEUE};
use super::*;

const LOST_POD: &str = "granite-33-8b-kserve-5c9d8b7f6d-m4r9t";

#[test]
fn a_containers_counters_rise_by_the_truth() {
    let (from, to) = (MIDNIGHT + 2.0 * HOUR, MIDNIGHT + 6.0 * HOUR);
    let mut fleet = fleet_at(3, from);
    let kubelets = [
        "kubelet-gpu-node-a",
        "kubelet-gpu-node-b",
        "kubelet-worker-a",
        "kubelet-amd-node-a",
        "kubelet-gaudi-node-a",
    ];
    let read = |fleet: &Fleet| {
        let mut found = BTreeMap::new();
        for kubelet in kubelets {
            for family in scrape(fleet, kubelet).unwrap() {
                for sample in &family.samples {
                    let label = |name: &str| sample.labels.iter().find(|(known, _)| known == name);
                    let pod = label("pod").unwrap().1.to_string();
                    let part = label("container").is_some() || label("interface").is_some();
                    found.insert((family.name.clone(), pod, part), sample.value);
                }
            }
        }
        found
    };
    let before = read(&fleet);
    fleet.advance_to(to);
    let after = read(&fleet);
    let truth = fleet.truth(from, to);
    assert_eq!(truth.containers.len(), 9);
    for (pod, told) in &truth.containers {
        let rise = |name: &str, part: bool| {
            let key = (name.to_owned(), pod.clone(), part);
            after.get(&key).map(|after| after - before[&key])
        };
        let near = |got: Option<f64>, told: f64| assert!((got.unwrap() - told).abs() <= 1e-6 * told + 1.0, "{pod}");
        near(rise("container_cpu_usage_seconds_total", true), told.cpu_s);
        near(rise("container_cpu_usage_seconds_total", false), told.cpu_s);
        near(rise("container_network_receive_bytes_total", true), told.received_bytes);
        near(rise("container_network_transmit_bytes_total", true), told.sent_bytes);
        let periods = rise("container_cpu_cfs_periods_total", true);
        assert_eq!(periods.unwrap_or(0.0), told.cpu_periods, "{pod}");
        assert_eq!(
            periods.is_none(),
            pod.starts_with("mistral"),
            "{pod}: without a limit no periods"
        );
        let throttled = rise("container_cpu_cfs_throttled_periods_total", true);
        assert_eq!(throttled.unwrap_or(0.0), told.cpu_periods_throttled, "{pod}");
        assert_eq!((told.restarts, told.mean_ready), (0, 1.0), "{pod}");
    }
}

#[test]
fn a_busy_engine_takes_more_of_its_node_than_an_idle_one_and_as_much_as_its_gpu_works() {
    let (from, to) = (MIDNIGHT + 12.0 * HOUR, MIDNIGHT + 14.0 * HOUR);
    let truth = fleet_at(3, to).truth(from, to);
    let cores = |pod: &str| {
        let (_, told) = truth.containers.iter().find(|(name, _)| name.starts_with(pod)).unwrap();
        told.cpu_s / (to - from)
    };
    let granite = &truth.gpus["gpu-node-a/0"];
    let busy = cores("granite-33-8b-kserve-5c9d8b7f6d-7kq2x");
    assert!(
        busy > granite.mean_busy && busy < 4.0,
        "{busy} cores, {}",
        granite.mean_busy
    );
    assert!((cores("qwen-coder-7b") - 0.06).abs() < 1e-9, "nobody asks qwen");
    // Each embedding is stopped once, because its threads need more than one period allows.
    let (_, nomic) = truth
        .containers
        .iter()
        .find(|(name, _)| name.starts_with("nomic"))
        .unwrap();
    let served: u64 = pod(&truth, "nomic-embed-text", 0).finished.values().sum();
    assert!(
        (nomic.cpu_periods_throttled - served as f64).abs() < 10.0,
        "{nomic:?} {served}"
    );
}

#[test]
fn a_lost_replica_is_restarted_once_not_ready_for_its_loss_and_its_pod_keeps_its_counters() {
    let dies = MIDNIGHT + LOST.start;
    let mut fleet = fleet_at(1, dies - 1.0);
    let cpu = |fleet: &Fleet| {
        let page = scrape(fleet, "kubelet-gpu-node-a").unwrap();
        let of = |labels: &[(&str, &str)]| value(&page, "container_cpu_usage_seconds_total", labels);
        let container = of(&[("pod", LOST_POD), ("container", "main")]);
        (container, of(&[("pod", LOST_POD)]) - container)
    };
    let (container, pod) = cpu(&fleet);
    assert!(container > 1000.0 && container == pod);
    fleet.advance_to(dies + 60.0);
    let objects = scrape(&fleet, "kube-state-metrics").unwrap();
    let object = |series: &str, labels: &[(&str, &str)]| value(&objects, series, labels);
    let restarts = "kube_pod_container_status_restarts_total";
    assert_eq!(object(restarts, &[("pod", LOST_POD)]), 1.0);
    assert_eq!(object(restarts, &[]), 1.0);
    assert_eq!(
        object("kube_pod_status_ready", &[("pod", LOST_POD), ("condition", "true")]),
        0.0
    );
    let deployment = [("deployment", "granite-33-8b-kserve")];
    assert_eq!(object("kube_deployment_status_replicas_ready", &deployment), 1.0);
    let (container, after) = cpu(&fleet);
    assert!(container < 100.0 && after > pod, "{container} {after}");
    fleet.advance_to(dies + LOST.length + 1.0);
    let told = fleet.truth(dies - 1.0, dies + LOST.length - 1.0).containers[LOST_POD].clone();
    assert_eq!(told.restarts, 1);
    assert!(told.mean_ready < 0.01, "{told:?}");
    assert_eq!(
        fleet.truth(dies + LOST.length, fleet.now()).containers[LOST_POD].mean_ready,
        1.0
    );
}

#[test]
fn the_autoscaler_asks_for_replicas_that_the_quota_does_not_allow() {
    let start = MIDNIGHT + QUEUE.start;
    let mut fleet = fleet_at(2, start - 60.0);
    let shown = |fleet: &Fleet| {
        let objects = scrape(fleet, "kube-state-metrics").unwrap();
        let scaler = |field: &str| {
            value(
                &objects,
                &format!("kube_horizontalpodautoscaler_status_{field}_replicas"),
                &[],
            )
        };
        let quota = |kind: &str| {
            let labels = [
                ("namespace", "llm-prod"),
                ("resource", "requests.nvidia.com/gpu"),
                ("type", kind),
            ];
            value(&objects, "kube_resourcequota", &labels)
        };
        (scaler("desired"), scaler("current"), quota("used"), quota("hard"))
    };
    assert_eq!(shown(&fleet), (2.0, 2.0, 2.0, 2.0));
    fleet.advance_to(start + 900.0);
    assert_eq!(shown(&fleet), (4.0, 2.0, 2.0, 2.0));
    fleet.advance_to(start + QUEUE.length + 1800.0);
    assert_eq!(shown(&fleet), (2.0, 2.0, 2.0, 2.0));
    let told = &fleet.truth(start - 60.0, fleet.now()).autoscalers["keda-hpa-granite-33-8b"];
    assert!(told.mean_desired > 2.2 && told.mean_desired < 4.0, "{told:?}");
}
