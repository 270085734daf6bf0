//! What the exports hold: whole, the same each time, without overlap, and counting nothing twice.

use serde_json::Value;

use crate::export::{Export, File, Order, Outcome, console, grafana, perses};
use crate::resolve::Choices;
use crate::{Catalog, Dashboard, Kind};

fn shipped() -> Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

fn export(
    catalog: &Catalog,
    ids: &[&str],
    to: impl Fn(&Order<'_>) -> Result<Export, crate::export::ExportError>,
) -> Export {
    let all = |dashboard: &&Dashboard| ids.is_empty() || ids.contains(&dashboard.id.as_str());
    let choices = Choices::for_files(catalog, catalog.panels());
    let order = Order {
        catalog,
        choices: &choices,
        dashboards: catalog.dashboards().filter(all).collect(),
        servelens_url: Some("https://servelens.example"),
        scrape_interval_s: 30,
    };
    to(&order).unwrap()
}

fn json(file: &File) -> Value {
    serde_json::from_str(&file.text).unwrap()
}

#[test]
fn a_grafana_dashboard_is_written_whole() {
    let catalog = shipped();
    let export = export(&catalog, &["routing"], grafana::export);
    assert_eq!(export.files.len(), 1);
    insta::assert_snapshot!("grafana_routing", export.files[0].text);
}

#[test]
fn grafana_shows_every_panel_of_every_dashboard_without_overlap() {
    let catalog = shipped();
    let export = export(&catalog, &[], grafana::export);
    let panels: usize = catalog.dashboards().map(|dashboard| dashboard.panels.len()).sum();
    assert_eq!(
        (export.files.len(), export.panels),
        (catalog.dashboards().count(), panels)
    );
    let mut uids = std::collections::BTreeSet::new();
    for file in &export.files {
        let dashboard = json(file);
        let uid = dashboard["uid"].as_str().unwrap().to_owned();
        assert!(uid.len() <= 40 && uids.insert(uid), "{}", file.name);
        let mut taken = std::collections::BTreeSet::new();
        for panel in dashboard["panels"].as_array().unwrap() {
            let [x, y, w, h] = ["x", "y", "w", "h"].map(|key| panel["gridPos"][key].as_u64().unwrap());
            assert!(x + w <= 24, "{}: {}", file.name, panel["title"]);
            for cell in (x..x + w).flat_map(|x| (y..y + h).map(move |y| (x, y))) {
                assert!(taken.insert(cell), "{}: {} lies on another", file.name, panel["title"]);
            }
        }
        let offered: Vec<_> = dashboard["templating"]["list"].as_array().unwrap().iter().collect();
        for used in catalog.variables() {
            let is_used = file.text.contains(&format!("${used}\\\""));
            let is_offered = offered.iter().any(|variable| variable["name"] == used);
            assert_eq!(is_used, is_offered, "{}: {used}", file.name);
        }
    }
}

#[test]
fn what_is_bad_below_a_floor_is_coloured_below_it() {
    let check = |thresholds: &str, expect: &str| {
        let text = format!(
            r#"
[[family]]
id = "f"
title = "F"
[[concept]]
id = "c"
family = "f"
type = "gauge"
unit = "ratio"
names = ["c"]
[[panel]]
id = "f.p"
title = "P"
tells = "T."
when_bad = "B."
unit = "ratio"
kind = "line"
covers = []
queries = [{{ expr = "{{{{c}}}}", legend = "" }}]
thresholds = {thresholds}
[[dashboard]]
id = "d"
title = "D"
tells = "T."
panels = ["f.p"]
"#
        );
        let catalog = Catalog::parse(&[("own.toml", &text)]).unwrap();
        let dashboard = json(&export(&catalog, &[], grafana::export).files[0]);
        let steps = &dashboard["panels"][0]["fieldConfig"]["defaults"]["thresholds"]["steps"];
        let steps: Vec<_> = steps
            .as_array()
            .unwrap()
            .iter()
            .map(|step| format!("{}:{}", step["value"], step["color"].as_str().unwrap()))
            .collect();
        assert_eq!(steps.join(" "), expect);
    };
    check("[]", "null:green");
    check(
        r#"[{ at = 0.8, level = "warning" }, { at = 0.9, level = "critical" }]"#,
        "null:green 0.8:orange 0.9:red",
    );
    check(
        r#"[{ at = 0.5, level = "warning", below = true }, { at = 0.2, level = "critical", below = true }]"#,
        "null:red 0.2:orange 0.5:green",
    );
}

#[test]
fn the_same_catalogue_gives_the_same_bytes() {
    let (one, other) = (shipped(), shipped());
    for to in [grafana::export, console::export, |order: &Order<'_>| {
        perses::export(order, PERSES)
    }] {
        assert_eq!(export(&one, &[], to), export(&other, &[], to));
    }
}

