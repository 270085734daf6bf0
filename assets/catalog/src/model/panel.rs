//! A panel: one chart, written once.

use super::{FamilyId, PanelId, Unit};
use crate::promql::Template;

#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub id: PanelId,
    /// The family of the first concept it asks for.
    pub family: FamilyId,
    pub title: String,
    /// One sentence: what the panel tells.
    pub tells: String,
    /// One sentence: what to do when it looks bad.
    pub when_bad: String,
    pub unit: Unit,
    pub kind: Kind,
    /// Requirement lines, e.g. `S0.17`.
    pub covers: Vec<String>,
    pub queries: Vec<Query>,
    /// In the panel's unit, ascending: at and above `at` the value is `level`.
    pub thresholds: Vec<Threshold>,
    /// In the panel's unit, descending: below `at` the value is `level`. Apart from the others, so that nobody who
    /// knows only those takes a floor for a ceiling.
    pub floors: Vec<Threshold>,
}

impl Panel {
    /// Whether any of its queries depends on the rate window.
    pub fn uses_window(&self) -> bool {
        self.queries.iter().any(|query| query.expr.uses_window())
    }

    /// Whether each query is a total of the whole range, which only the range's last instant tells.
    pub fn is_total(&self) -> bool {
        self.queries.iter().all(|query| query.expr.uses_range())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub expr: Template,
    /// `{label}` is replaced by the series' label value.
    pub legend: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Line,
    Area,
    /// The last value, large, above a small line.
    Stat,
    /// A distribution: one bar for each bucket of a histogram, asked once for the whole range.
    Bar,
}

impl Kind {
    pub const NAMES: &str = "line, area, stat, bar";

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "line" => Self::Line,
            "area" => Self::Area,
            "stat" => Self::Stat,
            "bar" => Self::Bar,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Area => "area",
            Self::Stat => "stat",
            Self::Bar => "bar",
        }
    }
}

/// Where a value begins to be bad; on which side stands with the panel's lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    pub at: f64,
    pub level: Level,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Warning,
    Critical,
}

impl Level {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "warning" => Self::Warning,
            "critical" => Self::Critical,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}
