//! What the server tells about itself: log lines on standard error and its own metrics.
//!
//! Never in either: a token, a header's value, a query string, a body, a label that a request can choose.

pub mod metrics;
pub mod request_id;

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::config::{LogConfig, LogFormat};

pub use metrics::Metrics;
pub use request_id::RequestId;

/// Starts logging for the whole process. A second call does nothing: the first one has said where the lines go.
pub fn init(config: &LogConfig) {
    let filter = EnvFilter::try_new(&config.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    // Colours are for a terminal: in a file they are noise around every field.
    let colours = std::io::stderr().is_terminal();
    // Where a line cannot be written, nor can the complaint about it: trying would end in a panic, on a full disk at each line.
    let lines = fmt::layer()
        .with_ansi(colours)
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // An error means that a subscriber is there already.
    let _ = match config.format {
        LogFormat::Text => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
}
