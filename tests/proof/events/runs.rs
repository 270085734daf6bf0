//! Load tests: the record of a run, against the requests that ended in it. A run lasts twenty minutes on the clock; its
//! numbers are scraped every two minutes.

use std::collections::BTreeMap;

use server::demo::sim::load::Reason;
use server::demo::sim::{Fleet, Served};

use super::select::served;
use super::{Tally, began};
use crate::proof::ask::Answer;

const RUN: f64 = 1_200.0;
const SCRAPED: f64 = 120.0;

/// Of a run's answered requests, with the number of those that were not; by query.
type Told = fn(&[Served], f64, usize) -> f64;

pub const RUNS: &[(&str, Told)] = &[
    ("load_tests.response_time", |good, _, query| {
        statistic(good, query, Served::e2e_s)
    }),
    ("load_tests.ttft", |good, _, query| statistic(good, query, first)),
    // The exporter divides the whole time, first token included.
    ("load_tests.tpot", |good, _, query| {
        statistic(good, query, |served| served.e2e_s() / f64::from(served.generated))
    }),
    ("load_tests.itl", |good, _, query| {
        statistic(good, query, |served| {
            (served.e2e_s() - first(served)) / f64::from(served.generated.max(2) - 1)
        })
    }),
    ("load_tests.total_requests", |good, bad, _| good.len() as f64 + bad),
    ("load_tests.total_failures", |_, bad, _| bad),
    ("load_tests.failure_rate_percent", |good, bad, _| {
        100.0 * bad / (good.len() as f64 + bad)
    }),
    ("load_tests.input_tokens_mean", |good, _, _| {
        mean(good, |served| served.prompt.into())
    }),
    ("load_tests.output_tokens_mean", |good, _, _| {
        mean(good, |served| served.generated.into())
    }),
    ("load_tests.throughput_tokens_per_sec", |good, _, _| {
        good.iter().map(|served| f64::from(served.generated)).sum::<f64>() / RUN
    }),
];

fn first(served: &Served) -> f64 {
    served.first_token.map_or(f64::NAN, |first| first - served.arrived)
}

fn mean(all: &[Served], of: fn(&Served) -> f64) -> f64 {
    all.iter().map(of).sum::<f64>() / all.len() as f64
}

/// Milliseconds: the mean, or the smallest value that so many per cent are not above.
fn statistic(all: &[Served], query: usize, seconds: fn(&Served) -> f64) -> f64 {
    const PERCENT: [usize; 5] = [0, 80, 90, 95, 99];
    if query == 0 {
        return 1e3 * mean(all, seconds);
    }
    let mut sorted: Vec<f64> = all.iter().map(seconds).collect();
    sorted.sort_by(f64::total_cmp);
    1e3 * sorted[(PERCENT[query] * sorted.len()).div_ceil(100) - 1]
}

pub fn runs(fleet: &Fleet, answers: &BTreeMap<String, Answer>, tally: &mut Tally) {
    for (panel, told) in RUNS {
        for frame in &answers[*panel].frames {
            for (index, got) in frame.values().into_iter().enumerate() {
                let at = (frame.start + frame.step * index as i64) as f64;
                let scraped = (at / SCRAPED).floor() * SCRAPED;
                let end = (scraped / RUN).floor() * RUN;
                let Some(got) = got.filter(|_| end - RUN >= began()) else {
                    continue;
                };
                let run = fleet.truth(end - RUN, end);
                let (good, bad): (Vec<Served>, Vec<Served>) = served(&run, &frame.labels["model"])
                    .copied()
                    .partition(|served| matches!(served.reason, Reason::Stop | Reason::Length));
                let expected = told(&good, bad.len() as f64, frame.query);
                tally.met(panel, false);
                if (got - expected).abs() > 1e-6 * expected.abs() {
                    tally.faults.push(format!(
                        "{panel} query {} {:?} at {at}: {got} shown, {expected} of the run's requests",
                        frame.query, frame.labels
                    ));
                }
            }
        }
    }
}
