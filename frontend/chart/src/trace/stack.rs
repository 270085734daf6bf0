//! Series on top of each other.
//!
//! At an instant where a series has no value it adds nothing to those above it and its own band has a gap: an
//! absence is not a zero. An infinity adds nothing either; its band ends at the plot's edge.

use crate::{Spec, sorted};

/// One series' band: the sums below and including it, at each instant of [`Stack::instants`]; NaN where it has no value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stack {
    /// Every instant that any of the series has within a step of the range, rising.
    pub instants: Vec<i64>,
    /// In the series' order.
    pub layers: Vec<Layer>,
}

/// Adds a value to the sum of those below it; its band's upper edge.
fn add(sum: &mut f64, value: f64) -> f64 {
    if value.is_infinite() {
        return value;
    }
    // Held finite, so that the sum of giants is no infinity that nobody measured.
    *sum = (*sum + value).clamp(f64::MIN, f64::MAX);
    *sum
}

impl Stack {
    pub fn new(spec: &Spec<'_>) -> Self {
        let instants = instants(spec);
        let mut sums = vec![0.0; instants.len()];
        let layers = spec.series.iter().map(|series| {
            let below = sums.iter_mut().zip(&instants);
            let edges = below.map(|(sum, &unix)| match series.at(unix) {
                None => (f64::NAN, f64::NAN),
                Some(value) => (*sum, add(sum, value)),
            });
            let (lower, upper) = edges.unzip();
            Layer { lower, upper }
        });
        let layers = layers.collect();
        Self { instants, layers }
    }

    /// Every edge of every band, NaN included.
    pub fn edges(&self) -> impl Iterator<Item = f64> {
        self.layers
            .iter()
            .flat_map(|layer| layer.lower.iter().chain(&layer.upper))
            .copied()
    }

    /// Series index, own value and upper edge of each band at one instant; series without a value are left out.
    pub fn at(spec: &Spec<'_>, unix: i64) -> Vec<(usize, f64, f64)> {
        let mut sum = 0.0;
        let values = spec.series.iter().enumerate();
        values
            .filter_map(|(index, series)| series.at(unix).map(|value| (index, value, add(&mut sum, value))))
            .collect()
    }
}

fn instants(spec: &Spec<'_>) -> Vec<i64> {
    let shown = |stride: i64| spec.from.saturating_sub(stride)..=spec.to.saturating_add(stride);
    // The frames of a panel share one grid; then the longest series has every instant.
    let longest = spec.series.iter().max_by_key(|series| series.values.len());
    let grids = spec.series.iter().map(|series| (series.start, series.stride()));
    let shared = longest.is_some_and(|longest| grids.clone().all(|grid| grid == (longest.start, longest.stride())));
    let sources = longest.filter(|_| shared).map_or(spec.series, std::slice::from_ref);

    let all: Vec<i64> = sources
        .iter()
        .flat_map(|series| {
            let shown = shown(series.stride());
            series
                .points()
                .map(|(unix, _)| unix)
                .filter(move |unix| shown.contains(unix))
        })
        .collect();
    let mut all = sorted(&all, i64::cmp);
    all.dedup();
    all
}
