//! TrustyAI's detectors for guardrails.

use super::family::{Family, Kind, Page};
use crate::demo::sim::around::guard::{Counted, Guard};

type Column = (&'static str, &'static str, fn(&Counted) -> f64);

const COLUMNS: [Column; 4] = [
    (
        "trustyai_guardrails_detections_total",
        "Number of detections per detector function",
        |counted| counted.detections as f64,
    ),
    (
        "trustyai_guardrails_requests_total",
        "Number of requests per detector function",
        |counted| counted.requests as f64,
    ),
    (
        "trustyai_guardrails_errors_total",
        "Number of errors per detector function",
        |counted| counted.errors as f64,
    ),
    (
        "trustyai_guardrails_runtime_total",
        "Seconds that each detector function has taken",
        |counted| counted.seconds,
    ),
];

pub fn page(guard: &Guard) -> Vec<Family> {
    let mut page = Page::new(None);
    for (name, help, value) in COLUMNS {
        let family = guard
            .detectors
            .iter()
            .fold(Family::new(Kind::Counter, name, help), |family, counted| {
                family.with(
                    &[("detector_kind", counted.kind), ("detector_name", counted.name)],
                    value(counted),
                )
            });
        page.push(family);
    }
    page.into_families()
}
