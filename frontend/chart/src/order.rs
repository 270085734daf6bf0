//! The one sort of the page. The standard library compiles its sort anew for every type, some 3 KiB each time; sorting
//! places instead of values needs it once.

use std::cmp::Ordering;

/// The places `0..count` in rising order, equals as they stood.
#[must_use]
pub fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|&a, &b| compare(a, b));
    places
}

/// `values` in rising order, equals as they stood.
#[must_use]
pub fn sorted<T: Clone>(values: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let of = |a: usize, b: usize| match (values.get(a), values.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    };
    let places = order(values.len(), &of);
    places.into_iter().filter_map(|at| values.get(at).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_sorted_and_equals_keep_their_order() {
        let values = [(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        let got = sorted(&values, |(a, _), (b, _)| a.cmp(b));
        assert_eq!(got, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
        assert_eq!(sorted::<i32>(&[], Ord::cmp), []);
    }
}
