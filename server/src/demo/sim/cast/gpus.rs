//! The GPUs and slices of both nodes, with the labels that their exporter writes.

use super::{
    GRANITE, GRANITE_POD_0, GRANITE_POD_1, LLAMA, LLAMA_POD, MISTRAL, MISTRAL_POD, NODES, PHI, PHI_POD, QWEN, QWEN_POD,
};
use crate::demo::exporters::dcgm::Device;
use crate::demo::sim::gpu::GpuSpec;

/// Whose exporter shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    Nvidia,
    Amd,
    Intel,
}

/// A GPU or slice: its node, what truth calls it, its labels, its board, the engine on it, and what that has allocated.
#[derive(Debug, Clone, Copy)]
pub struct GpuPlace {
    pub vendor: Vendor,
    pub node: usize,
    pub truth: &'static str,
    pub device: Device,
    pub spec: GpuSpec,
    /// Places with the same board share power and temperature.
    pub board: usize,
    pub engine: Option<usize>,
    pub allocated_mib: f64,
}

const WHOLE_40: GpuSpec = GpuSpec {
    idle_w: 54.0,
    busy_w: 392.0,
    memory_mib: 40_960.0,
    reserved_mib: 530.0,
    nvlink: true,
};
const WHOLE_80: GpuSpec = GpuSpec {
    idle_w: 61.0,
    memory_mib: 81_920.0,
    reserved_mib: 810.0,
    ..WHOLE_40
};
const SLICE: GpuSpec = GpuSpec {
    idle_w: 61.0,
    busy_w: 230.0,
    memory_mib: 40_320.0,
    reserved_mib: 0.0,
    nvlink: false,
};

/// The labels of one device, in the exporter's order.
macro_rules! device {
    ($gpu:literal, $uuid:literal, $bus:literal, $device:literal, $model:literal, $node:literal $(, $name:literal = $value:expr)*) => {
        &[("gpu", $gpu), ("UUID", $uuid), ("pci_bus_id", $bus), ("device", $device), ("modelName", $model),
          ("Hostname", $node), ("DCGM_FI_DRIVER_VERSION", "570.148.08") $(, ($name, $value))*]
    };
}

/// An AMD GPU's labels, in the exporter's order.
macro_rules! amd {
    ($gpu:literal, $serial:literal $(, $name:literal = $value:expr)*) => {
        &[("card_model", "102-G30211-0C"), ("gpu_compute_partition_type", "spx"), ("gpu_id", $gpu),
          ("gpu_partition_id", "0"), ("hostname", "amd-node-a"), ("serial_number", $serial) $(, ($name, $value))*]
    };
}

/// A Gaudi card's labels.
macro_rules! gaudi {
    ($id:literal, $uuid:literal, $serial:literal, $device:literal $(, $name:literal = $value:expr)*) => {
        &[("Serial", $serial), ("UUID", $uuid), ("device", $device), ("driver", "1.21.3-f8b6f22"),
          ("fit", "60.1.1"), ("id", $id), ("spi", "preboot-gaudi3-1.21.3") $(, ($name, $value))*]
    };
}

type Labels = &'static [(&'static str, &'static str)];

/// `held` is the engine on it, and what that has allocated.
const fn amd(truth: &'static str, board: usize, labels: Labels, held: Option<(usize, f64)>) -> GpuPlace {
    let (engine, allocated_mib) = split(held);
    GpuPlace {
        vendor: Vendor::Amd,
        node: 2,
        truth,
        device: Device {
            node: NODES[2],
            labels,
            mig: false,
        },
        spec: GpuSpec {
            idle_w: 131.0,
            busy_w: 690.0,
            memory_mib: 196_592.0,
            reserved_mib: 290.0,
            nvlink: false,
        },
        board,
        engine,
        allocated_mib,
    }
}

const fn gaudi(truth: &'static str, board: usize, labels: Labels, held: Option<(usize, f64)>) -> GpuPlace {
    GpuPlace {
        vendor: Vendor::Intel,
        node: 3,
        device: Device {
            node: NODES[3],
            labels,
            mig: false,
        },
        spec: GpuSpec {
            idle_w: 188.0,
            busy_w: 850.0,
            memory_mib: 131_072.0,
            reserved_mib: 672.0,
            nvlink: false,
        },
        ..amd(truth, board, labels, held)
    }
}

const fn split(held: Option<(usize, f64)>) -> (Option<usize>, f64) {
    match held {
        Some((engine, allocated)) => (Some(engine), allocated),
        None => (None, 0.0),
    }
}

