//! From panel ids and variables to frames: plan, resolve names, admit, fetch, decode, judge.
//!
//! A whole dashboard is one call. PromQL comes from the catalogue only; every upstream question carries the caller's
//! credential; each panel succeeds or fails alone.

mod admit;
pub mod decode;
mod eyes;
mod fetch;
mod few;
mod guard;
mod join;
mod kept;
mod me;
mod measured;
mod models;
mod names;
mod objectives;
mod panel;
mod partial;
mod plan;
mod room;
mod wall;

use std::sync::Arc;

use axum::http::StatusCode;
use catalog::{Catalog, Panel};
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use server_api::{PanelsRequest, Record};
use tokio::sync::{OnceCell, mpsc};

pub use admit::{Gate, Pass};
pub use eyes::{Eyes, Way};
pub use guard::Guard;
pub use kept::{Days, Kept, Line, Sheet, missing};
pub use me::me;
pub use measured::Known;
pub use models::models;
pub use objectives::objectives;
pub use panel::Unread;
pub use room::{Hold, Room};
pub use wall::Author;

use crate::{app::App, error::Fault, identity::Caller, telemetry::RequestId};
use measured::Measured;
use names::{Names, Trust};
use panel::Asking;

/// Checks the request and starts it; the answers come in the order they are ready, [`Record::Done`] last.
///
/// Everything stops when the receiver is dropped: nobody waits for the answers any more.
pub fn dashboard(
    app: &Arc<App>,
    caller: Arc<Caller>,
    request: PanelsRequest,
    id: &RequestId,
) -> Result<mpsc::Receiver<Unread>, Fault> {
    app.gate.has_room(caller.key())?;
    let request = until_the_last_refresh(app, request);
    let catalog = Arc::clone(&app.catalog.now().catalog);
    let plan = plan::read(&catalog, request, app.scrape_interval_s, app.limits.answers.points)?;
    // Room for every record, so that a slow reader does not stop the reading of upstream answers.
    let (send, receive) = mpsc::channel(plan.panels.len() + 1);
    let (app, request_id) = (Arc::clone(app), id.to_string());
    tokio::spawn(async move {
        tokio::select! {
            () = send.closed() => {}
            () = answer_all(app, catalog, caller, request_id, plan, &send) => {}
        }
    });
    Ok(receive)
}

/// A page that looks more often than answers are refreshed sees the same range again.
fn until_the_last_refresh(app: &App, mut request: PanelsRequest) -> PanelsRequest {
    let refresh = app.kept.refresh_s();
    let last = request.to.div_euclid(refresh).saturating_mul(refresh);
    if request.to.saturating_add(refresh) > app.now() && last > request.from {
        request.to = last;
    }
    request
}

async fn answer_all(
    app: Arc<App>,
    catalog: Arc<Catalog>,
    caller: Arc<Caller>,
    request_id: String,
    mut plan: plan::Plan,
    send: &mpsc::Sender<Unread>,
) {
    let asking = Asking {
        eyes: Eyes::open(&app, &caller, &plan.namespaces).await,
        app,
        catalog,
        request_id,
        turns: admit::turns(),
        scraped: OnceCell::new(),
    };
    let asking = &asking;
    let panels: Vec<&Panel> = plan.panels.iter().filter_map(|id| asking.catalog.panel(id)).collect();
    let names = Names::find(asking, &plan, &panels, Trust::Kept).await;
    let measured = Measured::find(asking, &plan, &panels, &names).await;
    if let Some(begins) = measured.seen.begins {
        plan.begin(begins);
    }
    let is_first = |id: &&String| names.vouched || panel::is_asked(asking, &plan, &names, id);
    let (first, last): (Vec<&String>, Vec<&String>) = plan.panels.iter().partition(is_first);
    if !answer_some(asking, &plan, &names, &measured, &first, send).await {
        return;
    }
    // These tell that there is nothing, from a list that was read a while ago: to somebody who may still read it.
    if !last.is_empty() {
        let names = match asking.is_vouched() {
            true => names,
            false => Names::find(asking, &plan, &panels, Trust::Vouched).await,
        };
        if !answer_some(asking, &plan, &names, &measured, &last, send).await {
            return;
        }
    }
    // The receiver may be gone; then nobody misses it.
    let done = Unread {
        record: Record::Done { done: true },
        hold: None,
    };
    let _ = send.send(done).await;
}

/// In the order in which they are ready; whether somebody still listens.
async fn answer_some(
    asking: &Asking,
    plan: &plan::Plan,
    names: &Names,
    measured: &Measured,
    panels: &[&String],
    send: &mpsc::Sender<Unread>,
) -> bool {
    // Begun as others end: a waiting panel costs some kilobytes, and many people look at once.
    let mut waiting = panels.iter();
    let mut answers = FuturesUnordered::new();
    for panel in waiting.by_ref().take(admit::PANELS_AT_ONCE) {
        answers.push(panel::answer(asking, plan, names, measured, panel));
    }
    while let Some(answer) = answers.next().await {
        if let Some(panel) = waiting.next() {
            answers.push(panel::answer(asking, plan, names, measured, panel));
        }
        if send.send(answer).await.is_err() {
            return false;
        }
    }
    true
}

/// Whether a fault says that the caller may not, rather than that something is broken.
fn is_denied(fault: &Fault) -> bool {
    let status = fault.public().status;
    status == StatusCode::UNAUTHORIZED || status == StatusCode::FORBIDDEN
}
