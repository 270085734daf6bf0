//! Lays the unpacked packages out as rustup lays out a toolchain: `bin/`, `lib/`, `lib/rustlib/<host>/`.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::child;

/// Starts the real program with the libraries beside it: Debian's compiler has no path to them in itself, and this one
/// must also run without rustup, which would set one. `exec -a` keeps the name by which rustc finds its own folder.
const STARTER: &str = r#"#!/bin/bash
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/../lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec -a "$here/NAME" "$here/NAME.real" "$@"
"#;

/// Makes `sysroot` out of `unpacked`, the root of the packages' files.
pub fn lay_out(unpacked: &Path, sysroot: &Path) -> Result<()> {
    let usr = unpacked.join("usr");
    let host = host()?;
    let (bin, lib) = (sysroot.join("bin"), sysroot.join("lib"));
    let rustlib = lib.join("rustlib");
    fs::create_dir_all(&bin)?;
    fs::create_dir_all(rustlib.join(&host).join("bin"))?;
    fs::create_dir_all(rustlib.join("src"))?;

    for name in ["rustc", "rustdoc"] {
        fs::copy(usr.join("bin").join(name), bin.join(format!("{name}.real")))?;
        let starter = bin.join(name);
        fs::write(&starter, STARTER.replace("NAME", name))?;
        fs::set_permissions(&starter, fs::Permissions::from_mode(0o755))?;
    }
    // Cargo is the one that the user has: it drives any compiler.
    let active = child::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    let cargo = Path::new(active.trim()).join("bin").join("cargo");
    fs::copy(&cargo, bin.join("cargo")).with_context(|| format!("cannot copy {}", cargo.display()))?;

    for folder in [usr.join("lib"), unpacked.join("lib")] {
        for entry in entries(&folder)?
            .into_iter()
            .filter(|entry| entry.to_string_lossy().contains("-linux-gnu"))
        {
            copy_shared_objects(&entry, &lib)?;
        }
    }
    copy_tree(
        &usr.join("lib/rustlib").join(&host).join("lib"),
        &rustlib.join(&host).join("lib"),
    )?;
    // Debian's own linker: rustup's needs an LLVM that only rustup has.
    let llvm = entries(&usr.join("lib"))?
        .into_iter()
        .find(|entry| entry.join("bin").join("lld").exists());
    let lld = llvm.context("the packages have no lld")?.join("bin").join("lld");
    fs::copy(lld, rustlib.join(&host).join("bin").join("rust-lld"))?;

    let sources = entries(&usr.join("src"))?
        .into_iter()
        .find(|entry| entry.join("library").is_dir());
    let sources = sources.context("the packages have no sources of the standard library")?;
    fs::rename(sources, rustlib.join("src").join("rust"))?;
    Ok(())
}

/// The machine's own target, as `x86_64-unknown-linux-gnu`.
fn host() -> Result<String> {
    let about = child::capture(Command::new("rustc").arg("-vV"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    found.sort();
    Ok(found)
}

/// Files and links directly in `from`: no package here has its libraries deeper.
fn copy_shared_objects(from: &Path, to: &Path) -> Result<()> {
    for entry in entries(from)? {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A link to a library that this system has is of no use here.
        if name.contains(".so") && entry.exists() && !entry.is_dir() {
            copy_one(&entry, &to.join(name))?;
        }
    }
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in entries(from)? {
        let target = to.join(entry.file_name().unwrap_or_default());
        if entry.is_dir() {
            copy_tree(&entry, &target)?;
        } else {
            copy_one(&entry, &target)?;
        }
    }
    Ok(())
}

/// A link stays a link where its target comes along; the library of LLVM alone is 150 MB.
fn copy_one(from: &Path, to: &Path) -> Result<()> {
    match fs::read_link(from) {
        Ok(target) if target.components().count() == 1 => symlink(target, to)?,
        _ => {
            fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
        }
    }
    Ok(())
}
