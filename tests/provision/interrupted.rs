//! Cut off at any step, refused, or with somebody else at work at the same time: the next run goes on, and a removal leaves
//! nothing behind.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;
use tests::rig::paths;
use tests::rig::plane::plane;

use super::dump::{dump, settled};
use super::servelens;
use super::states::model;

/// Runs `apply` and kills it as soon as its step `at` has begun; gives how many steps there are.
fn kill_at(kubeconfig: &Path, namespace: &str, command: &str, at: u64) -> Result<u64> {
    let mut child = Command::new(paths::servelens()?)
        .args([
            command,
            "--yes",
            "--output",
            "json",
            "--namespace",
            namespace,
            "--kubeconfig",
        ])
        .arg(kubeconfig)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let out = BufReader::new(child.stdout.take().context("its output")?);
    let mut of = 0;
    for line in out.lines() {
        let event: Value = serde_json::from_str(&line?)?;
        if event["event"] == "begun" {
            of = event["of"].as_u64().unwrap_or_default();
            if event["step"] == at {
                break;
            }
        }
    }
    // SIGKILL; it may have ended by itself.
    drop(child.kill());
    child.wait()?;
    Ok(of)
}

#[tokio::test]
async fn killed_at_each_step_the_next_run_goes_on_and_nothing_is_left_behind() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await;
    let namespace = "killed";
    let args = model(plane, namespace).await?;
    let admin = plane.admin()?;
    let before = dump(plane).await?;
    let run = async |command: &'static str| servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await;
    let (mut at, mut of) = (1, 1);
    while at <= of {
        let file = admin.clone();
        of = tokio::task::spawn_blocking(move || kill_at(&file, namespace, "apply", at)).await??;
        // Every second time straight back, every other time through to the end first.
        if at % 2 == 0 {
            let apply = run("apply").await?;
            assert_eq!(apply.code, 0, "after step {at}: {apply:?}");
            let file = admin.clone();
            let cut = at;
            tokio::task::spawn_blocking(move || kill_at(&file, namespace, "remove", cut)).await??;
            let apply = run("apply").await?;
            let finished = apply.code == 0;
            assert!(
                finished || apply.err.contains("a removal has begun"),
                "apply after a removal cut off at {cut}: {apply:?}"
            );
        }
        let remove = run("remove").await?;
        assert_eq!(remove.code, 0, "after step {at}: {remove:?}");
        settled(plane, &before).await?;
        at += 1;
    }
    assert!(of > 5, "only {of} steps");
    Ok(())
}

#[tokio::test]
async fn two_at_once_make_the_same_thing_once() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await;
    let args = model(plane, "at-once").await?;
    let admin = plane.admin()?;
    let before = dump(plane).await?;
    let run = async |command: &'static str| servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await;
    let (one, two) = tokio::join!(run("apply"), run("apply"));
    for said in [one?, two?] {
        // Whoever comes second at one text says so and ends with 3; the next run has nothing left to do.
        assert!(matches!(said.code, 0 | 3), "{said:?}");
    }
    let again = run("apply").await?;
    assert_eq!(again.code, 0, "{again:?}");
    let remove = run("remove").await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    settled(plane, &before).await
}
