//! The proof: every panel of the catalogue against numbers that are known without asking Prometheus.
//!
//! The worlds are fixed samples in a real Prometheus: `lab` shows every metric on made-up targets, `fleet` is the simulated
//! fleet. What a panel must show there is computed from the raw samples, by hand-written expectations (`panels`) on
//! arithmetic of our own (`calc`), and compared with what the server answers. Nothing here may read a panel's PromQL, but
//! to break it (`mutate`).

mod ask;
mod calc;
mod compare;
mod developer;
mod events;
mod files;
mod imported;
mod kept;
mod matrix;
mod mutate;
mod panels;
mod slos;
mod store;
mod table;
mod world;

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use anyhow::Result;
use catalog::{Catalog, Kind, Panel};

use ask::{Answer, Range, Server};
use calc::{Look, Vector};
use server::demo::sim::Fleet;

use panels::{NOT_PROVEN, Proof, proofs};
use store::{Generation, store};
use table::Table;
use world::{World, lab, sim};

/// Far above what a sum loses, far below what is compared.
const NUDGE: f64 = 1e-9;

static FLEET: LazyLock<(World, Mutex<Fleet>)> = LazyLock::new(|| {
    let (world, fleet) = sim::scraped();
    (world, Mutex::new(fleet))
});
static LAB: LazyLock<World> = LazyLock::new(|| lab::lab(&catalogue()));

fn catalogue() -> Catalog {
    Catalog::embedded().expect("the catalogue that ships is whole")
}

/// The instants that a chart of this range has: no more than one for each pixel, on multiples of the step.
fn look<'a>(world: &'a World, range: &Range, scrape: i64, generation: Generation) -> Look<'a> {
    let span = range.to - range.from;
    let step = (span as f64 / f64::from(range.width) / scrape as f64).ceil().max(1.0) as i64 * scrape;
    let (start, end) = (range.from.div_euclid(step) * step, range.to.div_euclid(step) * step);
    Look {
        world,
        at: (0..=(end - start) / step).map(|index| start + index * step).collect(),
        window: step.max(4 * scrape),
        step: (step > scrape).then_some(step),
        range: end - start,
        only: Vec::new(),
        rules: generation.rules(),
        nudge: 0.0,
    }
}

/// A distribution and a total of the range are told at its end alone.
fn look_of<'a>(panel: &Panel, look: &Look<'a>) -> Look<'a> {
    let at_the_end = panel.kind == Kind::Bar || (panel.kind == Kind::Stat && panel.is_total());
    let mut look = look.clone();
    if at_the_end {
        look.at = look.at.last().copied().into_iter().collect();
    }
    look
}

/// What is wrong with each query of a panel.
fn faults(proof: &Proof, panel: &Panel, answer: &Answer, look: &Look<'_>) -> Vec<String> {
    let look = look_of(panel, look);
    // Both sides of a tie are right.
    let [expected, lower, upper] = [0.0, -NUDGE, NUDGE].map(|nudge| (proof.expect)(&Look { nudge, ..look.clone() }));
    let mut faults = Vec::new();
    if expected.len() != panel.queries.len() {
        faults.push(format!("{} queries, {} expected", panel.queries.len(), expected.len()));
    }
    for (query, expected) in expected.iter().enumerate() {
        let ties = [&lower[query], &upper[query]];
        faults.extend(
            compare::fault(expected, ties, answer, query, &look.at).map(|fault| format!("query {query}: {fault}")),
        );
    }
    if answer.window_s.is_some_and(|window| window != look.window) {
        faults.push(format!("a window of {:?} s, expected {}", answer.window_s, look.window));
    }
    faults
        .into_iter()
        .map(|fault| format!("{}: {fault}", proof.panel))
        .collect()
}

