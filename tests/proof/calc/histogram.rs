//! A quantile of a classic histogram: a straight line within the bucket in which it falls.

/// Cumulative counts with their upper bounds, in any order. `None` without buckets; NaN without observations.
pub fn quantile(quantile: f64, mut buckets: Vec<(f64, f64)>) -> Option<f64> {
    if buckets.is_empty() {
        return None;
    }
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    // `1` and `1.0` are one bound.
    buckets.dedup_by(|(bound, count), (kept, sum)| {
        let same = bound == kept;
        if same {
            *sum += *count;
        }
        same
    });
    // Buckets that were scraped while they changed.
    let mut reached = f64::NEG_INFINITY;
    for (_, count) in &mut buckets {
        reached = reached.max(*count);
        *count = reached;
    }
    let (last, all) = *buckets.last()?;
    if last != f64::INFINITY || buckets.len() < 2 || all == 0.0 {
        return Some(f64::NAN);
    }
    let rank = quantile * all;
    // What is counted in floating point is not told apart beyond its precision.
    let at = buckets
        .iter()
        .position(|(_, count)| *count >= rank * (1.0 - 1e-12))
        .unwrap_or(buckets.len() - 1);
    let at = at.min(buckets.len() - 1);
    if at == buckets.len() - 1 {
        return Some(buckets[at - 1].0);
    }
    let (upper, count) = buckets[at];
    if at == 0 && upper <= 0.0 {
        return Some(upper);
    }
    let (lower, below) = if at == 0 { (0.0, 0.0) } else { buckets[at - 1] };
    Some(lower + (upper - lower) * (rank - below) / (count - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_lies_on_the_line_within_its_bucket() {
        let buckets = || vec![(f64::INFINITY, 10.0), (1.0, 4.0), (2.0, 8.0)];
        let check = |q, expect: f64| assert_eq!(quantile(q, buckets()), Some(expect), "{q}");
        check(0.2, 0.5);
        check(0.5, 1.25);
        check(0.8, 2.0);
        check(0.95, 2.0);
        assert_eq!(quantile(0.5, vec![]), None);
        assert!(quantile(0.5, vec![(1.0, 0.0), (f64::INFINITY, 0.0)]).unwrap().is_nan());
        assert!(quantile(0.5, vec![(1.0, 3.0)]).unwrap().is_nan());
        assert_eq!(quantile(0.9, vec![(-1.0, 3.0), (f64::INFINITY, 3.0)]), Some(-1.0));
    }
}
