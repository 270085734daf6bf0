//! Sets up what the charts need: monitors, rules, user workload monitoring, the console's list, and Grafana where wanted.
//!
//! One engine for the command line and the page. `settings` say what is wanted, `desired` makes the objects, `text` edits
//! what belongs to others. Everything is done as the caller and with no right of our own.

mod apply;
mod args;
mod check;
mod desired;
mod door;
mod event;
mod facts;
mod former;
mod inventory;
mod object;
mod operator;
mod plan;
mod remove;
mod render;
mod report;
mod run;
mod secret;
mod settings;
mod teller;
#[cfg(test)]
mod tests;
mod text;
mod verify;

use crate::cluster::{Cause, Hands, Refusal};
use crate::error::Fault;

pub use args::{Args, CheckArgs, Output, RenderArgs, VerifyArgs};
pub use door::Setup;
pub use run::{apply, check, plan, remove, repair, verify};
pub use verify::Means;

/// Why a command of setting up ended without doing what it is for. `Display` says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(transparent)]
    Settings(#[from] crate::config::ConfigFaults),
    #[error(transparent)]
    Make(#[from] desired::MakeError),
    #[error("{0}")]
    Use(String),
    #[error("{0}")]
    Cluster(String),
    /// The metrics' own.
    #[error("the metrics of {namespace} could not be asked: {} {}", .fault.public().message, .fault.public().next_step)]
    Metrics { namespace: String, fault: Box<Fault> },
    /// The cluster's own no.
    #[error("{0}; {next}", next = next(.0.cause))]
    Refused(#[from] Refusal),
}

/// What a caller does about it.
fn next(cause: Cause) -> &'static str {
    match cause {
        Cause::NotSignedIn => "sign in again with `oc login`",
        Cause::Forbidden => "ask an administrator of the cluster for that right",
        Cause::Conflict | Cause::Exists => "run the same command again",
        Cause::Absent | Cause::Invalid | Cause::Failed => {
            "see that the cluster is well, then run the same command again"
        }
    }
}

impl SetupError {
    /// 2: wrong use. 3: could not finish.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Settings(_) | Self::Use(_) => 2,
            Self::Make(_) | Self::Cluster(_) | Self::Metrics { .. } | Self::Refused(_) => 3,
        }
    }
}

/// `servelens render`: the text for standard output. A cluster is asked only where one is named.
pub async fn render(args: &RenderArgs) -> Result<String, SetupError> {
    let settings = settings::load(&args.layer, args.config.as_deref())?;
    let mut objects = desired::objects(&settings)?;
    if let Some(file) = &args.kubeconfig {
        let hands = Hands::from_kubeconfig(Some(file)).await.map_err(SetupError::Use)?;
        let facts = facts::Facts::read(&hands, &plan::SERVING, &settings.namespaces).await?;
        objects.extend(plan::for_gaps(&facts, &settings));
        objects.sort_by_key(|object| object.phase);
    }
    Ok(render::yaml(&settings, &objects)?)
}