fn panels(catalog: &Catalog) -> usize {
    catalog.dashboards().map(|dashboard| dashboard.panels.len()).sum()
}

const PERSES: perses::Settings<'_> = perses::Settings {
    project: "lens",
    datasource: Some("thanos"),
    api: perses::ApiVersion::V1Alpha2,
};

#[test]
fn a_perses_dashboard_and_its_object_are_written_whole() {
    let catalog = shipped();
    let export = export(&catalog, &["overview"], |order| perses::export(order, PERSES));
    let names: Vec<_> = export.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["objects/overview.yaml", "overview.json"]);
    insta::assert_snapshot!("perses_overview", export.files[1].text);
    let first: Vec<_> = export.files[0].text.lines().take(10).collect();
    assert_eq!(
        first,
        [
            "apiVersion: perses.dev/v1alpha2",
            "kind: PersesDashboard",
            "metadata:",
            "  name: servelens-overview",
            "  namespace: lens",
            "  labels:",
            "    app.kubernetes.io/part-of: servelens",
            "spec:",
            "  config:",
            "    display:",
        ]
    );
}

#[test]
fn a_console_dashboard_is_written_whole() {
    let catalog = shipped();
    let export = export(&catalog, &["overview"], console::export);
    assert_eq!(export.files.len(), 1);
    insta::assert_snapshot!("console_overview", export.files[0].text);
}

#[test]
fn what_a_target_does_not_show_is_named_with_its_reason() {
    let catalog = shipped();
    let check = |export: Export, reason: &str| {
        let dropped: Vec<_> = export
            .notes
            .iter()
            .filter(|note| note.outcome == Outcome::Dropped)
            .map(|note| {
                assert_eq!(note.reason, reason);
                note.panel.as_str()
            })
            .collect();
        let bars: Vec<_> = catalog
            .dashboards()
            .flat_map(|dashboard| &dashboard.panels)
            .filter(|id| catalog.panel(id.as_str()).unwrap().kind == Kind::Bar)
            .map(|id| id.as_str())
            .collect();
        assert!(!bars.is_empty());
        assert_eq!(dropped, bars);
        assert_eq!(export.panels, panels(&catalog) - bars.len());
    };
    check(
        export(&catalog, &[], |order| perses::export(order, PERSES)),
        "Perses has no chart for the buckets of a classic histogram",
    );
    check(
        export(&catalog, &[], console::export),
        "the console has no chart for the buckets of a histogram",
    );
}

#[test]
fn a_variable_is_offered_where_a_query_uses_it_and_nowhere_else() {
    let catalog = shipped();
    for dashboard in export(&catalog, &[], |order| perses::export(order, PERSES)).files {
        if !dashboard.name.ends_with(".json") {
            continue;
        }
        let value = json(&dashboard);
        let panels = value["spec"]["panels"].to_string();
        let offered = value["spec"]["variables"].as_array().unwrap();
        for name in catalog.variables() {
            let is_offered = offered.iter().any(|variable| variable["spec"]["name"] == name);
            assert_eq!(
                panels.contains(&format!("${name}\\")),
                is_offered,
                "{}: {name}",
                dashboard.name
            );
        }
    }
}

/// Older consoles put a variable's value wherever its name begins a longer one.
#[test]
fn no_variable_is_the_beginning_of_another() {
    let catalog = shipped();
    let names = catalog.variables();
    for name in &names {
        let longer = names.iter().find(|other| other != &name && other.starts_with(name));
        assert_eq!(longer, None, "{name}");
    }
}

#[test]
fn the_consoles_cards_get_queries_with_every_name_and_a_page_for_each_alert() {
    let catalog = shipped();
    let overview = crate::export::overview::overview(&catalog).unwrap();
    let keys: Vec<&str> = overview.cluster.keys().copied().collect();
    assert_eq!(keys, ["gpus", "tokens"]);
    let tokens = &overview.cluster["tokens"];
    assert!(
        tokens.starts_with("sum(") && tokens.contains("rate(vllm:generation_tokens_total{"),
        "{tokens}"
    );
    // An exact matcher: the tenancy port of OpenShift 4.14 to 4.16 takes no other.
    for query in overview.project.values() {
        assert!(query.contains(r#"namespace="$namespace""#), "{query}");
        assert!(!query.contains("=~\"$namespace"), "{query}");
    }
    for (alert, page) in &overview.pages {
        assert!(catalog.dashboard(page).is_some(), "{alert} leads to {page}");
        assert!(overview.firing.contains(alert.as_str()), "{alert}");
    }
    assert_eq!(overview.pages["SlowFirstToken"], "overview");
    assert_eq!(overview.numbers.len(), 4);
}
