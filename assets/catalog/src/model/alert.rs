//! An alert rule: what is wrong, from when on, and what to do then.

use std::collections::BTreeMap;

use super::{ConceptId, PanelId, Unit};
use crate::promql::{Template, TemplateError};

/// Rules that are evaluated together and live in one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertGroup {
    pub id: String,
    pub title: String,
    pub home: Home,
    /// Of a service: where it usually is. Empty where the models are.
    pub namespace: String,
}

/// In which namespace a group's rules see their series. OpenShift narrows a rule in a user's namespace to that namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Where the models are: one copy for each of their namespaces.
    Models,
    /// Where an exporter or a shared service is: one copy, in that namespace.
    Service,
}

impl Home {
    pub const NAMES: &str = "models, service";

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "models" => Self::Models,
            "service" => Self::Service,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Service => "service",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// CamelCase: it is the alert's name in Prometheus and the name of its runbook.
    pub name: String,
    pub group: String,
    pub severity: Severity,
    /// How long it must hold.
    pub for_s: u32,
    /// Of `[$window]`; 0 where the rule has none.
    pub window_s: u32,
    /// Of `[$range]`; 0 where the rule has none.
    pub range_s: u32,
    /// Of the rule's value.
    pub unit: Unit,
    /// With `{{concept}}` and `$limit` in it.
    pub expr: String,
    pub limits: Vec<Limit>,
    pub unless: Vec<Unless>,
    /// One line for a pager; `{label}`, `{value}` and `$limit` are filled in.
    pub summary: String,
    /// What is wrong, in a sentence or two; as `summary`.
    pub means: String,
    pub causes: Vec<String>,
    /// What to do, the first thing first.
    pub steps: Vec<String>,
    pub panel: Option<PanelId>,
    /// Requirement lines, e.g. `S3.17`.
    pub covers: Vec<String>,
}

/// A number that the rule compares with, which an installation may set.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// As in `$name`.
    pub name: String,
    pub default: f64,
    pub unit: Unit,
    /// Why the default is what it is.
    pub reason: String,
    /// The histogram whose buckets decide what can be measured.
    pub bounds_of: Option<ConceptId>,
}

/// Where the rule would fire and mean nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Unless {
    /// Series that carry the labels `on` where the rule is to be silent.
    pub expr: String,
    pub on: Vec<String>,
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    Critical,
}

impl Severity {
    pub const NAMES: &str = "info, warning, critical";

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "info" => Self::Info,
            "warning" => Self::Warning,
            "critical" => Self::Critical,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl Alert {
    /// The limits' defaults.
    pub fn defaults(&self) -> BTreeMap<String, f64> {
        let of = |limit: &Limit| (limit.name.clone(), limit.default);
        self.limits.iter().map(of).collect()
    }

    /// The condition as a template, with numbers for its limits.
    pub fn condition(&self, limits: &BTreeMap<String, f64>) -> Result<Template, TemplateError> {
        Template::parse(&filled(&self.expr, limits))
    }

    /// The condition as one template, silent where it would mean nothing.
    pub fn template(&self, limits: &BTreeMap<String, f64>) -> Result<Template, TemplateError> {
        let mut text = filled(&self.expr, limits);
        for unless in &self.unless {
            text = format!("(\n{text}\n)\nunless on ({}) {}", unless.on.join(", "), unless.expr);
        }
        Template::parse(&text)
    }
}

/// `$name` replaced by its number; other dollars stay.
pub(crate) fn filled(text: &str, limits: &BTreeMap<String, f64>) -> String {
    replaced(text, |name| limits.get(name).map(ToString::to_string))
}

/// Every `$name` that `by` knows replaced.
pub(crate) fn replaced(text: &str, by: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('$');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let end = part
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        match by(name) {
            Some(value) => out.push_str(&value),
            None => {
                out.push('$');
                out.push_str(name);
            }
        }
        out.push_str(rest);
    }
    out
}
