//! What the page knows: where it is, what the server said, what each panel shows.
//!
//! Decisions are plain functions here, tested without a browser; the signals around them are thin. State asks through
//! `api` and never draws.

mod app;
mod board;
mod more;
mod panel;
mod plot;
mod schedule;
mod setup;
mod slos;

pub use app::{App, Load};
pub use board::Board;
pub use more::Vocabulary;
pub use panel::{Look, PanelView, Shown, span};
pub use plot::{Beyond, Line, Plot, cursor, tell};
pub use setup::{Change, End, Progress, Run, Setup};
pub use slos::Slos;
