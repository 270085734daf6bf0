//! Series of values on the instants of a chart, and what is done with several of them.

use std::collections::BTreeMap;

use super::super::world::Labels;
use super::histogram;

/// Labels, and for each instant a value or none.
pub type Row = (Labels, Vec<Option<f64>>);

/// An upper bound and what is below it.
type Bucket<'a> = (f64, &'a Vec<Option<f64>>);

#[derive(Debug, Clone, Default)]
pub struct Vector {
    pub rows: Vec<Row>,
}

fn only(labels: &Labels, by: &[&str]) -> Labels {
    labels
        .iter()
        .filter(|(name, _)| by.contains(&name.as_str()))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
}

impl Vector {
    /// Rows without any value are dropped.
    pub fn new(mut rows: Vec<Row>) -> Self {
        rows.retain(|(_, values)| values.iter().any(Option::is_some));
        Self { rows }
    }

    pub fn sum(&self, by: &[&str]) -> Self {
        self.fold(by, |values| values.iter().sum())
    }

    pub fn max(&self, by: &[&str]) -> Self {
        self.fold(by, |values| values.iter().copied().fold(f64::NAN, f64::max))
    }

    pub fn min(&self, by: &[&str]) -> Self {
        self.fold(by, |values| values.iter().copied().fold(f64::NAN, f64::min))
    }

    pub fn count(&self, by: &[&str]) -> Self {
        self.fold(by, |values| values.len() as f64)
    }

    /// One row for each value of the labels.
    pub fn fold(&self, by: &[&str], fold: impl Fn(&[f64]) -> f64) -> Self {
        let mut groups: BTreeMap<Labels, Vec<&Vec<Option<f64>>>> = BTreeMap::new();
        for (labels, values) in &self.rows {
            groups.entry(only(labels, by)).or_default().push(values);
        }
        let rows = groups.into_iter().map(|(labels, members)| {
            let values = (0..members[0].len()).map(|index| {
                let here: Vec<f64> = members.iter().filter_map(|values| values[index]).collect();
                (!here.is_empty()).then(|| fold(&here))
            });
            (labels, values.collect())
        });
        Self::new(rows.collect())
    }

