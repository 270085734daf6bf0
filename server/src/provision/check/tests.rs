//! Every hint leads to a heading of the documentation, and the report reads as it should.

use std::collections::BTreeSet;

use super::{Check, Level, report};

const SOURCES: [&str; 10] = [
    include_str!("cluster.rs"),
    include_str!("console.rs"),
    include_str!("gpu.rs"),
    include_str!("grafana.rs"),
    include_str!("llm.rs"),
    include_str!("monitoring.rs"),
    include_str!("network.rs"),
    include_str!("rights.rs"),
    include_str!("serving.rs"),
    include_str!("targets.rs"),
];
const DOCS: &str = include_str!("../../../../docs/setup.md");

/// The first argument of every `warning` and `error`.
fn anchors() -> BTreeSet<&'static str> {
    let calls = SOURCES.iter().flat_map(|source| {
        [".warning(", ".error("]
            .into_iter()
            .flat_map(|call| source.split(call).skip(1))
    });
    calls
        .map(|rest| rest.trim_start().trim_start_matches('"').split('"').next().unwrap())
        .collect()
}

#[test]
fn every_hint_leads_to_a_heading_and_every_heading_is_led_to() {
    let headings: BTreeSet<&str> = DOCS.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert!(headings.len() > 10, "{headings:?}");
    assert_eq!(anchors(), headings);
}

#[test]
fn the_report_shows_categories_signs_and_hints() {
    let check = |category, level, what: &str| Check {
        category,
        level,
        what: what.to_owned(),
        hint: if level == Level::Good {
            String::new()
        } else {
            "do this".to_owned()
        },
        anchor: "uwm",
    };
    let checks = [
        check("cluster", Level::Good, "it answers"),
        check("cluster", Level::Warning, "it is old"),
        check("monitoring", Level::Error, "it is off"),
    ];
    insta::assert_snapshot!(report::text(&checks), @r#"
cluster
-------
√ it answers
‼ it is old
    do this
    see https://github.com/servelens/servelens/blob/main/docs/setup.md#uwm

monitoring
----------
× it is off
    do this
    see https://github.com/servelens/servelens/blob/main/docs/setup.md#uwm

Status check results are ×
"#);
    insta::assert_snapshot!(report::json(&checks).to_string(), @r#"{"categories":[{"categoryName":"cluster","checks":[{"description":"it answers","result":"success"},{"description":"it is old","error":"do this","hint":"https://github.com/servelens/servelens/blob/main/docs/setup.md#uwm","result":"warning"}]},{"categoryName":"monitoring","checks":[{"description":"it is off","error":"do this","hint":"https://github.com/servelens/servelens/blob/main/docs/setup.md#uwm","result":"error"}]}],"success":false}"#);
    assert!(report::text(&checks[..2]).ends_with("Status check results are √\n"));
}
