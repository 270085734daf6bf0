//! `cargo xtask test`: everything that must hold before a change lands, ending in one line of counts.
//!
//! Goes on after a failure, so that one run names every fault.

mod tally;

use std::io::{BufRead, BufReader, Read as _, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result};

use crate::build;
use crate::child::{self, Running};
use crate::place::{self, Place};
use crate::progress::say;
use crate::setup::{self, Need, TARGET, Toolchain};
use crate::stop::Stop;
use tally::Tally;

/// Crates that end up in the browser. `server-api` and `catalog` do not paint, but must compile there.
const IN_BROWSER: [&str; 4] = ["catalog", "chart", "frontend", "server-api"];

/// Modules whose tests need more than the built program: a Prometheus or its tools, a browser, npm's packages, the rig's Go
/// programs. `tests/tidy/quick.rs` holds the list to the sources.
const NOT_QUICK: [&str; 18] = [
    "browser::",
    "chaos::lost::",
    "contract::demo::",
    "contract::deploy::",
    "contract::exports::",
    "contract::live_exports::",
    "contract::promtool::",
    "contract::rule_exports::",
    "contract::rules::",
    "proof::",
    "front::",
    "provision::",
    "security::eyes::",
    "security::said::",
    "security::tricks::",
    "demo::history::tests::",
    "demo::prometheus::tests::",
    "rig::",
];

/// Have a cluster for themselves, one after the other, and mostly wait for it: they run beside the others.
const BESIDE: &str = "provision::";

/// In every token that a test makes up, and in the head of every signed one.
const TOKENS: [&str; 2] = ["canary-", "eyJhbGci"];

/// Runs all; with `quick` without what needs Prometheus or a browser.
pub fn run(place: &Place, quick: bool) -> Result<()> {
    let toolchain = setup::run(place, if quick { Need::Build } else { Need::Test })?;
    let mut tally = Tally::default();
    tally.check(
        "formatting",
        child::status(&mut in_root(place, ["fmt", "--all", "--check"]))?.success(),
    );
    tally.check(
        "clippy",
        child::status(clippy(place).args(["--workspace", "--all-targets", "--", "-D", "warnings"]))?.success(),
    );
    // `--all-targets` leaves it out, as no run of the crates' tests is to start it.
    tally.check(
        "clippy of the tests of the whole",
        child::status(clippy(place).args(["--workspace", "--test", "whole", "--", "-D", "warnings"]))?.success(),
    );
    tally.check(
        "clippy for the browser",
        child::status(&mut browser_clippy(place, &toolchain))?.success(),
    );
    let mut crates = in_root(place, ["test", "--no-fail-fast", "--workspace"]);
    leave_out(&mut crates, quick);
    cargo_test(crates, "the crates' tests", &mut tally)?;

    match build::run(place, &toolchain) {
        Ok(()) => whole(place, quick, &mut tally)?,
        Err(error) => {
            say(&format!("error: {error:#}"));
            tally.check("build", false);
        }
    }
    let summary = tally.summary();
    writeln!(std::io::stdout(), "\n{summary}")?;
    if tally.is_good() {
        Ok(())
    } else {
        Err(Stop::found(tally.faults()).into())
    }
}

/// The crate `tests`: the built program and page, seen from outside.
fn whole(place: &Place, quick: bool, tally: &mut Tally) -> Result<()> {
    let screenshots = place.target.join("screenshots");
    if !quick {
        setup::rig_tools(place)?;
    }
    let cargo = || {
        let mut cargo = in_root(place, ["test", "--no-fail-fast", "--workspace", "--test", "whole"]);
        cargo
            .env("SERVELENS_BIN", place.servelens())
            .env("SERVELENS_DIST", place.dist())
            .env("SERVELENS_SCREENSHOTS", &screenshots)
            .env("CARGO_TARGET_DIR", &place.target);
        cargo
    };
    let what = "the tests of the whole";
    if quick {
        let mut cargo = cargo();
        leave_out(&mut cargo, quick);
        return cargo_test(cargo, what, tally);
    }
    if !child::status(cargo().arg("--no-run"))?.success() {
        tally.check(what, false);
        return Ok(());
    }
    let (mut others, mut beside) = (cargo(), cargo());
    others.args(["--", "--skip", BESIDE]);
    beside.args(["--", BESIDE, "--test-threads", "1"]);
    let beside = thread::spawn(move || captured(beside));
    cargo_test(others, what, tally)?;
    let beside = beside.join().ok().context("the tests of setting up were not read")??;
    read(beside, "the tests of setting up", tally)?;
    say(&format!("screenshots: {}", screenshots.display()));
    Ok(())
}

