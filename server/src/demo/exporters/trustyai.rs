//! TrustyAI's services and the drift detector. The Java service and its rewrite in Python name the same tests differently;
//! each shows a series for each metric request that was scheduled.

use super::family::{Family, Kind, Page};
use crate::demo::sim::around::quality::{COLUMNS, Computed, Quality};

const BATCH: (&str, &str) = ("batch_size", "400");
/// A test by column: its name, the request's identifier, its values.
type ByColumn = (&'static str, &'static str, fn(&Computed) -> [f64; 2]);

const JAVA: [ByColumn; 3] = [
    ("MEANSHIFT", "5a0c8f6e-54d0-4f2b-8ec1-1a9d3a54b001", |c| c.same_mean),
    ("KSTEST", "5a0c8f6e-54d0-4f2b-8ec1-1a9d3a54b002", |c| {
        c.same_distribution
    }),
    ("APPROXKSTEST", "5a0c8f6e-54d0-4f2b-8ec1-1a9d3a54b003", |c| {
        c.same_distribution_rough
    }),
];
const PYTHON: [ByColumn; 4] = [
    ("COMPAREMEANS", "c1e7b7d2-9d0f-4a64-b9f3-7be0c2a6d001", |c| c.same_mean),
    ("KSTEST", "c1e7b7d2-9d0f-4a64-b9f3-7be0c2a6d002", |c| {
        c.same_distribution
    }),
    ("KSTESTSTREAMING", "c1e7b7d2-9d0f-4a64-b9f3-7be0c2a6d003", |c| {
        c.same_distribution_rough
    }),
    ("JENSENSHANNON", "c1e7b7d2-9d0f-4a64-b9f3-7be0c2a6d004", |c| {
        c.jensen_shannon
    }),
];

type Pair = (&'static str, &'static str);

fn by_column(page: &mut Page, computed: &Computed, model: Pair, tests: &[ByColumn]) {
    for (name, request, values) in tests {
        let mut family = Family::new(Kind::Gauge, &series(name), "A test of the latest inputs.");
        for (column, value) in COLUMNS.into_iter().zip(values(computed)) {
            let labels = [
                BATCH,
                ("metricName", name),
                model,
                ("request", request),
                ("requestName", "inputs-against-training"),
                ("subcategory", column),
            ];
            family = family.with(&labels, value);
        }
        page.push(family);
    }
}

fn series(test: &str) -> String {
    format!("trustyai_{}", test.to_lowercase())
}

/// The Java service.
pub fn java(quality: &Quality, model: &'static str) -> Vec<Family> {
    let mut page = Page::new(None);
    let whose = ("model", model);
    page.gauge("trustyai_model_count_total", "Models that are watched.", &[], 1.0);
    observations(&mut page, quality, whose);
    let Some(computed) = &quality.computed else {
        return page.into_families();
    };
    for (name, request, value) in [
        (
            "SPD",
            "5a0c8f6e-54d0-4f2b-8ec1-1a9d3a54b004",
            computed.parity_difference,
        ),
        ("DIR", "5a0c8f6e-54d0-4f2b-8ec1-1a9d3a54b005", computed.impact_ratio),
    ] {
        let labels = [
            BATCH,
            ("favorable_value", "1"),
            ("metricName", name),
            whose,
            ("outcome", "approved"),
            ("privileged", "1"),
            ("protected", "customer_group"),
            ("request", request),
            ("requestName", "fairness"),
            ("unprivileged", "0"),
        ];
        page.gauge(&series(name), "Fairness of the latest outcomes.", &labels, value);
    }
    by_column(&mut page, computed, whose, &JAVA);
    mmd(&mut page, computed, whose, "FOURIERMMD");
    page.into_families()
}

/// The rewrite in Python.
pub fn python(quality: &Quality, model: &'static str) -> Vec<Family> {
    let mut page = Page::new(None);
    let whose = ("modelId", model);
    observations(&mut page, quality, whose);
    if let Some(computed) = &quality.computed {
        by_column(&mut page, computed, whose, &PYTHON);
        mmd(&mut page, computed, whose, "MMD");
    }
    page.into_families()
}

fn observations(page: &mut Page, quality: &Quality, model: Pair) {
    page.gauge(
        "trustyai_model_observations_total",
        "Requests that were seen.",
        &[model],
        quality.observations as f64,
    );
}

fn mmd(page: &mut Page, computed: &Computed, model: Pair, name: &'static str) {
    let labels = [
        BATCH,
        ("metricName", name),
        model,
        ("request", "9f3b1d5a-0c4e-4d0a-a8a7-5d2c6c1e0006"),
        ("requestName", "all-columns-against-training"),
    ];
    page.gauge(&series(name), "All columns together.", &labels, computed.mmd);
}

/// The drift detector, which measures accuracy and latency too.
pub fn detector(quality: &Quality, model: &'static str) -> Vec<Family> {
    let mut page = Page::new(None);
    if let Some(detected) = &quality.detected {
        let whose = [("model", model)];
        page.gauge(
            "model_drift_score",
            "Divergence from the baseline.",
            &whose,
            detected.score,
        );
        page.gauge("model_accuracy", "Share of right answers.", &whose, detected.accuracy);
        page.gauge(
            "inference_latency_p95_seconds",
            "95th percentile of the latest requests.",
            &whose,
            detected.p95_s,
        );
    }
    page.into_families()
}
