//! How every objective stands: its live value, its value over the range, what is left of its error budget, and how fast the
//! budget burns. Names, narrowing and bounds are found as for panels, with the caller's own eyes.
//!
//! A window that the store cannot answer for leaves its own cell empty and says why; the rest of the board stands.

mod reading;
mod rows;

use std::{collections::BTreeMap, sync::Arc};

use catalog::{
    Objective, Panel,
    export::prometheus_rule::BURNS,
    measure::quantile,
    promql::{self, Grid, Vars},
    resolve::Choices,
    who::Narrowed,
};
use futures_util::future::join_all;
use server_api::{Frame, PanelState, SloAnswer, SlosAnswer, SlosRequest};
use tokio::sync::OnceCell;

use super::{
    Eyes, admit,
    decode::Columns,
    fetch,
    measured::Measured,
    names::{Names, Trust},
    panel::Asking,
    partial, plan,
};
use crate::{app::App, error::Fault, identity::Caller, telemetry::RequestId};

use reading::on_bounds;
use rows::{Found, rows};

/// Of the live value: two scrapes of the slowest common interval fit in, and a minute's trouble shows.
const NOW_S: u32 = 300;
/// An objective's budget is made for this long.
const BUDGET_S: u32 = 30 * 86_400;

/// What one objective is asked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Now,
    Range,
    /// The share of what was bad within so many seconds.
    Bad(u32),
}

pub async fn objectives(
    app: &Arc<App>,
    caller: Arc<Caller>,
    request: SlosRequest,
    id: &RequestId,
) -> Result<SlosAnswer, Fault> {
    let SlosRequest { vars, from, to } = request;
    let catalog = Arc::clone(&app.catalog.now().catalog);
    let (vars, namespaces) = plan::variables(&catalog, vars)?;
    if to <= from {
        return Err(Fault::RangeReversed { from, to });
    }
    // Whoever looks again within the refresh time asks the same.
    let refresh = app.kept.refresh_s().max(1);
    let at = to.div_euclid(refresh).saturating_mul(refresh);
    let range_s = u32::try_from(to.saturating_sub(from))
        .unwrap_or(u32::MAX)
        .clamp(NOW_S, BUDGET_S);
    let asking = Asking {
        eyes: Ok(Eyes::open(app, &caller, &namespaces).await?),
        app: Arc::clone(app),
        catalog: Arc::clone(&catalog),
        request_id: id.to_string(),
        turns: admit::turns(),
        scraped: OnceCell::new(),
    };
    let forms: Vec<(&Objective, Panel)> = catalog
        .slos()
        .filter_map(|slo| Some((slo, slo.as_panel(&catalog)?)))
        .collect();
    let panels: Vec<&Panel> = forms.iter().map(|(_, panel)| panel).collect();
    // Names are looked for, and bounds measured, in the whole time of the budget.
    let whole = plan::Plan::of_instant(vars, namespaces, grid(at, BUDGET_S), app.scrape_interval_s);
    let names = Names::find(&asking, &whole, &panels, Trust::Vouched).await;
    let choices = names.choices.as_ref().map_err(Fault::clone)?;
    let measured = Measured::find(&asking, &whole, &panels, &names).await;
    let board = Board {
        asking: &asking,
        choices,
        names: &names,
        measured: &measured,
        vars: &whole.vars,
        at,
        range_s,
    };
    Ok(SlosAnswer {
        at,
        now_s: NOW_S,
        range_s,
        budget_s: BUDGET_S,
        slos: join_all(forms.iter().map(|(slo, panel)| board.answer(slo, panel))).await,
    })
}

/// A single instant with a window of its own.
fn grid(at: i64, window_s: u32) -> Grid {
    Grid {
        start: at.saturating_sub(i64::from(window_s)),
        end: at,
        step: window_s,
        window_s,
    }
}

struct Board<'a> {
    asking: &'a Asking,
    choices: &'a Choices,
    names: &'a Names,
    measured: &'a Measured,
    vars: &'a Vars,
    at: i64,
    range_s: u32,
}

