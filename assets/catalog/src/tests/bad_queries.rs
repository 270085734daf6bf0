//! What a query of the catalogue may not be, and what its author is told.

use super::bad_files::check;

/// The panel's query replaced; all its faults stand at line 43, where the query is.
fn query(expr: &str, expect: &str) {
    let expr = expr.replace('\\', r"\\").replace('"', "\\\"");
    let expect = if expect == "no fault" {
        expect.to_owned()
    } else {
        format!("own.toml:43: the panel f.used: {expect}")
    };
    check("max({{used}})", &expr, &expect);
}

#[test]
fn a_step_stands_alone_in_a_peak_a_trough_or_a_mean() {
    for good in ["max", "min", "avg"] {
        query(&format!("max({good}_over_time({{{{used}}}}[$step]))"), "no fault");
    }
    for bad in [
        "max(last_over_time({{used}}[$step]))",
        "max(quantile_over_time(0.9, {{used}}[$step]))",
        "max(max_over_time({{used}}[$step] offset 5m))",
    ] {
        query(
            bad,
            "[$step] says what a gauge was between two instants; write it in max_over_time(), min_over_time() or avg_over_time() around {{used}} alone",
        );
    }
}

#[test]
fn queries_that_are_not_templates() {
    query("max({{used)", "\"{{\" is not closed; close it or remove it");
    query("max({{used}}", "\"(\" is not closed; close it or remove it");
    query("max({{used}}))", "a \")\" closes nothing; remove it or open it");
    query("max({{used}})]", "a \"]\" closes nothing; remove it or open it");
    query(
        "max({{used}}) + {a=\"b\"}",
        "a single brace is not allowed; write a selector as {{concept}}",
    );
    query(
        "max({{used}})}",
        "a single brace is not allowed; write a selector as {{concept}}",
    );
    query(
        "max({{u{sed}})",
        "a single brace is not allowed; write a selector as {{concept}}",
    );
    query(
        "max({{}})",
        "{{}} is not a placeholder; write {{concept}}, {{concept.bucket}} or {{concept, label=\"value\"}}",
    );
    query(
        "max({{used, pod=x}})",
        "{{used, pod=x}} is not a placeholder; write {{concept}}, {{concept.bucket}} or {{concept, label=\"value\"}}",
    );
    query(
        "max({{took.median}})",
        "{{took.median}} is not a placeholder; write {{concept}}, {{concept.bucket}} or {{concept, label=\"value\"}}",
    );
    query("max({{used, pod=\"x}})", "\"\"\" is not closed; close it or remove it");
    query(
        "vector(1)",
        "the query asks for no concept; write {{concept}} where the metric belongs",
    );
    query(
        "max({{moon}})",
        "there is no concept \"moon\"; add a [[concept]] of that id or correct the name",
    );
    query(
        "f_used / {{used}}",
        "the metric name \"f_used\" stands outside of braces; write {{concept}} and name the metric in a [[concept]]",
    );
    query(
        "{{used}} > $limit",
        "$limit is not known here; only [$window], [$range] and [$step] directly after a concept are",
    );
    query(
        "avg_over_time({{used}}[5m])",
        "[5m] is not a range that follows the page; write [$window], [$range] or [$step]",
    );
    query(
        "max_over_time(max({{used}})[1h:])",
        "[1h:] is not a range that follows the page; write [$window], [$range] or [$step]",
    );
    query(
        "{{done}}[$window]",
        "the range of {{done}} is not alone in a call; write e.g. rate({{done}}[$window])",
    );
    query(
        "({{done}}[$window])",
        "the range of {{done}} is not alone in a call; write e.g. rate({{done}}[$window])",
    );
    query(
        "rate({{done}}[$window] or {{done}}[$window])",
        "the range of {{done}} is not alone in a call; write e.g. rate({{done}}[$window])",
    );
}

#[test]
fn concepts_used_against_their_type() {
    query(
        "sum({{done}})",
        "done is a counter and only ever grows; put it into rate(…[$window]) or increase(…[$range])",
    );
    query(
        "avg_over_time({{done}}[$window])",
        "done is a counter and only ever grows; put it into rate(…[$window]) or increase(…[$range])",
    );
    query(
        "sum({{took.count}})",
        "took is a histogram and only ever grows; put it into rate(…[$window]) or increase(…[$range])",
    );
    query(
        "rate({{used}}[$window])",
        "used is a gauge, of which rate() means nothing; use it as it is or with avg_over_time()",
    );
    query(
        "increase({{used}}[$range])",
        "used is a gauge, of which increase() means nothing; use it as it is or with avg_over_time()",
    );
    query(
        "rate({{done.bucket}}[$window])",
        "done is a counter and has no such series; write it without a part after the dot",
    );
    query(
        "max({{used.sum}})",
        "used is a gauge and has no such series; write it without a part after the dot",
    );
    query(
        "rate({{took}}[$window])",
        "took is a histogram and has no such series; write .bucket, .sum or .count after it",
    );
    query(
        "rate({{ran.bucket}}[$window])",
        "ran is a summary and has no such series; write .sum or .count after it",
    );
}

#[test]
fn what_is_allowed_in_a_query() {
    for good in [
        "sum by (pod) (rate({{done, method=~\"A|B\", code!=\"5{x}\"}}[$window])) > bool 1e-3",
        "quantile_over_time(0.9, {{used}}[$range])",
        "predict_linear({{used}}[$window], 3600)",
        "max({{used}}) or on () label_replace({{used}}, \"a\", \"$1\", \"b\", \"(.+)\")",
        "sum(rate({{took.sum}}[$window])) / sum(rate({{took.count}}[$window])) unless on (pod) {{used}}",
        "topk(3, {{used}}) * on (pod) group_left (node) {{used}}",
        "avg without (pod, node) ({{used}})",
        "changes({{used}}[$window]) + changes({{done}}[$range])",
        "max by (pod) (last_over_time({{done}}[$window]))",
    ] {
        query(good, "no fault");
    }
}
