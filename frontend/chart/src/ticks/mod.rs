//! Where an axis is marked, and what the marks say.

mod calendar;
mod clock;
mod time;
mod value;

pub use clock::{Clock, Grain, Utc};
pub(crate) use time::time_ticks;
pub(crate) use value::{Extent, Limits, value_axis};
