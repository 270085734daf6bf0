//! The limits, and that nothing within them can do harm.

use std::thread;

use super::wall;
use crate::{
    MAX_DEPTH, MAX_OPERATORS, MAX_TEXT_BYTES,
    Refusal::{self, *},
    STACK_BYTES,
    limits::{self, FOREIGN},
};

#[test]
fn limits_are_found_before_parsing_and_strings_do_not_count() {
    let cases: [(String, Result<(), Refusal>); 28] = [
        ("up".to_owned(), Ok(())),
        (format!("up{{a=\"{}\"}}", "(".repeat(300)), Ok(())),
        (format!("up{{a=\"{}\"}}", "\\\"(".repeat(300)), Ok(())),
        (format!("up # {}", "(".repeat(300)), Ok(())),
        (format!("up # \n{}", "(".repeat(300)), Err(TooDeep)),
        (format!("up # \r{}", "(".repeat(300)), Err(TooDeep)),
        ("x".repeat(MAX_TEXT_BYTES + 1), Err(TooLong(MAX_TEXT_BYTES + 1))),
        (format!("{}up{}", "abs(".repeat(64), ")".repeat(64)), Ok(())),
        (format!("{}up{}", "abs(".repeat(65), ")".repeat(65)), Err(TooDeep)),
        (format!("{}up", "-".repeat(65)), Err(TooDeep)),
        (format!("{}up", "- ".repeat(65)), Err(TooDeep)),
        (format!("{}up", "-#\n".repeat(65)), Err(TooDeep)),
        (format!("1{}", "+1".repeat(256)), Ok(())),
        (format!("1{}", "+1".repeat(257)), Err(TooManyOperators)),
        (format!("up{}", " or up".repeat(257)), Err(TooManyOperators)),
        (format!("(a){}", "or(a)".repeat(257)), Err(TooManyOperators)),
        (format!("\"a\"{}", "AND\"a\"".repeat(257)), Err(TooManyOperators)),
        (format!("up{{{}}}", "a=\"b\",".repeat(400)), Ok(())),
        (format!("up{{a=~\"{}\"}}", "a".repeat(256)), Ok(())),
        (format!("up{{a=~\"{}\"}}", "a".repeat(257)), Err(RegexTooLong)),
        (format!("up{{a=~#\"\n'{}'}}", "a".repeat(257)), Err(RegexTooLong)),
        (format!("up{{a=\"{}\"}}", "a".repeat(257)), Ok(())),
        ("up{a=\"b".to_owned(), Err(OpenString)),
        (r#"up{a="\xff"}"#.to_owned(), Err(NumericEscape)),
        (r"up{a=`\xff`}".to_owned(), Err(RawBackslash)),
        (r#"up{a=~"\\pL{500}"}"#.to_owned(), Err(RegexTooHeavy)),
        (r#"up{a=~"((x{99}){99}){99}"}"#.to_owned(), Err(RegexTooHeavy)),
        (format!("up{{{}}}", r#"a=~"\\pL{20}","#.repeat(30)), Err(RegexTooHeavy)),
    ];
    for (text, expected) in cases {
        assert_eq!(limits::check(&text, &FOREIGN), expected, "{text}");
    }
}

/// Whoever compiles it and whoever matches with it have different dialects: only what both know passes.
#[test]
fn a_regular_expression_that_is_not_known_to_both_dialects_is_refused() {
    for pattern in ["a)|(b", "(", "\\\\Q.*\\\\E", "aaa{bbb}ccc", "*", "[", "\\\\8"] {
        assert_eq!(
            limits::check(&format!("up{{a=~\"{pattern}\"}}"), &FOREIGN),
            Err(RegexUnknown),
            "{pattern}"
        );
    }
    for pattern in [
        ".*",
        "a|b",
        "\\\\d+",
        "5..",
        "^a$",
        "(?i:abc)",
        "[a-z]{1,63}",
        "\\\\.prod\\\\-",
        "llm-.+",
        "\\\\w+",
    ] {
        let text = format!("up{{a!~\"{pattern}\"}}");
        assert_eq!(limits::check(&text, &FOREIGN), Ok(()), "{pattern}");
    }
}

/// The worst queries that the limits let through, on a quarter of the stack that they are promised.
#[test]
fn the_deepest_and_longest_query_within_the_limits_does_not_end_the_process() {
    let deepest = format!("{}up{}", "abs(".repeat(MAX_DEPTH), ")".repeat(MAX_DEPTH));
    let signed = format!("{}up{}", "---(".repeat(MAX_DEPTH - 3), ")".repeat(MAX_DEPTH - 3));
    let longest = format!("1{}", "+1".repeat(MAX_OPERATORS));
    let to_the_right = format!("1{}", "^1".repeat(MAX_OPERATORS));
    let selectors = format!("a{}", " or a".repeat(MAX_OPERATORS));
    let both = format!(
        "{}up{}{}",
        "abs(".repeat(MAX_DEPTH),
        "^up".repeat(MAX_OPERATORS),
        ")".repeat(MAX_DEPTH)
    );
    let sub = format!("{}up{}", "max_over_time((".repeat(31), ")[1h:1m])".repeat(31));
    for query in [deepest, signed, longest, to_the_right, selectors, both, sub] {
        let small = thread::Builder::new().stack_size(STACK_BYTES / 4);
        let confined = small
            .spawn(move || wall(&["a"]).confine(&query))
            .unwrap()
            .join()
            .unwrap();
        assert!(confined.is_ok(), "{confined:?}");
    }
}

#[test]
fn a_confined_query_cannot_grow_without_bound() {
    let many: Vec<String> = (0..300).map(|n| format!("namespace-{n}")).collect();
    let wide = wall(&many.iter().map(String::as_str).collect::<Vec<_>>());
    let query = format!("a{}", " or a".repeat(MAX_OPERATORS));
    assert_eq!(wide.confine(&query), Err(TooLongConfined));
    assert!(wide.confine("a or a").is_ok());
}

/// Our own lists are longer than anybody writes by hand; what somebody chose still has an end, and is told so.
#[test]
fn a_query_of_our_own_may_hold_long_lists_and_not_endless_ones() {
    let chosen = |many: usize| {
        let names: Vec<String> = (0..many).map(|n| format!("model-{n}")).collect();
        format!("up{{model=~\"{}\"}}", names.join("|"))
    };
    assert_eq!(wall(&["a"]).confine(&chosen(100)), Err(RegexTooLong));
    assert!(wall(&["a"]).confine_own(&chosen(100)).is_ok());
    assert!(wall(&["a"]).confine_own_selector(&chosen(100)).is_ok());
    assert_eq!(wall(&["a"]).confine_own(&chosen(20_000)), Err(TooMuchChosen));
    assert_eq!(wall(&["a"]).confine_own(&"(".repeat(100)), Err(TooDeep));
    // Of a host without a namespace.
    assert_eq!(
        wall(&["a"]).confine_own("up{namespace=\"\"}").as_deref(),
        Ok("up{namespace=\"\",namespace=\"a\"}")
    );
}
