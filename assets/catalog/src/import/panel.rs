//! One panel of Grafana: its kind, unit, thresholds and queries in the catalogue's words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::grafana::text;
use super::query::{self, NewConcept};
use crate::model::{Catalog, Kind, Unit};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Panel {
    pub id: String,
    pub title: String,
    pub tells: String,
    pub kind: Kind,
    pub unit: Unit,
    /// Template and legend.
    pub queries: Vec<(String, String)>,
    pub thresholds: Vec<Threshold>,
    /// Metrics that the catalogue does not know.
    pub concepts: BTreeSet<NewConcept>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Threshold {
    pub at: f64,
    pub level: &'static str,
    pub below: bool,
}

/// `reasons` gathers what is otherwise than there; the error says why nothing of it can be kept.
pub(super) fn read(
    catalog: &Catalog,
    value: &Value,
    id: &str,
    title: &str,
    dashboard: &str,
    reasons: &mut Vec<String>,
) -> Result<Panel, String> {
    let kind = kind(value, reasons)?;
    let mut concepts = BTreeSet::new();
    let mut queries = Vec::new();
    let targets = value.get("targets").and_then(Value::as_array).into_iter().flatten();
    for target in targets {
        if target.get("hide").and_then(Value::as_bool) == Some(true) {
            continue;
        }
        let source = target.get("datasource").or_else(|| value.get("datasource"));
        let source = source.and_then(|source| text(source, "type"));
        if let Some(other) = source.filter(|source| *source != "prometheus") {
            return Err(format!("it asks {other}, and Servelens asks Prometheus alone"));
        }
        let expr = text(target, "expr").filter(|expr| !expr.trim().is_empty());
        let Some(expr) = expr else { continue };
        let found = query::translate(catalog, expr, &mut concepts, reasons)?;
        queries.push((found, legend(text(target, "legendFormat").unwrap_or_default(), reasons)));
    }
    if queries.is_empty() {
        return Err("it has no query".to_owned());
    }
    for (key, said) in [
        ("transformations", "its transformations are left out"),
        (
            "repeat",
            "it stands once and is not repeated for each value of a variable",
        ),
    ] {
        let given = value.get(key).is_some_and(|value| match value {
            Value::Array(list) => !list.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => false,
        });
        if given {
            reasons.push(said.to_owned());
        }
    }
    let description = text(value, "description")
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let panel = Panel {
        id: id.to_owned(),
        title: title.to_owned(),
        tells: description.map_or_else(
            || format!("From the Grafana dashboard {dashboard:?}."),
            |text| text.replace('\n', " "),
        ),
        kind,
        unit: unit(value, reasons),
        queries,
        thresholds: thresholds(value, reasons),
        concepts,
    };
    reasons.sort();
    reasons.dedup();
    Ok(panel)
}

fn kind(value: &Value, reasons: &mut Vec<String>) -> Result<Kind, String> {
    let stacked = value
        .pointer("/fieldConfig/defaults/custom/stacking/mode")
        .and_then(Value::as_str)
        .is_some_and(|mode| mode != "none")
        || value.get("stack").and_then(Value::as_bool) == Some(true);
    Ok(match text(value, "type").unwrap_or_default() {
        "timeseries" | "graph" if stacked => Kind::Area,
        "timeseries" | "graph" => Kind::Line,
        "stat" | "singlestat" => Kind::Stat,
        gauge @ ("gauge" | "bargauge") => {
            reasons.push(format!("a {gauge} is shown as a number"));
            Kind::Stat
        }
        "" => return Err("it does not say what kind of panel it is".to_owned()),
        other => return Err(format!("Servelens has no panel of the kind {other:?}")),
    })
}

/// `{{label}}` as `{label}`; a legend with anything else in braces is left to the labels.
fn legend(text: &str, reasons: &mut Vec<String>) -> String {
    let plain = text
        .replace("{{", "{")
        .replace("}}", "}")
        .replace("{ ", "{")
        .replace(" }", "}");
    if plain == "__auto" {
        return String::new();
    }
    let good = crate::read::legend_fault(&plain).is_none() && !plain.contains('$');
    if good {
        plain
    } else {
        reasons.push(format!("the legend {text:?} is left out"));
        String::new()
    }
}

fn unit(value: &Value, reasons: &mut Vec<String>) -> Unit {
    let modern = value.pointer("/fieldConfig/defaults/unit").and_then(Value::as_str);
    let old = value.pointer("/yaxes/0/format").and_then(Value::as_str);
    let given = modern.or(old).or_else(|| text(value, "format")).unwrap_or("none");
    match given {
        "" | "none" | "short" | "string" => Unit::None,
        "percentunit" => Unit::Ratio,
        "percent" => Unit::Percent,
        "s" | "dtdurations" => Unit::Seconds,
        "ms" => Unit::Milliseconds,
        "bytes" | "decbytes" => Unit::Bytes,
        "mbytes" => Unit::Mebibytes,
        "Bps" | "binBps" => Unit::BytesPerSecond,
        "reqps" => Unit::RequestsPerSecond,
        "cps" | "ops" | "iops" => Unit::PerSecond,
        "celsius" => Unit::Celsius,
        "watt" => Unit::Watts,
        "watth" => Unit::WattHours,
        "hertz" => Unit::Hertz,
        other => {
            reasons.push(format!(
                "the unit {other:?} is not known here, so its numbers stand bare"
            ));
            Unit::None
        }
    }
}

/// What Grafana puts into every new panel says nothing about this one.
const UNTOUCHED: f64 = 80.0;

fn thresholds(value: &Value, reasons: &mut Vec<String>) -> Vec<Threshold> {
    let Some(given) = value.pointer("/fieldConfig/defaults/thresholds") else {
        return Vec::new();
    };
    let style = value.pointer("/fieldConfig/defaults/custom/thresholdsStyle/mode");
    let is_chart = matches!(text(value, "type"), Some("timeseries" | "graph"));
    let shown = style.and_then(Value::as_str).is_some_and(|mode| mode != "off");
    if is_chart && !shown {
        return Vec::new();
    }
    let steps: Vec<(Option<f64>, Option<&str>)> = given
        .get("steps")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|step| (step.get("value").and_then(Value::as_f64), text(step, "color")))
        .collect();
    if let [_, (Some(UNTOUCHED), _)] = steps.as_slice() {
        return Vec::new();
    }
    let levels: Vec<Option<&str>> = steps.iter().map(|(_, color)| color.and_then(level)).collect();
    let mut found = Vec::new();
    for (index, (at, _)) in steps.iter().enumerate() {
        let (Some(at), Some(before)) = (at, index.checked_sub(1)) else {
            continue;
        };
        let (below, above) = (
            levels.get(before).copied().flatten(),
            levels.get(index).copied().flatten(),
        );
        match (below, above) {
            (Some(GOOD), Some(bad)) | (Some("warning"), Some(bad @ "critical")) if bad != GOOD => {
                found.push(Threshold {
                    at: *at,
                    level: bad,
                    below: false,
                });
            }
            (Some(bad), Some(better)) if bad != GOOD && (better == GOOD || better == "warning") => {
                found.push(Threshold {
                    at: *at,
                    level: bad,
                    below: true,
                });
            }
            _ => {
                reasons.push("its thresholds are left out".to_owned());
                return Vec::new();
            }
        }
    }
    let mode = text(given, "mode").unwrap_or("absolute");
    if mode != "absolute" && !found.is_empty() {
        reasons.push("its thresholds are left out".to_owned());
        return Vec::new();
    }
    // Floors fall, the others rise.
    found.sort_by(|one, other| match one.below {
        true => other.at.total_cmp(&one.at),
        false => one.at.total_cmp(&other.at),
    });
    found
}

const GOOD: &str = "good";

fn level(color: &str) -> Option<&'static str> {
    let is = |words: &[&str]| words.iter().any(|word| color.contains(word));
    if is(&["red"]) {
        Some("critical")
    } else if is(&["orange", "yellow"]) {
        Some("warning")
    } else if is(&["green", "blue", "transparent", "text"]) {
        Some(GOOD)
    } else {
        None
    }
}
