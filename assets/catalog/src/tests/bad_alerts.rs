//! What an alert rule or an objective may not hold, and what its author is told.

use crate::Catalog;

const GOOD: &str = r#"
[[family]]
id = "f"
title = "F"
[[concept]]
id = "took"
family = "f"
type = "histogram"
unit = "seconds"
names = ["f_took_seconds"]
[[buckets]]
concept = "took"
bounds = [0.3, 0.5, 1]
[[alert_group]]
id = "g"
title = "G"
home = "models"
[[alert]]
name = "Slow"
group = "g"
severity = "warning"
for = "5m"
window = "5m"
unit = "seconds"
expr = "histogram_quantile(0.95, sum by (le, pod) (rate({{took.bucket}}[$window]))) > $slowest"
limits = [{ name = "slowest", default = 0.5, unit = "seconds", bounds_of = "took", reason = "Because." }]
summary = "{pod} takes {value}"
means = "Longer than $slowest."
causes = ["Load."]
steps = ["Look."]
covers = ["S3.20"]
[[slo]]
id = "fast"
title = "Fast"
tells = "It is fast."
unit = "seconds"
better = "lower"
reason = "Because."
value = "histogram_quantile(0.95, sum by (le, pod) (rate({{took.bucket}}[$window])))"
by = ["pod"]
target = 0.3
warning = 0.5
critical = 1
"#;

fn check(replace: &str, by: &str, expect: &str) {
    assert!(GOOD.contains(replace), "{replace:?} is not in the good catalogue");
    let text = GOOD.replacen(replace, by, 1);
    let got = Catalog::parse(&[("own.toml", &text)]).map_or_else(|error| error.to_string(), |_| "no fault".to_owned());
    assert_eq!(got, expect, "{replace} -> {by}");
}

#[test]
fn the_good_rules_are_good() {
    check("Slow", "Slow", "no fault");
}

#[test]
fn a_limit_that_the_buckets_cannot_measure_is_refused() {
    let at = "own.toml:26: the alert Slow:";
    check(
        "default = 0.5",
        "default = 0.08",
        &format!(
            "{at} 0.08 cannot be measured: the first bucket of took ends at 0.3, and below it every value looks alike; use 0.3 or more, or give the exporter finer buckets"
        ),
    );
    check(
        "default = 0.5",
        "default = 0.4",
        &format!("{at} 0.4 is not a bound of the buckets of took, so a quantile near it is a guess; use 0.3 or 0.5"),
    );
    check(
        "default = 0.5",
        "default = 1",
        &format!(
            "{at} 1 cannot be measured: the last bucket of took ends at 1, and no quantile is ever above it; use less than 1"
        ),
    );
    check(
        "default = 0.5",
        "default = inf",
        &format!("{at} inf is not a number to compare with; write a finite one"),
    );
}

#[test]
fn what_a_rule_names_must_exist() {
    check(
        "{{took.bucket}}[$window]))) > $slowest",
        "{{took.bucket}}[$window]))) > $slow",
        "own.toml:25: the alert Slow: $slow is not known here; only [$window], [$range] and [$step] directly after a concept are\nown.toml:25: the limit \"slowest\" of the alert Slow is not in its expr; compare with $slowest or remove the limit",
    );
    check(
        "than $slowest.",
        "than $fastest.",
        "own.toml:28: a text of the alert Slow names a limit that the alert does not have; write {label}, {value} or the $name of a limit",
    );
    check(
        "{pod} takes",
        "{pod takes",
        "own.toml:27: a text of the alert Slow has braces around something that is no label; write {label}, {value} or the $name of a limit",
    );
    check(
        "group = \"g\"",
        "group = \"h\"",
        "own.toml:20: there is no alert group \"h\"; add an [[alert_group]] of that id or correct the name",
    );
    check(
        "concept = \"took\"",
        "concept = \"gave\"",
        "own.toml:12: there is no histogram \"gave\"; name a [[concept]] of that type\nown.toml:26: nobody wrote down the buckets of \"took\"; add [[buckets]] for that concept",
    );
    check(
        "window = \"5m\"\n",
        "",
        "own.toml:24: the alert Slow has a window without [$window] in its expr, or the other way round; write both or neither, e.g. window = \"5m\"",
    );
    check(
        "steps = [\"Look.\"]",
        "steps = []",
        "own.toml:30: the alert Slow has no steps; write at least one sentence",
    );
}

#[test]
fn names_words_and_lengths_of_time_are_checked() {
    check(
        "name = \"Slow\"",
        "name = \"slow\"",
        "own.toml:19: \"slow\" is not a name for an alert; write it like QueueTooLong",
    );
    check(
        "for = \"5m\"",
        "for = \"soon\"",
        "own.toml:22: \"soon\" is not a length of time; write it like 5m or 1h30m",
    );
    check(
        "severity = \"warning\"",
        "severity = \"bad\"",
        "own.toml:21: there is no severity \"bad\"; use one of: info, warning, critical",
    );
    check(
        "bounds = [0.3, 0.5, 1]",
        "bounds = [0.5, 0.3, 1]",
        "own.toml:13: the bounds of took do not rise; list finite numbers in ascending order\nown.toml:26: nobody wrote down the buckets of \"took\"; add [[buckets]] for that concept",
    );
}

#[test]
fn an_objective_is_ordered_and_whole() {
    check(
        "target = 0.3",
        "target = 0.8",
        "own.toml:43: target, warning and critical of the objective fast do not get worse; order them as `better` says",
    );
    check("by = [\"pod\"]\n", "by = [\"pod\"]\nbudget = 0.05\n", "no fault");
    check(
        "better = \"lower\"",
        "better = \"warmer\"",
        "own.toml:37: there is no better \"warmer\"; use one of: lower, higher",
    );
}
