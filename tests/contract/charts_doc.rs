//! `docs/charts.md` is generated: every dashboard with its panels, and where each chart of the systems that Servelens
//! replaces has gone. `SERVELENS_WRITE_DOCS=1` writes it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use catalog::Catalog;
use serde::Deserialize;

/// Of the alerts.
#[derive(Deserialize)]
struct Alerts {
    rules: BTreeMap<String, Vec<String>>,
    missing: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Coverage {
    panels: BTreeMap<String, Vec<String>>,
    missing: BTreeMap<String, String>,
    lines: BTreeMap<String, String>,
}

/// `S2.9` before `S2.10`.
fn in_order(line: &str) -> (u32, u32) {
    let numbers = line.trim_start_matches('S').split_once('.');
    numbers.map_or((u32::MAX, u32::MAX), |(source, line)| {
        (source.parse().unwrap_or(u32::MAX), line.parse().unwrap_or(u32::MAX))
    })
}

fn code<'a>(ids: impl IntoIterator<Item = &'a str>) -> String {
    ids.into_iter()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn page(catalog: &Catalog, coverage: &Coverage, alerts: &Alerts) -> Result<String> {
    let mut page = String::from("# Charts\n\nGenerated from `assets/catalog`.\n\n## Dashboards\n");
    for dashboard in catalog.dashboards() {
        writeln!(
            page,
            "\n### {}\n\n`/servelens/{}`: {}\n",
            dashboard.title, dashboard.id, dashboard.tells
        )?;
        writeln!(
            page,
            "| panel | title | unit | what it tells | when it is bad |\n|---|---|---|---|---|"
        )?;
        for id in &dashboard.panels {
            let panel = catalog.panel(id.as_str()).with_context(|| format!("no panel {id}"))?;
            writeln!(
                page,
                "| `{id}` | {} | {} | {} | {} |",
                panel.title,
                panel.unit.as_str(),
                panel.tells,
                panel.when_bad
            )?;
        }
    }
    page +=
        "\n## Where the charts of earlier systems have gone\n\n| chart | panels, or why there is none |\n|---|---|\n";
    let shown = coverage
        .panels
        .iter()
        .map(|(chart, panels)| (chart, code(panels.iter().map(String::as_str))));
    let missing = coverage.missing.iter().map(|(chart, reason)| (chart, reason.clone()));
    for (chart, told) in shown.chain(missing).collect::<BTreeMap<_, _>>() {
        writeln!(page, "| `{chart}` | {told} |")?;
    }
    page += "\n## Where the alerts of earlier systems have gone\n\n| alert | rule, or why there is none |\n|---|---|\n";
    let mut told = BTreeMap::new();
    for (rule, names) in &alerts.rules {
        told.extend(
            names
                .iter()
                .map(|name| (name, format!("[`{rule}`](runbooks/{rule}.md)"))),
        );
    }
    for (reason, names) in &alerts.missing {
        told.extend(names.iter().map(|name| (name, reason.clone())));
    }
    for (alert, told) in told {
        writeln!(page, "| `{alert}` | {told} |")?;
    }
    page += "\n## Requirements\n\n| line | panels, or why there is none |\n|---|---|\n";
    let mut lines: BTreeMap<(u32, u32), (String, String)> = BTreeMap::new();
    let mut covered: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for panel in catalog.panels() {
        for line in &panel.covers {
            covered.entry(line).or_default().push(panel.id.as_str());
        }
    }
    for (line, panels) in covered {
        lines.insert(in_order(line), (line.to_owned(), code(panels)));
    }
    for (line, reason) in &coverage.lines {
        lines.insert(in_order(line), (line.clone(), reason.clone()));
    }
    for (line, told) in lines.values() {
        writeln!(page, "| {line} | {told} |")?;
    }
    Ok(page)
}

#[test]
fn the_table_of_charts_is_that_of_the_catalogue() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let coverage = toml::from_str(&std::fs::read_to_string(root.join("assets/catalog/coverage.toml"))?)?;
    let alerts = toml::from_str(&std::fs::read_to_string(
        root.join("assets/catalog/alert_coverage.toml"),
    )?)?;
    let made = page(&Catalog::embedded()?, &coverage, &alerts)?;
    let file = root.join("docs/charts.md");
    if std::env::var_os("SERVELENS_WRITE_DOCS").is_some() {
        std::fs::write(&file, &made)?;
    }
    let kept = std::fs::read_to_string(&file)?;
    assert!(
        kept == made,
        "docs/charts.md is out of date: SERVELENS_WRITE_DOCS=1 writes it anew"
    );
    Ok(())
}
