//! `cargo xtask setup` from outside, on machines that lack something: what it says, how it ends, and that a signal takes its
//! children along. The machine is a folder on PATH with stand-ins for the programs that this one may or may not have.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

const FOUND: &str = "setup: found wasm-opt, prometheus, promtool, chromium, chromedriver, node, npm, pip3\n";
const NO_TARGET: &str = "error: Rust's target wasm32-unknown-unknown is missing. Install it and run this again:
  Debian, Ubuntu:  rustup target add wasm32-unknown-unknown
  Fedora:          sudo dnf install -y rust-std-static-wasm32-unknown-unknown
  macOS:           brew install rustup && rustup target add wasm32-unknown-unknown\n";

/// A compiler whose library for every target is the folder `lib`, which is empty at first.
const RUSTC: &str = "echo \"$MACHINE/lib\"";

/// A machine where cargo says what the workspace is and builds nothing, and that has these programs.
fn machine(programs: &[(&str, &str)]) -> Result<TempDir> {
    let machine = tempfile::tempdir()?;
    fs::create_dir(machine.path().join("lib"))?;
    let cargo = format!("[ \"$1\" = metadata ] && exec '{}' \"$@\"; exit 9", env!("CARGO"));
    for (name, script) in programs.iter().chain(&[("cargo", cargo.as_str())]) {
        put(machine.path(), name, script)?;
    }
    Ok(machine)
}

/// Written by another process: a file that this one has written may still be open in a child of another test.
fn put(machine: &Path, name: &str, script: &str) -> Result<()> {
    let file = machine.join(name);
    let mut write = Command::new("sh");
    write.args(["-c", r#"printf '#!/bin/sh\n%s\n' "$1" > "$0""#]);
    ensure!(write.arg(&file).arg(script).status()?.success());
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o755))?)
}

/// As [`machine`], with everything but a compiler for the page; `more` comes on top.
fn machine_without_target(more: &[(&'static str, &'static str)]) -> Result<TempDir> {
    let mut programs = vec![("rustc", RUSTC)];
    programs.extend(
        [
            "wasm-opt",
            "prometheus",
            "promtool",
            "chromium",
            "chromedriver",
            "node",
            "npm",
            "pip3",
        ]
        .map(|name| (name, "")),
    );
    programs.extend(more);
    machine(&programs)
}

fn setup(machine: &TempDir) -> Command {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask
        .arg("setup")
        .env("PATH", machine.path())
        .env("MACHINE", machine.path())
        .env("XDG_CACHE_HOME", machine.path())
        .env_remove("SERVELENS_PROMETHEUS")
        .env_remove("SERVELENS_WASM_TOOLCHAIN");
    xtask
}

#[track_caller]
fn check(output: &Output, exit: i32, stderr: &str) {
    assert_eq!(
        (
            output.status.code(),
            &*String::from_utf8_lossy(&output.stderr),
            &*String::from_utf8_lossy(&output.stdout)
        ),
        (Some(exit), stderr, "")
    );
}

#[test]
fn a_machine_without_the_programs_is_told_one_line_for_each_package_manager() -> Result<()> {
    let said = "error: wasm-opt, prometheus, promtool, chromium, chromedriver, node, npm, pip3 missing on PATH. Install and \
                run this again:
  Debian, Ubuntu:  sudo apt-get install --no-install-recommends -y binaryen prometheus chromium chromium-driver nodejs npm \
                python3-pip
  Fedora:          sudo dnf install -y binaryen golang-github-prometheus chromium chromedriver nodejs nodejs-npm python3-pip
  macOS:           brew install binaryen prometheus chromium chromedriver node python
A Prometheus elsewhere: SERVELENS_PROMETHEUS=<the binary or its folder>.\n";
    check(&setup(&machine(&[])?).output()?, 2, said);
    Ok(())
}

#[test]
fn a_machine_without_rustup_is_told_how_to_get_the_target() -> Result<()> {
    let machine = machine_without_target(&[])?;
    check(&setup(&machine).output()?, 2, &format!("{FOUND}{NO_TARGET}"));
    Ok(())
}

#[test]
fn a_rustup_that_cannot_download_is_tried_before() -> Result<()> {
    let machine = machine_without_target(&[("rustup", "exit 1")])?;
    let tried = "setup: rustup target add wasm32-unknown-unknown\nsetup: rustup cannot fetch it here\n";
    check(&setup(&machine).output()?, 2, &format!("{FOUND}{tried}{NO_TARGET}"));
    Ok(())
}

/// What the rig is built with comes after it, and cannot be made by this machine's cargo.
#[test]
fn a_rustup_that_can_download_is_asked_once_and_then_the_target_is_there() -> Result<()> {
    let rustup = r#"[ "$*" = "target add wasm32-unknown-unknown" ] && : > "$MACHINE/lib/libstd-1.rlib""#;
    let machine = machine_without_target(&[("rustup", rustup)])?;
    let after = "error: cargo build ended with exit status: 9\n";
    let first = "setup: rustup target add wasm32-unknown-unknown\n";
    check(&setup(&machine).output()?, 3, &format!("{FOUND}{first}{after}"));
    let again = "setup: the active toolchain has wasm32-unknown-unknown\n";
    check(&setup(&machine).output()?, 3, &format!("{FOUND}{again}{after}"));
    Ok(())
}

/// A download that never ends is met by the signal; it goes first, and the command ends as the signal says.
fn check_signal(signal: &str, exit: i32) -> Result<()> {
    let machine = machine_without_target(&[("rustup", "echo $$; exec /bin/sleep infinity")])?;
    let mut xtask = setup(&machine).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let mut said = BufReader::new(xtask.stdout.take().context("no output")?);
    let mut pid = String::new();
    said.read_line(&mut pid)?;
    let child = Path::new("/proc").join(pid.trim());
    ensure!(child.exists(), "rustup runs as {pid}");
    let id = xtask.id().to_string();
    ensure!(Command::new("kill").args(["-s", signal, &id]).status()?.success());
    let status = xtask.wait()?;
    assert_eq!((status.code(), status.signal()), (Some(exit), None), "{signal}");
    assert!(!child.exists(), "rustup outlives the command after {signal}");
    Ok(())
}

#[test]
fn no_child_outlives_a_command_that_a_signal_ends() -> Result<()> {
    check_signal("INT", 130)?;
    check_signal("TERM", 143)?;
    check_signal("HUP", 129)
}
