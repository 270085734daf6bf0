//! Components, one folder each. They read state and draw; they ask nothing of the server by themselves.

pub mod chart;
pub mod grid;
pub mod icon;
pub mod legend;
pub mod models;
pub mod notice;
pub mod panel;
pub mod popover;
pub mod shell;
pub mod stat;
pub mod toolbar;
