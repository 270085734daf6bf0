//! llm-load-test-exporter: gauges of the last run, for ever. Its `namespace` is the tested model's.

use super::family::{Family, Kind, Page};
use crate::demo::sim::around::load_test::{LoadTest, Record, Statistics};

/// A tested model: its name and namespace.
pub type Tested = (&'static str, &'static str);

type Times = (&'static str, fn(&Record) -> Statistics);
type Number = (&'static str, fn(&Record) -> f64);

const TIMES: [Times; 5] = [
    ("response_time", |record| record.response_time),
    ("tpot", |record| record.per_token),
    ("ttft", |record| record.first_token),
    ("itl", |record| record.between_tokens),
    ("tt_ack", |record| record.acknowledged),
];
const STATISTICS: [&str; 5] = ["mean", "p80", "p90", "p95", "p99"];
const NUMBERS: [Number; 6] = [
    ("throughput_tokens_per_sec", |record| record.tokens_per_s),
    ("total_requests", |record| record.requests as f64),
    ("total_failures", |record| record.failures as f64),
    ("failure_rate_percent", |record| {
        100.0 * record.failures as f64 / record.requests.max(1) as f64
    }),
    ("input_tokens_mean", |record| record.input_tokens),
    ("output_tokens_mean", |record| record.output_tokens),
];

pub fn page(tests: &[LoadTest], tested: &[Tested]) -> Vec<Family> {
    let mut page = Page::new(None);
    let mut gauge = |name: String, value: &dyn Fn(&Record) -> f64| {
        let mut family = Family::new(Kind::Gauge, &name, "Of the last run.");
        for ((model, namespace), test) in tested.iter().zip(tests) {
            if let Some(record) = &test.last {
                family = family.with(&[("model", model), ("namespace", namespace)], value(record));
            }
        }
        page.push(family);
    };
    for (what, times) in TIMES {
        for (place, statistic) in STATISTICS.iter().enumerate() {
            gauge(format!("llm_load_test_{what}_{statistic}_ms"), &|record| {
                times(record).get(place).copied().unwrap_or_default()
            });
        }
    }
    for (name, number) in NUMBERS {
        gauge(format!("llm_load_test_{name}"), &number);
    }
    page.into_families()
}
