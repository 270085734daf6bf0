//! What the probe found, asked panel by panel.

use std::collections::{BTreeMap, BTreeSet};

use super::Quantile;
use super::spacing::Scrapes;
use crate::model::Part;
use crate::resolve::Job;

/// Where a histogram ends: what a quantile of it can say and what it cannot.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bounds {
    /// The highest finite bounds, ascending; several where engines of other versions ran in the range. Prometheus answers
    /// the bound itself for whatever lies above it, so a value equal to one of these means "more than that".
    pub above: Vec<f64>,
    /// The lowest bound. A value under it is a guess between zero and the bound, so it means "less than that".
    pub below: Option<f64>,
}

/// The probe's answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    buckets: Vec<Bucket>,
    scrapes: Scrapes,
}

/// The probe's own label: over how many seconds scrapes were counted.
pub(super) const OVER: &str = "over";

#[derive(Debug, Clone, PartialEq)]
struct Bucket {
    /// With `_bucket` taken off.
    name: String,
    labels: BTreeMap<String, String>,
    le: f64,
    /// Bit by bit, at which of the probe's instants it was there.
    at: u32,
}

impl Facts {
    /// From the series of the answer: labels, and a value for each instant, NaN where there is none.
    pub fn read(series: impl IntoIterator<Item = (BTreeMap<String, String>, Vec<f64>)>) -> Self {
        let mut facts = Self::default();
        for (mut labels, values) in series {
            if let Some(span_s) = labels.get(OVER).and_then(|over| over.parse().ok()) {
                facts.scrapes.read(span_s, &labels, &values);
                continue;
            }
            let le = labels.remove("le").and_then(|le| le.parse::<f64>().ok());
            let name = labels.remove("__name__");
            let name = name
                .as_deref()
                .and_then(|name| name.strip_suffix(Part::Bucket.suffix()));
            let (Some(le), Some(name)) = (le.filter(|le| le.is_finite()), name) else {
                continue;
            };
            let present = values.iter().take(32).enumerate().filter(|(_, value)| !value.is_nan());
            facts.buckets.push(Bucket {
                name: name.to_owned(),
                labels,
                le,
                at: present.fold(0, |bits, (instant, _)| bits | (1 << instant)),
            });
        }
        facts
    }

    /// Seconds between two samples of what these jobs scrape, of the slowest one; `None` where nobody can tell.
    pub fn spacing_s(&self, jobs: &BTreeSet<Job<'_>>) -> Option<u32> {
        jobs.iter().filter_map(|job| self.scrapes.spacing_s(job)).max()
    }

    /// How many of the probe's instants come before the first sample of any of these jobs; `None` where nobody can tell.
    pub fn silent(&self, jobs: &BTreeSet<Job<'_>>) -> Option<u32> {
        self.scrapes.silent(jobs)
    }

    /// Whether any bucket of these names was seen, `_bucket` taken off.
    pub fn has_buckets(&self, names: &[&str]) -> bool {
        self.buckets.iter().any(|bucket| names.contains(&bucket.name.as_str()))
    }

    /// The bounds of the histograms that a series of a quantile is made of. `names` are its concept's names here.
    ///
    /// A series that came and went between the probe's instants is held against every bound that its histogram has.
    pub fn bounds(&self, quantile: &Quantile, names: &[&str], labels: &BTreeMap<String, String>) -> Bounds {
        let of_series = self.edges(quantile, names, Some(labels));
        let edges = if of_series.is_empty() {
            self.edges(quantile, names, None)
        } else {
            of_series
        };
        let mut above: Vec<f64> = edges.iter().map(|(_, top)| quantile.scaled(*top)).collect();
        above.sort_by(f64::total_cmp);
        above.dedup();
        let lowest = edges.iter().map(|(first, _)| *first).min_by(f64::total_cmp);
        Bounds {
            above,
            // A first bucket that ends at zero or below is not interpolated: its bound is the answer.
            below: lowest.filter(|first| *first > 0.0).map(|first| quantile.scaled(first)),
        }
    }

    /// Every bound that all histograms behind the quantile have, ascending, in the query's unit.
    pub fn common_bounds(&self, quantile: &Quantile, names: &[&str]) -> Vec<f64> {
        let mut of_each: BTreeMap<(&str, Vec<&str>), Vec<f64>> = BTreeMap::new();
        for bucket in self
            .buckets
            .iter()
            .filter(|bucket| names.contains(&bucket.name.as_str()))
        {
            let labels = quantile
                .by
                .iter()
                .map(|label| bucket.labels.get(label).map_or("", String::as_str));
            of_each
                .entry((&bucket.name, labels.collect()))
                .or_default()
                .push(bucket.le);
        }
        let mut all = of_each.into_values();
        let mut common = all.next().unwrap_or_default();
        all.for_each(|bounds| common.retain(|bound| bounds.contains(bound)));
        common.sort_by(f64::total_cmp);
        common.dedup();
        common.into_iter().map(|bound| quantile.scaled(bound)).collect()
    }

