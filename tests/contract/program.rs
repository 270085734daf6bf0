//! The command line: help, wrong use, exit codes, and one sentence with a next step for everything that keeps it from
//! starting.

use std::net::TcpListener;
use std::process::Command;

use anyhow::Result;
use tests::rig::serve::run;
use tests::rig::small_dist;

/// Runs the program and compares exit code and standard error; `SMALL` stands for a folder with a built page.
#[track_caller]
fn check(args: &[&str], env: &[(&str, &str)], exit: i32, stderr: &str) {
    let assets = small_dist::write().unwrap();
    let folder = assets.path().to_string_lossy().into_owned();
    let args: Vec<&str> = args
        .iter()
        .map(|arg| if *arg == "SMALL" { &folder } else { *arg })
        .collect();
    let output = run(&args, env).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).replace(&folder, "SMALL");
    assert_eq!(
        (output.status.code(), said.trim_end()),
        (Some(exit), stderr),
        "{args:?}"
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{args:?}");
}

#[test]
fn help_names_the_commands_and_every_setting_of_serve() -> Result<()> {
    let help = run(&["--help"], &[])?;
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8(help.stdout)?;
    for command in ["serve", "demo"] {
        assert!(text.contains(command), "{text}");
    }
    let text = String::from_utf8(run(&["serve", "--help"], &[])?.stdout)?;
    for setting in [
        "--config",
        "--listen",
        "--metrics-listen",
        "--assets",
        "--manifest-shape",
        "--identity",
        "--upstream",
        "--cluster-url",
        "--ca-file",
        "SERVELENS_CLUSTER_URL",
        "Exit codes",
    ] {
        assert!(text.contains(setting), "{setting} is not in {text}");
    }
    Ok(())
}

#[test]
fn an_unknown_flag_or_command_ends_with_2_and_names_the_mistake() -> Result<()> {
    for (args, named) in [
        (&["serve", "--no-such-flag"][..], "--no-such-flag"),
        (&["no-such-command"], "no-such-command"),
        (&[], "Usage"),
    ] {
        let output = run(args, &[])?;
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(named), "{args:?}");
    }
    Ok(())
}

#[test]
fn all_faults_of_the_configuration_are_reported_at_once() {
    check(
        &[
            "serve",
            "--listen",
            "nowhere",
            "--upstream",
            "graphite",
            "--scrape-interval",
            "soon",
        ],
        &[("SERVELENS_MANIFEST_SHAPE", "round")],
        2,
        "servelens: [bad_configuration] the configuration has 5 faults:\n  \
         - --listen: give an IP address and a port, e.g. 127.0.0.1:8477 or [::]:8477\n  \
         - --assets is missing: give it as a flag, as SERVELENS_ASSETS or in the file\n  \
         - SERVELENS_MANIFEST_SHAPE: choose one of: legacy, standard\n  \
         - --upstream: choose one of: thanos, prometheus\n  \
         - --scrape-interval: give a whole number and a unit (ms, s, m, h), e.g. 30s",
    );
}

#[test]
fn a_port_in_use_ends_with_2_and_says_which() -> Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let addr = taken.local_addr()?.to_string();
    check(
        &[
            "serve",
            "--listen",
            &addr,
            "--metrics-listen",
            "127.0.0.1:0",
            "--assets",
            "SMALL",
            "--upstream",
            "prometheus",
            "--cluster-url",
            "http://127.0.0.1:1",
        ],
        &[("SERVELENS_LOG_LEVEL", "error")],
        2,
        &format!(
            "servelens: [port_in_use] cannot listen on {addr}: Address already in use (os error 98); end the program that uses the \
             port, or choose another with --listen"
        ),
    );
    check(
        &["demo", "--listen", &addr, "--assets", "SMALL"],
        &[],
        2,
        &format!(
            "servelens: [port_in_use] {addr} is in use already. Next: end the program that listens there, or pick another address with --listen."
        ),
    );
    Ok(())
}

#[test]
fn the_demo_identity_starts_on_loopback_only() {
    check(
        &[
            "serve",
            "--listen",
            "0.0.0.0:0",
            "--identity",
            "demo",
            "--assets",
            "SMALL",
            "--upstream",
            "prometheus",
            "--cluster-url",
            "http://127.0.0.1:1",
        ],
        &[],
        2,
        "servelens: [bad_configuration] the configuration has 1 fault:\n  - --identity demo lets everybody in and so listens on loopback only: use \
         --listen 127.0.0.1:8477, or --identity bearer",
    );
    check(
        &["demo", "--listen", "0.0.0.0:8477", "--assets", "SMALL"],
        &[],
        2,
        "servelens: [demo_not_loopback] --listen 0.0.0.0:8477 is no loopback address, and the demo asks nobody to sign in. Next: use 127.0.0.1 \
         or [::1] with --listen.",
    );
}

#[test]
fn a_demo_without_prometheus_says_how_to_get_it() {
    check(
        &["demo", "--listen", "127.0.0.1:0", "--assets", "SMALL"],
        &[("PATH", "/nowhere")],
        2,
        "servelens: [prometheus_missing] The program `prometheus` was not found. Next: install it with one of `sudo apt-get install -y \
         prometheus`, `sudo dnf install -y golang-github-prometheus` or `brew install prometheus`, or set \
         SERVELENS_PROMETHEUS to the binary or its folder.",
    );
}

/// A `prometheus` and a `promtool` that say which they are.
const WRITE_OLD_ONES: &str = r#"for it in prometheus promtool; do
    printf '#!/bin/sh\necho "%s, version 1.8.2 (branch: master)"\n' $it > $it && chmod +x $it || exit 1
done"#;

#[test]
fn a_demo_with_a_prometheus_of_an_unknown_version_says_which_it_needs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    // Written by another process: a file that this one has written may still be open in a child of another test.
    let written = Command::new("sh")
        .current_dir(&folder)
        .args(["-c", WRITE_OLD_ONES])
        .status()?;
    assert!(written.success());
    let chosen = folder.path().to_string_lossy().into_owned();
    check(
        &["demo", "--listen", "127.0.0.1:0", "--assets", "SMALL"],
        &[("SERVELENS_PROMETHEUS", &chosen)],
        2,
        &format!(
            "servelens: [prometheus_unknown_version] {chosen}/prometheus is no Prometheus that the demo knows: it must be \
             2.40 to 3.x, and `--version` said \"prometheus, version 1.8.2 (branch: master)\". Next: install it with one of \
             `sudo apt-get install -y prometheus`, `sudo dnf install -y golang-github-prometheus` or `brew install \
             prometheus`, or set SERVELENS_PROMETHEUS to the binary or its folder."
        ),
    );
    Ok(())
}

#[test]
fn a_folder_without_a_built_page_is_refused_at_start() -> Result<()> {
    let empty = tempfile::tempdir()?;
    let output = run(
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--assets",
            &empty.path().to_string_lossy(),
            "--upstream",
            "prometheus",
            "--cluster-url",
            "http://127.0.0.1:1",
        ],
        &[],
    )?;
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("--assets") && text.contains("cargo xtask build"),
        "{text}"
    );
    Ok(())
}
