//! `cargo xtask demo`: prepare, build, and become `servelens demo`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::build;
use crate::place::{self, Place};
use crate::setup::{self, Need};

/// Replaces this process by the demo, so that signals reach it and its exit code is this command's. Returns only when
/// that fails.
pub fn run(place: &Place, passed: &[OsString]) -> Result<()> {
    let toolchain = setup::run(place, Need::Demo)?;
    build::run(place, &toolchain)?;
    let mut demo = Command::new(place.servelens());
    place::clean(&mut demo);
    demo.arg("demo");
    if !passed.iter().any(|arg| {
        arg.to_str()
            .is_some_and(|arg| arg == "--assets" || arg.starts_with("--assets="))
    }) {
        demo.arg("--assets").arg(place.dist());
    }
    Err(demo.args(passed).exec()).with_context(|| format!("cannot start {}", place.servelens().display()))
}
