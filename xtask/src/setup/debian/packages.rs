//! Which Debian packages the toolchain is made of; fetches and unpacks them without installing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::child;
use crate::progress::Step;
use crate::setup::apt;
use crate::stop::Stop;

/// The compiler for Debian's browsers.
const COMPILER: &str = "rustc-web";

/// Fetches compiler, library sources, linker and the shared libraries that this system lacks; gives the folder that they
/// are unpacked in.
pub fn unpack(work: &Path, at_least: &str) -> Result<PathBuf> {
    let version = match newest(at_least)? {
        Some(version) => version,
        None if rustix::process::geteuid().is_root() => {
            apt::update()?;
            newest(at_least)?.with_context(|| format!("Debian has no {COMPILER} {at_least} or newer"))?
        }
        None => {
            return Err(Stop::unfit(format!(
                "the package lists have no {COMPILER} {at_least} or newer. Run this, then try again:\n  sudo apt-get update"
            ))
            .into());
        }
    };
    let wanted = wanted(&version)?;
    let (fetched, unpacked) = (work.join("packages"), work.join("unpacked"));
    fs::create_dir_all(&fetched)?;
    fs::create_dir_all(&unpacked)?;

    let step = Step::start(&format!(
        "setup: fetching {COMPILER} {version} and {} more packages",
        wanted.len() - 1
    ));
    child::capture(
        Command::new("apt-get")
            .args(["download", "-q"])
            .args(&wanted)
            .current_dir(&fetched),
    )?;
    step.done("fetched");

    let step = Step::start("setup: unpacking");
    for entry in fs::read_dir(&fetched)? {
        let package = entry?.path();
        let name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("rust-web-src") {
            unpack_library(&package, &unpacked)?;
        } else {
            child::capture(Command::new("dpkg").arg("-x").arg(&package).arg(&unpacked))?;
        }
    }
    step.done("unpacked");
    Ok(unpacked)
}

/// Of the source package only the standard library: the rest is over a gigabyte.
fn unpack_library(package: &Path, into: &Path) -> Result<()> {
    let mut open = Command::new("dpkg-deb")
        .arg("--fsys-tarfile")
        .arg(package)
        .stdout(Stdio::piped())
        .spawn()?;
    let archive = open.stdout.take().context("dpkg-deb has no output")?;
    // The folder first: tar heeds `-C` only for what follows it.
    let mut tar = Command::new("tar");
    tar.args(["-x", "-C"])
        .arg(into)
        .args(["--wildcards", "./usr/src/*/library*"]);
    let tar = tar.stdin(archive).status()?;
    let opened = open.wait()?;
    if !opened.success() || !tar.success() {
        bail!("cannot unpack {}: dpkg-deb {opened}, tar {tar}", package.display());
    }
    Ok(())
}

/// The newest version in the package lists, if it is not older than what the workspace needs.
fn newest(at_least: &str) -> Result<Option<String>> {
    let table = child::capture(Command::new("apt-cache").args(["madison", COMPILER]))?;
    Ok(pick(&table, at_least))
}

/// `rustc-web | 1.96.0+dfsg1-1~deb12u2 | …`, one row for each version.
fn pick(table: &str, at_least: &str) -> Option<String> {
    let versions = table.lines().filter_map(|line| line.split('|').nth(1)).map(str::trim);
    let fitting = versions.filter(|version| minor(version) >= minor(at_least));
    fitting.max_by_key(|version| minor(version)).map(str::to_owned)
}

/// 96 of `1.96.0+dfsg1-1~deb12u2`.
fn minor(version: &str) -> Option<u32> {
    version.split('.').nth(1)?.parse().ok()
}

/// Package names for `apt-get download`, the compiler first.
fn wanted(version: &str) -> Result<Vec<String>> {
    let short: String = version.split('.').take(2).collect::<Vec<_>>().join(".");
    let library = format!("libstd-rust-web-{short}");
    let needs = depends(&library, false)?;
    let llvm = needs
        .iter()
        .find_map(|name| name.strip_prefix("libllvm"))
        .context("the compiler names no LLVM")?;
    let mut all: Vec<String> = [COMPILER, &library, "libstd-rust-web-dev", "rust-web-src"]
        .map(|name| format!("{name}={version}"))
        .into();
    all.push(format!("lld-{llvm}"));
    for package in depends(&format!("libllvm{llvm}"), true)? {
        if !is_installed(&package)? {
            all.push(package);
        }
    }
    Ok(all)
}

/// What a package needs to run; with `deep` also what those need, and the package itself.
fn depends(package: &str, deep: bool) -> Result<BTreeSet<String>> {
    let mut ask = Command::new("apt-cache");
    ask.args(["depends", "--important"]);
    if deep {
        ask.arg("--recurse");
    }
    let answer = child::capture(ask.arg(package))?;
    let named = answer.lines().filter_map(|line| {
        if deep {
            Some(line)
        } else {
            line.trim().strip_prefix("Depends: ")
        }
    });
    Ok(named
        .filter(|name| !name.starts_with([' ', '<', '|']))
        .map(str::to_owned)
        .collect())
}

fn is_installed(package: &str) -> Result<bool> {
    let answer = Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status}", package])
        .output()?;
    Ok(answer.stdout == b"installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_compiler_is_taken_and_none_that_is_too_old() {
        let table =
            " rustc-web | 1.96.0+dfsg1-1~deb12u2 | security main\n rustc-web | 1.85.0+dfsg3-1~deb12u3 | stable main\n";
        assert_eq!(pick(table, "1.95").as_deref(), Some("1.96.0+dfsg1-1~deb12u2"));
        assert_eq!(pick(table, "1.97"), None);
        assert_eq!(pick("", "1.95"), None);
    }
}
