//! Min and max of each pixel column.

use chart::m4;
use proptest::prelude::*;

type Point = (f64, f64);

/// Points from left to right, up to 40 in a pixel.
fn points() -> impl Strategy<Value = Vec<Point>> {
    prop::collection::vec((0.0..0.3f64, -50.0..50.0f64), 0..600).prop_map(|steps| {
        let mut x = 3.0;
        steps
            .into_iter()
            .map(|(step, y)| {
                x += step;
                (x, y)
            })
            .collect()
    })
}

fn columns(points: &[Point]) -> Vec<&[Point]> {
    points.chunk_by(|a, b| a.0.floor() == b.0.floor()).collect()
}

fn extremes(column: &[Point]) -> (Point, Point, f64, f64) {
    let ys = || column.iter().map(|point| point.1);
    (
        column[0],
        column[column.len() - 1],
        ys().fold(f64::INFINITY, f64::min),
        ys().fold(f64::NEG_INFINITY, f64::max),
    )
}

#[test]
fn a_crowded_column_keeps_its_first_lowest_highest_and_last_in_their_order() {
    let crowd = [
        (1.0, 5.0),
        (1.1, 6.0),
        (1.2, 9.0),
        (1.3, 7.0),
        (1.4, 2.0),
        (1.5, 3.0),
        (1.6, 4.0),
        (2.0, 8.0),
    ];
    assert_eq!(m4(&crowd), [(1.0, 5.0), (1.2, 9.0), (1.4, 2.0), (1.6, 4.0), (2.0, 8.0)]);
}

#[test]
fn a_flat_column_keeps_two_points() {
    let flat: Vec<Point> = (0..9).map(|at| (1.0 + f64::from(at) / 10.0, 4.0)).collect();
    let thinned = m4(&flat);
    assert_eq!((thinned[0], thinned[thinned.len() - 1]), (flat[0], flat[8]));
    assert!(thinned.len() <= 4);
}

proptest! {
    #[test]
    fn every_column_keeps_its_ends_and_extremes_in_at_most_four_points(points in points()) {
        let thinned = m4(&points);
        let (before, after) = (columns(&points), columns(&thinned));
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.into_iter().zip(after) {
            prop_assert!(after.len() <= 4);
            prop_assert_eq!(extremes(before), extremes(after));
            let mut rest = before.iter();
            prop_assert!(after.iter().all(|kept| rest.any(|point| point == kept)), "in order, nothing made up");
        }
    }

    #[test]
    fn below_one_point_a_pixel_nothing_is_lost(ys in prop::collection::vec(-50.0..50.0f64, 0..300), gap in 1.0..4.0f64) {
        let points: Vec<Point> = ys.iter().enumerate().map(|(at, &y)| (at as f64 * gap, y)).collect();
        prop_assert_eq!(m4(&points), points);
    }
}
