//! One panel's answer: bind its queries, ask them side by side, judge what came.

use std::sync::Arc;

use catalog::{
    Catalog, Kind, Panel,
    measure::{Bounds, Quantile, Reach, events, quantile, reach},
    promql,
    resolve::{Choices, waits_for},
    who::{Narrowed, WORKLOAD, Who},
};
use futures_util::future::{try_join, try_join_all};
use server_api::{Frame, Held, HeldLimit, Record};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use super::{
    Eyes,
    decode::{Columns, Decoded},
    fetch, few, join,
    kept::Weigh as _,
    measured::Measured,
    names::Names,
    partial::{self, Found},
    plan::Plan,
    room::Hold,
};
use crate::{app::App, config::UpstreamKind, error::Fault};

/// Shown where a number would be.
const SILENT: &str = "The metrics store shows not even a scrape in this range: it may have lost its stores, or nothing \
                      is scraped here.";

/// Then a plain number may be one that means "more than".
const UNBOUNDED: &str =
    "The ends of the histogram are not known right now: a value at its last bucket may be higher than shown.";

/// A record that its reader has not taken yet.
pub struct Unread {
    pub record: Record,
    pub hold: Option<Hold>,
}

/// Who asks, and what all panels of one dashboard share.
pub struct Asking {
    pub app: Arc<App>,
    /// As it was when the request came: it may change meanwhile.
    pub catalog: Arc<Catalog>,
    /// Or why there are none: then every panel says so.
    pub eyes: Result<Eyes, Fault>,
    pub request_id: String,
    pub turns: Semaphore,
    /// Whether the store knows of any scrape in the range; asked when something is missing.
    pub scraped: OnceCell<bool>,
}

impl Asking {
    pub fn eyes(&self) -> Result<&Eyes, Fault> {
        self.eyes.as_ref().map_err(Fault::clone)
    }

    /// Whether the store has answered the caller within the refresh time.
    pub fn is_vouched(&self) -> bool {
        let eyes = self.eyes.as_ref();
        eyes.is_ok_and(|eyes| self.app.kept.is_vouched(&eyes.key()))
    }

    /// Held for as long as one of the dashboard's questions is with the store.
    pub async fn turn(&self) -> Result<SemaphorePermit<'_>, Fault> {
        let turn = self.turns.acquire().await;
        turn.map_err(|_| Fault::Internal("turns are closed".to_owned()))
    }

    /// A querier whose stores are away answers with nothing and without a warning. Where not even a scrape is to be
    /// seen, nothing is known.
    async fn doubts_silence(&self, plan: &Plan) -> bool {
        if self.app.upstream.kind() == UpstreamKind::Prometheus {
            return false;
        }
        // Seldom needed: its state is not carried by every panel that waits.
        let ask = || Box::pin(fetch::any_scrape(self, plan.grid.start, plan.grid.end));
        !*self.scraped.get_or_init(ask).await
    }
}

/// Never fails: what goes wrong stands in the answer. It comes with the room that it takes until it is read.
pub async fn answer(asking: &Asking, plan: &Plan, names: &Names, measured: &Measured, id: &str) -> Unread {
    let answer = match ask(asking, plan, names, measured, id).await {
        Ok(found) => partial::answer(&asking.catalog, id, found, plan),
        Err(fault) => {
            // A query that the upstream refuses is the catalogue's fault, so it counts as ours.
            if !matches!(fault, Fault::UnknownPanel(_) | Fault::UpstreamDenied(_)) {
                tracing::warn!(panel = id, request_id = asking.request_id, "panel failed: {fault}");
            }
            partial::failed(id, &fault, &asking.request_id)
        }
    };
    asking.app.metrics.panel(partial::name(answer.state));
    // As columns, and once more as it is written.
    let bytes = 2 * answer.frames.bytes();
    let hold = match &asking.eyes {
        Ok(eyes) => asking.app.room.unread(eyes.caller().key(), bytes).await.ok(),
        // Then it is a sentence.
        Err(_) => None,
    };
    Unread {
        record: Record::Panel(answer),
        hold,
    }
}

/// Whether the store is asked for this panel, so that its answer tells whether the caller may still see what is told of it.
pub fn is_asked(asking: &Asking, plan: &Plan, names: &Names, id: &str) -> bool {
    let (Some(panel), Ok(choices)) = (asking.catalog.panel(id), &names.choices) else {
        return false;
    };
    let meets = |who: &Who| !matches!(who.narrow(&asking.catalog, panel, &plan.vars), Narrowed::Nothing);
    !choices.is_missing(panel) && names.who.as_ref().is_none_or(meets)
}

