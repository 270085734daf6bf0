//! The known holes of the parser (version 0.11.1), each closed. A query is refused with a sentence, or says what it said.

use super::wall;

fn refused(query: &str) -> String {
    wall(&["a"]).confine(query).map_or_else(
        |refusal| refusal.to_string(),
        |confined| format!("let through: {confined}"),
    )
}

#[test]
fn hole_1_the_parameter_of_an_aggregation_is_walked() {
    assert_eq!(
        refused(r#"topk(scalar(secret{namespace="b"}), up)"#),
        r#"The query asks for namespace="b", which is outside of what may be asked here; drop that matcher."#
    );
}

#[test]
fn hole_2_alternatives_inside_of_a_selector_are_refused() {
    for query in [
        r#"up{a="1" or b="2"}"#,
        r#"{a="1" OR b="2"}"#,
        r#"rate(up{namespace="a" or a="2"}[5m])"#,
    ] {
        assert_eq!(
            refused(query),
            "The word `or` inside of a selector cannot be confined to a namespace; rewrite the query without it."
        );
    }
}

/// Hole 3, label values that were printed without their escapes, is closed since 0.10: see `leaks`, which reads every
/// value back with an eye of its own.
#[test]
fn hole_3_escapes_survive_printing() {
    let confined = wall(&["a"]).confine(r#"up{a="\\\"} or up{b=\"",b='\''}"#).unwrap();
    assert_eq!(confined, r#"up{a="\\\"} or up{b=\"",b="'",namespace="a"}"#);
}

#[test]
fn hole_7_what_would_mean_something_else_once_printed_is_refused() {
    let escape = "A string uses a numeric escape (\\x, \\u or octal); write the character itself.";
    let other = "The query means something else once it is printed again; write it more plainly.";
    let cases = [
        (
            "up @ -100",
            "A negative @ time cannot be confined to a namespace; rewrite the query without it.",
        ),
        (
            "max_over_time(up[1h:1m] @ -1)",
            "A negative @ time cannot be confined to a namespace; rewrite the query without it.",
        ),
        (r#"up{a="\xff"}"#, escape),
        (r#"up{a="\377"}"#, escape),
        (r#"up{a='\u00e9'}"#, escape),
        ("rate(up[1.0005])", other),
        ("rate(up[0])", other),
        ("up * ignoring () group_left () down", other),
    ];
    for (query, expected) in cases {
        assert_eq!(refused(query), expected, "{query}");
    }
}

#[test]
fn hole_8_newer_grammar_is_refused() {
    for query in [
        "rate(up[5m*2])",
        "up offset (1m + 1m)",
        "up anchored",
        "rate(up[5m] smoothed)",
        "foo @ start() [5m]",
        "info(up)",
        "integral(up[5m])",
        "no_such_function(up)",
        "up + fill (0) down",
        "up + fill_left (0) down",
    ] {
        let refusal = refused(query);
        assert!(!refusal.starts_with("let through"), "{query}: {refusal}");
    }
    assert_eq!(
        refused("info(up)"),
        "The function info() is not known to read nothing but its arguments; rewrite the query without it."
    );
}

/// The parser takes a backslash in backticks as an escape, Prometheus does not: the two would disagree about where the
/// string ends, and so would the limits.
#[test]
fn hole_9_a_backslash_in_backticks_is_refused() {
    let hidden = format!(
        "label_replace(up,`\\`A`+{}1{}`x\\`z`)",
        "(".repeat(1000),
        ")".repeat(1000)
    );
    for query in [r"up{a=~`\d+`}", hidden.as_str()] {
        assert_eq!(
            refused(query),
            "A string in backticks holds a backslash; write it in double quotes, with the backslash doubled."
        );
    }
    assert_eq!(refused("up{a=`x\"`}"), r#"let through: up{a="x\"",namespace="a"}"#);
}

/// The parser panics on these, or drops a part of the duration.
#[test]
fn hole_10_durations_out_of_range_are_refused_before_they_are_parsed() {
    for query in [
        "rate(up[1e30])",
        "rate(up[99999999999999999999])",
        "up offset 1e+30",
        "up offset - NaN",
        "up offset Inf",
        "up offset +.5e30",
        "up offset 99999999999s5m",
        "max_over_time(up[5m:1e30])",
        "max_over_time(up[5m:99999999999s])",
    ] {
        assert_eq!(
            refused(query),
            "The query is not PromQL that Servelens can check: a duration is out of range.",
            "{query}"
        );
    }
    let plain = "max_over_time(up[1h30m:0.5] offset -1y2w3d4h5m6s7ms)";
    assert!(refused(plain).starts_with("let through"), "{}", refused(plain));
}

#[test]
fn what_is_no_promql_is_refused_with_the_parser_s_own_words() {
    for query in [
        "",
        " ",
        "# nothing",
        "up{",
        "up)",
        "sum(",
        "up down",
        "up{a=1}",
        "\u{e9}",
        "{}",
        "up{a=~\"(\"}",
    ] {
        let refusal = refused(query);
        assert!(
            !refusal.starts_with("let through") && refusal.len() < 400,
            "{query}: {refusal}"
        );
    }
}
