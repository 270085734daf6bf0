//! Whether an answer is the expected one: the same series, the same instants, each value to one part in a million.

use super::ask::{Answer, Frame};
use super::calc::Vector;
use super::world::Labels;

/// Relative; the sums are added up in another order.
const CLOSE: f64 = 1e-6;

/// Two numbers, or two reasons for none.
pub fn close(expected: f64, got: f64) -> bool {
    let same = expected == got || (expected.is_nan() && got.is_nan());
    same || (expected - got).abs() <= CLOSE * expected.abs().max(got.abs())
}

/// What is wrong with a query's answer, in one line; `None`: nothing.
pub fn fault(expected: &Vector, ties: [&Vector; 2], answer: &Answer, query: usize, at: &[i64]) -> Option<String> {
    if answer.error.is_some() {
        return Some(format!("the answer is an error: {}", answer.error.clone()?));
    }
    let frames: Vec<&Frame> = answer.frames.iter().filter(|frame| frame.query == query).collect();
    for (row, (labels, values)) in expected.rows.iter().enumerate() {
        let Some(frame) = frames.iter().find(|frame| same_labels(labels, &frame.labels)) else {
            return Some(format!("no series {}; there are {}", text(labels), all(&frames)));
        };
        let got = frame.values();
        if got.len() != values.len() || Some(&frame.start) != at.first() {
            return Some(format!(
                "{} instants from {}, expected {}",
                got.len(),
                frame.start,
                values.len()
            ));
        }
        for (index, (at, got)) in at.iter().zip(got).enumerate() {
            let expected = values[index];
            let fits = |expected: Option<f64>| match (expected, got) {
                (None, None) => true,
                (Some(expected), Some(got)) => close(expected, got),
                _ => false,
            };
            let tie = |tie: &&Vector| tie.rows.get(row).is_some_and(|(_, values)| fits(values[index]));
            let good = fits(expected) || ties.iter().any(tie);
            if !good {
                return Some(format!("{} at {at}: expected {expected:?}, got {got:?}", text(labels)));
            }
        }
    }
    let surplus = frames.iter().find(|frame| {
        !expected
            .rows
            .iter()
            .any(|(labels, _)| same_labels(labels, &frame.labels))
    });
    surplus.map(|frame| format!("a series {} that nobody expects", text(&frame.labels)))
}

/// Bounds are compared as numbers: `1` and `1.0` are one. The name of a series is no label of it.
pub fn same_labels(expected: &Labels, got: &Labels) -> bool {
    expected.len() == got.keys().filter(|name| *name != "__name__").count()
        && expected.iter().all(|(name, value)| {
            got.get(name).is_some_and(|other| {
                other == value || (name == "le" && other.parse::<f64>().ok() == value.parse().ok())
            })
        })
}

pub fn text(labels: &Labels) -> String {
    let pairs: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn all(frames: &[&Frame]) -> String {
    let all: Vec<_> = frames.iter().take(6).map(|frame| text(&frame.labels)).collect();
    format!("{} of them: {}", frames.len(), all.join(" "))
}
