//! The GPUs: what the data-center GPU manager would sample of them, driven by the work of the engine that holds each one.
//! Rates and shares are averages over the sample before; energy and link bytes only ever grow.

use super::engine::Work;
use super::rng::Rng;
use super::timeline::{Between, Gauge, Log};
use super::truth::GpuTruth;

/// Seconds between samples, on the full multiples of the clock.
pub const SAMPLE_S: f64 = 10.0;
/// Seconds between the node's fabric health checks, each of which copies a fixed amount over NVLink.
const FABRIC_CHECK_S: f64 = 3600.0;
const FABRIC_CHECK_BYTES: f64 = 4.0 * 1024.0 * 1024.0 * 1024.0;

#[derive(Debug, Clone, Copy)]
pub struct GpuSpec {
    pub idle_w: f64,
    pub busy_w: f64,
    pub memory_mib: f64,
    pub reserved_mib: f64,
    pub nvlink: bool,
}

/// A GPU or one MIG slice of it, as one set of series.
#[derive(Debug)]
pub struct Gpu {
    pub spec: GpuSpec,
    /// What the process on it has allocated; weights and KV cache are taken at start-up and kept.
    allocated_mib: f64,
    pub busy: f64,
    pub tensor: f64,
    pub dram: f64,
    pub pcie_tx: f64,
    pub pcie_rx: f64,
    pub power_w: f64,
    extra_w: f64,
    pub temperature: f64,
    pub energy_mj: f64,
    pub nvlink_bytes: f64,
    pub xid: f64,
    holder: bool,
    before: Work,
    rng: Rng,
    log: Log<f64>,
    xids: Log<u32>,
    power: Gauge,
    allocated: Gauge,
}

impl Gpu {
    pub fn new(spec: GpuSpec, allocated_mib: f64, origin: f64, rng: Rng) -> Self {
        let mut allocated = Gauge::new(origin, Between::Hold);
        allocated.note(origin, allocated_mib);
        Self {
            spec,
            allocated_mib,
            busy: 0.0,
            tensor: 0.0,
            dram: 0.0,
            pcie_tx: 0.0,
            pcie_rx: 0.0,
            power_w: spec.idle_w,
            extra_w: 0.0,
            temperature: 31.0,
            energy_mj: 0.0,
            nvlink_bytes: 0.0,
            xid: 0.0,
            holder: allocated_mib > 0.0,
            before: Work::default(),
            rng,
            log: Log::default(),
            xids: Log::default(),
            power: Gauge::new(origin, Between::Hold),
            allocated,
        }
    }

    pub fn used_mib(&self) -> f64 {
        if self.holder { self.allocated_mib } else { 0.0 }
    }

    pub fn free_mib(&self) -> f64 {
        self.spec.memory_mib - self.spec.reserved_mib - self.used_mib()
    }

    /// A pod holds it, with its process up or not.
    pub fn fail(&mut self, at: f64, code: f64) {
        self.xid = code;
        self.xids.push(at, code as u32);
        self.holder = false;
        self.allocated.note(at, 0.0);
    }

    pub fn recover(&mut self, at: f64) {
        self.holder = self.allocated_mib > 0.0;
        self.allocated.note(at, self.allocated_mib);
    }

    /// One sample; `work` is the sum since the origin, of None where nothing runs on it.
    pub fn sample(&mut self, now: f64, work: Option<Work>) {
        let work = work.unwrap_or(self.before);
        let part = |after: f64, before: f64| (after - before).max(0.0) / SAMPLE_S;
        self.busy = part(work.busy_s, self.before.busy_s).min(1.0);
        let prefill = part(work.prefill_s, self.before.prefill_s).min(1.0);
        let decode = (self.busy - prefill).max(0.0);
        let tokens =
            part(work.decode_tokens, self.before.decode_tokens) + part(work.prefill_tokens, self.before.prefill_tokens);
        self.before = work;
        // Prefill is bound by arithmetic, decode by memory.
        self.tensor = 0.62 * prefill + 0.09 * decode;
        self.dram = 0.38 * prefill + 0.71 * decode;
        self.pcie_rx = 21_000.0 + tokens * 5_200.0 + self.rng.between(0.0, 9_000.0);
        self.pcie_tx = 34_000.0 + tokens * 2_600.0 + self.rng.between(0.0, 9_000.0);
        let load = (0.8 * prefill + 0.55 * decode).min(1.0);
        self.extra_w = (self.spec.busy_w - self.spec.idle_w) * load + self.rng.between(0.0, 3.0);
        if self.spec.nvlink && now.rem_euclid(FABRIC_CHECK_S) < SAMPLE_S {
            self.nvlink_bytes += FABRIC_CHECK_BYTES;
        }
        self.log.push(now, self.busy);
    }

    /// Power above idle that this one draws; the slices of a board share a power supply and a cooler.
    pub fn extra_w(&self) -> f64 {
        self.extra_w
    }

    /// What the whole board draws, after its slices were sampled.
    pub fn set_board_power(&mut self, now: f64, watts: f64) {
        self.power_w = watts;
        // Warms and cools towards its equilibrium with a time constant of two minutes.
        let target = 29.0 + watts * 0.105;
        self.temperature += (target - self.temperature) * SAMPLE_S / 120.0;
        self.energy_mj += watts * SAMPLE_S * 1000.0;
        self.power.note(now, watts);
    }

    pub fn truth(&self, from: f64, to: f64) -> GpuTruth {
        let mut samples = 0;
        let mut busy = 0.0;
        for (_, share) in self.log.within(from, to) {
            samples += 1;
            busy += share;
        }
        GpuTruth {
            mean_busy: if samples == 0 { 0.0 } else { busy / f64::from(samples) },
            mean_power_w: self.power.mean(from, to).unwrap_or(0.0),
            busy: self.log.latest(to).copied().unwrap_or(0.0),
            power_w: self.power.at(to),
            allocated_mib: self.allocated.at(to),
            reserved_mib: self.spec.reserved_mib,
            memory_mib: self.spec.memory_mib,
            xid_errors: self.xids.within(from, to).map(|(_, code)| *code).collect(),
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        self.log.forget_before(at);
        self.xids.forget_before(at);
        self.power.forget_before(at);
        self.allocated.forget_before(at);
    }
}
