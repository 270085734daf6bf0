//! From values to the polylines that are drawn: gaps kept, clipped to the plot, thinned to its pixels.

mod decimate;
mod run;
mod stack;

pub use decimate::m4;
pub(crate) use run::{Run, Trace, bands, trace};
pub(crate) use stack::Stack;

/// CSS pixels.
pub(crate) type Point = (f64, f64);
