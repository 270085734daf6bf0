//! The traps of the exporters that a file's reader cannot find by types: each panel avoids them.

use crate::promql::Placeholder;
use crate::{Catalog, Kind, Panel, Unit};

/// What must hold of each use of a concept: its panel, the query's text, the placeholder.
fn check(expect: impl Fn(&Catalog, &Panel, &str, &Placeholder) -> bool) {
    let catalog = Catalog::embedded().unwrap();
    let mut wrong = Vec::new();
    for panel in catalog.panels() {
        for query in &panel.queries {
            for placeholder in query.expr.placeholders() {
                if !expect(&catalog, panel, query.expr.text(), placeholder) {
                    wrong.push(format!("{}: {}", panel.id, placeholder.concept));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn what_an_exporter_counts_in_is_converted() {
    check(
        |catalog, _, text, used| match catalog.concept(&used.concept).unwrap().unit {
            Unit::Microseconds => {
                text.contains("/ 1e6") || !text.contains(&format!("{}.sum", used.concept)) && text.contains("le=~")
            }
            Unit::Millijoules => text.contains("/ 3.6e6"),
            Unit::Megahertz => text.contains("1e6 *"),
            _ => true,
        },
    );
}

#[test]
fn units_that_only_exporters_use_are_on_no_panel() {
    for panel in Catalog::embedded().unwrap().panels() {
        assert!(panel.unit.is_for_panels(), "{}", panel.id);
    }
}

#[test]
fn creation_times_are_no_concepts() {
    for concept in Catalog::embedded().unwrap().concepts() {
        assert!(
            concept.names.iter().all(|name| !name.ends_with("_created")),
            "{}",
            concept.id
        );
    }
}

#[test]
fn probes_are_never_counted_as_openvino_requests() {
    check(|_, _, text, used| {
        !matches!(used.concept.as_str(), "ovms_requests" | "ovms_failures")
            || text.contains(&format!(
                "{}, method=~\"ModelInfer|Predict|Unary|Stream\"",
                used.concept
            ))
    });
}

#[test]
fn the_last_xid_is_never_rated() {
    check(|_, _, text, used| used.concept != "gpu_xid" || !text.contains("rate(") && !text.contains("increase("));
}

#[test]
fn a_ratio_or_a_percentile_is_never_averaged() {
    // Over time a gauge may be averaged, with itself alone; never over replicas.
    check(|_, _, text, _| {
        !text.replace("avg_over_time(", "").contains("avg") && !text.contains("sum(histogram_quantile")
    });
}

#[test]
fn a_graphics_card_shared_by_slices_or_pods_is_never_added_up() {
    check(|catalog, panel, text, used| {
        let of_card = catalog.concept(&used.concept).unwrap().family == *"dcgm";
        // Energy over a whole range: by slice, then one slice for the card.
        !of_card || text.contains("max by (Hostname, gpu") || panel.id == *"gpu.energy_total"
    });
}

#[test]
fn the_pods_of_models_are_asked_and_no_others() {
    let catalog = Catalog::embedded().unwrap();
    let others: Vec<_> = catalog
        .concepts()
        .filter(|concept| concept.family == *"kube" && concept.only.is_empty())
        .map(|concept| concept.id.as_str())
        .collect();
    // Of a namespace, not of a pod; an autoscaler's name does not tell what it scales.
    let of_the_namespace = [
        "autoscaler_current",
        "autoscaler_desired",
        "autoscaler_most",
        "namespace_quota",
    ];
    assert_eq!(others, of_the_namespace);
}

#[test]
fn totals_of_the_whole_range_are_tiles_or_bars() {
    let catalog = Catalog::embedded().unwrap();
    let totals: Vec<_> = catalog
        .panels()
        .filter(|panel| panel.is_total())
        .map(|panel| format!("{} {}", panel.id, panel.kind.as_str()))
        .collect();
    insta::assert_snapshot!("totals", totals.join("\n"));
    for panel in catalog.panels() {
        let asks_range = panel.queries.iter().any(|query| query.expr.text().contains("[$range]"));
        assert_eq!(asks_range, panel.is_total(), "{}: part of it is a total", panel.id);
        assert!(
            !panel.is_total() || matches!(panel.kind, Kind::Stat | Kind::Bar),
            "{}",
            panel.id
        );
    }
}
