//! `cargo xtask mutants`: takes the guard of each promise out and runs the promise's tests, which must fail. A test that
//! stays green without its guard proves nothing.
//!
//! Works on a copy of the sources in the target folder, in which every guard can be switched off by a variable: one build
//! serves all of them. A promise may have several guards; each is shown with the tests that missed it. The copy's crates have a version of their own, so that no such build is ever taken for the real one.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use crate::child;
use crate::place::{self, Place};
use crate::progress::Step;
use crate::stop::Stop;

const TABLE: &str = "tests/security/mutants.toml";
/// What stands in the table for "this guard is off".
const OFF: &str = "{{off}}";
/// Holds the place in the table of the guard that is off.
const SWITCH: &str = "SERVELENS_MUTANT";
/// The slowest promise takes some ten seconds. Without its guard a test may wait for ever: that is a failure, too.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    mutant: Vec<Mutant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    promise: u8,
    /// What is taken out, in words.
    guard: String,
    /// Its place in the table, from 1.
    #[serde(skip)]
    number: usize,
    #[serde(default = "server")]
    package: String,
    file: PathBuf,
    from: String,
    to: String,
}

fn server() -> String {
    "server".to_owned()
}

/// All promises, or the given ones.
pub fn run(place: &Place, promises: &[u8]) -> Result<()> {
    let text = fs::read_to_string(place.root.join(TABLE)).with_context(|| TABLE.to_owned())?;
    let mut table: Table = toml::from_str(&text).with_context(|| TABLE.to_owned())?;
    for (number, mutant) in (1..).zip(&mut table.mutant) {
        mutant.number = number;
    }
    let wanted = |mutant: &&Mutant| promises.is_empty() || promises.contains(&mutant.promise);
    let mutants: Vec<&Mutant> = table.mutant.iter().filter(wanted).collect();
    ensure!(!mutants.is_empty(), "no such promise in {TABLE}");
    let copy = place.target.join("mutants");
    mirror(place, &copy)?;
    for mutant in &mutants {
        plant(&copy, mutant)?;
    }
    let packages: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.package.as_str()).collect();
    for package in packages {
        let step = Step::start(&format!("the promises of {package} with all guards in place"));
        child::run(test(place, &copy, package).arg("--no-run"))?;
        let mut run = test(place, &copy, package);
        run.args(["--", "promise_"]);
        let (kept, said) = heard(&mut run, &copy, PATIENCE * 5)?;
        ensure!(
            kept,
            "they fail, or are too slow, on this machine: {}",
            named(&red(&said))
        );
        step.done("kept");
    }
    let (mut rows, mut survivors) = (Vec::new(), Vec::new());
    for Mutant {
        promise,
        guard,
        number,
        package,
        ..
    } in mutants
    {
        let step = Step::start(&format!("promise {promise:02} without: {guard}"));
        let mut run = test(place, &copy, package);
        run.args(["--", &format!("promise_{promise:02}_")])
            .env(SWITCH, number.to_string());
        let (kept, said) = heard(&mut run, &copy, PATIENCE)?;
        let (verdict, by) = match kept {
            true => ("SURVIVED", String::new()),
            false => ("killed", named(&red(&said))),
        };
        step.done(verdict);
        rows.push(format!("{promise:02} {verdict:<8} {guard}: {by}"));
        survivors.extend(kept.then(|| format!("promise {promise:02} is kept without: {guard}")));
    }
    writeln!(std::io::stdout(), "{}", rows.join("\n"))?;
    if survivors.is_empty() {
        Ok(())
    } else {
        Err(Stop::found(survivors.join("; ")).into())
    }
}

/// Whether all of it succeeds in this time, and what it printed.
fn heard(run: &mut Command, copy: &Path, patience: Duration) -> Result<(bool, String)> {
    let said = copy.join("said.txt");
    run.stdout(fs::File::create(&said)?).stderr(Stdio::null());
    let good = child::succeeds_within(run, patience);
    Ok((good, fs::read_to_string(&said).unwrap_or_default()))
}

fn named(red: &[&str]) -> String {
    match red {
        [] => "no test came to its end".to_owned(),
        red => red.join(", "),
    }
}

/// The tests that failed, by their own names.
fn red(said: &str) -> Vec<&str> {
    let failed = said
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    failed.filter_map(|name| name.rsplit("::").next()).collect()
}

fn test(place: &Place, copy: &Path, package: &str) -> Command {
    let mut cargo = place::cargo();
    cargo.current_dir(copy).env("CARGO_TARGET_DIR", &place.target);
    cargo.args(["test", "--package", package, "--lib"]);
    cargo
}

/// Puts the switch around the guard.
fn plant(copy: &Path, mutant: &Mutant) -> Result<()> {
    let Mutant {
        promise,
        number,
        file,
        from,
        to,
        ..
    } = mutant;
    let path = copy.join(file);
    let text = fs::read_to_string(&path).with_context(|| file.display().to_string())?;
    let found = text.matches(from.as_str()).count();
    ensure!(
        found == 1,
        "{}: this guard stands there {found} times: {from}",
        file.display()
    );
    ensure!(to.contains(OFF), "promise {promise:02} has no {OFF}");
    let off = format!("crate::guard_is_off({number})");
    fs::write(&path, text.replacen(from, &to.replace(OFF, &off), 1))?;
    // The switch itself, once for each crate.
    let root = path.ancestors().find(|folder| folder.join("Cargo.toml").is_file());
    let root = root.context("a guard outside of every crate")?.join("src/lib.rs");
    let text = fs::read_to_string(&root)?;
    if !text.contains("fn guard_is_off") {
        let switch = format!(
            "\n/// Only in the copy of `cargo xtask mutants`.\npub fn guard_is_off(guard: u32) -> bool {{\n    \
             std::env::var(\"{SWITCH}\").is_ok_and(|number| number == guard.to_string())\n}}\n"
        );
        fs::write(&root, text + &switch)?;
    }
    Ok(())
}

/// Makes `copy` hold the sources as they are now.
fn mirror(place: &Place, copy: &Path) -> Result<()> {
    let (root, own) = (&place.root, format!("version = \"{}\"", place.version));
    let listed = child::capture(
        Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(root),
    )?;
    for name in listed.lines() {
        let (from, to) = (root.join(name), copy.join(name));
        if !from.is_file() {
            continue;
        }
        let mut now = fs::read(&from)?;
        if name == "Cargo.toml" {
            let text = String::from_utf8(now)?;
            let marked = own.replace(&place.version, &format!("{}+mutants", place.version));
            now = text.replacen(&own, &marked, 1).into_bytes();
        }
        // A file that has not changed keeps its time, and so its build.
        if fs::read(&to).is_ok_and(|before| before == now) {
            continue;
        }
        let Some(folder) = to.parent() else {
            bail!("{name} has no folder")
        };
        fs::create_dir_all(folder)?;
        fs::write(&to, now)?;
    }
    Ok(())
}
