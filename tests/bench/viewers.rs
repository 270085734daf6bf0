//! `viewers strangers|colleagues|crush`: five hundred callers who share nothing open a board of forty panels at once, before a
//! store of canned answers; five callers with a hundred boards each do, before OpenShift's own front; ten times as many ask as
//! there is room for. Prints times in seconds and the server's peak memory as JSON. For `cargo xtask bench`; judges nothing but
//! that every panel has come.

use std::io::Write as _;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use tests::rig::crowd::{Colleagues, Crush, Strangers, now, percentile};
use tests::rig::serve::Serve;

const PEOPLE: usize = 500;
const BOARDS: usize = 100;
const ROUNDS: usize = 3;

fn figures(mut took: Vec<f64>, began: Instant, server: &Serve) -> Result<Value> {
    let whole = began.elapsed().as_secs_f64();
    Ok(json!({
        "p50_s": percentile(&mut took, 50)?,
        "p99_s": percentile(&mut took, 99)?,
        "whole_s": whole,
        "peak_kib": server.child.peak_kib()?,
    }))
}

#[tokio::main]
async fn main() -> Result<()> {
    let who = std::env::args().nth(1).context("say who looks")?;
    let figures = match who.as_str() {
        "strangers" => {
            let strangers = Strangers::start().await?;
            let began = Instant::now();
            figures(strangers.open(PEOPLE).await?, began, &strangers.server)?
        }
        "colleagues" => {
            let colleagues = Colleagues::start().await?;
            // A little ahead: the stores have been there for some seconds only.
            let to = now()?.div_euclid(30) * 30 + 60;
            let began = Instant::now();
            figures(colleagues.open(BOARDS, to).await?, began, &colleagues.server)?
        }
        "crush" => {
            let mut crush = Crush::start().await?;
            let mut slowest = 0.0_f64;
            for _ in 0..ROUNDS {
                slowest = slowest.max(crush.round().await?.recovered_s);
            }
            json!({"recovered_s": slowest, "peak_kib": crush.server.child.peak_kib()?})
        }
        other => bail!("nobody is called {other:?}"),
    };
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}
