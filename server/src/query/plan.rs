//! Reads a dashboard's request: which panels, which variables, which instants. Everything that is wrong with the whole
//! request is found here, before the upstream hears of it.

use std::collections::BTreeMap;

use catalog::{
    Catalog,
    measure::INSTANTS,
    promql::{Grid, GridError, LabelValue, MAX_POINTS, Vars, grid},
    who::WORKLOAD,
};
use server_api::PanelsRequest;

use super::decode::Columns;
use crate::error::{Fault, clip};

/// A dashboard has some dozens.
const MOST_PANELS: usize = 100;
/// Chosen values of all variables together; more would not fit into an address.
const MOST_VALUES: usize = 500;
/// Kubernetes names have at most 253 characters, model names are paths, which Linux allows so long.
const LONGEST_VALUE: usize = 4096;

/// The shortest time by which a range must move before its surroundings are looked at anew.
const FRESH_S: i64 = 600;

/// What is to be asked.
#[derive(Debug)]
pub struct Plan {
    /// Each id once, in the order asked; unknown ones too, because they fail alone.
    pub panels: Vec<String>,
    pub vars: Vars,
    /// The namespaces chosen; none: all that the caller may see.
    pub namespaces: Vec<String>,
    pub grid: Grid,
    /// Unix seconds; see [`Plan::begin`].
    pub begins: Option<i64>,
    width: u32,
    scrape_interval_s: u32,
}

impl Plan {
    /// Of one instant, for what no page draws.
    pub fn of_instant(vars: Vars, namespaces: Vec<String>, grid: Grid, scrape_interval_s: u32) -> Plan {
        Plan {
            panels: Vec::new(),
            vars,
            namespaces,
            grid,
            begins: None,
            width: 1,
            scrape_interval_s,
        }
    }

    /// Leaves out the part of the range of which the store holds nothing any more, so that its pixels go to the rest.
    pub fn begin(&mut self, begins: i64) {
        if let Ok(grid) = grid(begins, self.grid.end, self.width, self.scrape_interval_s) {
            (self.grid, self.begins) = (grid, Some(begins));
        }
    }

    /// What of the plan's surroundings was looked at serves until the range has moved by this many seconds, so that a live
    /// page finds its own again.
    pub fn coarse_s(&self) -> i64 {
        let range = i64::try_from(self.grid.range_s()).unwrap_or(i64::MAX);
        range.div_euclid(i64::from(INSTANTS)).max(FRESH_S)
    }

    /// The instants of every range query.
    pub fn columns(&self) -> Columns {
        Columns {
            start: self.grid.start,
            step: self.grid.step,
            len: usize::try_from(self.grid.points()).unwrap_or(0),
        }
    }
}

pub fn read(
    catalog: &Catalog,
    request: PanelsRequest,
    scrape_interval_s: u32,
    most_points: u64,
) -> Result<Plan, Fault> {
    let PanelsRequest {
        panels,
        vars,
        from,
        to,
        width,
    } = request;
    let bad = |reason: String| Err(Fault::BadRequest(reason));
    if panels.is_empty() {
        return bad("`panels` is empty".to_owned());
    }
    let mut unique: Vec<String> = Vec::with_capacity(panels.len().min(MOST_PANELS));
    for panel in panels {
        if !unique.contains(&panel) {
            unique.push(panel);
        }
        if unique.len() > MOST_PANELS {
            return bad(format!("`panels` names more than {MOST_PANELS}"));
        }
    }
    let (vars, namespaces) = variables(catalog, vars)?;
    let grid = grid(from, to, width, scrape_interval_s).map_err(|fault| match fault {
        GridError::Reversed { from, to } => Fault::RangeReversed { from, to },
        GridError::TooManyPoints { points, .. } => Fault::TooManyPoints {
            points,
            limit: most_points.min(MAX_POINTS),
        },
        other => Fault::BadRequest(other.to_string()),
    })?;
    if grid.points() > most_points {
        return Err(Fault::TooManyPoints {
            points: grid.points(),
            limit: most_points,
        });
    }
    Ok(Plan {
        panels: unique,
        vars,
        namespaces,
        grid,
        begins: None,
        width,
        scrape_interval_s,
    })
}

/// The variables as they are bound, and the namespaces chosen.
pub fn variables(catalog: &Catalog, vars: BTreeMap<String, Vec<String>>) -> Result<(Vars, Vec<String>), Fault> {
    let bad = |reason: String| Err(Fault::BadRequest(reason));
    let mut known = catalog.variables();
    known.insert(WORKLOAD);
    if let Some(name) = vars.keys().find(|name| !known.contains(name.as_str())) {
        let known: Vec<_> = known.into_iter().collect();
        let name = clip(name, 40);
        return bad(format!("`vars` has no {name:?}; there are {}", known.join(", ")));
    }
    if vars.values().map(Vec::len).sum::<usize>() > MOST_VALUES {
        return bad(format!("`vars` chooses more than {MOST_VALUES} values"));
    }
    if vars.values().flatten().any(|value| value.len() > LONGEST_VALUE) {
        return bad(format!("a value of `vars` is longer than {LONGEST_VALUE} bytes"));
    }
    let namespaces = vars.get("namespace").cloned().unwrap_or_default();
    let mut bound = Vars::new();
    for (variable, values) in vars {
        bound.set(&variable, values.into_iter().map(LabelValue::new));
    }
    Ok((bound, namespaces))
}
