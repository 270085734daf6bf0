//! AMD's and Intel's accelerators. A card that several pods or partitions show counts once. AMD tells energy in
//! microjoules, Gaudi power in milliwatts and energy in joules.

use super::{Proof, proof};
use crate::proof::calc::{Look, Vector};

const CARD: &[&str] = &["hostname", "gpu_id"];
const PARTITION: &[&str] = &["hostname", "gpu_id", "gpu_partition_id"];
const GAUDI: &[&str] = &["UUID", "id", "instance"];

fn gaudi(look: &Look<'_>, field: &str) -> Vector {
    look.of(&[&format!("habanalabs_{field}")]).now().max(GAUDI)
}

fn card(look: &Look<'_>, names: &[&str]) -> Vec<Vector> {
    vec![look.of(names).now().max(CARD)]
}

fn partition(look: &Look<'_>, name: &str) -> Vector {
    look.of(&[name]).now().max(PARTITION)
}

pub const PROOFS: &[Proof] = &[
    proof("amd.utilization", |l| vec![partition(l, "gpu_gfx_activity")]),
    proof("amd.memory_bandwidth", |l| vec![partition(l, "gpu_umc_activity")]),
    proof("amd.memory", |l| {
        vec![partition(l, "gpu_used_vram").per(&partition(l, "gpu_total_vram"))]
    }),
    proof("amd.temperature", |l| {
        card(l, &["gpu_junction_temperature", "gpu_edge_temperature"])
    }),
    proof("amd.memory_temperature", |l| card(l, &["gpu_memory_temperature"])),
    proof("amd.power", |l| {
        card(l, &["gpu_package_power", "gpu_average_package_power"])
    }),
    proof("amd.energy", |l| {
        vec![l.of(&["gpu_energy_consumed"]).last().max(CARD).times(1e-6 / 3600.0)]
    }),
    proof("amd.clocks", |l| {
        let system = l
            .of(&["gpu_clock"])
            .having("clock_type", |kind| kind.to_lowercase().contains("system"));
        vec![system.now().max(CARD).times(1e6)]
    }),
    proof("amd.ecc", |l| {
        ["gpu_ecc_correct_total", "gpu_ecc_uncorrect_total"]
            .map(|name| l.of(&[name]).growth().max(CARD))
            .into()
    }),
    // One sick partition makes a sick card.
    proof("amd.health", |l| vec![l.of(&["gpu_health"]).now().min(CARD)]),
    proof("amd.last_error", |l| card(l, &["gpu_afid_errors"])),
    proof("amd.pcie_replays", |l| {
        vec![l.of(&["pcie_replay_count"]).rate().max(CARD)]
    }),
    proof("gaudi.utilization", |l| vec![gaudi(l, "utilization")]),
    proof("gaudi.memory", |l| {
        vec![gaudi(l, "memory_used_bytes").per(&gaudi(l, "memory_total_bytes"))]
    }),
    proof("gaudi.temperature", |l| {
        let slows_down = l.of(&["habanalabs_temperature_threshold_slowdown"]).now().min(GAUDI);
        vec![gaudi(l, "temperature_onchip"), slows_down]
    }),
    proof("gaudi.power", |l| {
        ["power_mW", "power_default_limit_mW"]
            .map(|field| gaudi(l, field).times(1e-3))
            .into()
    }),
    proof("gaudi.energy", |l| vec![gaudi(l, "energy").times(1.0 / 3600.0)]),
    proof("gaudi.clock", |l| vec![gaudi(l, "clock_soc_mhz").times(1e6)]),
    proof("gaudi.rows", |l| {
        ["single", "double"]
            .map(|kind| gaudi(l, &format!("pending_rows_with_{kind}_bit_ecc_errors")))
            .into()
    }),
];
