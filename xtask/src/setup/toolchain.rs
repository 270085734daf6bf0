//! A Rust compiler that has the WebAssembly target: the active one → `rustup target add` → Debian's.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::debian;
use super::programs::{is_debian, on_path};
use crate::child;
use crate::place::{self, Place};
use crate::progress::say;
use crate::stop::Stop;

/// The Rust target of the page.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// `SERVELENS_WASM_TOOLCHAIN=debian` goes straight to Debian's compiler: for a machine where rustup's download hangs, and
/// to test that way where it would not be needed.
const SWITCH: &str = "SERVELENS_WASM_TOOLCHAIN";

/// Longest time that rustup may take. A download that a firewall swallows never ends by itself.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// Which compiler makes the page.
pub enum Toolchain {
    /// The one that compiles everything else.
    Active,
    /// A folder of our own in the user's cache: `bin/cargo`, `bin/rustc`, both libraries.
    Own(PathBuf),
}

impl Toolchain {
    /// Cargo that compiles with this toolchain, whatever toolchain the user's call has chosen.
    pub fn cargo(&self) -> Command {
        let Self::Own(folder) = self else { return place::cargo() };
        let mut cargo = Command::new(folder.join("bin").join("cargo"));
        place::clean(&mut cargo);
        cargo
            .env_remove("RUSTUP_TOOLCHAIN")
            .env("RUSTC", folder.join("bin").join("rustc"));
        cargo
    }

    /// The compiler itself.
    pub fn rustc(&self) -> Command {
        let mut rustc = match self {
            Self::Active => Command::new("rustc"),
            Self::Own(folder) => Command::new(folder.join("bin").join("rustc")),
        };
        place::clean(&mut rustc);
        rustc
    }

    /// Whether its library for [`TARGET`] is there, and it runs at all.
    fn has_target(&self) -> bool {
        let Ok(folder) = child::capture(self.rustc().args(["--print", "target-libdir", "--target", TARGET])) else {
            return false;
        };
        let Ok(entries) = fs::read_dir(Path::new(folder.trim())) else {
            return false;
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names
            .into_iter()
            .any(|name| name.starts_with("libstd-") && name.ends_with(".rlib"))
    }
}

/// Finds or makes a compiler with the target.
pub fn provide(place: &Place) -> Result<Toolchain> {
    let forced = env::var_os(SWITCH).is_some_and(|choice| choice == "debian");
    if !forced && Toolchain::Active.has_target() {
        say(&format!("setup: the active toolchain has {TARGET}"));
        return Ok(Toolchain::Active);
    }
    let own = place::cache()?.join("wasm-toolchain");
    let made = Toolchain::Own(own.clone());
    if debian::is_whole(&own) && made.has_target() {
        say(&format!("setup: {TARGET} by Debian's compiler in {}", own.display()));
        return Ok(made);
    }
    if !forced && on_path("rustup").is_some() {
        say(&format!("setup: rustup target add {TARGET}"));
        if child::succeeds_within(Command::new("rustup").args(["target", "add", TARGET]), RUSTUP_LIMIT)
            && Toolchain::Active.has_target()
        {
            return Ok(Toolchain::Active);
        }
        say("setup: rustup cannot fetch it here");
    }
    if !is_debian() {
        return Err(Stop::unfit(format!(
            "Rust's target {TARGET} is missing. Install it and run this again:\n  \
             Debian, Ubuntu:  rustup target add {TARGET}\n  \
             Fedora:          sudo dnf install -y rust-std-static-{TARGET}\n  \
             macOS:           brew install rustup && rustup target add {TARGET}"
        ))
        .into());
    }
    debian::make(place, &own)?;
    Ok(made)
}
