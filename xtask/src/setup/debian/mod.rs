//! A toolchain with the WebAssembly target from Debian's packages, for machines where rustup cannot download.
//!
//! Debian carries a recent compiler for its browsers (`rustc-web`), without this target's library. So: unpack that
//! compiler into the user's cache without installing it, compile the library once, and lay both out as an ordinary
//! toolchain. Needs no root, changes nothing in the system. About three minutes and 600 MB, once.

mod library;
mod packages;
mod sysroot;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::programs::on_path;
use crate::child;
use crate::place::Place;
use crate::progress::say;
use crate::scrap::Scrap;

/// Written last; holds [`RECIPE`].
const WHOLE: &str = ".servelens-complete";

/// Raise when this module changes what it makes.
const RECIPE: &str = "1";

/// Name under which rustup knows the toolchain: `cargo +servelens-wasm …`.
const NAME: &str = "servelens-wasm";

/// Whether `folder` holds what this version of the module makes.
pub fn is_whole(folder: &Path) -> bool {
    fs::read_to_string(folder.join(WHOLE)).is_ok_and(|recipe| recipe == RECIPE)
}

/// Makes the toolchain in `folder`. What is there stays until the new one is whole.
pub fn make(place: &Place, folder: &Path) -> Result<()> {
    say("setup: making the toolchain from Debian's compiler, once (about three minutes)");
    let parent = folder.parent().context("the cache folder has no parent")?;
    let work = Scrap::folder_in(parent, ".wasm-toolchain-")?;
    let unpacked = packages::unpack(work.path(), &place.rust_version)?;
    let sysroot = work.path().join("sysroot");
    sysroot::lay_out(&unpacked, &sysroot)?;
    library::compile(&sysroot, work.path())?;
    library::prove(&sysroot, work.path())?;
    fs::write(sysroot.join(WHOLE), RECIPE)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(&sysroot, folder)?;
    if on_path("rustup").is_some() {
        child::run(Command::new("rustup").args(["toolchain", "link", NAME]).arg(folder))?;
    }
    say(&format!(
        "setup: {} in {}",
        child::capture(Command::new(folder.join("bin/rustc")).arg("--version"))?.trim(),
        folder.display()
    ));
    Ok(())
}
