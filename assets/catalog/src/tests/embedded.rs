//! The catalogue that ships: whole, covering its requirement lines, and bound as expected in a sample world.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::Choices;
use crate::tests::world;
use crate::{Catalog, Kind, Panel};

/// A mixed fleet, one series a line: a current vLLM behind twin monitors, an older vLLM, a picker with both families,
/// an OpenVINO and an MLServer, GPUs with the exporter's default list, and the cluster's own metrics of pods. What needs
/// a flag is not there: LoRA, speculative decoding, NIXL, flow control, further GPU fields.
const FLEET: &str = include_str!("fleet.txt");

fn shipped() -> Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_panel_that_the_pages_count_on_is_there() {
    let catalog = shipped();
    let ids: Vec<_> = catalog
        .panels()
        .map(|panel| format!("{} {} {}", panel.id, panel.kind.as_str(), panel.unit))
        .collect();
    insta::assert_snapshot!("panels", ids.join("\n"));
}

#[test]
fn each_page_is_a_dashboard_in_the_order_of_the_navigation_and_the_deeper_ones_follow() {
    let catalog = shipped();
    let pages: Vec<_> = catalog
        .dashboards()
        .map(|page| (page.id.as_str(), page.panels.len()))
        .collect();
    assert_eq!(
        pages,
        [
            ("overview", 9),
            ("models", 11),
            ("routing", 5),
            ("gpus", 6),
            ("vllm", 48),
            ("disaggregated", 9),
            ("epp", 35),
            ("nvidia", 25),
            ("amd", 12),
            ("gaudi", 7),
            ("openvino", 17),
            ("mlserver", 10),
            ("resources", 16),
            ("gateway", 9),
            ("litellm", 10),
            ("load_tests", 11),
            ("responsible_ai", 7),
            ("drift", 7),
            ("host", 9),
            ("runtimes", 3),
            ("slos", 7),
        ]
    );
    let on_pages: BTreeSet<_> = catalog.dashboards().flat_map(|page| page.panels.iter()).collect();
    let unseen: Vec<_> = catalog
        .panels()
        .filter(|panel| !on_pages.contains(&panel.id))
        .map(|p| p.id.as_str())
        .collect();
    assert_eq!(unseen, [""; 0], "a panel that no page shows");
}

#[test]
fn each_requirement_line_is_covered() {
    let catalog = shipped();
    let mut table: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for panel in catalog.panels() {
        for line in &panel.covers {
            table.entry(line).or_default().push(panel.id.as_str());
        }
    }
    let lines =
        |chapter: &'static str, lines: std::ops::RangeInclusive<u32>| lines.map(move |l| format!("{chapter}.{l}"));
    let needed = lines("S0", 16..=30)
        .chain(lines("S1", 13..=14))
        .chain(lines("S2", 42..=42))
        .chain(lines("S2", 46..=48))
        .chain(lines("S2", 50..=50))
        .chain(lines("S4", 1..=22))
        .chain(lines("S4", 24..=26))
        .chain(lines("S4", 28..=28))
        .chain(lines("S4", 29..=42));
    let missing: Vec<_> = needed.filter(|line| !table.contains_key(line.as_str())).collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(
        table.get("S1.14").map(Vec::len),
        Some(5),
        "request rate, decision time, ready pods, mean KV, mean queue"
    );
    assert_eq!(table.get("S1.13").map(Vec::len), Some(13), "the vLLM board's panels");
    let rows: Vec<_> = table
        .iter()
        .map(|(line, panels)| format!("{line}: {}", panels.join(", ")))
        .collect();
    insta::assert_snapshot!("requirements", rows.join("\n"));
}

#[test]
fn every_panel_is_bound_for_a_mixed_fleet() {
    let catalog = shipped();
    let choices = world::choices(&catalog, FLEET);
    insta::assert_snapshot!("fleet", all_bound(&catalog, &choices, &[]));
}

#[test]
fn every_panel_is_bound_to_a_namespace_and_a_model() {
    let catalog = shipped();
    let choices = world::choices(&catalog, FLEET);
    let vars: &[(&str, &[&str])] = &[
        ("namespace", &["llm-prod"]),
        ("model", &["granite-3.3-8b-instruct", "b"]),
    ];
    insta::assert_snapshot!("fleet_restricted", all_bound(&catalog, &choices, vars));
}

#[test]
fn without_a_cluster_every_known_name_stands_behind_the_newest() {
    let catalog = shipped();
    let choices = Choices::every_name(&catalog, catalog.panels());
    insta::assert_snapshot!("every_name", all_bound(&catalog, &choices, &[("namespace", &["a"])]));
}

fn all_bound(catalog: &Catalog, choices: &Choices, vars: &[(&str, &[&str])]) -> String {
    let vars = world::vars(vars);
    let bound = |panel: &Panel| {
        format!(
            "# {}\n{}",
            panel.id,
            world::bound(catalog, panel, choices, &vars).join("\n")
        )
    };
    catalog.panels().map(bound).collect::<Vec<_>>().join("\n")
}

#[test]
fn where_engines_and_routers_have_several_names_each_tells_its_versions() {
    let catalog = shipped();
    let several = catalog
        .concepts()
        .filter(|concept| concept.names.len() > 1 && ["vllm", "epp"].contains(&concept.family.as_str()));
    let untold: Vec<_> = several
        .flat_map(|concept| concept.names.iter().map(move |name| (name, concept.versions_of(name))))
        .filter(|(_, versions)| versions.is_none())
        .collect();
    assert_eq!(untold, []);
    let kv_cache = catalog.concept("kv_cache_usage").unwrap();
    let told = ["vllm:kv_cache_usage_perc", "kserve_vllm:gpu_cache_usage_perc"].map(|name| kv_cache.versions_of(name));
    assert_eq!(told, [Some("vLLM ≥ 0.9.2"), Some("vLLM < 0.12")]);
}

#[test]
fn one_series_request_finds_what_a_page_needs() {
    let catalog = shipped();
    let candidates = crate::resolve::candidates(&catalog, catalog.panels());
    let free = crate::resolve::match_selectors(&candidates, &world::vars(&[]));
    insta::assert_snapshot!("one_free_request", free.join("\n"));
    let vars = world::vars(&[("namespace", &["llm-prod"]), ("model", &["m"])]);
    insta::assert_snapshot!(
        "one_request",
        crate::resolve::match_selectors(&candidates, &vars).join("\n")
    );
}

#[test]
fn only_panels_with_rates_have_a_window() {
    let catalog = shipped();
    let without: Vec<_> = catalog
        .panels()
        .filter(|panel| !panel.uses_window())
        .map(|panel| panel.id.as_str())
        .collect();
    insta::assert_snapshot!("without_window", without.join("\n"));
    let bars = catalog.panels().filter(|panel| panel.kind == Kind::Bar);
    for panel in bars {
        let asks_buckets = panel
            .queries
            .iter()
            .all(|query| query.expr.text().contains(".bucket}}[$range]"));
        assert!(
            asks_buckets,
            "{}: a bar chart is made of buckets over the whole range",
            panel.id
        );
    }
}

#[test]
fn titles_are_short_and_sentences_end() {
    for panel in shipped().panels() {
        assert!(panel.title.chars().count() <= 40, "{}: {:?}", panel.id, panel.title);
        for sentence in [&panel.tells, &panel.when_bad] {
            assert!(
                sentence.ends_with('.') && !sentence.contains(". "),
                "{}: one sentence: {sentence:?}",
                panel.id
            );
        }
    }
}
