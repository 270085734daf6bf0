//! Installs Debian packages, and leaves the machine's services as it found them.
//!
//! Debian's `prometheus` starts a service of its own and enables it for the next boot. Nobody asked for a second
//! Prometheus: its start is refused while the package installs, and it is disabled afterwards.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::programs::on_path;
use crate::child::{self, Running};
use crate::progress::{Step, say};
use crate::scrap::Scrap;

/// Packages above that bring a service which starts by itself.
const SERVICES: [&str; 2] = ["prometheus", "nginx"];

/// Installs without recommended packages; reads the package lists first where they are missing or stale.
pub fn install(packages: &[&str]) -> Result<()> {
    let _quiet = refuse_starts()?;
    let known = Command::new("apt-cache")
        .arg("show")
        .args(packages)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    let listed = known.success();
    if !listed {
        update()?;
    }
    if let Err(error) = apt_get(packages) {
        if listed {
            // Lists that are too old name files that the archive has replaced.
            update()?;
            apt_get(packages)?;
        } else {
            return Err(error);
        }
    }
    for service in SERVICES.iter().filter(|service| packages.contains(service)) {
        disable(service)?;
    }
    Ok(())
}

/// `apt-get update`.
pub fn update() -> Result<()> {
    let step = Step::start("setup: reading the package lists");
    let mut apt = Command::new("apt-get");
    apt.args(["-q", "update"]).stdout(Stdio::null());
    child::run(&mut apt)?;
    step.done("read");
    Ok(())
}

fn apt_get(packages: &[&str]) -> Result<()> {
    let step = Step::start("setup: apt-get install");
    // apt's own log is shown only when something goes wrong; its progress goes to standard output, line by line.
    let mut log = tempfile::tempfile()?;
    let mut apt = Command::new("apt-get");
    apt.args([
        "install",
        "-q",
        "-y",
        "--no-install-recommends",
        "-o",
        "APT::Status-Fd=1",
    ])
    .args(packages)
    .env("DEBIAN_FRONTEND", "noninteractive")
    .stdout(Stdio::piped())
    .stderr(log.try_clone()?);
    let mut running = Running::start(&mut apt)?;
    let output = running.process().stdout.take().context("apt-get has no output")?;
    for line in BufReader::new(output).lines() {
        if let Some((percent, doing)) = progress(&line?) {
            step.at(percent, &doing);
        }
    }
    let status = running.wait()?;
    if !status.success() {
        let mut text = String::new();
        log.seek(SeekFrom::Start(0))?;
        log.read_to_string(&mut text)?;
        bail!(
            "apt-get install {} ended with {status}:\n{}",
            packages.join(" "),
            text.trim()
        );
    }
    step.done(&format!("installed {}", packages.join(", ")));
    Ok(())
}

/// `dlstatus:3:41.5:Retrieving file 3 of 7` and `pmstatus:chromium:80.0:Unpacking chromium`; the download counts as the
/// first half.
fn progress(line: &str) -> Option<(f64, String)> {
    let mut parts = line.splitn(4, ':');
    let offset = match parts.next()? {
        "dlstatus" => 0.0,
        "pmstatus" => 50.0,
        _ => return None,
    };
    let percent: f64 = parts.nth(1)?.parse().ok()?;
    Some((offset + percent / 2.0, parts.next()?.to_owned()))
}

/// A policy that refuses every start while the guard lives. A policy that is there already is the owner's and stays.
fn refuse_starts() -> Result<Option<Scrap>> {
    let policy = PathBuf::from("/usr/sbin/policy-rc.d");
    if policy.exists() {
        return Ok(None);
    }
    let guard = Scrap::of(policy);
    fs::write(
        guard.path(),
        "#!/bin/sh\n# Servelens: nothing starts while cargo xtask setup installs packages.\nexit 101\n",
    )?;
    fs::set_permissions(guard.path(), fs::Permissions::from_mode(0o755))?;
    Ok(Some(guard))
}

/// Called only after this command has installed the package, so there was no such service before.
fn disable(service: &str) -> Result<()> {
    let mut command = if on_path("systemctl").is_some() {
        let mut systemctl = Command::new("systemctl");
        // `--now` also stops it where the owner's policy has let it start.
        let now: &[&str] = if fs::exists("/run/systemd/system")? {
            &["--now"]
        } else {
            &[]
        };
        systemctl.arg("disable").args(now).arg(service);
        systemctl
    } else if on_path("update-rc.d").is_some() {
        let mut links = Command::new("update-rc.d");
        links.args([service, "disable"]);
        links
    } else {
        return Ok(());
    };
    say(&format!(
        "setup: {service}'s own service stays off ({})",
        shown(&command)
    ));
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        say(&format!(
            "setup: that failed, so it may start at the next boot: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apts_status_lines_become_one_percentage() {
        let check = |line: &str, expect: Option<(f64, &str)>| {
            assert_eq!(
                progress(line),
                expect.map(|(percent, doing)| (percent, doing.to_owned()))
            );
        };
        check(
            "dlstatus:3:41.5:Retrieving file 3 of 7 (2min: 3s)",
            Some((20.75, "Retrieving file 3 of 7 (2min: 3s)")),
        );
        check("pmstatus:libc6:amd64:80.0:Unpacking", None);
        check(
            "pmstatus:chromium:80.0:Unpacking chromium (amd64)",
            Some((90.0, "Unpacking chromium (amd64)")),
        );
        check("Reading package lists...", None);
    }
}
