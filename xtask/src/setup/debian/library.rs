//! Compiles Rust's standard library for the WebAssembly target, and proves that the toolchain links with it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::child;
use crate::place;
use crate::progress::say;
use crate::setup::TARGET;

/// Everything that rustup's copy of the library has; without `test` and `proc_macro` nothing could test on this target.
const CRATES: &str = "-Zbuild-std=core,alloc,std,panic_abort,panic_unwind,proc_macro,test";

/// Compiles the library into the sysroot and drops its sources.
pub fn compile(sysroot: &Path, work: &Path) -> Result<()> {
    say("setup: compiling the standard library");
    let project = work.join("std");
    project_at(&project, "#![no_std]\n", "[profile.release]\ncodegen-units = 1\n")?;
    let sources = sysroot.join("lib/rustlib/src");
    // Bitcode: cargo leaves it out of a profile without link-time optimisation, and the page's profile could then not see
    // into the library. Short paths: no machine's folders in panic messages.
    let flags = format!(
        "-Cembed-bitcode=yes --remap-path-prefix={}/rust=/rustc",
        sources.display()
    );
    let mut cargo = cargo(sysroot, &project);
    // The switch lets a released compiler compile its own library, which is not allowed otherwise.
    cargo
        .args(["build", "--release", "--target", TARGET, CRATES])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", flags);
    child::run(&mut cargo)?;

    let library = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&library)?;
    let mut copied = 0;
    for entry in fs::read_dir(project.join("target").join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".rlib") && !name.starts_with("libproject-") {
            fs::copy(&path, library.join(&name))?;
            copied += 1;
        }
    }
    if copied == 0 {
        bail!("cargo compiled no library");
    }
    fs::remove_dir_all(sources)?;
    Ok(fs::remove_dir_all(project)?)
}

/// An ordinary build that ends in a linked module, with and without link-time optimisation: libraries alone would hide a
/// linker that does not run.
pub fn prove(sysroot: &Path, work: &Path) -> Result<()> {
    const PROGRAM: &str = "#[unsafe(no_mangle)]\npub extern \"C\" fn sum(n: usize) -> usize { (0..n).collect::<Vec<_>>().iter().sum() }\n";
    let project = work.join("proof");
    project_at(
        &project,
        PROGRAM,
        "[lib]\ncrate-type = [\"cdylib\"]\n[profile.release]\nlto = \"fat\"\n",
    )?;
    for profile in ["dev", "release"] {
        child::run(cargo(sysroot, &project).args(["build", "--quiet", "--profile", profile, "--target", TARGET]))
            .with_context(|| format!("the new toolchain does not link ({profile})"))?;
    }
    Ok(fs::remove_dir_all(project)?)
}

fn project_at(folder: &Path, source: &str, more: &str) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), source)?;
    let head = "[package]\nname = \"project\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    Ok(fs::write(folder.join("Cargo.toml"), format!("{head}{more}"))?)
}

/// The new toolchain's cargo, out of reach of the settings that the user's own builds have.
fn cargo(sysroot: &Path, project: &Path) -> Command {
    let mut cargo = Command::new(sysroot.join("bin/cargo"));
    place::clean(&mut cargo);
    for theirs in [
        "RUSTUP_TOOLCHAIN",
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
    ] {
        cargo.env_remove(theirs);
    }
    cargo
        .env("RUSTC", sysroot.join("bin/rustc"))
        .env("CARGO_TARGET_DIR", project.join("target"))
        .current_dir(project);
    cargo
}