/// With `quick`, all but [`NOT_QUICK`].
fn leave_out(cargo: &mut Command, quick: bool) {
    if quick {
        cargo
            .arg("--")
            .args(NOT_QUICK.iter().flat_map(|module| ["--skip", module]));
    }
}

fn in_root<const N: usize>(place: &Place, args: [&str; N]) -> Command {
    let mut cargo = place::cargo();
    cargo.args(args).current_dir(&place.root);
    cargo
}

fn clippy(place: &Place) -> Command {
    in_root(place, ["clippy", "--quiet"])
}

/// A second look at what runs in the browser, with the configuration that forbids what cannot work there. On the browser's
/// own target where the active toolchain has it: Debian's compiler brings no clippy of its own version.
fn browser_clippy(place: &Place, toolchain: &Toolchain) -> Command {
    let mut cargo = clippy(place);
    cargo
        .arg("--lib")
        .args(IN_BROWSER.iter().flat_map(|name| ["--package", name]));
    if matches!(toolchain, Toolchain::Active) {
        cargo
            .args(["--target", TARGET])
            .env("CARGO_TARGET_DIR", place.wasm_target());
    }
    cargo.args(["--", "-D", "warnings"]);
    cargo.env("CLIPPY_CONF_DIR", place.root.join(".clippy-wasm"));
    cargo
}

/// Runs `cargo test`, shows what it prints and counts it.
fn cargo_test(mut cargo: Command, what: &str, tally: &mut Tally) -> Result<()> {
    say(what);
    let mut running = Running::start(cargo.stdout(Stdio::piped()))?;
    let output = running.process().stdout.take().context("cargo test has no output")?;
    let before = tally.failed();
    let secret = show(BufReader::new(output), tally)?;
    judge(what, secret, running.wait()?.success(), before, tally);
    Ok(())
}

/// What a run of `cargo test` has printed, and whether it was good.
type Captured = (Vec<u8>, bool);

fn captured(mut cargo: Command) -> Result<Captured> {
    let mut running = Running::start(cargo.stdout(Stdio::piped()))?;
    let mut output = running.process().stdout.take().context("cargo test has no output")?;
    let mut text = Vec::new();
    output.read_to_end(&mut text)?;
    Ok((text, running.wait()?.success()))
}

/// Shows and counts a run that went on beside another.
fn read((text, good): Captured, what: &str, tally: &mut Tally) -> Result<()> {
    say(what);
    let before = tally.failed();
    let secret = show(text.as_slice(), tally)?;
    judge(what, secret, good, before, tally);
    Ok(())
}

/// Prints each line and counts it; whether no token was among them.
fn show(output: impl BufRead, tally: &mut Tally) -> Result<bool> {
    let mut shown = std::io::stdout();
    let mut secret = true;
    for line in output.split(b'\n') {
        let line = line?;
        shown.write_all(&line)?;
        shown.write_all(b"\n")?;
        let line = String::from_utf8_lossy(&line);
        secret &= !TOKENS.iter().any(|token| line.contains(token));
        tally.read(&line);
    }
    Ok(secret)
}

fn judge(what: &str, secret: bool, good: bool, failed_before: u64, tally: &mut Tally) {
    tally.check(&format!("no token in what {what} say"), secret);
    // A crate that does not compile, or a test program that dies, prints no result line.
    if !good && tally.failed() == failed_before + u64::from(!secret) {
        tally.check(what, false);
    }
}
