//! `promtool tsdb create-blocks-from openmetrics`: the only way in which samples become blocks.

use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

use crate::demo::error::DemoError;

/// Turns one file, whose samples lie in one block span, into a block below `out`. promtool's own scratch files go to
/// `scratch`. Dropping the future kills promtool.
pub async fn create(promtool: &Path, openmetrics: &Path, out: &Path, scratch: &Path) -> Result<(), DemoError> {
    let output = Command::new(promtool)
        .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
        .args([openmetrics, out])
        .env("TMPDIR", scratch)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| DemoError::HistoryFailed {
            reason: format!("promtool did not start: {error}"),
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said
        .lines()
        .map(str::trim)
        .rfind(|line| !line.is_empty())
        .unwrap_or("it said nothing");
    Err(DemoError::HistoryFailed {
        reason: format!("promtool ended with {}: {said}", output.status),
    })
}
