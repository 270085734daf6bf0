//! Whatever a label value holds, PromQL reads back exactly that value and nothing gets out of its quotes.
//!
//! The reader here is written from Prometheus's grammar and shares nothing with the writer.

use std::iter::Peekable;
use std::str::Chars;

use crate::Catalog;
use crate::promql::{LabelValue, Matcher, Vars, bind, selector};
use crate::resolve::{Choices, candidates, match_selectors};
use crate::tests::world;
use proptest::prelude::*;

/// Label, operator, value.
type Read = (String, String, String);

/// The selector, whole and nothing after it.
fn read(text: &str) -> Result<(String, Vec<Read>), String> {
    let mut chars = text.chars().peekable();
    let name = word(&mut chars);
    let mut matchers = Vec::new();
    if chars.next() != Some('{') {
        return Err("no opening brace".to_owned());
    }
    loop {
        let label = word(&mut chars);
        let mut op = String::new();
        while let Some(c) = chars.next_if(|c| "=!~".contains(*c)) {
            op.push(c);
        }
        matchers.push((label, op, string(&mut chars)?));
        match chars.next() {
            Some(',') => {}
            Some('}') => break,
            other => return Err(format!("{other:?} after a value")),
        }
    }
    match chars.next() {
        None => Ok((name, matchers)),
        Some(c) => Err(format!("{c:?} after the selector")),
    }
}

fn word(chars: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::new();
    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == ':') {
        word.push(c);
    }
    word
}

/// A double-quoted string by Go's rules, which are PromQL's; Prometheus's lexer refuses line feeds and U+FFFD.
fn string(chars: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    if chars.next() != Some('"') {
        return Err("no opening quote".to_owned());
    }
    let mut value = String::new();
    loop {
        match chars.next().ok_or("the string is not closed")? {
            '"' => return Ok(value),
            '\n' | '\u{fffd}' => return Err("a character that ends the lexer's patience".to_owned()),
            '\\' => match chars.next().ok_or("nothing after a backslash")? {
                'n' => value.push('\n'),
                c @ ('\\' | '"') => value.push(c),
                'u' => {
                    let digits: String = chars.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&digits, 16).map_err(|error| error.to_string())?;
                    value.push(char::from_u32(code).ok_or("a surrogate")?);
                }
                c => return Err(format!("the escape {c:?}")),
            },
            c => value.push(c),
        }
    }
}

/// The alternatives that an anchored regular expression of escaped literals matches (RE2's syntax).
fn alternatives(regex: &str) -> Result<Vec<String>, String> {
    let mut found = vec![String::new()];
    let mut chars = regex.chars();
    while let Some(c) = chars.next() {
        match c {
            '|' => found.push(String::new()),
            '\\' => {
                let c = chars
                    .next()
                    .filter(char::is_ascii_punctuation)
                    .ok_or("an escape that means something")?;
                found.last_mut().unwrap().push(c);
            }
            c if ".+*?()[]{}^$".contains(c) => return Err(format!("{c:?} is not quoted")),
            c => found.last_mut().unwrap().push(c),
        }
    }
    Ok(found)
}

/// Ordinary text, and text made of what breaks out of things.
fn nasty() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\"",
        "\\",
        "\n",
        "\r",
        "\0",
        "}",
        "{",
        ")",
        "(",
        "#",
        ",",
        "|",
        ".*",
        "$1",
        "$window",
        "{{ttft}}",
        "\u{fffd}",
        "\u{feff}",
        "\u{2028}",
        "🚀",
        "é",
        "a",
        " or vector(1) ",
        "\\n",
        "\\u0041",
        "`",
        "'",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
    ]
}

