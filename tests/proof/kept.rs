//! What is kept of answers changes no number, and spares the store most of its work.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use tests::rig::http;

use super::ask::{Answer, Range, Server};
use super::store::{Generation, store_of};
use super::world::sim;
use super::{FLEET, catalogue};

/// The samples that Prometheus has read for queries since its start.
async fn samples(store: &str) -> Result<f64> {
    let metrics = http::get(&format!("{store}/metrics")).await?.text();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix("prometheus_engine_query_samples_total "));
    line.context("Prometheus does not count its samples")?
        .parse()
        .context("no number")
}

/// Warnings, too: a series may only be missing where the store does not have it.
fn without_order(answers: BTreeMap<String, Answer>) -> BTreeMap<String, Answer> {
    let sorted = |(id, mut answer): (String, Answer)| {
        answer
            .frames
            .sort_by(|a, b| (a.query, &a.labels).cmp(&(b.query, &b.labels)));
        (id, answer)
    };
    answers.into_iter().map(sorted).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_board_that_moves_on_shows_what_a_cold_one_shows_and_reads_a_tenth_of_the_samples() -> Result<()> {
    let store = store_of("kept", Generation::Three, &[&FLEET.0]).await?;
    let kept = Server::keeping(&store, catalogue(), "30s", "128MiB").await?;
    let catalog = catalogue();
    // Charts over time; a distribution or a total of the range is a new question with each range.
    let overview = catalog
        .panels()
        .filter(|panel| !panel.is_total() && panel.kind != catalog::Kind::Bar);
    let ids: Vec<&str> = overview.map(|panel| panel.id.as_str()).collect();
    let (from, to) = sim::RANGE;
    let mut read = Vec::new();
    for step in 0..4 {
        // The last half hour comes bit by bit.
        let (from, to) = (from + 120 * step, to - 1800 + 120 * step);
        let range = Range::new((from, to), 255);
        let before = samples(&store).await?;
        let warm = kept.ask(&ids, &range).await?;
        let after = samples(&store).await?;
        // A server that keeps nothing, so that it asks for all.
        let cold = Server::keeping(&store, catalogue(), "30s", "0").await?;
        let expected = cold.ask(&ids, &range).await?;
        cold.stop().await;
        let whole = samples(&store).await? - after;
        let (warm, expected) = (without_order(warm), without_order(expected));
        for (id, expected) in &expected {
            assert_eq!(warm[id], *expected, "{id} of {from}..{to}");
        }
        read.push((after - before, whole));
    }
    kept.stop().await;
    for (step, (warm, cold)) in read.iter().enumerate().skip(1) {
        assert!(
            warm * 10.0 <= *cold,
            "look {step}: {warm} samples, and {cold} for a cold board; all: {read:?}"
        );
    }
    Ok(())
}
