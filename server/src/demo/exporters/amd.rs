//! AMD's device-metrics-exporter, one page for each node. Its monitor honours labels, so `namespace` and `pod` are the
//! workload's; a GPU that no pod holds has neither. What no chart needs of its hundred fields is left out.

use super::dcgm::Device;
use super::family::{Family, Kind};
use crate::demo::sim::gpu::Gpu;

type Field = (&'static str, Kind, &'static str, fn(&Gpu) -> f64);

const FIELDS: [Field; 18] = [
    (
        "gpu_gfx_activity",
        Kind::Gauge,
        "Graphics engine usage as a percentage",
        |gpu| (gpu.busy * 100.0).round(),
    ),
    (
        "gpu_umc_activity",
        Kind::Gauge,
        "Memory engine usage as a percentage",
        |gpu| (gpu.dram * 100.0).round(),
    ),
    (
        "gpu_mma_activity",
        Kind::Gauge,
        "MMA engine usage as a percentage",
        |_| 0.0,
    ),
    (
        "gpu_junction_temperature",
        Kind::Gauge,
        "Junction (hotspot) temperature in degrees Celsius",
        |gpu| (gpu.temperature + 8.0).round(),
    ),
    (
        "gpu_memory_temperature",
        Kind::Gauge,
        "Memory temperature in degrees Celsius",
        |gpu| (gpu.temperature + 3.0).round(),
    ),
    (
        "gpu_package_power",
        Kind::Gauge,
        "Current socket power in watts",
        |gpu| gpu.power_w.round(),
    ),
    ("gpu_power_usage", Kind::Gauge, "GPU power usage in watts", |gpu| {
        gpu.power_w.round()
    }),
    (
        "gpu_energy_consumed",
        Kind::Counter,
        "Accumulated energy consumed in microjoules",
        |gpu| (gpu.energy_mj * 1000.0).round(),
    ),
    ("gpu_total_vram", Kind::Gauge, "Total VRAM in MB", |gpu| {
        gpu.spec.memory_mib
    }),
    ("gpu_used_vram", Kind::Gauge, "Used VRAM in MB", |gpu| {
        gpu.spec.reserved_mib + gpu.used_mib()
    }),
    ("gpu_free_vram", Kind::Gauge, "Free VRAM in MB", Gpu::free_mib),
    ("pcie_bandwidth", Kind::Gauge, "Current PCIe bandwidth in Mb/s", |gpu| {
        ((gpu.pcie_rx + gpu.pcie_tx) * 8.0 / 1e6 * 1000.0).round() / 1000.0
    }),
    (
        "pcie_replay_count",
        Kind::Counter,
        "Total number of PCIe replays",
        |_| 0.0,
    ),
    (
        "gpu_afid_errors",
        Kind::Gauge,
        "AMD field identifier of the last error",
        |gpu| gpu.xid,
    ),
    (
        "gpu_ecc_correct_total",
        Kind::Counter,
        "Total number of correctable ECC errors",
        |_| 0.0,
    ),
    (
        "gpu_ecc_uncorrect_total",
        Kind::Counter,
        "Total number of uncorrectable ECC errors",
        |_| 0.0,
    ),
    (
        "gpu_ecc_deferred_total",
        Kind::Counter,
        "Total number of deferred ECC errors",
        |_| 0.0,
    ),
    ("gpu_health", Kind::Gauge, "Health of the GPU: 1 is healthy", |_| 1.0),
];

pub fn page(devices: &[(Device, &Gpu)]) -> Vec<Family> {
    let count = devices.len() as f64;
    let mut families = vec![Family::single(
        Kind::Gauge,
        "gpu_nodes_total",
        "Number of GPUs on the node",
        &[("hostname", devices.first().map_or("", |(device, _)| device.node))],
        count,
    )];
    families.extend(FIELDS.iter().map(|(name, kind, help, value)| {
        let family = Family::new(*kind, name, help);
        devices
            .iter()
            .fold(family, |family, (device, gpu)| family.with(device.labels, value(gpu)))
    }));
    let mut clock = Family::new(Kind::Gauge, "gpu_clock", "Clock frequency in MHz");
    for (device, gpu) in devices {
        let system = if gpu.busy > 0.0 { 2100.0 } else { 132.0 };
        for (kind, mhz) in [("GPU_CLOCK_TYPE_SYSTEM", system), ("GPU_CLOCK_TYPE_MEMORY", 1300.0)] {
            let mut labels = device.labels.to_vec();
            labels.extend([("clock_index", "0"), ("clock_type", kind)]);
            clock = clock.with(&labels, mhz);
        }
    }
    families.push(clock);
    families
}
