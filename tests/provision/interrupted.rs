//! Cut off at any step, refused, or with somebody else at work at the same time: the next run goes on, and a removal leaves
//! nothing behind.

use std::path::Path;

use anyhow::{Context as _, Result};
use tests::rig::plane::plane;

use super::dump::{dump, settled};
use super::running::Running;
use super::servelens;
use super::states::model;

/// Starts a command and waits until its step `at` has begun, or its end.
fn until_step(kubeconfig: &Path, namespace: &str, command: &str, at: u64) -> Result<Running> {
    let args = ["--namespace".to_owned(), namespace.to_owned()];
    let mut running = Running::start(kubeconfig, command, &args)?;
    running.until(|begun| begun.step == at)?;
    Ok(running)
}

/// Kills a command as soon as its step `at` has begun; gives how many steps there are.
fn kill_at(kubeconfig: &Path, namespace: &str, command: &str, at: u64) -> Result<u64> {
    let running = until_step(kubeconfig, namespace, command, at)?;
    let of = running.of;
    running.kill().map(|()| of)
}

#[tokio::test]
async fn killed_at_each_step_the_next_run_goes_on_and_nothing_is_left_behind() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
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
    let _turn = plane.alone().await?;
    let args = model(plane, "at-once").await?;
    let admin = plane.admin()?;
    let before = dump(plane).await?;
    let run = async |command: &'static str| servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await;
    let (one, two) = tokio::join!(run("apply"), run("apply"));
    let (one, two) = (one?, two?);
    for said in [&one, &two] {
        // Whoever comes second at one text says so and ends with 3; the next run has nothing left to do.
        assert!(matches!(said.code, 0 | 3), "{said:?}");
    }
    let again = run("apply").await?;
    assert_eq!(again.code, 0, "{again:?}");
    let remove = run("remove").await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    let said = || format!("one: {one:?}\ntwo: {two:?}\nagain: {again:?}\nremove: {remove:?}");
    settled(plane, &before).await.with_context(said)
}

/// Whoever of the two is ahead: what is made is in the record, and the next removal takes all of it back.
#[tokio::test]
async fn an_apply_beside_a_removal_leaves_nothing_that_the_record_does_not_list() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "beside").await?;
    let admin = plane.admin()?;
    let before = dump(plane).await?;
    let run = async |command: &'static str| servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await;
    let (mut at, mut of) = (1, 1);
    while at <= of {
        for (first, second) in [("remove", "apply"), ("apply", "remove")] {
            let case = format!("{second} from step {at} of {first} on");
            if first == "remove" {
                let apply = run("apply").await?;
                assert_eq!(apply.code, 0, "before {case}: {apply:?}");
            }
            let file = admin.clone();
            let ahead = tokio::task::spawn_blocking(move || until_step(&file, "beside", first, at)).await??;
            of = of.max(ahead.of);
            let (ahead, beside) = tokio::join!(tokio::task::spawn_blocking(move || ahead.into_its_end()), run(second));
            let ((code, rest), beside) = (ahead??, beside?);
            assert!(
                matches!(code, Some(0 | 3)),
                "{case}: {first} ended with {code:?}: {rest}"
            );
            assert!(matches!(beside.code, 0 | 3), "{case}: {beside:?}");
            let remove = run("remove").await?;
            assert_eq!(remove.code, 0, "after {case}: {remove:?}");
            let said = || format!("{case}: {first} said {rest}\n{second}: {beside:?}\nthe last removal: {remove:?}");
            settled(plane, &before).await.with_context(said)?;
        }
        at += 1;
    }
    assert!(of > 5, "only {of} steps");
    Ok(())
}
