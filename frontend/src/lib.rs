//! The Servelens page, compiled to WebAssembly.
//!
//! A host (the OpenShift console's plugin entry, or `index.html`) calls [`mount`] with an element and gets a
//! [`Handle`]; it may mount as often and as many at once as it likes. Nothing outlives [`Handle::unmount`]: timers,
//! observers, listeners and requests all belong to values of the mounted tree.

mod api;
mod host;
mod mount;
mod page;
mod paint;
mod route;
mod state;
mod ui;
mod words;

pub use mount::{Handle, mount};
