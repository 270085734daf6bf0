//! What a limit on a quantile can be held against. A quantile between two bounds of its histogram is a guess, so a limit
//! there moves to the nearest bound; one outside of all bounds cannot be measured.

/// Where a limit that is no bound itself ends up, in the unit of the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reach {
    /// The nearest bound, by ratio.
    Snapped(f64),
    /// It lies below the first bound, under which every value looks alike.
    Below { first: f64 },
    /// It lies above the last bound, over which every value looks alike.
    Above { last: f64 },
}

/// `bounds` ascend; `None` where the limit is one of them, and where there are none.
pub fn reach(limit: f64, bounds: &[f64]) -> Option<Reach> {
    let (&first, &last) = (bounds.first()?, bounds.last()?);
    let same = |bound: f64| (limit - bound).abs() <= 1e-9 * bound.abs();
    if bounds.iter().any(|bound| same(*bound)) {
        return None;
    }
    if limit < first {
        return Some(Reach::Below { first });
    }
    if limit > last {
        return Some(Reach::Above { last });
    }
    let away = |bound: f64| {
        if bound > 0.0 {
            (limit / bound).ln().abs()
        } else {
            f64::INFINITY
        }
    };
    let nearest = bounds.iter().copied().min_by(|a, b| away(*a).total_cmp(&away(*b)))?;
    Some(Reach::Snapped(nearest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_moves_to_the_nearest_bound_and_is_not_measured_outside_of_them() {
        // vLLM's answers: 80 ms of whole answers, which interpolation would call 285 ms for anything fast.
        let answers = [0.3, 0.5, 0.8, 1.0, 1.5];
        let check = |limit, expect| assert_eq!(reach(limit, &answers), expect, "{limit}");
        check(0.08, Some(Reach::Below { first: 0.3 }));
        check(0.3, None);
        check(0.32, Some(Reach::Snapped(0.3)));
        check(0.45, Some(Reach::Snapped(0.5)));
        check(1.5, None);
        check(2.0, Some(Reach::Above { last: 1.5 }));
        assert_eq!(reach(0.08, &[0.025, 0.05, 0.075, 0.1]), Some(Reach::Snapped(0.075)));
        assert_eq!(reach(0.08, &[]), None);
        // A bound that was multiplied may differ in its last bit.
        assert_eq!(reach(0.1 * 3.0, &[0.3]), None);
    }
}
