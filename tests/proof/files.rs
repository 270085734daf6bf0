//! What the files of other programs hold, asked of the store as they ask it: nobody looks which names and monitors there
//! are, and the headline numbers are right all the same.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use catalog::Catalog;
use catalog::promql::{LabelValue, Vars, bind, grid};
use catalog::resolve::Choices;
use serde_json::Value;
use tests::rig::http;

use super::catalogue;
use super::compare::close;
use super::matrix::{MANY, RIGHT, SAME_WORK};
use super::store::{Generation, store};
use super::world::many;

/// The values of a panel's first query at the end, in the order of size.
async fn last(store: &str, catalog: &Catalog, panel: &str, namespaces: &[&str]) -> Result<Vec<f64>> {
    let panel = catalog.panel(panel).context("a panel of the catalogue")?;
    let choices = Choices::for_files(catalog, catalog.panels());
    let mut vars = Vars::new();
    vars.set("namespace", namespaces.iter().map(|name| LabelValue::new(*name)));
    let (from, to) = many::RANGE;
    let query = bind(catalog, panel, 0, &choices, &vars, &grid(from, to, 400, 30)?)?.context("every name is there")?;
    let pairs = BTreeMap::from([("query", query), ("time", to.to_string())]);
    let answer = http::get(&format!("{store}/api/v1/query?{}", http::query(&pairs))).await?;
    let answer: Value = answer.json()?;
    let rows = answer["data"]["result"]
        .as_array()
        .with_context(|| format!("{}: {answer}", panel.id))?;
    let value = |row: &Value| Ok(row["value"][1].as_str().context("a value")?.parse()?);
    let mut values: Vec<f64> = rows.iter().map(value).collect::<Result<_>>()?;
    values.sort_by(f64::total_cmp);
    Ok(values)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_shows_the_headline_numbers_in_every_world_with_the_same_work() -> Result<()> {
    let catalog = catalogue();
    for generation in [Generation::Two, Generation::Three] {
        let store = store(generation, &[&MANY]).await?;
        let mut faults = Vec::new();
        let mut check = async |panel: &str, namespaces: &[&str], expected: &[f64]| {
            let got = last(&store, &catalog, panel, namespaces).await?;
            let same = got.len() == expected.len() && got.iter().zip(expected).all(|(got, right)| close(*right, *got));
            if !same {
                faults.push(format!("{namespaces:?}: {panel} is {got:?}, expected {expected:?}"));
            }
            Ok::<_, anyhow::Error>(())
        };
        for &world in SAME_WORK {
            for &(panel, expected) in RIGHT {
                check(panel, &[world], expected).await?;
            }
        }
        // A collector's copies are in its own namespace: chosen with the others, it adds nothing.
        let all: Vec<&str> = SAME_WORK.iter().copied().chain(["monitoring"]).collect();
        let worlds = SAME_WORK.len() as f64;
        check("overview.requests", &all, &[2.0 * worlds]).await?;
        check("overview.waiting", &all, &[6.0 * worlds]).await?;
        assert!(
            faults.is_empty(),
            "{generation:?}: {} faults:\n{}",
            faults.len(),
            faults.join("\n")
        );
    }
    Ok(())
}
