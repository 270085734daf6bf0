//! A panel's queries with another program's variables in them.

use super::{ExportError, Order};
use crate::model::{Kind, Panel};
use crate::promql::{Durations, Vars, bind_with};

/// How a program writes its variables.
pub(super) struct Dialect {
    /// The duration that fits a rate.
    pub window: &'static str,
    /// The whole of what is shown.
    pub range: &'static str,
    /// The variables that it can offer; `None`: any.
    pub variables: Option<&'static [&'static str]>,
}

impl Dialect {
    pub fn offers(&self, variable: &str) -> bool {
        self.variables.is_none_or(|offered| offered.contains(&variable))
    }
}

/// From one instant of a chart to the next; Grafana and Perses write it alike.
const STEP: &str = "$__interval";

pub(super) struct BoundQuery {
    pub expr: String,
    /// With `{{label}}`, as the programs write it.
    pub legend: String,
    /// Asked at the end of the range alone.
    pub instant: bool,
}

/// The queries that have a source; empty where none has.
pub(super) fn queries(order: &Order<'_>, panel: &Panel, dialect: &Dialect) -> Result<Vec<BoundQuery>, ExportError> {
    let mut vars = Vars::new();
    for variable in order.catalog.variables() {
        if dialect.offers(variable) {
            vars.defer(variable, &format!("${variable}"));
        }
    }
    let spans = Durations {
        window: dialect.window.to_owned(),
        range: dialect.range.to_owned(),
        step: Some(STEP.to_owned()),
    };
    let mut bound = Vec::new();
    for (index, query) in panel.queries.iter().enumerate() {
        let expr = bind_with(order.catalog, panel, index, order.choices, &vars, &spans)?;
        bound.extend(expr.map(|expr| BoundQuery {
            expr,
            legend: query.legend.replace('{', "{{").replace('}', "}}"),
            instant: panel.kind == Kind::Bar || (panel.kind == Kind::Stat && panel.is_total()),
        }));
    }
    Ok(bound)
}