    /// First and last finite bound of each histogram as Prometheus adds it up: by the quantile's labels, at each instant.
    fn edges(&self, quantile: &Quantile, names: &[&str], of: Option<&BTreeMap<String, String>>) -> Vec<(f64, f64)> {
        let fits = |bucket: &&Bucket| {
            let agrees = |label: &String| {
                let here = bucket.labels.get(label).map_or("", String::as_str);
                match of.map(|labels| labels.get(label)) {
                    None => true,
                    Some(Some(there)) => here == there,
                    Some(None) => !quantile.bare || here.is_empty(),
                }
            };
            names.contains(&bucket.name.as_str()) && quantile.by.iter().all(agrees)
        };
        let mut histograms: BTreeMap<(Vec<&str>, u32), (f64, f64)> = BTreeMap::new();
        for bucket in self.buckets.iter().filter(fits) {
            let key: Vec<&str> = quantile
                .by
                .iter()
                .map(|label| bucket.labels.get(label).map_or("", String::as_str))
                .collect();
            for instant in (0..32).filter(|instant| bucket.at & (1 << instant) != 0) {
                histograms
                    .entry((key.clone(), instant))
                    .and_modify(|(first, top)| {
                        *first = first.min(bucket.le);
                        *top = top.max(bucket.le);
                    })
                    .or_insert((bucket.le, bucket.le));
            }
        }
        histograms.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::quantile;
    use super::*;
    use crate::promql::Template;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    /// One histogram: name, model, its bounds, and a `1` for each instant at which it is there.
    fn facts(histograms: &[(&str, &str, &[&str], &str)]) -> Facts {
        Facts::read(histograms.iter().flat_map(|(name, model, bounds, there)| {
            bounds.iter().map(move |le| {
                let values = there.chars().map(|c| if c == '1' { 1.0 } else { f64::NAN });
                let name = format!("{name}_bucket");
                (
                    labels(&[("__name__", &name), ("model_name", model), ("le", le)]),
                    values.collect(),
                )
            })
        }))
    }

    #[track_caller]
    fn check(facts: &Facts, text: &str, of: &[(&str, &str)], above: &[f64], below: Option<f64>) {
        let quantile = quantile(&Template::parse(text).unwrap()).unwrap();
        let bounds = facts.bounds(&quantile, &["new", "old"], &labels(of));
        assert_eq!((bounds.above.as_slice(), bounds.below), (above, below), "{text} {of:?}");
    }

    const BY_MODEL: &str = "histogram_quantile(0.95, sum by (le, model_name) (rate({{x.bucket}}[$window])))";
    const SLOWEST: &str = "max(histogram_quantile(0.95, sum by (le, model_name) (rate({{x.bucket}}[$window]))))";
    const MICROS: &str = "histogram_quantile(0.95, sum by (le, model_name) (rate({{x.bucket}}[$window]))) / 1e6";
    const ALL: &str = "histogram_quantile(0.95, sum by (le) (rate({{x.bucket}}[$window])))";

    #[test]
    fn each_model_has_the_bounds_of_its_own_engine() {
        let facts = facts(&[
            ("new", "granite", &["0.001", "10.0", "2560.0"], "11"),
            ("old", "mistral", &["0.3", "1.0", "10.0"], "11"),
            ("other", "granite", &["7", "8"], "11"),
        ]);
        check(&facts, BY_MODEL, &[("model_name", "granite")], &[2560.0], Some(0.001));
        check(&facts, BY_MODEL, &[("model_name", "mistral")], &[10.0], Some(0.3));
        // The highest of all models may be that of any of them.
        check(&facts, SLOWEST, &[], &[10.0, 2560.0], Some(0.001));
        // Added up they are one histogram.
        check(&facts, ALL, &[], &[2560.0], Some(0.001));
        // Nobody saw it, so any bound may be its own.
        check(
            &facts,
            BY_MODEL,
            &[("model_name", "brief")],
            &[10.0, 2560.0],
            Some(0.001),
        );
    }

    #[test]
    fn a_limit_is_held_against_bounds_that_every_engine_has() {
        let facts = facts(&[
            ("new", "a", &["0.001", "0.3", "1", "2"], "1"),
            ("old", "b", &["0.3", "1.0"], "1"),
        ]);
        let common = |text: &str| {
            let quantile = quantile(&Template::parse(text).unwrap()).unwrap();
            facts.common_bounds(&quantile, &["new", "old"])
        };
        assert_eq!(common(BY_MODEL), [0.3, 1.0]);
        assert_eq!(common(MICROS), [0.3 / 1e6, 1.0 / 1e6]);
        assert_eq!(
            Facts::default().common_bounds(&quantile(&Template::parse(ALL).unwrap()).unwrap(), &["new"]),
            [0.0; 0]
        );
    }

    #[test]
    fn an_upgrade_within_the_range_keeps_the_bounds_of_both_engines() {
        let facts = facts(&[
            ("old", "m", &["0.3", "10.0"], "110"),
            ("new", "m", &["0.001", "10.0", "2560.0"], "011"),
        ]);
        check(&facts, BY_MODEL, &[("model_name", "m")], &[10.0, 2560.0], Some(0.001));
    }

    #[test]
    fn bounds_are_in_the_unit_of_the_query() {
        let facts = facts(&[("new", "m", &["10", "3000000"], "1")]);
        check(&facts, MICROS, &[("model_name", "m")], &[3.0], Some(1e-5));
    }

    #[test]
    fn a_first_bucket_that_ends_at_zero_guesses_nothing() {
        check(&facts(&[("new", "m", &["0", "1"], "1")]), ALL, &[], &[1.0], None);
        check(&Facts::default(), ALL, &[], &[], None);
    }
}
