//! The crate as its users see it: bad files, worlds, bound panels, served models, and the binder against any text.

#![cfg(feature = "embedded")]

mod bad_alerts;
mod bad_files;
mod bad_queries;
mod binder;
mod coverage;
mod embedded;
#[cfg(feature = "export")]
mod exports;
mod first;
#[cfg(feature = "export")]
mod imports;
mod join;
mod measuring;
mod own;
mod served;
mod sources;
mod steps;
mod traps;
mod who;
mod world;
mod worlds;
