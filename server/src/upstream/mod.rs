//! The metrics store: the only room that opens sockets to it.
//!
//! The address is fixed at start; a request chooses one [`Api`] and its parameters, and nothing else. No redirects,
//! no proxies from the environment, no cookies, and of the caller's headers only the credential it lends.

mod api;
mod client;
mod connect;
mod judge;
mod reply;
mod web;

pub use api::{Api, Door, LabelName, Params};
pub use client::{AGENT, Upstream};
pub use connect::HttpClient;
pub use reply::{Reply, SHORT, too_large};
pub use web::{Question, Web};
