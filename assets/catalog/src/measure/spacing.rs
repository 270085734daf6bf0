//! How far apart the samples of a scrape job are, and since when there are any, from counts of its `up` series: one sample
//! for each scrape, whatever the target exports.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::Job;

/// In seconds. Counted over each, because a target that is younger than the longer one looks as if it were scraped seldom.
/// One less than round, so that no span holds both of its ends where scrapes fall on round times.
pub(super) const SPANS_S: [u32; 2] = [299, 1799];

/// What scrape intervals people choose, in seconds.
const USUAL_S: [f64; 18] = [
    1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 600.0, 900.0,
];

/// What was counted of every job.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Scrapes {
    /// Job and namespace to the most samples that one of its targets had within each of the spans.
    most: BTreeMap<(String, String), [f64; SPANS_S.len()]>,
    /// As well: the instants, bit by bit, before which it was scraped since the instant before.
    seen: BTreeMap<(String, String), u32>,
}

impl Scrapes {
    /// One series of counts over spans of `span_s` seconds that end at the probe's instants; NaN where there is none.
    pub fn read(&mut self, span_s: u32, labels: &BTreeMap<String, String>, counts: &[f64]) {
        let label = |name: &str| labels.get(name).cloned().unwrap_or_default();
        let key = (label("job"), label("namespace"));
        if let Some(place) = SPANS_S.iter().position(|span| *span == span_s) {
            let most = counts.iter().copied().fold(0.0, f64::max);
            if let Some(known) = self.most.entry(key).or_default().get_mut(place) {
                *known = f64::max(*known, most);
            }
        } else {
            let seen = counts
                .iter()
                .take(32)
                .enumerate()
                .filter(|(_, samples)| **samples >= 1.0);
            *self.seen.entry(key).or_default() |= seen.fold(0, |bits, (instant, _)| bits | (1 << instant));
        }
    }

    /// Seconds between two samples of what a job scrapes in a namespace.
    pub fn spacing_s(&self, job: &Job<'_>) -> Option<u32> {
        of(&self.most, job).filter_map(|most| spacing_s(*most)).max()
    }

    /// How many of the probe's instants come before the first sample of any of these jobs. `None` where nobody can tell,
    /// because one of them is scraped by nobody who writes `up`.
    pub fn silent(&self, jobs: &BTreeSet<Job<'_>>) -> Option<u32> {
        let mut all = 0;
        for job in jobs {
            all |= Some(of(&self.seen, job).fold(0, |all, seen| all | seen)).filter(|seen| *seen != 0)?;
        }
        (all != 0).then(|| all.trailing_zeros())
    }
}

/// What was counted for the job in its namespace. An exporter that tells of pods elsewhere is scraped where it runs: then
/// whatever jobs have this name.
fn of<'a, T>(counted: &'a BTreeMap<(String, String), T>, job: &Job<'_>) -> impl Iterator<Item = &'a T> {
    let name = job.name.to_owned();
    let own = counted.get(&(name.clone(), job.namespace.to_owned()));
    let others = counted
        .iter()
        .filter(move |((other, _), _)| own.is_none() && *other == name);
    own.into_iter().chain(others.map(|(_, counted)| counted))
}

/// From the most samples within each span.
fn spacing_s(most: [f64; SPANS_S.len()]) -> Option<u32> {
    let [short, long] = [0, 1].map(|place| Mean::of(*SPANS_S.get(place)?, *most.get(place)?));
    match (short, long) {
        // As many within the last minutes as within the half hour: it has begun in between.
        (Some(short), Some(long)) if short.at_most * YOUNG < long.about => Some(short.usual_s()),
        (short, long) => Some(long.or(short)?.usual_s()),
    }
}

/// By how much samples must be denser in the short span than in the long one to be a young target's.
const YOUNG: f64 = 1.5;
/// How far the mean of a usual interval may be from it, as a share.
const NEAR: f64 = 0.02;

/// How far apart so many samples within a span are, in seconds.
struct Mean {
    about: f64,
    at_most: f64,
}

impl Mean {
    fn of(span_s: u32, samples: f64) -> Option<Self> {
        (samples >= 2.0).then(|| Self {
            about: f64::from(span_s) / samples,
            at_most: f64::from(span_s) / (samples - 1.0),
        })
    }

