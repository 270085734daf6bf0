//! From an upstream's JSON to columns on the grid: one pass, no intermediate values, bounded memory.
//!
//! Nothing is guessed: a sample that does not lie on the grid, a string that is no number or a result of another type
//! makes the whole answer "not Prometheus".

mod column;
mod envelope;
mod instant;
mod matrix;
mod series;
#[cfg(test)]
mod tests;
mod weight;

use std::cell::Cell;

use server_api::Frame;

pub use instant::{Element, buckets, vector};
pub use series::{sightings, strings};
pub use weight::Holds;

use crate::{config::AnswerLimits, error::Fault};

/// The instants a column has room for: `start + i * step` for `i` in `0..len`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    pub start: i64,
    pub step: u32,
    pub len: usize,
}

/// Which limit an answer has gone over.
#[derive(Debug, Clone, Copy)]
enum Over {
    Series,
    Values,
}

/// What a query gave, and what the upstream wants to be known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<T> {
    pub data: T,
    /// `warnings` and `infos` of the answer.
    pub warnings: Vec<String>,
}

/// A range query's answer; frames in the order the upstream sent them.
pub fn matrix(body: &[u8], query: usize, columns: Columns, limits: AnswerLimits) -> Result<Decoded<Vec<Frame>>, Fault> {
    let left = Cell::new(limits.values);
    let series_left = Cell::new(limits.series);
    let over = Cell::new(None);
    let seed = matrix::MatrixSeed {
        query,
        columns,
        left: &left,
        series_left: &series_left,
        over: &over,
    };
    let decoded = envelope::read(body, seed);
    match over.get() {
        Some(Over::Series) => Err(Fault::UpstreamTooLarge(format!("{} series", limits.series))),
        Some(Over::Values) => Err(Fault::UpstreamTooLarge(format!("{} values", limits.values))),
        None => decoded,
    }
}
