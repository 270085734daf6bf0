//! What has to be measured before a chart can be honest: the bounds of the histograms behind its quantiles, and how far
//! apart the samples of its sources are.
//!
//! One range query of a few instants ([`probe`]) asks both for a whole dashboard; [`Facts`] reads its answer. Nothing here
//! sends it or knows a clock.

mod events;
mod facts;
mod probe;
mod quantile;
mod reach;
mod spacing;

pub use events::{Events, events};
pub use facts::{Bounds, Facts};
pub use probe::{INSTANTS, probe};
pub use quantile::{Quantile, quantile};
pub use reach::{Reach, reach};

#[cfg(test)]
pub(crate) use quantile::asks_quantile;
