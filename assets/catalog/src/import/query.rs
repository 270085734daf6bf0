//! A query of Grafana as a template of the catalogue.
//!
//! It knows just enough of PromQL to find selectors; whether the result may stand is for the catalogue's own reader to say.

use std::collections::BTreeSet;

use crate::model::{Catalog, Concept, MetricType, Part};
use crate::promql::{is_label_name, is_metric_name};

/// A metric that no concept has, with the type that its use shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NewConcept {
    pub id: String,
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub metric_type: &'static str,
}

/// After these a parenthesis holds label names.
const LABEL_LISTS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];
const WORDS: [&str; 21] = [
    "and",
    "or",
    "unless",
    "bool",
    "inf",
    "nan",
    "Inf",
    "NaN",
    "sum",
    "min",
    "max",
    "avg",
    "count",
    "group",
    "stddev",
    "stdvar",
    "topk",
    "bottomk",
    "count_values",
    "quantile",
    "limitk",
];
/// What makes a counter's totals into news.
const OF_COUNTERS: [&str; 4] = ["rate", "irate", "increase", "resets"];

pub(super) fn translate(
    catalog: &Catalog,
    expr: &str,
    concepts: &mut BTreeSet<NewConcept>,
    reasons: &mut Vec<String>,
) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = expr.trim();
    // Whether each open parenthesis holds labels, and the function before it.
    let mut open: Vec<(bool, String)> = Vec::new();
    let mut word = String::new();
    while let Some(c) = rest.chars().next() {
        if c.is_ascii_alphabetic() || c == '_' || c == ':' {
            let name = take(&mut rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
            let in_labels = open.last().is_some_and(|(labels, _)| *labels);
            let is_call = rest.trim_start().starts_with('(');
            if name == "offset" {
                return Err("it looks back with offset, which no panel does".to_owned());
            }
            if in_labels || is_call || WORDS.contains(&name) || LABEL_LISTS.contains(&name) {
                out.push_str(name);
                word = name.to_owned();
                continue;
            }
            let function = open.last().map_or("", |(_, function)| function.as_str());
            out.push_str(&selector(catalog, name, function, &mut rest, concepts, reasons)?);
            word.clear();
            continue;
        }
        match c {
            '(' => open.push((LABEL_LISTS.contains(&word.as_str()), word.clone())),
            ')' => {
                open.pop();
            }
            '"' | '\'' | '`' => {
                let literal = string(&mut rest)?;
                if has_variable(literal) {
                    return Err(format!("the variable in {literal} is not known here"));
                }
                out.push_str(literal);
                word.clear();
                continue;
            }
            '{' => return Err("it selects series without a metric's name".to_owned()),
            '[' => return Err("it has a subquery, which no panel has".to_owned()),
            '@' => return Err("it asks for a fixed instant with @, which no panel does".to_owned()),
            '$' => return Err(format!("the variable {} is not known here", variable(rest))),
            c if c.is_ascii_digit() => {
                out.push_str(take(&mut rest, |c| c.is_ascii_alphanumeric() || c == '.'));
                word.clear();
                continue;
            }
            _ => {}
        }
        if !c.is_whitespace() {
            word.clear();
        }
        out.push(c);
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    Ok(out)
}

/// `name{…}[…]` as `{{concept, …}}[…]`.
fn selector(
    catalog: &Catalog,
    name: &str,
    function: &str,
    rest: &mut &str,
    concepts: &mut BTreeSet<NewConcept>,
    reasons: &mut Vec<String>,
) -> Result<String, String> {
    let (id, part, labels) = match known(catalog, name) {
        Some((concept, part)) => (concept.id.to_string(), part, catalog.labels_of(concept)),
        None => {
            let (new, part) = unknown(name, function);
            reasons.push(format!(
                "{name} is not in the catalogue: it is taken for a {}",
                new.metric_type
            ));
            let id = new.id.clone();
            concepts.insert(new);
            let own = ["namespace", "pod"].map(|label| (label.to_owned(), vec![label.to_owned()]));
            (id, part, own.into())
        }
    };
    *rest = rest.trim_start();
    let mut matchers = Vec::new();
    if rest.starts_with('{') {
        *rest = rest.get(1..).unwrap_or_default();
        for (label, op, value) in matcher_list(rest)? {
            if !has_variable(&value) {
                matchers.push(format!("{label}{op}{value}"));
                continue;
            }
            // The page narrows by its own variables.
            let narrows = labels.values().any(|carriers| carriers.contains(&label));
            if !narrows || !is_bare_variable(&value) {
                reasons.push(format!("the filter {label}{op}{value} is left out"));
            }
        }
    }
    let part = part.map_or("", |part| match part {
        Part::Bucket => ".bucket",
        Part::Sum => ".sum",
        Part::Count => ".count",
    });
    let matchers: String = matchers.iter().map(|matcher| format!(", {matcher}")).collect();
    let mut out = format!("{{{{{id}{part}{matchers}}}}}");
    if let Some(after) = rest.trim_start().strip_prefix('[') {
        let (span, after) = after.split_once(']').ok_or("a range does not end")?;
        *rest = after;
        out.push_str(range(span, reasons)?);
    }
    Ok(out)
}

fn range(span: &str, reasons: &mut Vec<String>) -> Result<&'static str, String> {
    if span.contains(':') {
        return Err("it has a subquery, which no panel has".to_owned());
    }
    match span
        .trim()
        .trim_start_matches("${")
        .trim_start_matches('$')
        .trim_end_matches('}')
    {
        "__range" => return Ok("[$range]"),
        "__rate_interval" => {}
        _ => reasons.push(format!("the range [{span}] follows the page")),
    }
    Ok("[$window]")
}

