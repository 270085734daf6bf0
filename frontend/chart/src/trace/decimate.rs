//! At most four points for each pixel column: the first, the lowest, the highest, the last (M4).
//!
//! A line drawn through them covers the same pixels as one through all points, whatever their number.

use super::Point;

/// Thins `points`, sorted by x, to at most four for each whole pixel of x, in their order. Columns with four points
/// or fewer stay as they are.
#[must_use]
pub fn m4(points: &[Point]) -> Vec<Point> {
    let mut kept = Vec::with_capacity(points.len().min(8_192));
    for column in points.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        if column.len() <= 4 {
            kept.extend_from_slice(column);
            continue;
        }
        let by_y = |a: &(usize, &Point), b: &(usize, &Point)| a.1.1.total_cmp(&b.1.1);
        let index = |found: Option<(usize, &Point)>| found.map_or(0, |(index, _)| index);
        let low = index(column.iter().enumerate().min_by(by_y));
        let high = index(column.iter().enumerate().max_by(by_y));
        let four = [0, low.min(high), low.max(high), column.len() - 1];
        let mut last = None;
        for index in four {
            if last != Some(index) {
                kept.extend(column.get(index));
                last = Some(index);
            }
        }
    }
    kept
}
