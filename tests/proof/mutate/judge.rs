//! Asks for all broken panels at once, first in the lab; what is the same there is asked again in the fleet.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use catalog::Catalog;

use super::equivalent::EQUIVALENT;
use super::{Broken, Mutant, broken};
use crate::proof::ask::{Range, Server};
use crate::proof::calc::{Look, Vector};
use crate::proof::panels::proofs;
use crate::proof::store::{Generation, store};
use crate::proof::table::Table;
use crate::proof::world::{World, lab, sim};
use crate::proof::{FLEET, LAB, compare, look, look_of};

/// By panel: what each query must show, and when.
fn expectations<'a>(catalog: &Catalog, look: &Look<'_>, panels: &BTreeSet<&'a str>) -> Expected<'a> {
    let known = proofs().filter_map(|proof| Some((proof, catalog.panel(proof.panel)?, *panels.get(proof.panel)?)));
    known
        .map(|(proof, panel, id)| {
            let look = look_of(panel, look);
            (id, ((proof.expect)(&look), look.at))
        })
        .collect()
}

type Expected<'a> = BTreeMap<&'a str, (Vec<Vector>, Vec<i64>)>;

/// Those that show what is expected although they are broken.
async fn survivors<'a>(
    catalog: &Catalog,
    mutants: Vec<&'a Mutant>,
    world: &World,
    range: &Range,
    table: &mut Table,
) -> Result<Vec<&'a Mutant>> {
    let server = Server::start(&store(Generation::Two, &[world]).await?, catalog.clone(), "30s").await?;
    let ids: Vec<&str> = mutants.iter().map(|mutant| mutant.id.as_str()).collect();
    let answers = server.ask(&ids, range).await?;
    server.stop().await;
    let panels: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.panel.as_str()).collect();
    let expected = expectations(catalog, &look(world, range, 30, Generation::Two), &panels);
    let mut alive = Vec::new();
    for mutant in mutants {
        let (vectors, at) = &expected[mutant.panel.as_str()];
        let expected = &vectors[mutant.query];
        let mut answer = answers[&mutant.id].clone();
        answer.frames.iter_mut().for_each(|frame| frame.query = mutant.query);
        let fault = compare::fault(expected, [expected; 2], &answer, mutant.query, at);
        let got = fault.as_deref().unwrap_or("the same");
        table.add(&mutant.panel, &mutant.change, got, &world.name);
        if fault.is_none() {
            alive.push(mutant);
        }
    }
    Ok(alive)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_broken_panel_shows_what_is_expected() -> Result<()> {
    let Broken {
        catalog,
        mutants,
        refused,
    } = broken()?;
    let all = mutants.len();
    assert!(
        all > 1_500,
        "{all} ways to break the panels are too few to mean anything"
    );
    // A panel of which every change is refused would be proven by nothing.
    let broken: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.panel.as_str()).collect();
    let whole = crate::proof::catalogue();
    let unbroken = whole
        .panels()
        .map(|panel| panel.id.as_str())
        .filter(|id| !broken.contains(id));
    assert_eq!(
        unbroken.collect::<Vec<_>>(),
        [""; 0],
        "no change of these panels is accepted"
    );
    let mut table = Table::default();
    let in_lab = survivors(
        &catalog,
        mutants.iter().collect(),
        &LAB,
        &Range::new(lab::RANGE, 30),
        &mut table,
    )
    .await?;
    let here = in_lab.len();
    let left = survivors(&catalog, in_lab, &FLEET.0, &Range::new(sim::RANGE, 60), &mut table).await?;
    table.write("mutants")?;
    let (mut wrong, mut met) = (Vec::new(), BTreeSet::new());
    for mutant in &left {
        match EQUIVALENT.iter().position(|known| known.covers(mutant)) {
            Some(known) => drop(met.insert(known)),
            None => wrong.push(format!("{} query {}: {}", mutant.panel, mutant.query, mutant.change)),
        }
    }
    println!(
        "{all} mutants, {} more refused by the catalogue's checks; {here} the same in the lab, {} in the fleet too",
        refused.len(),
        left.len(),
    );
    assert!(
        wrong.is_empty(),
        "{} of {all} survive:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let idle = EQUIVALENT.iter().enumerate().filter(|(known, _)| !met.contains(known));
    let idle: Vec<_> = idle.map(|(_, known)| known.why).collect();
    assert!(idle.is_empty(), "these are not the same any more: {idle:#?}");
    Ok(())
}
