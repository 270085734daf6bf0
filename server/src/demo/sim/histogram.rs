//! A histogram as an exporter keeps it: counts for each bucket, a sum and a count. It knows its bounds as the numbers and
//! as the texts that stand in `le`, because exporters of different languages write the same bound differently.

/// Upper bounds in rising order, each with its `le` text; `+Inf` is implied.
pub type Bounds = &'static [(f64, &'static str)];

#[derive(Debug, Clone)]
pub struct Histogram {
    bounds: Bounds,
    /// Observations at or below the bound and above the one before; one more element than bounds.
    counts: Vec<u64>,
    sum: f64,
    count: u64,
}

impl Histogram {
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            counts: vec![0; bounds.len() + 1],
            sum: 0.0,
            count: 0,
        }
    }

    pub fn observe(&mut self, value: f64) {
        self.observe_n(value, 1);
    }

    /// The same value n times.
    pub fn observe_n(&mut self, value: f64, n: u64) {
        if n == 0 {
            return;
        }
        let bucket = self.bounds.partition_point(|(bound, _)| *bound < value);
        if let Some(slot) = self.counts.get_mut(bucket) {
            *slot += n;
        }
        self.sum += value * n as f64;
        self.count += n;
    }

    pub fn sum(&self) -> f64 {
        self.sum
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// `le` and the cumulative count, up to and with `+Inf`.
    pub fn cumulative(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let labels = self.bounds.iter().map(|(_, text)| *text).chain(["+Inf"]);
        labels.zip(&self.counts).scan(0, |total, (le, count)| {
            *total += count;
            Some((le, *total))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_on_a_bound_belongs_to_that_bound_and_buckets_are_cumulative() {
        let mut histogram = Histogram::new(&[(0.1, "0.1"), (1.0, "1.0")]);
        histogram.observe(0.1);
        histogram.observe_n(0.5, 3);
        histogram.observe(9.0);
        histogram.observe_n(5.0, 0);
        let buckets: Vec<_> = histogram.cumulative().collect();
        assert_eq!(buckets, [("0.1", 1), ("1.0", 4), ("+Inf", 5)]);
        assert_eq!((histogram.count(), histogram.sum()), (5, 0.1 + 1.5 + 9.0));
    }
}
