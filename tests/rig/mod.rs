//! Starts the real program, a real browser and a console's bridge, and takes all of them down with the test process.
//!
//! Whatever is started holds the read end of a pipe whose write end is ours: when this process ends, however it
//! ends, the pipe closes and the child goes too. Nothing here may wait for a fixed time in the hope that it is enough.

pub mod board;
pub mod canned;
pub mod child;
pub mod crowd;
pub mod demo;
pub mod front_door;
pub mod go_tool;
pub mod host;
pub mod host_build;
pub mod http;
pub mod manifests;
pub mod many;
pub mod operator;
pub mod paths;
pub mod plane;
pub mod played;
pub mod secrets;
pub mod serve;
pub mod session;
pub mod small_dist;
pub mod upstream;
pub mod wait;
pub mod webdriver;
