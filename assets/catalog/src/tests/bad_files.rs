//! What a catalogue file may not hold, and what its author is told.

use crate::Catalog;

const GOOD: &str = r#"
[[family]]
id = "f"
title = "F"
labels = { namespace = ["namespace"] }

[[concept]]
id = "used"
family = "f"
type = "gauge"
unit = "ratio"
names = ["f_used"]

[[concept]]
id = "done"
family = "f"
type = "counter"
unit = "requests"
names = ["f_done_total"]

[[concept]]
id = "took"
family = "f"
type = "histogram"
unit = "seconds"
names = ["f_took_seconds"]

[[concept]]
id = "ran"
family = "f"
type = "summary"
unit = "seconds"
names = ["f_ran_seconds"]
"#;

const PANEL: &str = r#"
[[panel]]
id = "f.used"
title = "Used"
tells = "How much is used."
when_bad = "Use less."
unit = "ratio"
kind = "line"
covers = ["S0.20"]
queries = [{ expr = "max({{used}})", legend = "{pod}" }]
thresholds = [{ at = 0.9, level = "warning" }]
"#;

const PAGE: &str = r#"
[[dashboard]]
id = "page"
title = "Page"
tells = "What is used?"
panels = ["f.used"]
"#;

fn faults(text: &str) -> String {
    Catalog::parse(&[("own.toml", text)]).map_or_else(|error| error.to_string(), |_| "no fault".to_owned())
}

/// The good catalogue with one thing replaced.
pub(super) fn check(replace: &str, by: &str, expect: &str) {
    let good = format!("{GOOD}{PANEL}{PAGE}");
    assert!(good.contains(replace), "{replace:?} is not in the good catalogue");
    assert_eq!(faults(&good.replacen(replace, by, 1)), expect, "{replace} -> {by}");
}

#[test]
fn the_good_catalogue_is_good() {
    check("Used", "Used", "no fault");
    assert_eq!(faults(""), "no fault");
}

#[test]
fn toml_that_is_none_and_keys_that_are_unknown() {
    let step = "correct it; the shipped panels/*.toml show every key";
    check(
        "\"Used\"",
        "Used",
        &format!("own.toml:37: string values must be quoted, expected literal string; {step}"),
    );
    check(
        "title = \"Used\"",
        "titel = \"Used\"",
        &format!(
            "own.toml:37: unknown field `titel`, expected one of `id`, `title`, `tells`, `when_bad`, `unit`, `kind`, `covers`, `queries`, `thresholds`; {step}"
        ),
    );
    check(
        "title = \"Used\"",
        "",
        &format!("own.toml:35: missing field `title`; {step}"),
    );
    check(
        "at = 0.9",
        "at = \"high\"",
        &format!("own.toml:44: invalid type: string \"high\", expected f64; {step}"),
    );
    check(
        "[[panel]]",
        "[[pannel]]",
        &format!(
            "own.toml:35: unknown field `pannel`, expected one of `family`, `concept`, `panel`, `dashboard`, `buckets`, `alert_group`, `alert`, `slo`; {step}"
        ),
    );
}

