//! The API server goes away in the middle and comes back: a run outlasts it, or stops at a named step from where the next one
//! goes on.

use anyhow::{Context as _, Result, ensure};
use tests::rig::plane::plane;

use super::dump::{dump, settled};
use super::running::Running;
use super::servelens;
use super::states::model;

#[tokio::test]
async fn an_api_server_that_restarts_in_the_middle_leaves_nothing_half_done() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "restarted").await?;
    let admin = plane.admin()?;
    let before = dump(plane).await?;
    for command in ["apply", "remove"] {
        let (file, all) = (admin.clone(), args.to_vec());
        let begin = move || -> Result<Running> {
            let mut running = Running::start(&file, command, &all)?;
            running.until(|begun| begun.step == 3)?.context("no third step")?;
            Ok(running)
        };
        let running = tokio::task::spawn_blocking(begin).await??;
        let end = tokio::task::spawn_blocking(move || running.into_its_end());
        let (end, back) = tokio::join!(end, plane.kube.restart());
        back?;
        let (code, said) = end??;
        // Where its tries are over before the server is back, it names the step.
        let stopped = code == Some(3) && said.contains("goes on from here");
        ensure!(code == Some(0) || stopped, "{command} ended with {code:?}: {said}");
        let again = servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await?;
        assert_eq!(again.code, 0, "{command}: {again:?}");
    }
    settled(plane, &before).await
}
