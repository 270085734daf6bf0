//! Every query that the catalogue can bind is one that the real `promtool` accepts. Needs Prometheus's tools.

use std::fmt::Write as _;
use std::process::Command;

use anyhow::{Context as _, Result};
use catalog::promql::{LabelValue, Vars, bind, grid};
use catalog::resolve::Choices;
use catalog::{Catalog, Panel};
use tests::rig::paths;

/// A value of which every character must be escaped somewhere, and two, so that a regular expression is made.
fn vars(catalog: &Catalog, values: &[&str]) -> Vars {
    let mut vars = Vars::new();
    for name in catalog.variables() {
        vars.set(name, values.iter().map(|value| LabelValue::new(*value)));
    }
    vars
}

/// One recording rule for each query; the rule's name leads from promtool's complaint to the panel.
fn rules(
    catalog: &Catalog,
    panels: &[&Panel],
    choices: &Choices,
    vars: &Vars,
    prefix: &str,
) -> Result<(String, usize)> {
    let grid = grid(1_763_796_000, 1_763_882_400, 600, 30)?;
    let (mut text, mut count) = (String::new(), 0);
    for panel in panels {
        for query in 0..panel.queries.len() {
            let Some(expr) = bind(catalog, panel, query, choices, vars, &grid)? else {
                continue;
            };
            let name = panel.id.to_string().replace('.', "_");
            let record = format!("{prefix}:{name}_{query}");
            writeln!(
                text,
                "  - record: {record}\n    expr: {}",
                serde_json::to_string(&expr)?
            )?;
            count += 1;
        }
    }
    Ok((text, count))
}

#[test]
fn every_bound_query_of_the_catalogue_is_accepted_by_the_real_promtool() -> Result<()> {
    let catalog = Catalog::embedded()?;
    let panels: Vec<&Panel> = catalog.panels().collect();
    let queries: usize = panels.iter().map(|panel| panel.queries.len()).sum();
    let mut text = "groups:\n- name: catalogue\n  rules:\n".to_owned();
    for (names, choices) in [
        ("newest", Choices::newest(&catalog, panels.iter().copied())),
        ("every", Choices::every_name(&catalog, panels.iter().copied())),
    ] {
        for (values, list) in [
            ("all", &[][..]),
            ("one", &[r#"a"b\c{d}$.*"#]),
            ("two", &["a|b", "c\nd\u{e9}"]),
        ] {
            let (some, count) = rules(
                &catalog,
                &panels,
                &choices,
                &vars(&catalog, list),
                &format!("{names}_{values}"),
            )?;
            assert_eq!(count, queries, "with {names} names every query of every panel is bound");
            text += &some;
        }
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("rules.yaml");
    std::fs::write(&file, &text)?;
    let output = Command::new(paths::promtool())
        .args(["check", "rules"])
        .arg(&file)
        .output()
        .context("`cargo xtask setup` installs promtool")?;
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