    /// For each value of the labels, the labels of the row that is highest at that instant, with the value 1.
    pub fn highest(&self, by: &[&str]) -> Self {
        let mut best: BTreeMap<(Labels, usize), (f64, usize)> = BTreeMap::new();
        for (row, (labels, values)) in self.rows.iter().enumerate() {
            for (index, value) in values.iter().enumerate() {
                let Some(value) = value else { continue };
                let kept = best.entry((only(labels, by), index)).or_insert((*value, row));
                if *value > kept.0 {
                    *kept = (*value, row);
                }
            }
        }
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|(labels, values)| (labels.clone(), vec![None; values.len()]))
            .collect();
        for ((_, index), (_, row)) in best {
            rows[row].1[index] = Some(1.0);
        }
        Self::new(rows)
    }

    /// A quantile of each distribution over `le`.
    pub fn quantile(&self, quantile: f64) -> Self {
        let mut groups: BTreeMap<Labels, Vec<Bucket<'_>>> = BTreeMap::new();
        for (labels, values) in &self.rows {
            let mut rest = labels.clone();
            let bound = rest
                .remove("le")
                .and_then(|le| le.parse().ok())
                .expect("a bucket has a bound");
            groups.entry(rest).or_default().push((bound, values));
        }
        let rows = groups.into_iter().map(|(labels, buckets)| {
            let values = (0..buckets[0].1.len()).map(|index| {
                let here = buckets
                    .iter()
                    .filter_map(|(bound, values)| Some((*bound, values[index]?)))
                    .collect();
                histogram::quantile(quantile, here)
            });
            (labels, values.collect())
        });
        Self::new(rows.collect())
    }

    /// Each distribution's cumulative counts taken apart, then added bound by bound; at the last instant.
    pub fn apart(&self) -> Self {
        let mut groups: BTreeMap<Labels, Vec<(f64, String, f64)>> = BTreeMap::new();
        for (labels, values) in &self.rows {
            let mut rest = labels.clone();
            let le = rest.remove("le").expect("a bucket has a bound");
            if let Some(value) = values.last().copied().flatten() {
                groups
                    .entry(rest)
                    .or_default()
                    .push((le.parse().expect("a bound is a number"), le, value));
            }
        }
        let mut added: Vec<(f64, String, f64)> = Vec::new();
        for mut buckets in groups.into_values() {
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut below = 0.0;
            for (bound, le, cumulative) in buckets {
                let own = f64::max(0.0, cumulative - below);
                below = f64::max(below, cumulative);
                match added.iter_mut().find(|(known, ..)| *known == bound) {
                    Some(known) => known.2 += own,
                    None => added.push((bound, le, own)),
                }
            }
        }
        let row = |(_, le, count): (f64, String, f64)| ([("le".to_owned(), le)].into(), vec![Some(count)]);
        Self::new(added.into_iter().map(row).collect())
    }

    pub fn times(&self, factor: f64) -> Self {
        self.map(|value| value * factor)
    }

    pub fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        let rows = self
            .rows
            .iter()
            .map(|(labels, values)| (labels.clone(), values.iter().map(|value| value.map(&change)).collect()));
        Self::new(rows.collect())
    }

    /// Only the values that are meant.
    pub fn filter(&self, meant: impl Fn(f64) -> bool) -> Self {
        let kept = |values: &[Option<f64>]| values.iter().map(|value| value.filter(|value| meant(*value))).collect();
        Self::new(
            self.rows
                .iter()
                .map(|(labels, values)| (labels.clone(), kept(values)))
                .collect(),
        )
    }

    /// Divided by the row with the same labels; where either is missing there is nothing.
    pub fn per(&self, other: &Self) -> Self {
        self.with(other, |a, b| a / b)
    }

    pub fn plus(&self, other: &Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    fn with(&self, other: &Self, join: impl Fn(f64, f64) -> f64) -> Self {
        let all: Vec<&str> = self
            .rows
            .iter()
            .flat_map(|(labels, _)| labels.keys().map(String::as_str))
            .collect();
        self.matched(other, &all, join)
    }

    /// Joined with the other's one row that agrees in these labels; this side's labels stay.
    pub fn matched(&self, other: &Self, on: &[&str], join: impl Fn(f64, f64) -> f64) -> Self {
        let mut rows = Vec::new();
        for (labels, values) in &self.rows {
            let partners: Vec<_> = other
                .rows
                .iter()
                .filter(|(others, _)| only(others, on) == only(labels, on))
                .collect();
            let value = |index: usize| {
                let partner = partners.iter().find_map(|(_, others)| others[index])?;
                values[index].map(|own| join(own, partner))
            };
            rows.push((labels.clone(), (0..values.len()).map(value).collect()));
        }
        Self::new(rows)
    }

    /// This, and where a row with the same labels has nothing, the other's.
    pub fn or(&self, other: &Self) -> Self {
        self.or_where(other, |own, others| own == others)
    }

    /// This, and at each instant those of the other whose labels `on` are not on this side.
    pub fn or_on(&self, other: &Self, on: &[&str]) -> Self {
        self.or_where(other, |own, others| only(own, on) == only(others, on))
    }

    fn or_where(&self, other: &Self, same: impl Fn(&Labels, &Labels) -> bool) -> Self {
        let mut rows = self.rows.clone();
        for (labels, values) in &other.rows {
            let mut values = values.clone();
            for (index, value) in values.iter_mut().enumerate() {
                if self
                    .rows
                    .iter()
                    .any(|(own, owns)| owns[index].is_some() && same(own, labels))
                {
                    *value = None;
                }
            }
            match rows.iter_mut().find(|(own, _)| own == labels) {
                Some((_, owns)) => {
                    owns.iter_mut()
                        .zip(&values)
                        .for_each(|(own, value)| *own = own.or(*value));
                }
                None => rows.push((labels.clone(), values)),
            }
        }
        Self::new(rows)
    }

    /// One label's value under another name, where it has one; the exporter's generations name one thing twice.
    pub fn renamed(&self, from: &str, to: &str) -> Self {
        let rows = self.rows.iter().cloned().map(|(mut labels, values)| {
            if let Some(value) = labels.get(from).cloned() {
                labels.insert(to.to_owned(), value);
            }
            (labels, values)
        });
        Self::new(rows.collect())
    }
}
