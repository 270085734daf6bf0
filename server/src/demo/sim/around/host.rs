//! A RHEL AI host beside the cluster: two cores, memory, two disks and a network, kept busy by the office day.

use crate::demo::sim::container::SAMPLE_S;
use crate::demo::sim::load::daily_curve;
use crate::demo::sim::rng::Rng;

pub const MODES: [&str; 4] = ["idle", "user", "system", "iowait"];
pub const MEMORY_BYTES: f64 = 270_582_939_648.0;
/// The root and the models' disk.
pub const DISK_BYTES: [f64; 2] = [107_374_182_400.0, 3_840_755_982_336.0];

#[derive(Debug)]
pub struct Host {
    rng: Rng,
    /// Seconds by core and mode, in the order of [`MODES`].
    pub cpu_s: [[f64; 4]; 2],
    pub memory_free: f64,
    pub disk_free: [f64; 2],
    /// Seconds in which somebody waited for a core, everybody for memory, everybody for a disk.
    pub waited_s: [f64; 3],
    pub received: f64,
    pub sent: f64,
}

impl Host {
    pub fn new(rng: Rng) -> Self {
        let [root, models] = DISK_BYTES;
        Self {
            rng,
            cpu_s: [[0.0; 4]; 2],
            memory_free: MEMORY_BYTES * 0.5,
            disk_free: [root * 0.62, models * 0.41],
            waited_s: [0.0; 3],
            received: 0.0,
            sent: 0.0,
        }
    }

    pub fn tick(&mut self, now: f64) {
        let curve = daily_curve(now);
        let mut busiest = 0.0_f64;
        for core in &mut self.cpu_s {
            let busy = (0.42 * curve * self.rng.log_normal(1.0, 0.2)).min(0.97);
            busiest = busiest.max(busy);
            let waits = 0.02 * self.rng.unit();
            for (seconds, share) in core.iter_mut().zip([
                1.0 - busy - waits * (1.0 - busy),
                busy * 0.8,
                busy * 0.2,
                waits * (1.0 - busy),
            ]) {
                *seconds += share * SAMPLE_S;
            }
        }
        self.memory_free = MEMORY_BYTES * (0.62 - 0.2 * curve + 0.02 * self.rng.unit()).clamp(0.05, 0.95);
        // Logs and checkpoints come, and go at midnight.
        let of_day = now.rem_euclid(86_400.0) / 86_400.0;
        let [root, models] = DISK_BYTES;
        self.disk_free = [root * (0.62 - 0.08 * of_day), models * (0.41 - 0.12 * of_day)];
        for (waited, share) in self.waited_s.iter_mut().zip([
            (busiest - 0.55).max(0.0) * 0.5,
            (0.3 - self.memory_free / MEMORY_BYTES).max(0.0) * 0.1,
            0.004 * curve,
        ]) {
            *waited += share * SAMPLE_S;
        }
        self.received += 210_000.0 * curve * SAMPLE_S;
        self.sent += 640_000.0 * curve * SAMPLE_S;
    }
}
