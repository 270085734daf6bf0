//! What callers may rely on, checked from outside the program: flags, exit codes, addresses, shapes and errors.
//! Most of it needs the built program and nothing else; the modules that need more (the demo, Prometheus's tools, npm's
//! packages, the rig's Go programs) are left out of the quick run: `NOT_QUICK` in `xtask/src/test`.

mod assets;
mod budget;
mod charts_doc;
mod demo;
mod deploy;
mod doors;
mod exports;
mod imports;
mod live_exports;
mod manifest;
mod own;
mod program;
mod promtool;
mod rule_exports;
mod rules;
mod token;
mod upstream;

use anyhow::Result;
use tempfile::TempDir;
use tests::rig::serve::{Serve, serve_with_assets};
use tests::rig::small_dist;

/// A server with the smallest front end. The folder lives as long as it does.
async fn small_server(upstream: &str, more: &[&str]) -> Result<(Serve, TempDir)> {
    let assets = small_dist::write()?;
    let server = serve_with_assets(assets.path(), upstream, more).await?;
    Ok((server, assets))
}

/// Nobody listens on port 1 of the loopback address.
const NOBODY: &str = "http://127.0.0.1:1";
