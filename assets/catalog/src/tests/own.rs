//! An installation's own files: what they add and replace, and what a broken one does not take away.

use crate::Catalog;
use crate::read::Layered;

const SHIPPED: &str = r#"
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
title = "Shipped"
tells = "T."
when_bad = "B."
unit = "ratio"
kind = "line"
queries = [{ expr = "{{c}}", legend = "" }]
[[dashboard]]
id = "one"
title = "One"
tells = "T."
panels = ["f.p"]
[[dashboard]]
id = "two"
title = "Two"
tells = "T."
panels = ["f.p"]
"#;

fn panel(id: &str, title: &str, expr: &str) -> String {
    format!(
        "[[panel]]\nid = \"{id}\"\ntitle = \"{title}\"\ntells = \"T.\"\nwhen_bad = \"B.\"\nunit = \"ratio\"\nkind = \
         \"line\"\nqueries = [{{ expr = '{expr}', legend = \"\" }}]\n"
    )
}

fn dashboard(id: &str, title: &str, panels: &str) -> String {
    format!("[[dashboard]]\nid = \"{id}\"\ntitle = \"{title}\"\ntells = \"T.\"\npanels = [{panels}]\n")
}

fn layered(own: &[(&str, &str)]) -> Layered {
    let judge = |text: &str| match text.contains("topk()") {
        true => Err("topk wants two arguments".to_owned()),
        false => Ok(()),
    };
    Catalog::layered(&[("panels/shipped.toml", SHIPPED)], own, &judge).unwrap_or_else(|error| panic!("{error}"))
}

/// Panels and dashboards with their titles, then the faults.
#[track_caller]
fn check(own: &[(&str, &str)], expect: &str) {
    let Layered { catalog, faults } = layered(own);
    let panels = catalog.panels().map(|panel| format!("{}={}", panel.id, panel.title));
    let boards = catalog
        .dashboards()
        .map(|board| format!("{}={}", board.id, board.title));
    let got: Vec<_> = panels.chain(boards).collect();
    let faults: Vec<_> = faults.iter().map(|fault| format!("\n{fault}")).collect();
    assert_eq!(got.join(" ") + &faults.concat(), expect);
}

#[test]
fn own_files_add_and_replace_and_a_replaced_page_keeps_its_place() {
    check(&[], "f.p=Shipped one=One two=Two");
    let more = panel("own.p", "Own", "max({{c}})") + &dashboard("own", "Own", "\"own.p\", \"f.p\"");
    check(&[("a.toml", &more)], "f.p=Shipped own.p=Own one=One two=Two own=Own");
    check(
        &[("a.toml", &panel("f.p", "Mine", "{{c}}"))],
        "f.p=Mine one=One two=Two",
    );
    check(
        &[("a.toml", &dashboard("one", "Mine", "\"f.p\""))],
        "f.p=Shipped one=Mine two=Two",
    );
    let (one, other) = (panel("own.p", "Own", "{{c}}"), dashboard("own", "Own", "\"own.p\""));
    check(
        &[("a.toml", &other), ("b.toml", &one)],
        "f.p=Shipped own.p=Own one=One two=Two own=Own",
    );
}

#[test]
fn a_broken_file_is_reported_and_the_rest_still_works() {
    let good = panel("own.p", "Own", "{{c}}");
    check(
        &[("a.toml", &good), ("b.toml", "[[panel]]\nid = 3\n")],
        "f.p=Shipped own.p=Own one=One two=Two\nb.toml:2: invalid type: integer `3`, expected a string; correct it; the \
         shipped panels/*.toml show every key",
    );
    // The shipped panel is there again where the one that should replace it is broken.
    check(
        &[("a.toml", &good), ("b.toml", &panel("f.p", "Mine", "{{d}}"))],
        "f.p=Shipped own.p=Own one=One two=Two\nb.toml:8: the panel f.p: there is no concept \"d\"; add a [[concept]] of \
         that id or correct the name",
    );
    // Whoever needs what was left out is left out as well, and both are told.
    check(
        &[
            ("a.toml", &panel("own.p", "Own", "{{d}}")),
            ("b.toml", &dashboard("own", "Own", "\"own.p\"")),
        ],
        "f.p=Shipped one=One two=Two\na.toml:8: the panel own.p: there is no concept \"d\"; add a [[concept]] of that id or \
         correct the name\nb.toml:5: there is no panel \"own.p\"; add a [[panel]] of that id or correct the name",
    );
}

