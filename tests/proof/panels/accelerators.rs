//! AMD's and Intel's accelerators. A card that several pods or partitions show counts once. AMD tells energy in
//! microjoules, Gaudi power in milliwatts and energy in joules.

use super::{Proof, proof};
use crate::proof::calc::{Look, Pick, Vector};

const CARD: &[&str] = &["hostname", "gpu_id"];
const PARTITION: &[&str] = &["hostname", "gpu_id", "gpu_partition_id"];
const GAUDI: &[&str] = &["UUID", "id", "instance"];

/// Of a series: what it is, its peaks or its mean.
type How<'a> = fn(&Pick<'a>) -> Vector;

fn gaudi<'a>(look: &'a Look<'a>, field: &str, how: How<'a>) -> Vector {
    how(&look.of(&[&format!("habanalabs_{field}")])).max(GAUDI)
}

fn peaks(look: &Look<'_>, names: &[&str]) -> Vec<Vector> {
    vec![look.of(names).peak().max(CARD)]
}

fn partition<'a>(look: &'a Look<'a>, name: &str, how: How<'a>) -> Vector {
    how(&look.of(&[name])).max(PARTITION)
}

pub const PROOFS: &[Proof] = &[
    proof("amd.utilization", |l| {
        vec![partition(l, "gpu_gfx_activity", Pick::mean)]
    }),
    proof("amd.memory_bandwidth", |l| {
        vec![partition(l, "gpu_umc_activity", Pick::mean)]
    }),
    proof("amd.memory", |l| {
        vec![partition(l, "gpu_used_vram", Pick::peak).per(&partition(l, "gpu_total_vram", Pick::now))]
    }),
    proof("amd.temperature", |l| {
        peaks(l, &["gpu_junction_temperature", "gpu_edge_temperature"])
    }),
    proof("amd.memory_temperature", |l| peaks(l, &["gpu_memory_temperature"])),
    proof("amd.power", |l| {
        peaks(l, &["gpu_package_power", "gpu_average_package_power"])
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
    proof("amd.health", |l| vec![l.of(&["gpu_health"]).trough().min(CARD)]),
    proof("amd.last_error", |l| vec![l.of(&["gpu_afid_errors"]).now().max(CARD)]),
    proof("amd.pcie_replays", |l| {
        vec![l.of(&["pcie_replay_count"]).rate().max(CARD)]
    }),
    proof("gaudi.utilization", |l| vec![gaudi(l, "utilization", Pick::mean)]),
    proof("gaudi.memory", |l| {
        vec![gaudi(l, "memory_used_bytes", Pick::peak).per(&gaudi(l, "memory_total_bytes", Pick::now))]
    }),
    proof("gaudi.temperature", |l| {
        let slows_down = l.of(&["habanalabs_temperature_threshold_slowdown"]).now().min(GAUDI);
        vec![gaudi(l, "temperature_onchip", Pick::peak), slows_down]
    }),
    proof("gaudi.power", |l| {
        vec![
            gaudi(l, "power_mW", Pick::peak).times(1e-3),
            gaudi(l, "power_default_limit_mW", Pick::now).times(1e-3),
        ]
    }),
    proof("gaudi.energy", |l| {
        vec![gaudi(l, "energy", Pick::now).times(1.0 / 3600.0)]
    }),
    proof("gaudi.clock", |l| vec![gaudi(l, "clock_soc_mhz", Pick::now).times(1e6)]),
    proof("gaudi.rows", |l| {
        ["single", "double"]
            .map(|kind| gaudi(l, &format!("pending_rows_with_{kind}_bit_ecc_errors"), Pick::now))
            .into()
    }),
];
