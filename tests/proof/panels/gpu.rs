//! NVIDIA GPUs. A card shown for several pods, or measured whole for each of its slices, counts once; newer exporters
//! write `hostname` for `Hostname`.

use super::{Proof, proof};
use crate::proof::calc::{Look, Vector};

const CARD: &[&str] = &["Hostname", "gpu"];
const SLICE: &[&str] = &["Hostname", "gpu", "GPU_I_PROFILE", "GPU_I_ID"];
const MILLIJOULES_PER_WATT_HOUR: f64 = 3.6e6;

fn per_card(values: Vector) -> Vector {
    values.renamed("hostname", "Hostname").max(CARD)
}

fn per_slice(values: Vector) -> Vector {
    values.renamed("hostname", "Hostname").max(SLICE)
}

fn card(look: &Look<'_>, field: &str) -> Vector {
    per_card(look.of(&[field]).now())
}

/// The highest since the instant before.
fn card_peak(look: &Look<'_>, field: &str) -> Vector {
    per_card(look.of(&[field]).peak())
}

/// How busy since the instant before.
fn slice(look: &Look<'_>, field: &str) -> Vector {
    per_slice(look.of(&[field]).mean())
}

/// Counters that matter by their height, over a missed scrape.
fn height(look: &Look<'_>, field: &str) -> Vector {
    per_card(look.of(&[field]).last())
}

pub const PROOFS: &[Proof] = &[
    // In slices there is no utilisation: the engine's activity stands for it, for cards that have none.
    proof("gpu.utilization", |l| {
        let busy = slice(l, "DCGM_FI_DEV_GPU_UTIL");
        vec![busy.or_on(&slice(l, "DCGM_FI_PROF_GR_ENGINE_ACTIVE").times(100.0), CARD)]
    }),
    proof("gpu.engine_active", |l| vec![slice(l, "DCGM_FI_PROF_GR_ENGINE_ACTIVE")]),
    proof("gpu.memory_used", |l| {
        vec![per_slice(l.of(&["DCGM_FI_DEV_FB_USED"]).peak())]
    }),
    proof("gpu.memory_share", |l| {
        let now = |field| per_slice(l.of(&[field]).now());
        let all = now("DCGM_FI_DEV_FB_USED").plus(&now("DCGM_FI_DEV_FB_FREE"));
        vec![per_slice(l.of(&["DCGM_FI_DEV_FB_USED"]).peak()).per(&all)]
    }),
    proof("gpu.memory_bandwidth", |l| {
        let copying = slice(l, "DCGM_FI_DEV_MEM_COPY_UTIL").times(0.01);
        vec![slice(l, "DCGM_FI_PROF_DRAM_ACTIVE").or_on(&copying, CARD)]
    }),
    proof("gpu.tensor", |l| vec![slice(l, "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE")]),
    proof("gpu.sm_active", |l| vec![slice(l, "DCGM_FI_PROF_SM_ACTIVE")]),
    proof("gpu.sm_occupancy", |l| vec![slice(l, "DCGM_FI_PROF_SM_OCCUPANCY")]),
    proof("gpu.clocks", |l| {
        vec![
            card(l, "DCGM_FI_DEV_SM_CLOCK").times(1e6),
            card(l, "DCGM_FI_DEV_MEM_CLOCK").times(1e6),
        ]
    }),
    proof("gpu.temperature", |l| vec![card_peak(l, "DCGM_FI_DEV_GPU_TEMP")]),
    proof("gpu.memory_temperature", |l| {
        vec![card_peak(l, "DCGM_FI_DEV_MEMORY_TEMP")]
    }),
    proof("gpu.fan", |l| vec![card_peak(l, "DCGM_FI_DEV_FAN_SPEED")]),
    proof("gpu.power", |l| vec![card_peak(l, "DCGM_FI_DEV_POWER_USAGE")]),
    proof("gpu.power_total", |l| {
        vec![per_card(l.of(&["DCGM_FI_DEV_POWER_USAGE"]).mean()).sum(&[])]
    }),
    proof("gpu.energy", |l| {
        vec![height(l, "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION").times(1.0 / MILLIJOULES_PER_WATT_HOUR)]
    }),
    // A card's series change with the pods that hold it: they follow one another within a slice, and every slice tells
    // the whole card's energy.
    proof("gpu.energy_total", |l| {
        let used = l.of(&["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"]).growth_of_range();
        let slices = used
            .renamed("hostname", "Hostname")
            .sum(&["Hostname", "gpu", "GPU_I_ID"]);
        vec![slices.max(CARD).sum(&[]).times(1.0 / MILLIJOULES_PER_WATT_HOUR)]
    }),
    // Sent and received; where only the older counter exists, its growth.
    proof("gpu.nvlink", |l| {
        let both = card(l, "DCGM_FI_PROF_NVLINK_TX_BYTES").plus(&card(l, "DCGM_FI_PROF_NVLINK_RX_BYTES"));
        vec![both.or_on(&per_card(l.of(&["DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL"]).rate()), CARD)]
    }),
    proof("gpu.pcie", |l| {
        vec![
            card(l, "DCGM_FI_PROF_PCIE_TX_BYTES"),
            card(l, "DCGM_FI_PROF_PCIE_RX_BYTES"),
        ]
    }),
    proof("gpu.pcie_replays", |l| {
        vec![per_card(l.of(&["DCGM_FI_DEV_PCIE_REPLAY_COUNTER"]).rate())]
    }),
    proof("gpu.xid", |l| {
        vec![per_card(l.of(&["DCGM_FI_DEV_XID_ERRORS"]).changes())]
    }),
    proof("gpu.xid_code", |l| vec![card(l, "DCGM_FI_DEV_XID_ERRORS")]),
    proof("gpu.ecc", |l| {
        ["DCGM_FI_DEV_ECC_SBE_VOL_TOTAL", "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL"]
            .map(|field| per_card(l.of(&[field]).growth()))
            .into()
    }),
    proof("gpu.retired_pages", |l| {
        [
            "DCGM_FI_DEV_RETIRED_SBE",
            "DCGM_FI_DEV_RETIRED_DBE",
            "DCGM_FI_DEV_RETIRED_PENDING",
        ]
        .map(|field| height(l, field))
        .into()
    }),
    proof("gpu.remapped_rows", |l| {
        vec![
            height(l, "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS"),
            height(l, "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS"),
            card(l, "DCGM_FI_DEV_ROW_REMAP_FAILURE"),
        ]
    }),
    // Microseconds held back within each second.
    proof("gpu.held_back", |l| {
        ["DCGM_FI_DEV_POWER_VIOLATION", "DCGM_FI_DEV_THERMAL_VIOLATION"]
            .map(|field| per_card(l.of(&[field]).rate()).times(1e-6))
            .into()
    }),
];
