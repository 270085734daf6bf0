//! The catalogue in other programs' formats. Pure: it makes values and text, the caller writes files.

pub mod prometheus_rule;
