//! The workspace's own programs, in the development profile.

use std::path::PathBuf;

use anyhow::Result;

use crate::child;
use crate::place::{self, Place};

/// Builds one of them and says where it is.
///
/// All packages are chosen, as for the tests: whatever is built shares one library each, with the same features.
pub fn build(place: &Place, name: &str) -> Result<PathBuf> {
    let mut cargo = place::cargo();
    cargo
        .args(["build", "--workspace", "--bin", name])
        .current_dir(&place.root)
        .env("CARGO_TARGET_DIR", &place.target);
    child::run(&mut cargo)?;
    Ok(place.program(name))
}
