//! Process metrics that the Python and Go clients add by themselves; only the three that charts use.

use super::family::{Family, Kind, Page};

/// What a process has used, by rules of thumb: enough for a chart, and never a source for anything else.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Unix seconds.
    pub started: f64,
    pub cpu_s: f64,
    pub resident_bytes: f64,
}

impl Usage {
    /// A process that burns this share of a core when idle and this many seconds for each request.
    pub fn of(started: f64, now: f64, idle_share: f64, requests: u64, per_request_s: f64, resident_mib: f64) -> Self {
        Self {
            started,
            cpu_s: (now - started) * idle_share + requests as f64 * per_request_s,
            resident_bytes: resident_mib * 1024.0 * 1024.0,
        }
    }

    pub fn write(self, page: &mut Page) {
        page.push(Family::single(
            Kind::Counter,
            "process_cpu_seconds_total",
            "Total user and system CPU time spent in seconds.",
            &[],
            self.cpu_s,
        ));
        page.gauge(
            "process_resident_memory_bytes",
            "Resident memory size in bytes.",
            &[],
            self.resident_bytes,
        );
        page.gauge(
            "process_start_time_seconds",
            "Start time of the process since unix epoch in seconds.",
            &[],
            self.started,
        );
    }
}