async fn ask<'a>(
    asking: &'a Asking,
    plan: &Plan,
    names: &Names,
    measured: &Measured,
    id: &str,
) -> Result<Found<'a>, Fault> {
    let catalog = &asking.catalog;
    let panel = catalog.panel(id).ok_or_else(|| Fault::UnknownPanel(id.to_owned()))?;
    let choices = names.choices.as_ref().map_err(Fault::clone)?;
    let narrowed = match &names.who {
        Some(who) => who.narrow(catalog, panel, &plan.vars),
        None => Narrowed::To(plan.vars.clone()),
    };
    let spacing_s = measured.seen.facts.spacing_s(&choices.jobs([&panel]));
    let grid = spacing_s.map_or(plan.grid, |spacing_s| plan.grid.of_spacing(spacing_s));
    let quantiles: Vec<_> = panel.queries.iter().map(|query| quantile(&query.expr)).collect();
    let made_of: Vec<_> = panel.queries.iter().map(|query| events(catalog, &query.expr)).collect();
    let mut questions = Vec::new();
    let mut counts = Vec::new();
    if let Narrowed::To(vars) = narrowed {
        let unbound = |fault: promql::BindError| Fault::CatalogFault(fault.to_string());
        for query in 0..panel.queries.len() {
            let expr = promql::bind(catalog, panel, query, choices, &vars, &grid).map_err(unbound)?;
            questions.extend(expr.map(|expr| one(asking, plan, panel, query, expr)));
        }
        counts = few::questions(asking, panel, &made_of, choices, &vars, &grid).map_err(unbound)?;
    }
    let mut found = Found {
        panel,
        window_s: grid.window_s,
        spacing_s,
        sources: choices.sources(panel),
        missing: questions.is_empty(),
        frames: Vec::new(),
        warnings: names.warnings.clone(),
        remarks: Vec::new(),
        joined: Vec::new(),
        limits: limits(panel, &quantiles, choices, measured),
        waits_for: waits_for(catalog, panel, choices, &names.seen.data),
        notes: names.holders.notes(catalog, panel, &names.seen.data),
        bucketless: None,
    };
    let (answers, counted) = try_join(try_join_all(questions), Box::pin(few::ask(asking, plan, counts))).await?;
    for Decoded { data, warnings } in answers {
        found.frames.extend(data);
        found.warnings.extend(warnings);
    }
    if measured.failed && quantiles.iter().any(Option::is_some) {
        found.remarks.push(UNBOUNDED.to_owned());
    }
    for frame in &mut found.frames {
        if let Some(quantile) = quantiles.get(frame.query).and_then(Option::as_ref) {
            let names = choices.names_of(&quantile.concept);
            let Bounds { above, below } = measured.seen.facts.bounds(quantile, &names, &frame.labels);
            (frame.above, frame.below) = (above, below);
        }
        if let Some(made_of) = made_of.get(frame.query).and_then(Option::as_ref) {
            few::mark(frame, made_of, &counted);
        }
    }
    if found.is_empty() && !measured.failed {
        found.bucketless = bucketless(&quantiles, choices, measured, &counted);
    }
    if found.is_empty() && found.warnings.is_empty() && asking.doubts_silence(plan).await {
        found.warnings.push(SILENT.to_owned());
    }
    let mut unheeded = match &names.who {
        Some(who) => who.unheeded(catalog, panel, &plan.vars),
        None => catalog.unheeded(panel, &plan.vars),
    };
    if join::join(asking, names, &mut found) {
        unheeded.remove("model");
        unheeded.remove(WORKLOAD);
    }
    found
        .remarks
        .extend(names.who.iter().flat_map(|who| who.remarks(catalog, panel)));
    // Said, because a chart of everything under a page narrowed to one model would be read as that model's.
    found.remarks.extend(
        unheeded
            .into_iter()
            .map(|variable| format!("Not narrowed by {variable}: these metrics do not tell it apart.")),
    );
    Ok(found)
}

/// The panel's limits that no histogram behind it has a bound for.
fn limits(panel: &Panel, quantiles: &[Option<Quantile>], choices: &Choices, measured: &Measured) -> Vec<HeldLimit> {
    let Some(quantile) = quantiles.iter().flatten().next() else {
        return Vec::new();
    };
    let names = choices.names_of(&quantile.concept);
    let bounds = measured.seen.facts.common_bounds(quantile, &names);
    let all = panel.thresholds.iter().chain(&panel.floors);
    let held = all.filter_map(|limit| {
        let (held, bound) = match reach(limit.at, &bounds)? {
            Reach::Snapped(bound) => (Held::Snapped, bound),
            Reach::Below { first } => (Held::BelowFirst, first),
            Reach::Above { last } => (Held::AboveLast, last),
        };
        Some(HeldLimit {
            at: limit.at,
            held,
            bound,
        })
    });
    held.collect()
}

/// Said where a histogram counts events and no bucket of it can be read, though no percentile is to be seen.
fn bucketless(
    quantiles: &[Option<Quantile>],
    choices: &Choices,
    measured: &Measured,
    counted: &[(Vec<Frame>, Vec<usize>)],
) -> Option<String> {
    let is_counted = |query: usize| {
        let frames = counted.iter().filter(|(_, queries)| queries.contains(&query));
        let mut values = frames.flat_map(|(frames, _)| frames).flat_map(|frame| &frame.values);
        values.any(|value| !value.is_nan())
    };
    let all = quantiles.iter().enumerate();
    let (_, quantile) = all
        .filter_map(|(query, quantile)| Some((query, quantile.as_ref()?)))
        .find(|(query, _)| is_counted(*query))?;
    let names = choices.names_of(&quantile.concept);
    (!measured.seen.facts.has_buckets(&names)).then(|| {
        format!(
            "The exporter sends {} without buckets: as a summary, or with bounds that are no numbers. No percentile can be \
             made of it; ask its maintainers for a histogram.",
            names.join(", ")
        )
    })
}

async fn one(
    asking: &Asking,
    plan: &Plan,
    panel: &Panel,
    query: usize,
    expr: String,
) -> Result<Decoded<Vec<Frame>>, Fault> {
    // A total of the whole range is told by the range's last instant alone.
    let at_the_end = Columns {
        start: plan.grid.end,
        step: plan.grid.step,
        len: 1,
    };
    match panel.kind {
        Kind::Bar => fetch::distribution(asking, expr, query, at_the_end).await,
        Kind::Stat if panel.is_total() => fetch::instants(asking, &expr, query, at_the_end).await,
        Kind::Line | Kind::Area | Kind::Stat => fetch::range(asking, expr, query, plan.columns()).await,
    }
}
