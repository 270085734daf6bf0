//! `cargo xtask setup`: makes this machine fit for what comes next, and says what it does.
//!
//! Idempotent; when nothing is missing it only looks. Installs with the system's own package manager on Debian as root;
//! anywhere else it prints the one line that installs and ends with exit code 2. Never installs a language toolchain
//! other than the one Rust target, and never lists that target in a `rust-toolchain.toml`: rustup would then fail on
//! every command where it cannot download.

mod apt;
mod debian;
mod programs;
mod toolchain;

use std::process::Command;

use anyhow::Result;

use crate::child;
use crate::place::Place;
use crate::program;
use crate::progress::say;
pub use toolchain::{TARGET, Toolchain};

/// What the machine must be able to do. Each includes the ones before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Compile the page and the server.
    Build,
    /// Run the demo: Prometheus.
    Demo,
    /// Test in a real browser, and the plugin in a real React page: Chromium, ChromeDriver, Node.js.
    Test,
    /// Measure beside others: nginx, a load generator, valgrind.
    Bench,
}

/// Installs what `need` lacks; gives the compiler that has the WebAssembly target.
pub fn run(place: &Place, need: Need) -> Result<Toolchain> {
    programs::provide(need)?;
    toolchain::provide(place)
}

/// The command itself: everything, with a closing line.
pub fn all(place: &Place) -> Result<()> {
    run(place, Need::Test)?;
    rig_tools(place)?;
    say("setup: everything is there");
    Ok(())
}

/// The Go programs that the tests run for real: built once, at the first call.
pub fn rig_tools(place: &Place) -> Result<()> {
    child::run(&mut Command::new(program::build(place, "rig-tools")?))
}
