//! cAdvisor, as a node's kubelet exposes it: what the pods of that node take of it. A pod has two sets of series: its
//! container's, and its own without a container label, which holds the same use once more. The labels of the container
//! runtime (id, name, image) are left out.

use super::family::{Family, Kind};
use crate::demo::sim::PodPlace;
use crate::demo::sim::container::Container;

pub fn page(pods: &[(PodPlace, &Container)]) -> Vec<Family> {
    let family = |kind, name, help| Family::new(kind, name, help);
    let mut cpu = family(
        Kind::Counter,
        "container_cpu_usage_seconds_total",
        "Cumulative cpu time consumed in seconds.",
    );
    let mut memory = family(
        Kind::Gauge,
        "container_memory_working_set_bytes",
        "Current working set in bytes.",
    );
    let mut periods = family(
        Kind::Counter,
        "container_cpu_cfs_periods_total",
        "Number of elapsed enforcement period intervals.",
    );
    let mut throttled = family(
        Kind::Counter,
        "container_cpu_cfs_throttled_periods_total",
        "Number of throttled period intervals.",
    );
    let mut received = family(
        Kind::Counter,
        "container_network_receive_bytes_total",
        "Cumulative count of bytes received",
    );
    let mut sent = family(
        Kind::Counter,
        "container_network_transmit_bytes_total",
        "Cumulative count of bytes transmitted",
    );
    for (place, container) in pods {
        let own = [
            ("namespace", place.namespace),
            ("pod", place.pod),
            ("container", place.container),
        ];
        let [namespace, pod, name] = own;
        cpu = cpu
            .with(&[namespace, pod, name, ("cpu", "total")], container.container.cpu_s)
            .with(&[namespace, pod, ("cpu", "total")], container.pod.cpu_s);
        // The pause process of the pod holds a little, too.
        memory = memory
            .with(&own, container.memory_bytes)
            .with(&[namespace, pod], container.memory_bytes + 577_536.0);
        if place.cpu_limit().is_some() {
            periods = periods.with(&own, container.container.periods);
            throttled = throttled.with(&own, container.container.throttled);
        }
        let interface = [namespace, pod, ("interface", "eth0")];
        received = received.with(&interface, container.received.round());
        sent = sent.with(&interface, container.sent.round());
    }
    [cpu, memory, periods, throttled, received, sent]
        .into_iter()
        .filter(|family| !family.samples.is_empty())
        .collect()
}
