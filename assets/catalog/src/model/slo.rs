//! An objective: what is promised, what it is now, and how much of the promise's budget is used.

use super::{Catalog, Kind, Panel, PanelId, Query, SloId, Unit};
use crate::promql::Template;

/// One row of the board, for each set of the labels `by`.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    pub id: SloId,
    pub title: String,
    /// One sentence: what is promised.
    pub tells: String,
    pub unit: Unit,
    pub better: Better,
    /// Why target, warning and critical are what they are.
    pub reason: String,
    /// The value that is shown and compared, over `$window`.
    pub value: Template,
    /// The share of what was bad, 0 to 1, over `$window`; `None` where the objective is no share of events and so has no
    /// budget.
    pub bad: Option<Template>,
    /// Which share may be bad; 0 without `bad`.
    pub budget: f64,
    pub by: Vec<String>,
    pub target: f64,
    pub warning: f64,
    pub critical: f64,
    pub panel: Option<PanelId>,
    /// CamelCase; the names of its two alerts begin with it. Empty without `bad`.
    pub alert: String,
    pub covers: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Lower,
    Higher,
}

impl Better {
    pub const NAMES: &str = "lower, higher";

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "lower" => Self::Lower,
            "higher" => Self::Higher,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
        }
    }
}

/// How an objective stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Within the target.
    Ok,
    /// Outside of the target, inside of the first limit.
    Missed,
    Warning,
    Critical,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missed => "missed",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl Objective {
    /// Which query of [`Self::as_panel`] is which.
    pub const VALUE: usize = 0;
    pub const BAD: usize = 1;

    /// As a panel that no page shows, for all that is known of panels: which names exist, whom they are narrowed to, where
    /// their buckets end. `None` where the catalogue does not have its concepts.
    pub fn as_panel(&self, catalog: &Catalog) -> Option<Panel> {
        let first = self.value.placeholders().next()?;
        let query = |expr: &Template| Query {
            expr: expr.clone(),
            legend: String::new(),
        };
        Some(Panel {
            id: PanelId::new(self.id.as_str()).ok()?,
            family: catalog.concept(&first.concept)?.family.clone(),
            title: self.title.clone(),
            tells: self.tells.clone(),
            when_bad: String::new(),
            unit: self.unit,
            kind: Kind::Stat,
            covers: self.covers.clone(),
            queries: std::iter::once(&self.value).chain(&self.bad).map(query).collect(),
            thresholds: Vec::new(),
            floors: Vec::new(),
        })
    }

    /// A limit itself still belongs to the better side.
    pub fn state(&self, value: f64) -> State {
        let beyond = |limit: f64| match self.better {
            Better::Lower => value > limit,
            Better::Higher => value < limit,
        };
        if beyond(self.critical) {
            State::Critical
        } else if beyond(self.warning) {
            State::Warning
        } else if beyond(self.target) {
            State::Missed
        } else {
            State::Ok
        }
    }
}
