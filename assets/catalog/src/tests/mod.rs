//! The crate as its users see it: bad files, worlds, bound panels, served models, and the binder against any text.

#![cfg(feature = "embedded")]

mod bad_files;
mod bad_queries;
mod binder;
mod embedded;
mod served;
mod world;
mod worlds;