/// The concept that has the name, plain or with its family's prefix.
fn known<'a>(catalog: &'a Catalog, name: &str) -> Option<(&'a Concept, Option<Part>)> {
    let parts = [Part::Bucket, Part::Sum, Part::Count];
    catalog.concepts().find_map(|concept| {
        catalog.names_of(concept).iter().find_map(|form| {
            let behind = name.strip_prefix(form.as_str())?;
            if behind.is_empty() {
                return concept.metric_type.has(None).then_some((concept, None));
            }
            let part = parts.into_iter().find(|part| part.suffix() == behind)?;
            concept.metric_type.has(Some(part)).then_some((concept, Some(part)))
        })
    })
}

fn unknown(name: &str, function: &str) -> (NewConcept, Option<Part>) {
    let (base, part, metric_type) = match name.strip_suffix("_bucket") {
        Some(base) => (base, Some(Part::Bucket), MetricType::Histogram),
        None if OF_COUNTERS.contains(&function) => (name, None, MetricType::Counter),
        None => (name, None, MetricType::Gauge),
    };
    let id: String = base
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let concept = NewConcept {
        id: format!("imported_{}_{id}", metric_type.as_str()),
        name: base.to_owned(),
        metric_type: metric_type.as_str(),
    };
    (concept, part)
}

/// Up to the closing brace: label, operator, value with its quotes.
fn matcher_list(rest: &mut &str) -> Result<Vec<(String, &'static str, String)>, String> {
    let wrong = || "its filters cannot be read".to_owned();
    let mut found = Vec::new();
    loop {
        *rest = rest.trim_start().trim_start_matches(',').trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            *rest = after;
            return Ok(found);
        }
        let label = take(rest, |c| c.is_ascii_alphanumeric() || c == '_').to_owned();
        if label == "__name__" {
            return Err("it selects metrics by a pattern of their names".to_owned());
        }
        *rest = rest.trim_start();
        let op = ["=~", "!~", "!=", "="].into_iter().find(|op| rest.starts_with(op));
        let op = op.filter(|_| is_label_name(&label)).ok_or_else(wrong)?;
        *rest = rest.get(op.len()..).unwrap_or_default().trim_start();
        if !rest.starts_with('"') {
            return Err(wrong());
        }
        found.push((label, op, string(rest)?.to_owned()));
    }
}

/// `$1` is a group of a regular expression, and `$` at its end is the end.
fn has_variable(literal: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '{';
    let dollars = literal.match_indices('$');
    let named = dollars.map(|(at, _)| literal.get(at + 1..).unwrap_or_default());
    literal.contains("[[") || named.into_iter().any(|rest| rest.starts_with(begins))
}

/// `"$name"`, `"${name:regex}"`, `"[[name]]"`: nothing but the variable.
fn is_bare_variable(literal: &str) -> bool {
    let inside = literal.trim_matches('"');
    let name = inside
        .strip_prefix("${")
        .and_then(|inside| inside.strip_suffix('}'))
        .or_else(|| inside.strip_prefix("[[").and_then(|inside| inside.strip_suffix("]]")))
        .or_else(|| inside.strip_prefix('$'))
        .unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default();
    is_metric_name(name)
}

fn variable(text: &str) -> &str {
    let end = text
        .char_indices()
        .skip(1)
        .find(|(_, c)| !(c.is_ascii_alphanumeric() || "_{}:".contains(*c)));
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn take<'a>(rest: &mut &'a str, keep: impl Fn(char) -> bool) -> &'a str {
    let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
    let (taken, left) = rest.split_at(end);
    *rest = left;
    taken
}

/// A literal with its quotes.
fn string<'a>(rest: &mut &'a str) -> Result<&'a str, String> {
    let mut chars = rest.char_indices();
    let quote = chars.next().map_or('"', |(_, quote)| quote);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            let (literal, left) = rest.split_at(at + c.len_utf8());
            *rest = left;
            return Ok(literal);
        }
        if c == '\\' && quote != '`' {
            chars.next();
        }
    }
    Err("a text in quotes does not end".to_owned())
}
