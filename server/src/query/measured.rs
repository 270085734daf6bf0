//! What was measured before the panels are asked: the ends of histograms, how far apart samples are and since when there
//! are any. One probe for a dashboard, remembered for a while.
//!
//! A probe that fails fails no panel: the panels say what could not be looked up.

use std::{sync::Arc, time::Duration};

use catalog::{
    Panel,
    measure::{Facts, INSTANTS, probe},
};
use moka::sync::Cache;

use super::{
    decode::{Columns, Decoded},
    fetch,
    names::Names,
    panel::Asking,
    plan::Plan,
};
use crate::{error::Fault, query::eyes::EyesKey};

/// Bounds change when an engine is upgraded; until then a new one's series are held against the known bounds.
const KEPT: Duration = Duration::from_secs(300);
/// The panels wait for it: rather a chart with usual windows than none.
const PATIENCE: Duration = Duration::from_secs(5);
/// Dashboards of some dozens of callers.
const MOST_KEPT: u64 = 500;

/// Who asked what of which range. The end counts in steps, so that a live page finds its own again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    caller: EyesKey,
    expr: String,
    range_s: u64,
    end: i64,
}

/// Of the whole server.
pub struct Known(Cache<Key, Arc<Seen>>);

/// A probe's answer.
#[derive(Default)]
pub struct Seen {
    pub facts: Facts,
    /// Unix seconds. Nothing of what the dashboard shows was scraped in its range before that; `None` where the range's
    /// first part holds something, and where nobody can tell.
    pub begins: Option<i64>,
}

impl Default for Known {
    fn default() -> Known {
        Known(Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build())
    }
}

/// What one dashboard's panels share.
pub struct Measured {
    pub seen: Arc<Seen>,
    /// Whether the probe could not be asked, or its answer not be trusted whole.
    pub failed: bool,
}

impl Measured {
    pub async fn find(asking: &Asking, plan: &Plan, panels: &[&Panel], names: &Names) -> Measured {
        let failure = match tokio::time::timeout(PATIENCE, seen(asking, plan, panels, names)).await {
            Ok(Ok(seen)) => return Measured { seen, failed: false },
            Ok(Err(fault)) => fault.to_string(),
            Err(_) => format!("no answer within {PATIENCE:?}"),
        };
        tracing::warn!(request_id = asking.request_id, "measuring failed: {failure}");
        Measured {
            seen: Arc::default(),
            failed: true,
        }
    }
}

async fn seen(asking: &Asking, plan: &Plan, panels: &[&Panel], names: &Names) -> Result<Arc<Seen>, Fault> {
    let app = &asking.app;
    // Without names no panel asks anything, and each says why.
    let Ok(choices) = &names.choices else {
        return Ok(Arc::default());
    };
    let instants = instants(plan);
    let Some(expr) = probe(&asking.catalog, panels, choices, &plan.vars, instants.step) else {
        return Ok(Arc::default());
    };
    let key = Key {
        caller: asking.eyes()?.key(),
        expr,
        range_s: plan.grid.range_s(),
        end: plan.grid.end.div_euclid(plan.coarse_s()),
    };
    if let Some(known) = app.known.0.get(&key) {
        return Ok(known);
    }
    let Decoded { data, warnings } = fetch::instants(asking, &key.expr, 0, instants).await?;
    let facts = Facts::read(data.into_iter().map(|frame| (frame.labels, frame.values)));
    // A store that could not look everywhere has not said that there is nothing.
    let silent = facts
        .silent(&choices.jobs(panels.iter()))
        .filter(|_| warnings.is_empty());
    // Before the first instant lies nothing that was asked for.
    let begins = silent.filter(|silent| *silent > 1).map(|silent| {
        let steps = i64::from(silent - 1) * i64::from(instants.step);
        instants.start.saturating_add(steps)
    });
    let seen = Arc::new(Seen { facts, begins });
    app.known.0.insert(key, Arc::clone(&seen));
    Ok(seen)
}

/// The probe's instants: the range's end is the last one, because there is what people look at.
fn instants(plan: &Plan) -> Columns {
    let grid = &plan.grid;
    let range = u32::try_from(grid.end.saturating_sub(grid.start)).unwrap_or(u32::MAX);
    let step = range.div_ceil(INSTANTS - 1).max(1);
    let steps = range / step;
    Columns {
        start: grid.end.saturating_sub(i64::from(steps) * i64::from(step)),
        step,
        len: steps as usize + 1,
    }
}
