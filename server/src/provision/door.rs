//! Setting up from the page: the same engine, with the hands of the request's own caller.

use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::sync::{
    mpsc::{self, UnboundedReceiver},
    oneshot,
};

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

    /// Goes on to its end even when nobody listens any more: a step in the middle would be worse. An error says that it has not
    /// begun.
    pub async fn apply(self) -> Result<UnboundedReceiver<Value>, SetupError> {
        self.watched(
            async |setup| plan::make(&setup.hands, &setup.settings).await,
            async |setup, plan, events| {
                let all = |_: &Step, _: &Stored| true;
                apply::run(&setup.hands, &setup.settings, plan, events, all).await
            },
        )
        .await
    }

    /// As [`Setup::apply`], of what was changed or lost since.
    pub async fn repair(self) -> Result<UnboundedReceiver<Value>, SetupError> {
        self.watched(
            async |setup| plan::make(&setup.hands, &setup.settings).await,
            async |setup, plan, events| {
                let drift = |step: &Step, stored: &Stored| stored.is_drift(step);
                apply::run(&setup.hands, &setup.settings, plan, events, drift).await
            },
        )
        .await
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
    pub async fn remove(self) -> Result<UnboundedReceiver<Value>, SetupError> {
        self.watched(
            async |setup| {
                let stored = Stored::load(&setup.hands, &setup.settings).await?;
                Ok(remove::plan(&setup.hands, &setup.settings, stored).await?)
            },
            async |setup, removal, events| remove::run(&setup.hands, &setup.settings, removal, events).await,
        )
        .await
    }

    /// The events of a run as they come, then how it ended; once it is prepared, which may fail.
    async fn watched<P>(
        self,
        prepare: impl AsyncFnOnce(&Setup) -> Result<P, SetupError> + Send + 'static,
        act: impl AsyncFnOnce(&Setup, P, &Events) -> Result<apply::Summary, SetupError> + Send + 'static,
    ) -> Result<UnboundedReceiver<Value>, SetupError> {
        let (send, receive) = mpsc::unbounded_channel();
        let (tell, mut told) = mpsc::unbounded_channel::<Event>();
        let (ready, prepared) = oneshot::channel();
        let last = send.clone();
        let passing = tokio::spawn(async move {
            while let Some(event) = told.recv().await {
                drop(send.send(event.to_json()));
            }
        });
        tokio::spawn(async move {
            let end = aside(async move || {
                let plan = match prepare(&self).await {
                    Ok(plan) => plan,
                    Err(fault) => {
                        drop(ready.send(Err(fault)));
                        return Ok(None);
                    }
                };
                drop(ready.send(Ok(())));
                act(&self, plan, &Events(tell)).await.map(Some)
            });
            let end = match end.await {
                Ok(None) => return,
                Ok(Some(summary)) => report::summary_json(&summary),
                Err(fault) => json!({"event": "failed", "text": fault.to_string()}),
            };
            drop(passing.await);
            drop(last.send(end));
        });
        prepared.await.unwrap_or_else(|cause| Err(ended_early(cause)))?;
        Ok(receive)
    }
}

fn ended_early(cause: impl std::fmt::Display) -> SetupError {
    SetupError::Cluster(format!("the run ended early: {cause}; try again"))
}

/// On a thread of its own: the engine borrows across its waits in ways that no other thread may take over.
async fn aside<T: Send + 'static>(
    work: impl AsyncFnOnce() -> Result<T, SetupError> + Send + 'static,
) -> Result<T, SetupError> {
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work())).await;
    done.unwrap_or_else(|cause| Err(ended_early(cause)))
}
