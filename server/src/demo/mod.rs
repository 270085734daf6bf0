//! `servelens demo`: a simulated model-serving fleet, a real Prometheus that scrapes it, and Servelens in front of both.
//!
//! The simulation (`sim`, `exporters`) knows no clock and no sockets. Everything around it lives here: `fleet` puts the
//! processes on HTTP, `history` turns the last day into Prometheus blocks, `prometheus` runs the child, `run` ties them
//! together. Nothing in this module may be reached from `servelens serve`.

mod addresses;
mod args;
mod check;
#[cfg(test)]
mod double;
mod ending;
mod error;
mod exporters;
mod exposition;
mod fleet;
mod history;
mod labels;
mod listen;
mod openmetrics;
mod progress;
mod prometheus;
mod run;
pub mod sim;
mod simulation;

pub use args::Args;
pub use error::DemoError;
pub use run::run;
