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

use std::cell::Cell;

use server_api::Frame;

pub use instant::{Element, buckets, vector};
pub use series::{sightings, strings};

use crate::error::Fault;

/// The most values one query may give: 16 MB of columns. A short JSON of many series with one sample each would
/// otherwise become a large grid of absences.
pub const MOST_VALUES: usize = 2_000_000;

/// The instants a column has room for: `start + i * step` for `i` in `0..len`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    pub start: i64,
    pub step: u32,
    pub len: usize,
}

/// What a query gave, and what the upstream wants to be known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<T> {
    pub data: T,
    /// `warnings` and `infos` of the answer.
    pub warnings: Vec<String>,
}

/// A range query's answer; frames in the order the upstream sent them.
pub fn matrix(body: &[u8], query: usize, columns: Columns) -> Result<Decoded<Vec<Frame>>, Fault> {
    let left = Cell::new(MOST_VALUES);
    let seed = matrix::MatrixSeed {
        query,
        columns,
        left: &left,
    };
    let decoded = envelope::read(body, seed);
    if left.get() < columns.len && decoded.is_err() {
        return Err(Fault::UpstreamTooLarge(format!("{MOST_VALUES} values")));
    }
    decoded
}
