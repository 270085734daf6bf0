//! node_exporter of a RHEL AI host, as far as charts need it.

use super::family::{Family, Kind, Page};
use crate::demo::sim::around::host::{DISK_BYTES, Host, MEMORY_BYTES, MODES};

const DISKS: [[(&str, &str); 3]; 2] = [
    [("device", "/dev/nvme0n1p4"), ("fstype", "xfs"), ("mountpoint", "/")],
    [
        ("device", "/dev/nvme1n1p1"),
        ("fstype", "xfs"),
        ("mountpoint", "/var/lib/models"),
    ],
];
const IN_MEMORY: [(&str, &str); 3] = [("device", "tmpfs"), ("fstype", "tmpfs"), ("mountpoint", "/run")];
/// Of the memory: what `/run` may take and has left.
const RUN_BYTES: [f64; 2] = [54_116_587_930.0, 53_990_000_000.0];
const PRESSURE: [(&str, &str); 3] = [
    (
        "node_pressure_cpu_waiting_seconds_total",
        "Seconds in which processes waited for a core.",
    ),
    (
        "node_pressure_memory_stalled_seconds_total",
        "Seconds in which no process could go on for want of memory.",
    ),
    (
        "node_pressure_io_stalled_seconds_total",
        "Seconds in which no process could go on for want of a disk.",
    ),
];

pub fn page(host: &Host) -> Vec<Family> {
    let mut page = Page::new(None);
    let mut cpu = Family::new(
        Kind::Counter,
        "node_cpu_seconds_total",
        "Seconds the CPUs spent in each mode.",
    );
    for (number, modes) in ["0", "1"].into_iter().zip(&host.cpu_s) {
        for (mode, seconds) in MODES.into_iter().zip(modes) {
            cpu = cpu.with(&[("cpu", number), ("mode", mode)], *seconds);
        }
    }
    page.push(cpu);
    let [run_size, run_left] = RUN_BYTES;
    for (name, help, disks, run) in [
        (
            "node_filesystem_avail_bytes",
            "Space that is left.",
            host.disk_free,
            run_left,
        ),
        ("node_filesystem_size_bytes", "Size.", DISK_BYTES, run_size),
    ] {
        let family = DISKS
            .iter()
            .zip(disks)
            .fold(Family::new(Kind::Gauge, name, help), |family, (labels, bytes)| {
                family.with(labels, bytes)
            });
        page.push(family.with(&IN_MEMORY, run));
    }
    page.gauge(
        "node_memory_MemAvailable_bytes",
        "Memory that programs can have.",
        &[],
        host.memory_free,
    );
    page.gauge("node_memory_MemTotal_bytes", "Memory.", &[], MEMORY_BYTES);
    for (name, help, bytes) in [
        ("node_network_receive_bytes_total", "Bytes received.", host.received),
        ("node_network_transmit_bytes_total", "Bytes sent.", host.sent),
    ] {
        // What stays on the host goes both ways.
        let family = Family::new(Kind::Counter, name, help).with(&[("device", "eno1")], bytes);
        page.push(family.with(&[("device", "lo")], host.sent * 0.3));
    }
    for ((name, help), seconds) in PRESSURE.into_iter().zip(host.waited_s) {
        page.counter(name, help, &[], seconds);
    }
    page.into_families()
}
