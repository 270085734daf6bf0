//! The server as one static program.
//!
//! Linked with glibc, not musl: any machine that builds Servelens has it (libc6-dev brings `libc.a`), no second target or
//! C compiler is needed, and its allocator keeps the speed that was measured. Since 2.34 name resolution by file and by DNS
//! is part of `libc.a`, so that nothing is loaded at run time; the test of the image runs it in an empty root.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::child;
use crate::place::{self, Place};
use crate::progress::say;
use crate::stop::Stop;

/// Compiles it for this machine's architecture.
pub fn build(place: &Place) -> Result<PathBuf> {
    let said = child::capture(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say what it runs on")?;
    if !host.ends_with("-linux-gnu") {
        return Err(Stop::unfit(format!(
            "an image is built on Linux with glibc, not on {host}. Build it in a container instead: podman build -f Containerfile ."
        ))
        .into());
    }
    say(&format!("image: compiling the server for {host}, static"));
    let mut cargo = place::cargo();
    // With --target the flags hold for the program alone, not for build scripts and macros.
    cargo
        .args(["build", "--release", "--package", "server", "--bins", "--target", host])
        .arg("--config")
        .arg(flags(place, host)?)
        .current_dir(&place.root);
    child::run(&mut cargo)?;
    Ok(place.target.join(host).join("release").join("servelens"))
}

/// Cargo configuration: static, without symbols, and without this machine's paths in the texts of panics.
fn flags(place: &Place, host: &str) -> Result<OsString> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let crates = home.context("HOME is not set")?;
    let flags = [
        "\"-Ctarget-feature=+crt-static\"".to_owned(),
        "\"-Cstrip=symbols\"".to_owned(),
        // The last that fits counts: the workspace may hold the target folder.
        format!("\"--remap-path-prefix={}=cargo\"", crates.display()),
        format!("\"--remap-path-prefix={}=servelens\"", place.root.display()),
        format!("\"--remap-path-prefix={}=target\"", place.target.display()),
    ];
    Ok(format!("target.{host}.rustflags=[{}]", flags.join(",")).into())
}

/// The program's architecture in the image's words. An error for what could not run alone in an image.
pub fn check(program: &Path) -> Result<&'static str> {
    let bytes = fs::read(program).with_context(|| format!("cannot read {}", program.display()))?;
    let unfit = |why: &str| Stop::unfit(format!("{}: {why}", program.display()));
    let architecture = match number::<2>(&bytes, 18) {
        Some(62) if bytes.starts_with(b"\x7fELF\x02\x01") => "amd64",
        Some(183) if bytes.starts_with(b"\x7fELF\x02\x01") => "arm64",
        _ => return Err(unfit("is no program for Linux on x86-64 or ARM of 64 bits").into()),
    };
    if needs_interpreter(&bytes).context("its ELF header is damaged")? {
        return Err(
            unfit("needs libraries that an image does not have; leave --program out, and it is built without").into(),
        );
    }
    Ok(architecture)
}

/// Whether one of the program headers names a dynamic linker.
fn needs_interpreter(elf: &[u8]) -> Option<bool> {
    const INTERPRETER: u64 = 3;
    let table = usize::try_from(number::<8>(elf, 32)?).ok()?;
    let size = usize::try_from(number::<2>(elf, 54)?).ok()?;
    for index in 0..usize::try_from(number::<2>(elf, 56)?).ok()? {
        if number::<4>(elf, table.checked_add(index.checked_mul(size)?)?)? == INTERPRETER {
            return Some(true);
        }
    }
    Some(false)
}

/// `N` bytes at `at`, the lowest first.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(N)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_static_program_of_linux_may_come_into_an_image() -> Result<()> {
        let room = tempfile::tempdir()?;
        let file = |name: &str| room.path().join(name);
        fs::write(file("main.rs"), "fn main() {}")?;
        for (name, feature) in [("alone", "+crt-static"), ("linked", "-crt-static")] {
            let mut rustc = Command::new("rustc");
            rustc.arg(file("main.rs")).arg("-o").arg(file(name));
            child::run(rustc.arg(format!("-Ctarget-feature={feature}")))?;
        }
        let expect = if cfg!(target_arch = "aarch64") {
            "arm64"
        } else {
            "amd64"
        };
        assert_eq!(check(&file("alone"))?, expect);
        let said = |name: &str| check(&file(name)).map_err(|error| error.to_string());
        assert!(said("linked").is_err_and(|text| text.contains("needs libraries")));
        assert!(said("main.rs").is_err_and(|text| text.contains("is no program")));
        fs::write(file("cut"), fs::read(file("alone"))?.get(..60).unwrap_or_default())?;
        assert!(said("cut").is_err_and(|text| text.contains("damaged")));
        Ok(())
    }
}