pub const GPUS: [GpuPlace; 9] = [
    GpuPlace {
        vendor: Vendor::Nvidia,
        node: 0,
        truth: "gpu-node-a/0",
        device: Device {
            node: NODES[0],
            labels: device!(
                "0",
                "GPU-3a7c1f0e-52b4-4d0c-9b8e-7f1a2c3d4e50",
                "00000000:07:00.0",
                "nvidia0",
                "NVIDIA A100-SXM4-40GB",
                "gpu-node-a",
                "container" = "main",
                "namespace" = GRANITE.namespace,
                "pod" = GRANITE_POD_0
            ),
            mig: false,
        },
        spec: WHOLE_40,
        board: 0,
        engine: Some(0),
        allocated_mib: 36_410.0,
    },
    GpuPlace {
        vendor: Vendor::Nvidia,
        node: 0,
        truth: "gpu-node-a/1",
        device: Device {
            node: NODES[0],
            labels: device!(
                "1",
                "GPU-9e42b6d8-0c17-4f6a-8a35-61d0e9b7c2f4",
                "00000000:0F:00.0",
                "nvidia1",
                "NVIDIA A100-SXM4-40GB",
                "gpu-node-a",
                "container" = "main",
                "namespace" = GRANITE.namespace,
                "pod" = GRANITE_POD_1
            ),
            mig: false,
        },
        spec: WHOLE_40,
        board: 1,
        engine: Some(1),
        allocated_mib: 36_410.0,
    },
    GpuPlace {
        vendor: Vendor::Nvidia,
        node: 1,
        truth: "gpu-node-b/0/1",
        device: Device {
            node: NODES[1],
            labels: device!(
                "0",
                "GPU-c05d7a91-e3f8-47b2-b6d4-2a98f1e07c63",
                "00000000:07:00.0",
                "nvidia0",
                "NVIDIA A100-SXM4-80GB",
                "gpu-node-b",
                "GPU_I_PROFILE" = "3g.40gb",
                "GPU_I_ID" = "1",
                "container" = "kserve-container",
                "namespace" = MISTRAL.namespace,
                "pod" = MISTRAL_POD
            ),
            mig: true,
        },
        spec: SLICE,
        board: 2,
        engine: Some(2),
        allocated_mib: 35_870.0,
    },
    GpuPlace {
        vendor: Vendor::Nvidia,
        node: 1,
        truth: "gpu-node-b/0/2",
        device: Device {
            node: NODES[1],
            labels: device!(
                "0",
                "GPU-c05d7a91-e3f8-47b2-b6d4-2a98f1e07c63",
                "00000000:07:00.0",
                "nvidia0",
                "NVIDIA A100-SXM4-80GB",
                "gpu-node-b",
                "GPU_I_PROFILE" = "3g.40gb",
                "GPU_I_ID" = "2",
                "container" = "kserve-container",
                "namespace" = QWEN.namespace,
                "pod" = QWEN_POD
            ),
            mig: true,
        },
        spec: SLICE,
        board: 2,
        engine: Some(3),
        allocated_mib: 35_870.0,
    },
    GpuPlace {
        vendor: Vendor::Nvidia,
        node: 1,
        truth: "gpu-node-b/1",
        device: Device {
            node: NODES[1],
            labels: device!(
                "1",
                "GPU-5f8b2e64-7d19-4ca3-9e70-d4c6a1b380f7",
                "00000000:0F:00.0",
                "nvidia1",
                "NVIDIA A100-SXM4-80GB",
                "gpu-node-b"
            ),
            mig: false,
        },
        spec: WHOLE_80,
        board: 3,
        engine: None,
        allocated_mib: 0.0,
    },
    amd(
        "amd-node-a/0",
        4,
        amd!(
            "0",
            "692251001124",
            "container" = "kserve-container",
            "namespace" = LLAMA.namespace,
            "pod" = LLAMA_POD
        ),
        Some((4, 172_300.0)),
    ),
    amd("amd-node-a/1", 5, amd!("1", "692251001187"), None),
    gaudi(
        "gaudi-node-a/0",
        6,
        gaudi!(
            "0",
            "01P0-HL3000A0-18-P6N145-08-04-03",
            "AN26006452",
            "accel0",
            "pod_namespace" = PHI.namespace,
            "pod_name" = PHI_POD
        ),
        Some((5, 115_900.0)),
    ),
    gaudi(
        "gaudi-node-a/1",
        7,
        gaudi!("1", "01P0-HL3000A0-18-P6N145-02-06-07", "AN26006449", "accel1"),
        None,
    ),
];
pub const BOARDS: usize = 8;