/// Shows the last value of each query's first series.
fn example(table: &mut Table, panel: &str, expected: &[Vector], answer: &Answer) {
    for (query, vector) in expected.iter().enumerate() {
        let Some((labels, values)) = vector.rows.first() else {
            table.add(panel, "nothing", &answer.state, "no sample of it in this world");
            continue;
        };
        let frame = answer
            .frames
            .iter()
            .find(|frame| frame.query == query && compare::same_labels(labels, &frame.labels));
        let last = values.iter().rposition(Option::is_some).unwrap_or_default();
        let got = frame.and_then(|frame| frame.values().get(last).copied().flatten());
        let told = |value: Option<f64>| value.map_or_else(|| "nothing".to_owned(), table::number);
        let expected = format!("{} {}", compare::text(labels), told(values[last]));
        let how = format!(
            "query {query}: {} series of {} instants, each to 1e-6",
            vector.rows.len(),
            values.len()
        );
        table.add(panel, &expected, &told(got), &how);
    }
}

fn has_values(vectors: &[Vector]) -> bool {
    vectors.iter().all(|vector| !vector.rows.is_empty())
}

#[test]
fn every_panel_has_a_proof_or_a_reason() {
    let catalog = catalogue();
    let proven: BTreeMap<&str, usize> = proofs().fold(BTreeMap::new(), |mut proven, proof| {
        *proven.entry(proof.panel).or_default() += 1;
        proven
    });
    let excused = |id: &str| {
        NOT_PROVEN
            .iter()
            .any(|(panel, _)| *panel == id || id.split_once('.').is_some_and(|(part, _)| part == *panel))
    };
    let mut faults = Vec::new();
    for panel in catalog.panels() {
        let id = panel.id.as_str();
        match (proven.get(id), excused(id)) {
            (None, false) => faults.push(format!("{id} has no proof: add it to tests/proof/panels")),
            (Some(_), true) => faults.push(format!("{id} is proven and excused: take it out of NOT_PROVEN")),
            (Some(2..), _) => faults.push(format!("{id} has two proofs")),
            _ => {}
        }
    }
    for id in proven.keys().filter(|id| catalog.panel(id).is_none()) {
        faults.push(format!("{id} is proven and no panel"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every panel on a world; the panels that have values there.
async fn prove(world: &World, range: &Range, generation: Generation) -> Result<(Vec<String>, Table)> {
    let catalog = catalogue();
    let server = Server::start(&store(generation, &[world]).await?, catalog.clone(), "30s").await?;
    let proofs: Vec<&Proof> = proofs().filter(|proof| catalog.panel(proof.panel).is_some()).collect();
    let ids: Vec<&str> = proofs.iter().map(|proof| proof.panel).collect();
    let answers = server.ask(&ids, range).await?;
    server.stop().await;
    let look = look(world, range, 30, generation);
    let (mut wrong, mut shown, mut table) = (Vec::new(), Vec::new(), Table::default());
    for proof in proofs {
        let panel = catalog.panel(proof.panel).expect("found above");
        wrong.extend(faults(proof, panel, &answers[proof.panel], &look));
        let expected = (proof.expect)(&look_of(panel, &look));
        example(&mut table, proof.panel, &expected, &answers[proof.panel]);
        if has_values(&expected) {
            shown.push(proof.panel.to_owned());
        }
    }
    table.write(&format!("{}-{generation:?}", world.name))?;
    assert!(
        wrong.is_empty(),
        "{} faults in {}:\n{}",
        wrong.len(),
        world.name,
        wrong.join("\n")
    );
    Ok((shown, table))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_panel_shows_what_the_samples_of_the_lab_make() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        let (shown, table) = prove(&LAB, &Range::new(lab::RANGE, 30), generation).await?;
        let dark: Vec<_> = proofs()
            .map(|proof| proof.panel)
            .filter(|id| !shown.iter().any(|has| has == id))
            .collect();
        assert!(dark.is_empty(), "the lab shows nothing of {dark:?}");
        if generation == Generation::Three {
            assert_eq!(table.document(&events::table(&catalogue()))?, None);
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_panel_shows_what_the_scrapes_of_the_fleet_make() -> Result<()> {
    for generation in [Generation::Two, Generation::Three] {
        prove(&FLEET.0, &Range::new(sim::RANGE, 255), generation).await?;
        // Steps longer than the window widen it.
        prove(&FLEET.0, &Range::new(sim::RANGE, 30), generation).await?;
    }
    Ok(())
}
