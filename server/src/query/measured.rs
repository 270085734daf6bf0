//! What was measured before the panels are asked: one probe for a dashboard, remembered for a while.
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
/// Dashboards of some dozens of callers.
const MOST_KEPT: u64 = 500;
/// The shortest time by which a range's end must move before it is measured anew.
const FRESH_S: i64 = 600;

/// Who asked what of which range. The end counts in steps, so that a live page finds its own again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    caller: EyesKey,
    expr: String,
    range_s: u64,
    end: i64,
}

/// Of the whole server.
pub struct Known(Cache<Key, Arc<Facts>>);

impl Default for Known {
    fn default() -> Known {
        Known(Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build())
    }
}

/// What one dashboard's panels share.
pub struct Measured {
    pub facts: Arc<Facts>,
    /// Whether the probe could not be asked, or its answer not be trusted whole.
    pub failed: bool,
}

impl Measured {
    pub async fn find(asking: &Asking, plan: &Plan, names: &Names) -> Measured {
        match facts(asking, plan, names).await {
            Ok(facts) => Measured { facts, failed: false },
            Err(fault) => {
                tracing::warn!(request_id = asking.request_id, "measuring failed: {fault}");
                Measured {
                    facts: Arc::default(),
                    failed: true,
                }
            }
        }
    }
}

async fn facts(asking: &Asking, plan: &Plan, names: &Names) -> Result<Arc<Facts>, Fault> {
    let app = &asking.app;
    let panels: Vec<&Panel> = plan.panels.iter().filter_map(|id| asking.catalog.panel(id)).collect();
    // Without names no panel asks anything, and each says why.
    let Ok(choices) = &names.choices else {
        return Ok(Arc::default());
    };
    let Some(expr) = probe(&asking.catalog, &panels, choices, &plan.vars) else {
        return Ok(Arc::default());
    };
    let range_s = plan.grid.range_s();
    let range = i64::try_from(range_s).unwrap_or(i64::MAX);
    let key = Key {
        caller: asking.eyes()?.key(),
        expr,
        range_s,
        end: plan
            .grid
            .end
            .div_euclid(range.div_euclid(i64::from(INSTANTS)).max(FRESH_S)),
    };
    if let Some(known) = app.known.0.get(&key) {
        return Ok(known);
    }
    let Decoded { data, .. } = fetch::instants(asking, &key.expr, 0, instants(plan)).await?;
    let facts = Arc::new(Facts::read(data.into_iter().map(|frame| (frame.labels, frame.values))));
    app.known.0.insert(key, Arc::clone(&facts));
    Ok(facts)
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