#[test]
fn an_id_that_two_own_files_have_is_a_fault_of_the_second() {
    let own = panel("own.p", "Own", "{{c}}");
    check(
        &[("a.toml", &own), ("b.toml", &own)],
        "f.p=Shipped own.p=Own one=One two=Two\nb.toml:2: there is already a panel \"own.p\"; give one of the two another id",
    );
    let concept = "[[concept]]\nid = \"c\"\nfamily = \"f\"\ntype = \"gauge\"\nunit = \"ratio\"\nnames = [\"d\"]\n";
    check(
        &[("a.toml", concept)],
        "f.p=Shipped one=One two=Two\na.toml:2: there is already a concept \"c\"; give one of the two another id",
    );
}

#[test]
fn nothing_foreign_gets_into_a_query_and_what_is_no_promql_is_named() {
    let refused = |expr: &str, fault: &str| {
        check(
            &[("a.toml", &panel("own.p", "Own", expr))],
            &format!("f.p=Shipped one=One two=Two\na.toml:8: the panel own.p: {fault}"),
        );
    };
    refused(
        "up or {{c}}",
        "the metric name \"up\" stands outside of braces; write {{concept}} and name the metric in a [[concept]]",
    );
    refused(
        "{{c}} or {__name__=~\".+\"}",
        "a single brace is not allowed; write a selector as {{concept}}",
    );
    refused(
        "rate({{c}}[30d])",
        "[30d] is not a range that follows the page; write [$window], [$range] or [$step]",
    );
    refused("topk() + {{c}}", "topk wants two arguments; correct the query");
    // A value stays a value.
    let layered = layered(&[("a.toml", &panel("own.p", "Own", r#"{{c, pod="\"}) or vector(1) #"}}"#))]);
    let catalog = &layered.catalog;
    let own = catalog.panel("own.p").unwrap();
    let grid = crate::promql::grid(0, 3600, 600, 30).unwrap();
    let choices = crate::resolve::Choices::newest(catalog, [own]);
    let bound = crate::promql::bind(catalog, own, 0, &choices, &crate::promql::Vars::new(), &grid);
    assert_eq!(bound.unwrap().unwrap(), r#"c{pod="\"}) or vector(1) #"}"#);
}

#[test]
fn an_own_objective_sets_other_targets_in_the_place_of_the_shipped_one() {
    let slo = |id: &str, target: &str, value: &str| {
        format!(
            "[[slo]]\nid = \"{id}\"\ntitle = \"S\"\ntells = \"T.\"\nunit = \"ratio\"\nbetter = \"lower\"\nreason = \"R.\"\nvalue \
             = '{value}'\nby = [\"pod\"]\ntarget = {target}\nwarning = 0.8\ncritical = 0.9\n"
        )
    };
    let shipped = slo("one", "0.5", "max by (pod) ({{c}})") + &slo("two", "0.6", "max by (pod) ({{c}})");
    let check = |own: &[(&str, &str)], expect: &str| {
        let judge = |text: &str| match text.contains("topk()") {
            true => Err("topk wants two arguments".to_owned()),
            false => Ok(()),
        };
        let shipped = [("panels/shipped.toml", SHIPPED), ("panels/slos.toml", &shipped)];
        let Layered { catalog, faults } =
            Catalog::layered(&shipped, own, &judge).unwrap_or_else(|error| panic!("{error}"));
        let slos: Vec<_> = catalog.slos().map(|slo| format!("{}={}", slo.id, slo.target)).collect();
        let faults: Vec<_> = faults.iter().map(|fault| format!("\n{fault}")).collect();
        assert_eq!(slos.join(" ") + &faults.concat(), expect);
    };
    check(&[], "one=0.5 two=0.6");
    check(
        &[("a.toml", &slo("one", "0.7", "max by (pod) ({{c}})"))],
        "one=0.7 two=0.6",
    );
    check(
        &[("a.toml", &slo("three", "0.7", "max by (pod) ({{c}})"))],
        "one=0.5 two=0.6 three=0.7",
    );
    check(
        &[("a.toml", &slo("one", "0.85", "max by (pod) ({{c}})"))],
        "one=0.5 two=0.6\na.toml:12: target, warning and critical of the objective one do not get worse; order them as \
         `better` says",
    );
    check(
        &[("a.toml", &slo("one", "0.7", "topk() + {{c}}"))],
        "one=0.5 two=0.6\na.toml:8: the objective one: topk wants two arguments; correct the query",
    );
}