impl Board<'_> {
    async fn answer(&self, slo: &Objective, panel: &Panel) -> SloAnswer {
        let catalog = &self.asking.catalog;
        let narrowed = match &self.names.who {
            Some(who) => who.narrow(catalog, panel, self.vars),
            None => Narrowed::To(self.vars.clone()),
        };
        let asked = match &narrowed {
            Narrowed::To(vars) => {
                join_all(cells(slo).map(|cell| async move { (cell, self.ask(panel, cell, vars).await) })).await
            }
            Narrowed::Nothing => Vec::new(),
        };
        let (mut found, mut faults) = (Found::new(), Vec::new());
        let mut warnings = self.names.warnings.clone();
        for (cell, answer) in asked {
            match answer {
                Ok(decoded) => {
                    warnings.extend(decoded.warnings);
                    found.insert(cell, decoded.data);
                }
                Err(fault) => faults.push((cell, fault)),
            }
        }
        let (slo, moved) = on_bounds(slo, &self.known_bounds(panel));
        let slo = &slo;
        let rows = rows(slo, &found, |labels| self.bounds(panel, labels));
        let error = faults.first().filter(|_| found.is_empty()).map(|(_, fault)| fault);
        warnings.extend(
            faults
                .iter()
                .filter(|_| error.is_none())
                .map(|(cell, fault)| said(*cell, fault)),
        );
        warnings.sort();
        warnings.dedup();
        let unheeded = match &self.names.who {
            Some(who) => who.unheeded(catalog, panel, self.vars),
            None => catalog.unheeded(panel, self.vars),
        };
        let state = match (&error, rows.is_empty()) {
            (Some(_), _) => PanelState::Error,
            (None, false) => PanelState::Ok,
            (None, true) if warnings.is_empty() => PanelState::NoSamples,
            (None, true) => PanelState::Unknown,
        };
        if state == PanelState::Ok {
            warnings.extend(moved);
            warnings.extend(
                unheeded
                    .into_iter()
                    .map(|variable| format!("Not narrowed by {variable}: these metrics do not tell it apart.")),
            );
        }
        SloAnswer {
            slo: slo.id.to_string(),
            state,
            rows,
            sources: self
                .choices
                .sources(panel)
                .into_iter()
                .map(|source| partial::told(catalog, source))
                .collect(),
            warnings,
            error: error.map(|fault| fault.to_api(&self.asking.request_id)),
        }
    }

    async fn ask(&self, panel: &Panel, cell: Cell, vars: &Vars) -> Result<super::decode::Decoded<Vec<Frame>>, Fault> {
        let (query, window_s) = match cell {
            Cell::Now => (Objective::VALUE, NOW_S),
            Cell::Range => (Objective::VALUE, self.range_s),
            Cell::Bad(window_s) => (Objective::BAD, window_s),
        };
        let grid = grid(self.at, window_s);
        let bound = promql::bind(&self.asking.catalog, panel, query, self.choices, vars, &grid)
            .map_err(|fault| Fault::CatalogFault(fault.to_string()))?;
        let Some(expr) = bound else {
            return Ok(super::decode::Decoded {
                data: Vec::new(),
                warnings: Vec::new(),
            });
        };
        let at = Columns {
            start: self.at,
            step: window_s.max(1),
            len: 1,
        };
        fetch::instants(self.asking, &expr, query, at).await
    }

    /// Of the buckets behind the value, in its unit; none where it is no quantile, or nobody wrote them down.
    fn known_bounds(&self, panel: &Panel) -> Vec<f64> {
        let quantile = panel.queries.first().and_then(|query| quantile(&query.expr));
        quantile.map_or_else(Vec::new, |quantile| {
            let bounds = self.asking.catalog.buckets(&quantile.concept).iter();
            bounds.map(|bound| quantile.scaled(*bound)).collect()
        })
    }

    fn bounds(&self, panel: &Panel, labels: &BTreeMap<String, String>) -> catalog::measure::Bounds {
        let quantile = panel.queries.first().and_then(|query| quantile(&query.expr));
        quantile.map_or_else(Default::default, |quantile| {
            let names = self.choices.names_of(&quantile.concept);
            self.measured.seen.facts.bounds(&quantile, &names, labels)
        })
    }
}

/// Each window once.
fn cells(slo: &Objective) -> impl Iterator<Item = Cell> + use<> {
    let mut windows = Vec::new();
    if slo.bad.is_some() {
        windows.extend(BURNS.iter().flat_map(|burn| [burn.short_s, burn.long_s]));
        windows.push(BUDGET_S);
        windows.sort_unstable();
        windows.dedup();
    }
    [Cell::Now, Cell::Range]
        .into_iter()
        .chain(windows.into_iter().map(Cell::Bad))
}

fn said(cell: Cell, fault: &Fault) -> String {
    let of = match cell {
        Cell::Now => "The live value".to_owned(),
        Cell::Range => "The value over the range".to_owned(),
        Cell::Bad(BUDGET_S) => "The error budget".to_owned(),
        Cell::Bad(window_s) => format!("The burn rate over {}", catalog::model::span_text(window_s)),
    };
    let public = fault.public();
    format!("{of} is not known: {} {}", public.message, public.next_step)
}
