//! dcgm-exporter with its default counters, one page for each node. The workload's `namespace`, `pod` and `container`
//! are the exporter's own labels and exist only while a pod holds the GPU. In MIG mode there is one set of series for
//! each slice, and the utilisation fields do not exist: the driver does not offer them there.

use super::family::{Family, Kind};
use crate::demo::sim::gpu::Gpu;

/// A GPU or slice with the labels that its series carry.
#[derive(Debug, Clone, Copy)]
pub struct Device {
    pub node: &'static str,
    pub labels: &'static [(&'static str, &'static str)],
    pub mig: bool,
}

type Field = (&'static str, Kind, &'static str, fn(&Gpu) -> f64);

/// In the order of etc/default-counters.csv.
const FIELDS: [Field; 25] = [
    (
        "DCGM_FI_DEV_SM_CLOCK",
        Kind::Gauge,
        "SM clock frequency (in MHz).",
        |gpu| if gpu.busy > 0.0 { 1410.0 } else { 210.0 },
    ),
    (
        "DCGM_FI_DEV_MEM_CLOCK",
        Kind::Gauge,
        "Memory clock frequency (in MHz).",
        |_| 1593.0,
    ),
    (
        "DCGM_FI_DEV_MEMORY_TEMP",
        Kind::Gauge,
        "Memory temperature (in C).",
        |gpu| (gpu.temperature + 6.0).round(),
    ),
    ("DCGM_FI_DEV_GPU_TEMP", Kind::Gauge, "GPU temperature (in C).", |gpu| {
        gpu.temperature.round()
    }),
    ("DCGM_FI_DEV_POWER_USAGE", Kind::Gauge, "Power draw (in W).", |gpu| {
        (gpu.power_w * 1000.0).round() / 1000.0
    }),
    (
        "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION",
        Kind::Counter,
        "Total energy consumption since boot (in mJ).",
        |gpu| gpu.energy_mj.round(),
    ),
    (
        "DCGM_FI_DEV_PCIE_REPLAY_COUNTER",
        Kind::Counter,
        "Total number of PCIe retries.",
        |_| 0.0,
    ),
    ("DCGM_FI_DEV_GPU_UTIL", Kind::Gauge, "GPU utilization (in %).", |gpu| {
        (gpu.busy * 100.0).round()
    }),
    (
        "DCGM_FI_DEV_MEM_COPY_UTIL",
        Kind::Gauge,
        "Memory utilization (in %).",
        |gpu| (gpu.dram * 100.0).round(),
    ),
    (
        "DCGM_FI_DEV_ENC_UTIL",
        Kind::Gauge,
        "Encoder utilization (in %).",
        |_| 0.0,
    ),
    (
        "DCGM_FI_DEV_DEC_UTIL",
        Kind::Gauge,
        "Decoder utilization (in %).",
        |_| 0.0,
    ),
    (
        "DCGM_FI_DEV_XID_ERRORS",
        Kind::Gauge,
        "Value of the last XID error encountered.",
        |gpu| gpu.xid,
    ),
    (
        "DCGM_FI_DEV_FB_FREE",
        Kind::Gauge,
        "Framebuffer memory free (in MiB).",
        Gpu::free_mib,
    ),
    (
        "DCGM_FI_DEV_FB_USED",
        Kind::Gauge,
        "Framebuffer memory used (in MiB).",
        Gpu::used_mib,
    ),
    (
        "DCGM_FI_DEV_FB_RESERVED",
        Kind::Gauge,
        "Framebuffer memory reserved (in MiB).",
        |gpu| gpu.spec.reserved_mib,
    ),
    (
        "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL",
        Kind::Counter,
        "Total number of NVLink bandwidth counters for all lanes",
        |gpu| gpu.nvlink_bytes,
    ),
    (
        "DCGM_FI_DEV_VGPU_LICENSE_STATUS",
        Kind::Gauge,
        "vGPU License status",
        |_| 0.0,
    ),
    (
        "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
        Kind::Counter,
        "Number of remapped rows for uncorrectable errors",
        |_| 0.0,
    ),
    (
        "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS",
        Kind::Counter,
        "Number of remapped rows for correctable errors",
        |_| 0.0,
    ),
    (
        "DCGM_FI_DEV_ROW_REMAP_FAILURE",
        Kind::Gauge,
        "Whether remapping of rows has failed",
        |_| 0.0,
    ),
    (
        "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
        Kind::Gauge,
        "Ratio of time the graphics engine is active.",
        |gpu| ratio(gpu.busy),
    ),
    (
        "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
        Kind::Gauge,
        "Ratio of cycles the tensor (HMMA) pipe is active.",
        |gpu| ratio(gpu.tensor),
    ),
    (
        "DCGM_FI_PROF_DRAM_ACTIVE",
        Kind::Gauge,
        "Ratio of cycles the device memory interface is active.",
        |gpu| ratio(gpu.dram),
    ),
    (
        "DCGM_FI_PROF_PCIE_TX_BYTES",
        Kind::Gauge,
        "The rate of data transmitted over the PCIe bus (in bytes per second).",
        |gpu| gpu.pcie_tx.round(),
    ),
    (
        "DCGM_FI_PROF_PCIE_RX_BYTES",
        Kind::Gauge,
        "The rate of data received over the PCIe bus (in bytes per second).",
        |gpu| gpu.pcie_rx.round(),
    ),
];

/// What the driver offers only for a GPU that is not sliced.
const WHOLE_GPU: [&str; 4] = [
    "DCGM_FI_DEV_GPU_UTIL",
    "DCGM_FI_DEV_MEM_COPY_UTIL",
    "DCGM_FI_DEV_ENC_UTIL",
    "DCGM_FI_DEV_DEC_UTIL",
];

fn ratio(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

pub fn page(devices: &[(Device, &Gpu)]) -> Vec<Family> {
    FIELDS
        .iter()
        .map(|(name, kind, help, value)| {
            let mut family = Family::new(*kind, name, help);
            for (device, gpu) in devices
                .iter()
                .filter(|(device, _)| !(device.mig && WHOLE_GPU.contains(name)))
            {
                family = family.with(device.labels, value(gpu));
            }
            family
        })
        .filter(|family| !family.samples.is_empty())
        .collect()
}
