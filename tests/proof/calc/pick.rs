//! Which raw series are meant, and one source for each workload.

use std::collections::{BTreeMap, BTreeSet};

use super::super::world::Series;
use super::{Look, Vector};

/// Raw series of one thing that is measured, apart by where they come from, the best source first.
#[derive(Debug, Clone)]
pub struct Pick<'a> {
    look: &'a Look<'a>,
    sources: Vec<Vec<&'a Series>>,
}

/// Namespace and pod; without a pod the instance.
fn workload(series: &Series) -> (&str, &str) {
    let pod = series.label("pod");
    (
        series.label("namespace"),
        if pod.is_empty() { series.label("instance") } else { pod },
    )
}

impl<'a> Pick<'a> {
    /// Each name's series, apart by which of the target's jobs brought them: two monitors of a target bring all twice.
    pub fn new(look: &'a Look<'a>, names: impl Iterator<Item = Vec<&'a Series>>) -> Self {
        let mut sources = Vec::new();
        for named in names {
            let mut jobs: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
            for series in &named {
                jobs.entry((workload(series), series.label("instance")))
                    .or_default()
                    .insert(series.label("job"));
            }
            let mut by_rank: BTreeMap<usize, Vec<&Series>> = BTreeMap::new();
            for series in named {
                let target = &jobs[&(workload(series), series.label("instance"))];
                let rank = target.iter().position(|job| *job == series.label("job")).unwrap();
                by_rank.entry(rank).or_default().push(series);
            }
            sources.extend(by_rank.into_values());
        }
        Self { look, sources }
    }

    pub fn having(mut self, label: &str, meant: impl Fn(&str) -> bool) -> Self {
        for source in &mut self.sources {
            source.retain(|series| meant(series.label(label)));
        }
        self
    }

    pub fn with(self, label: &str, values: &[&str]) -> Self {
        self.having(label, |value| values.contains(&value))
    }

    pub fn without(self, label: &str, values: &[&str]) -> Self {
        self.having(label, |value| !values.contains(&value))
    }

    /// What each series is at each instant.
    pub fn now(&self) -> Vector {
        let rules = self.look.rules;
        self.each(|points, at| rules.now(points, at))
    }

    /// The highest since the instant before: a peak between two instants of the chart is still seen.
    pub fn peak(&self) -> Vector {
        self.since(|values| values.iter().copied().fold(f64::NAN, f64::max))
    }

    /// The lowest since the instant before.
    pub fn trough(&self) -> Vector {
        self.since(|values| values.iter().copied().fold(f64::NAN, f64::min))
    }

    /// The mean since the instant before.
    pub fn mean(&self) -> Vector {
        self.since(|values| values.iter().sum::<f64>() / values.len() as f64)
    }

    /// Where no scrape falls between two instants, the current value.
    fn since(&self, join: impl Fn(&[f64]) -> f64) -> Vector {
        let Some(step) = self.look.step else {
            return self.now();
        };
        let rules = self.look.rules;
        self.each(|points, at| rules.within(points, at, step, &join))
    }

    /// The latest value within the window: for what is scraped seldom.
    pub fn last(&self) -> Vector {
        let (rules, window) = (self.look.rules, self.look.window);
        self.each(|points, at| rules.last(points, at, window))
    }

    /// Growth per second within the window.
    pub fn rate(&self) -> Vector {
        let (rules, window) = (self.look.rules, self.look.window);
        self.each(|points, at| rules.increase(points, at, window).map(|grown| grown / window as f64))
    }

    /// Growth within the window.
    pub fn growth(&self) -> Vector {
        let (rules, window) = (self.look.rules, self.look.window);
        self.each(|points, at| rules.increase(points, at, window))
    }

    /// Growth within the whole range.
    pub fn growth_of_range(&self) -> Vector {
        let (rules, range) = (self.look.rules, self.look.range);
        self.each(|points, at| rules.increase(points, at, range))
    }

    /// How often the value changes within the window.
    pub fn changes(&self) -> Vector {
        let (rules, window) = (self.look.rules, self.look.window);
        self.each(|points, at| rules.changes(points, at, window))
    }

    /// How often the value changes within the whole range.
    pub fn changes_of_range(&self) -> Vector {
        let (rules, range) = (self.look.rules, self.look.range);
        self.each(|points, at| rules.changes(points, at, range))
    }

    /// The mean within the whole range.
    pub fn mean_of_range(&self) -> Vector {
        let (rules, range) = (self.look.rules, self.look.range);
        self.each(|points, at| rules.mean(points, at, range))
    }

    /// How long ago the current value was scraped.
    pub fn age(&self) -> Vector {
        let rules = self.look.rules;
        self.each(|points, at| rules.age(points, at))
    }

    /// Rise per second of the line that fits the window best.
    pub fn slope(&self) -> Vector {
        let (rules, window) = (self.look.rules, self.look.window);
        self.each(|points, at| rules.slope(points, at, window))
    }

    /// The rule of one source: at each instant a workload is read from the best source that has something of it.
    pub fn each(&self, value: impl Fn(&[(i64, f64)], i64) -> Option<f64>) -> Vector {
        let instants = &self.look.at;
        let mut rows = Vec::new();
        let mut answered: Vec<BTreeSet<(&str, &str)>> = vec![BTreeSet::new(); instants.len()];
        for source in &self.sources {
            let mut by_this = answered.clone();
            for series in source {
                let mut values = vec![None; instants.len()];
                for (index, at) in instants.iter().enumerate() {
                    if answered[index].contains(&workload(series)) {
                        continue;
                    }
                    values[index] = value(&series.points, *at);
                    if values[index].is_some() {
                        by_this[index].insert(workload(series));
                    }
                }
                rows.push((series.labels.clone(), values));
            }
            answered = by_this;
        }
        Vector::new(rows)
    }
}
