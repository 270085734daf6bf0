//! Five hundred people who share nothing, and ten times as many as there is room for.

use std::time::Instant;

use anyhow::{Result, ensure};
use tests::rig::crowd::{Crush, Strangers, percentile};

use super::asked;

const PEOPLE: usize = 500;
/// 350 MiB: what a thousand viewers may cost.
const MOST_KIB: u64 = 350 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_callers_are_all_served_within_bounded_memory() -> Result<()> {
    let strangers = Strangers::start().await?;
    let began = Instant::now();
    let mut took = strangers.open(PEOPLE).await?;
    let whole = began.elapsed().as_secs_f64();
    let count = asked(&strangers.server).await?;
    // Forty panels, and one look at where the store's data begins.
    let people = u64::try_from(PEOPLE)?;
    assert_eq!(
        count.get("query_range"),
        Some(&(people * 41)),
        "nothing is shared between callers"
    );
    assert_eq!(count.get("series"), Some(&people));
    let peak = strangers.server.child.peak_kib()?;
    println!(
        "{PEOPLE} boards in {whole:.1} s; a board's median {:.1} s, p99 {:.1} s; peak memory {} MiB",
        percentile(&mut took, 50)?,
        percentile(&mut took, 99)?,
        peak >> 10
    );
    ensure!(peak < MOST_KIB, "{peak} KiB at the peak");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_the_load_is_shed_at_once_and_forgotten_when_it_is_over() -> Result<()> {
    let mut crush = Crush::start().await?;
    for round in 1..=3 {
        let crushed = crush.round().await?;
        let with = |status: u16| crushed.answers.iter().filter(move |answer| answer.status == status);
        assert_eq!(
            (crushed.health, with(200).count(), with(503).count()),
            (200, Crush::ROOM, Crush::ALL - Crush::ROOM),
            "round {round}"
        );
        assert!(with(503).all(|answer| answer.header("retry-after") == "5"));
        println!(
            "round {round}: {:.2} s from the store's return to {} more answers",
            crushed.recovered_s,
            Crush::ROOM
        );
        assert!(
            crush.server.metric("servelens_queries").await?.abs() < 0.5,
            "no place is lost"
        );
    }
    Ok(())
}