proptest! {
    #[test]
    fn one_value_is_read_back_as_it_was(value in nasty()) {
        let text = selector("m", &[Matcher::any_of("model_name", &[LabelValue::new(value.as_str())])]);
        let expect = ("m".to_owned(), vec![("model_name".to_owned(), "=".to_owned(), value)]);
        prop_assert_eq!(read(&text), Ok(expect));
    }

    #[test]
    fn several_values_are_read_back_as_alternatives(values in prop::collection::vec(nasty(), 2..5)) {
        let given: Vec<_> = values.iter().map(LabelValue::new).collect();
        let text = selector("m", &[Matcher::any_of("model_name", &given)]);
        let (_, matchers) = read(&text).map_err(TestCaseError::fail)?;
        let (label, op, regex) = &matchers[0];
        prop_assert_eq!((label.as_str(), op.as_str(), matchers.len()), ("model_name", "=~", 1));
        prop_assert_eq!(alternatives(regex).map_err(TestCaseError::fail)?, values);
    }

    #[test]
    fn a_bound_panel_differs_from_its_neighbour_by_the_value_alone(namespace in nasty(), model in nasty()) {
        let catalog = Catalog::embedded().unwrap();
        let panel = catalog.panel("vllm.waiting").unwrap();
        let mut vars = Vars::new();
        vars.set("namespace", [LabelValue::new(namespace.as_str())]);
        vars.set("model", [LabelValue::new(model.as_str())]);
        let choices = Choices::newest(&catalog, [panel]);
        let text = bind(&catalog, panel, 0, &choices, &vars, &world::hour()).unwrap().unwrap();
        let inside = text.strip_prefix("sum by (namespace, pod) (").and_then(|text| text.strip_suffix(')')).unwrap();
        let expect = vec![
            ("model_name".to_owned(), "=".to_owned(), model),
            ("namespace".to_owned(), "=".to_owned(), namespace),
        ];
        prop_assert_eq!(read(inside), Ok(("vllm:num_requests_waiting".to_owned(), expect)));
    }

    #[test]
    fn the_series_request_holds_exactly_the_value(namespace in nasty()) {
        let catalog = Catalog::embedded().unwrap();
        let mut vars = Vars::new();
        vars.set("namespace", [LabelValue::new(namespace.as_str())]);
        // A node, for one, is in no namespace.
        let mut in_a_namespace = candidates(&catalog, catalog.panels());
        in_a_namespace.retain(|candidate| candidate.labels.contains_key("namespace"));
        for text in match_selectors(&in_a_namespace, &vars) {
            let (_, matchers) = read(&text).map_err(TestCaseError::fail)?;
            prop_assert!(matchers.iter().any(|(_, op, value)| op == "=" && *value == namespace), "{}", text);
        }
    }

    #[test]
    fn twin_jobs_of_any_name_stay_in_their_quotes(one in nasty(), other in nasty()) {
        let (first, second) = if one < other { (one, other) } else { (other, one) };
        prop_assume!(first != second);
        let catalog = Catalog::embedded().unwrap();
        let panel = catalog.panel("vllm.waiting").unwrap();
        let mut seen = world::sightings("vllm:num_requests_waiting{pod=p}\nvllm:num_requests_waiting{pod=p}");
        seen[0].labels.insert("job".to_owned(), first);
        seen[1].labels.insert("job".to_owned(), second.clone());
        let choices = crate::resolve::choose(&catalog, &candidates(&catalog, [panel]), &seen);
        let text = bind(&catalog, panel, 0, &choices, &Vars::new(), &world::hour()).unwrap().unwrap();
        let inside = text.strip_prefix("sum by (namespace, pod) ((").and_then(|text| text.strip_suffix("))")).unwrap();
        let expect = |op: &str| ("vllm:num_requests_waiting".to_owned(), vec![("job".to_owned(), op.to_owned(), second.clone())]);
        // The first arm's end is found by its length, since the job may hold the joining words.
        let arm = selector("vllm:num_requests_waiting", &[Matcher::any_of("job", &[LabelValue::new(second.as_str())])]);
        let (left, right) = inside.split_at(arm.len() + 1);
        prop_assert_eq!(read(left), Ok(expect("!=")));
        prop_assert_eq!(read(right.strip_prefix(" or on (namespace, pod) ").unwrap()), Ok(expect("=")));
    }
}

#[test]
fn four_kibibytes_of_quotes_are_one_value() {
    let value = "\"\\".repeat(2048);
    let text = selector("m", &[Matcher::any_of("pod", &[LabelValue::new(value.as_str())])]);
    assert_eq!(
        read(&text),
        Ok(("m".to_owned(), vec![("pod".to_owned(), "=".to_owned(), value)]))
    );
}
