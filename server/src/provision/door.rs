//! Setting up from the page: the same engine, with the hands of the request's own caller.

use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::event::{Event, Events};
use super::inventory::Stored;
use super::plan::{self, Step};
use super::settings::{self, Layer, Settings};
use super::verify::{self, Finding, Means};
use super::{SetupError, apply, check, remove, report};
use crate::cluster::Hands;

/// One caller, and what they want.
pub struct Setup {
    hands: Hands,
    settings: Settings,
}

impl Setup {
    /// Options come by their names, as in an address; one that is repeated is a list.
    pub fn new(hands: Hands, query: &str) -> Result<Setup, SetupError> {
        let mut layer = Layer::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(option) = layer.of_mut(&name) else {
                let known = Layer::NAMES.join(", ");
                return Err(SetupError::Use(format!(
                    "there is no option {name:?}; choose of {known}"
                )));
            };
            match option {
                Some(list) => *list = format!("{list},{value}"),
                None => *option = Some(value.into_owned()),
            }
        }
        let settings = settings::load(&layer, None)?;
        Ok(Setup { hands, settings })
    }

    pub async fn checks(self, means: Means) -> Result<Value, SetupError> {
        aside(async move || {
            let found = check::run(&self.hands, &self.settings, Some(&means.asking())).await?;
            Ok(check::json(&found))
        })
        .await
    }

    pub async fn plan(self) -> Result<Value, SetupError> {
        aside(async move || Ok(report::plan_json(&plan::make(&self.hands, &self.settings).await?))).await
    }

    pub async fn verify(self, means: Means) -> Result<Value, SetupError> {
        aside(async move || {
            let found = verify::run(&self.hands, &means.asking(), &self.settings).await?;
            let good = found.iter().all(|finding| finding.good);
            Ok(json!({"success": good, "findings": found.iter().map(Finding::to_json).collect::<Vec<_>>()}))
        })
        .await
    }

    /// Goes on to its end even when nobody listens any more: a step in the middle would be worse.
    #[must_use]
    pub fn apply(self) -> UnboundedReceiver<Value> {
        watched(async move |events| {
            let plan = plan::make(&self.hands, &self.settings).await?;
            let all = |_: &Step, _: &Stored| true;
            apply::run(&self.hands, &self.settings, plan, events, all).await
        })
    }

    /// As [`Setup::apply`], of what was changed or lost since.
    #[must_use]
    pub fn repair(self) -> UnboundedReceiver<Value> {
        watched(async move |events| {
            let plan = plan::make(&self.hands, &self.settings).await?;
            let drift = |step: &Step, stored: &Stored| stored.is_drift(step);
            apply::run(&self.hands, &self.settings, plan, events, drift).await
        })
    }

    /// What [`Setup::remove`] would do.
    pub async fn removal(self) -> Result<Value, SetupError> {
        aside(async move || {
            let user = self.hands.who().await?.unwrap_or_else(plan::unnamed);
            let stored = Stored::load(&self.hands, &self.settings).await?;
            let removal = remove::plan(&self.hands, &self.settings, stored).await?;
            Ok(report::removal_json(user, &removal))
        })
        .await
    }

    /// As [`Setup::apply`].
    #[must_use]
    pub fn remove(self) -> UnboundedReceiver<Value> {
        watched(async move |events| {
            let stored = Stored::load(&self.hands, &self.settings).await?;
            let removal = remove::plan(&self.hands, &self.settings, stored).await?;
            remove::run(&self.hands, &self.settings, removal, events).await
        })
    }
}

/// On a thread of its own: the engine borrows across its waits in ways that no other thread may take over.
async fn aside<T: Send + 'static>(
    work: impl AsyncFnOnce() -> Result<T, SetupError> + Send + 'static,
) -> Result<T, SetupError> {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work())).await;
    done.unwrap_or_else(|cause| Err(SetupError::Cluster(format!("the run ended early: {cause}; try again"))))
}

/// The events of a run as they come, then how it ended.
fn watched(
    run: impl AsyncFnOnce(&Events) -> Result<apply::Summary, SetupError> + Send + 'static,
) -> UnboundedReceiver<Value> {
    let (send, receive) = mpsc::unbounded_channel();
    let (tell, mut told) = mpsc::unbounded_channel::<Event>();
    let last = send.clone();
    let passing = tokio::spawn(async move {
        while let Some(event) = told.recv().await {
            drop(send.send(event.to_json()));
        }
    });
    tokio::spawn(async move {
        let end = aside(async move || {
            let events = Events(tell);
            run(&events).await
        });
        let end = match end.await {
            Ok(summary) => report::summary_json(&summary),
            Err(fault) => json!({"event": "failed", "text": fault.to_string()}),
        };
        drop(passing.await);
        drop(last.send(end));
    });
    receive
}
