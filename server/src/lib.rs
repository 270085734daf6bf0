//! The Servelens server: serves the page and the console plugin, and answers panels and PromQL with the caller's own
//! rights.
//!
//! `route` lists every door; `query` is the spine. Nothing here reads a metric on its own account.

mod cluster;
pub mod config;
pub mod demo;
pub mod error;
pub mod export;
pub mod hot;
pub mod import;
pub mod provision;
pub mod telemetry;

mod app;
mod identity;
mod listener;
mod own;
mod plugin;
mod query;
mod route;
mod start;
#[cfg(test)]
mod tests;
mod upstream;

pub use start::{Running, StartError, run, start, start_with};