#[test]
fn ids_that_are_twice_or_none() {
    let twice = format!("{GOOD}{PANEL}{PANEL}");
    assert_eq!(
        faults(&twice),
        "own.toml:47: there is already a panel \"f.used\"; give one of the two another id"
    );
    let files = [("a.toml", GOOD), ("b.toml", GOOD)];
    let error = Catalog::parse(&files).unwrap_err().to_string();
    insta::assert_snapshot!(error, @r##"
    b.toml:3: there is already a family "f"; give one of the two another id
    b.toml:8: there is already a concept "used"; give one of the two another id
    b.toml:15: there is already a concept "done"; give one of the two another id
    b.toml:22: there is already a concept "took"; give one of the two another id
    b.toml:29: there is already a concept "ran"; give one of the two another id
    "##);
    check(
        "\"f.used\"",
        "\"F used\"",
        "own.toml:36: \"F used\" is not an id; use lower-case letters, digits, '_' and '.', beginning with a letter\nown.toml:50: there is no panel \"f.used\"; add a [[panel]] of that id or correct the name",
    );
    check(
        "\"page\"",
        "\"\"",
        "own.toml:47: \"\" is not an id; use lower-case letters, digits, '_' and '.', beginning with a letter",
    );
    check(
        "id = \"used\"",
        "id = \"f.u\"",
        "own.toml:8: the concept f.u has a dot, after which a query names a histogram's part; write '_' instead\nown.toml:43: the panel f.used: there is no concept \"used\"; add a [[concept]] of that id or correct the name",
    );
}

#[test]
fn words_that_are_unknown() {
    let panel_units = "none, requests_per_second, tokens_per_second, seconds, milliseconds, ratio, percent, bytes, mebibytes, bytes_per_second, celsius, watts, watt_hours, hertz, cores, requests, tokens, pods, gpus, count, per_second";
    let at = "kind = \"line\"";
    check(
        at,
        "kind = \"pie\"",
        "own.toml:41: there is no kind \"pie\"; use one of: line, area, stat, bar",
    );
    check(
        "unit = \"ratio\"\nkind",
        "unit = \"furlongs\"\nkind",
        &format!("own.toml:40: there is no unit of panels \"furlongs\"; use one of: {panel_units}"),
    );
    check(
        "unit = \"ratio\"\nkind",
        "unit = \"microseconds\"\nkind",
        &format!("own.toml:40: there is no unit of panels \"microseconds\"; use one of: {panel_units}"),
    );
    check(
        "level = \"warning\"",
        "level = \"bad\"",
        "own.toml:44: there is no level \"bad\"; use one of: warning, critical",
    );
    check(
        "S0.20",
        "S0.x",
        "own.toml:42: \"S0.x\" is not a requirement line; write it like S0.17",
    );
    check(
        "S0.20",
        "0.20",
        "own.toml:42: \"0.20\" is not a requirement line; write it like S0.17",
    );
    check(
        "panels = [\"f.used\"]",
        "panels = [\"f.unused\"]",
        "own.toml:50: there is no panel \"f.unused\"; add a [[panel]] of that id or correct the name",
    );
    check(
        "panels = [\"f.used\"]",
        "panels = [\"f.used\", \"f.used\"]",
        "own.toml:50: the dashboard page has the panel f.used twice; remove one",
    );
    check(
        "panels = [\"f.used\"]",
        "panels = []",
        "own.toml:50: the dashboard page has no panel; list panel ids in reading order",
    );
}

#[test]
fn text_that_says_nothing() {
    check(
        "title = \"Used\"",
        "title = \" \"",
        "own.toml:37: the title of the panel f.used is empty; write one sentence",
    );
    check(
        "\"How much is used.\"",
        "\"\"",
        "own.toml:38: the tells of the panel f.used is empty; write one sentence",
    );
    check(
        "\"Use less.\"",
        "\"\"",
        "own.toml:39: the when_bad of the panel f.used is empty; write one sentence",
    );
    check(
        "\"{pod}\"",
        "\"{pod\"",
        "own.toml:43: the legend of the panel f.used has a brace without its partner; write {label} with a label's name",
    );
    check(
        "\"{pod}\"",
        "\"{my pod}\"",
        "own.toml:43: the legend of the panel f.used has braces around something that is no label; write {label} with a label's name",
    );
    check(
        "{ at = 0.9, level = \"warning\" }",
        "{ at = 0.9, level = \"warning\" }, { at = 0.5, level = \"critical\" }",
        "own.toml:44: the thresholds of the panel f.used do not rise; list numbers in ascending order",
    );
    check(
        "{ at = 0.9, level = \"warning\" }",
        "{ at = 0.1, level = \"critical\", below = true }, { at = 0.3, level = \"warning\", below = true }",
        "own.toml:44: the thresholds with below = true of the panel f.used do not fall; list numbers in descending order",
    );
    check(
        "[{ expr = \"max({{used}})\", legend = \"{pod}\" }]",
        "[]",
        "own.toml:43: the panel f.used has no query; add { expr = \"…\", legend = \"…\" }",
    );
}

#[test]
fn thresholds_of_both_sides_are_kept_apart() {
    let text = format!("{GOOD}{PANEL}").replace(
        "{ at = 0.9, level = \"warning\" }",
        "{ at = 0.8, level = \"warning\" }, { at = 0.3, level = \"warning\", below = true }, \
         { at = 0.9, level = \"critical\" }, { at = 0.1, level = \"critical\", below = true }",
    );
    let catalog = Catalog::parse(&[("own.toml", &text)]).unwrap();
    let panel = catalog.panel("f.used").unwrap();
    let told = |levels: &[crate::Threshold]| {
        levels
            .iter()
            .map(|l| format!("{} {}", l.at, l.level.as_str()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&panel.thresholds), ["0.8 warning", "0.9 critical"], "at and above");
    assert_eq!(told(&panel.floors), ["0.3 warning", "0.1 critical"], "below");
}

#[test]
fn matchers_of_a_concept_are_matchers() {
    let only = |text: &str, expect: &str| {
        check(
            "names = [\"f_used\"]",
            &format!("names = [\"f_used\"]\nonly = '{text}'"),
            expect,
        );
    };
    only("pod=~\".+-x\", container!=\"\"", "no fault");
    for text in [
        "",
        "pod",
        "pod=x",
        "pod=\"x\",",
        "pod=\"x\"} or up{a=\"b\"",
        "{pod=\"x\"}",
        "pod==\"x\"",
    ] {
        let expect = format!(
            "own.toml:13: {text:?} of the concept used is no list of matchers; write label=\"value\", with commas between several"
        );
        only(text, &expect);
    }
}

#[test]
fn concepts_that_do_not_hold_together() {
    check(
        "type = \"gauge\"",
        "type = \"guage\"",
        "own.toml:10: there is no type \"guage\"; use one of: gauge, counter, histogram, summary\nown.toml:43: the panel f.used: there is no concept \"used\"; add a [[concept]] of that id or correct the name",
    );
    check(
        "names = [\"f_done_total\"]",
        "names = [\"f_used\"]",
        "own.toml:19: the metric \"f_used\" already belongs to the concept used; use that concept",
    );
    check(
        "names = [\"f_done_total\"]",
        "names = [\"f_done_total\", \"f_done_total\"]",
        "own.toml:19: the concept done has the name \"f_done_total\" twice; remove one",
    );
    check(
        "names = [\"f_done_total\"]",
        "names = [\"f done\"]",
        "own.toml:19: \"f done\" is not a metric name; use letters, digits, '_' and ':'",
    );
    check(
        "names = [\"f_done_total\"]",
        "names = []",
        "own.toml:19: the concept done has no name; list its metric names, newest first",
    );
    check(
        "names = [\"f_done_total\"]",
        "names = [\"f_done_total\"]\nunlabelled = [\"moon\"]",
        "own.toml:20: the family f has no variable \"moon\"; name one of the family's labels or leave it out",
    );
    check(
        "id = \"done\"\nfamily = \"f\"",
        "id = \"done\"\nfamily = \"g\"",
        "own.toml:16: there is no family \"g\"; add a [[family]] of that id or correct the name",
    );
    check(
        "[\"namespace\"]",
        "[\"name space\"]",
        "own.toml:5: \"name space\" is not a label name; use letters, digits and '_'",
    );
    check(
        "[\"namespace\"]",
        "[]",
        "own.toml:5: the variable \"namespace\" of the family f has no label; name at least one label or leave the variable out",
    );
}

#[test]
fn what_a_family_serves_is_its_own() {
    let serves = |presence: &str, traffic: &str, expect: &str| {
        let text = format!(
            "labels = {{ namespace = [\"namespace\"] }}\n[family.serves]\nruntime = \"F\"\npresence = \"{presence}\"\nmodel_label = \"model\"\ntraffic = '{traffic}'"
        );
        check("labels = { namespace = [\"namespace\"] }", &text, expect);
    };
    serves("used", r#"done, method="x""#, "no fault");
    serves("used", "took.count", "no fault");
    serves(
        "moon",
        "done",
        "own.toml:8: the family f has no concept \"moon\"; name a [[concept]] of this family",
    );
    serves(
        "used",
        "used",
        "own.toml:10: the family f has no counter \"used\"; name a counter of this family, or a histogram's .count",
    );
    serves(
        "used",
        "took",
        "own.toml:10: the family f has no counter \"took\"; name a counter of this family, or a histogram's .count",
    );
    serves(
        "used",
        "done, x",
        "own.toml:10: the family f: {{done, x}} is not a placeholder; write {{concept}}, {{concept.bucket}} or {{concept, label=\"value\"}}",
    );
}

#[test]
fn every_fault_of_every_file_is_told_at_once() {
    let broken = PANEL.replace("\"line\"", "\"pie\"").replace("S0.20", "twenty");
    let error = Catalog::parse(&[("a.toml", "x ="), ("b.toml", GOOD), ("c.toml", &broken)]).unwrap_err();
    insta::assert_snapshot!(error.to_string(), @r##"
    a.toml:1: string values must be quoted, expected literal string; correct it; the shipped panels/*.toml show every key
    c.toml:8: there is no kind "pie"; use one of: line, area, stat, bar
    c.toml:9: "twenty" is not a requirement line; write it like S0.17
    "##);
}