    /// The usual interval that it must be, else the longest that it can be.
    fn usual_s(&self) -> u32 {
        let near = |usual: &&f64| **usual <= self.at_most && (self.about / **usual - 1.0).abs() <= NEAR;
        let usual = USUAL_S.iter().rev().find(near).copied();
        // Far within u32: no longer than a span.
        usual.unwrap_or_else(|| self.at_most.ceil()) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(of: &[(&str, &str, u32, &[f64])]) -> Scrapes {
        let mut scrapes = Scrapes::default();
        for (job, namespace, span_s, counts) in of {
            let labels = [("job", *job), ("namespace", *namespace)].map(|(k, v)| (k.to_owned(), v.to_owned()));
            scrapes.read(*span_s, &labels.into(), counts);
        }
        scrapes
    }

    fn spacing_of(scrapes: &Scrapes, name: &str, namespace: &str) -> Option<u32> {
        scrapes.spacing_s(&Job { name, namespace })
    }

    /// How many scrapes of a target fall into a span that ends `phase` seconds after one of them.
    fn scrapes(span_s: u32, every: u32, phase: u32) -> f64 {
        f64::from((span_s - phase) / every + 1)
    }

    /// What both spans hold of a target, `lost` scrapes less.
    fn spacing_s(every: u32, phase: u32, lost: f64) -> u32 {
        let counts = SPANS_S.map(|span| (span, [scrapes(span, every, phase) - lost]));
        let all: Vec<_> = counts
            .iter()
            .map(|(span, count)| ("j", "n", *span, count.as_slice()))
            .collect();
        spacing_of(&counted(&all), "j", "n").unwrap()
    }

    #[test]
    fn the_interval_of_a_monitor_is_found_from_any_phase() {
        for every in [5, 10, 15, 30, 60, 120, 300] {
            for phase in 0..every {
                assert_eq!(spacing_s(every, phase, 0.0), every, "{every} s, phase {phase}");
            }
        }
    }

    #[test]
    fn no_interval_is_taken_for_a_shorter_one() {
        for every in 5..=300 {
            for phase in 0..every {
                for lost in [0.0, 1.0] {
                    let got = spacing_s(every, phase, lost);
                    // A window that is too wide costs little.
                    let room = f64::from(got) / f64::from(every);
                    assert!(
                        (0.9..=1.75).contains(&room),
                        "{every} s, phase {phase}, {lost} lost: {got}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_young_target_is_not_taken_for_one_that_is_scraped_seldom() {
        // Five minutes old, scraped every 30 s.
        let young = counted(&[("j", "n", 1799, &[f64::NAN, 10.0]), ("j", "n", 299, &[f64::NAN, 10.0])]);
        assert_eq!(spacing_of(&young, "j", "n"), Some(30));
    }

    #[test]
    fn a_job_of_one_name_may_differ_between_namespaces_and_where_it_is_scraped_elsewhere_the_slowest_counts() {
        let two = counted(&[("j", "a", 1799, &[60.0]), ("j", "b", 1799, &[6.0])]);
        let told = [("j", "a"), ("j", "b"), ("j", "of-pods-elsewhere"), ("k", "a")];
        assert_eq!(
            told.map(|(job, namespace)| spacing_of(&two, job, namespace)),
            [Some(30), Some(300), Some(300), None]
        );
        assert_eq!(spacing_of(&counted(&[("j", "a", 1799, &[1.0])]), "j", "a"), None);
    }

    #[test]
    fn the_silence_before_the_first_sample_of_any_job_is_counted() {
        let day = 86_400;
        let none = f64::NAN;
        let found = counted(&[
            ("a", "n", day, &[none, none, 3.0, 9.0]),
            ("b", "n", day, &[none, 1.0, none, 2.0]),
            ("c", "n", 1799, &[9.0]),
        ]);
        let silent = |jobs: &[&'static str]| {
            let jobs: BTreeSet<_> = jobs.iter().map(|&name| Job { name, namespace: "n" }).collect();
            found.silent(&jobs)
        };
        assert_eq!(silent(&["a"]), Some(2));
        assert_eq!(silent(&["a", "b"]), Some(1));
        assert_eq!(silent(&["a", "c"]), None, "nobody has looked at the whole range of c");
        assert_eq!(silent(&[]), None);
    }
}
