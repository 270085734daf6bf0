//! Intel's Gaudi metric exporter, one page for each node. The workload stands in `pod_namespace` and `pod_name`, which
//! exist only while a pod holds the card. The per-port states of the network are left out.

use super::dcgm::Device;
use super::family::{Family, Kind};
use crate::demo::sim::gpu::Gpu;

const MIB: f64 = 1024.0 * 1024.0;

type Field = (&'static str, &'static str, fn(&Gpu) -> f64);

/// The exporter declares all of them gauges, the energy too.
const FIELDS: [Field; 21] = [
    (
        "habanalabs_utilization",
        "Utilization of the device in percent",
        |gpu| (gpu.busy * 100.0).round(),
    ),
    ("habanalabs_memory_total_bytes", "Total bytes of memory", |gpu| {
        gpu.spec.memory_mib * MIB
    }),
    ("habanalabs_memory_used_bytes", "Used bytes of memory", |gpu| {
        (gpu.spec.reserved_mib + gpu.used_mib()) * MIB
    }),
    ("habanalabs_memory_free_bytes", "Free bytes of memory", |gpu| {
        gpu.free_mib() * MIB
    }),
    ("habanalabs_power_mW", "Power usage in milliwatts", |gpu| {
        (gpu.power_w * 1000.0).round()
    }),
    (
        "habanalabs_power_default_limit_mW",
        "Default power limit in milliwatts",
        |gpu| gpu.spec.busy_w * 1000.0,
    ),
    ("habanalabs_energy", "Energy usage in joules", |gpu| {
        (gpu.energy_mj / 1000.0).round()
    }),
    (
        "habanalabs_temperature_onchip",
        "On-chip temperature in Celsius",
        |gpu| gpu.temperature.round(),
    ),
    (
        "habanalabs_temperature_onboard",
        "On-board temperature in Celsius",
        |gpu| (gpu.temperature - 6.0).round(),
    ),
    (
        "habanalabs_temperature_threshold_gpu",
        "Temperature threshold of the device in Celsius",
        |_| 100.0,
    ),
    (
        "habanalabs_temperature_threshold_memory",
        "Temperature threshold of the memory in Celsius",
        |_| 95.0,
    ),
    (
        "habanalabs_temperature_threshold_slowdown",
        "Temperature at which the device slows down in Celsius",
        |_| 101.0,
    ),
    (
        "habanalabs_temperature_threshold_shutdown",
        "Temperature at which the device shuts down in Celsius",
        |_| 105.0,
    ),
    ("habanalabs_clock_soc_mhz", "Current frequency of the SoC", |gpu| {
        if gpu.busy > 0.0 { 1600.0 } else { 800.0 }
    }),
    ("habanalabs_clock_soc_max_mhz", "Maximum frequency of the SoC", |_| {
        1600.0
    }),
    ("habanalabs_pcie_replay_count", "PCIe replays", |_| 0.0),
    (
        "habanalabs_pending_rows_with_single_bit_ecc_errors",
        "Rows with single-bit errors that wait for replacement",
        |_| 0.0,
    ),
    (
        "habanalabs_pending_rows_with_double_bit_ecc_errors",
        "Rows with double-bit errors that wait for replacement",
        |_| 0.0,
    ),
    (
        "habanalabs_pending_rows_state",
        "Whether rows wait for replacement",
        |_| 0.0,
    ),
    ("habanalabs_ecc_feature_mode", "Whether ECC is on", |_| 1.0),
    ("habanalabs_kube_info", "Which pod holds the device", |_| 1.0),
];

pub fn page(devices: &[(Device, &Gpu)]) -> Vec<Family> {
    let family = |(name, help, value): &Field| {
        let family = Family::new(Kind::Gauge, name, help);
        devices
            .iter()
            .fold(family, |family, (device, gpu)| family.with(device.labels, value(gpu)))
    };
    FIELDS.iter().map(family).collect()
}
