//! `--from-live`: which of the known names the caller's own store has, asked once with the caller's own token.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::http::Uri;
use catalog::promql::Vars;
use catalog::resolve::{Choices, candidates, choose, match_selectors};
use catalog::{Catalog, Panel};

use super::ExportError;
use crate::config::{FrontConfig, UpstreamConfig, UpstreamKind, url};
use crate::error::Fault;
use crate::identity::Caller;
use crate::query::decode;
use crate::telemetry::Metrics;
use crate::upstream::{Api, Door, Params, Upstream};

/// As the server's own limit.
const MOST_BYTES: usize = 32 << 20;
/// From a desk, perhaps far from the store.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// A model that was asked yesterday still counts; a name that went with last week's upgrade does not.
const LOOK_BACK_S: u64 = 86_400;
/// Somebody waits at a terminal, and the question is asked once.
const DEADLINE: Duration = Duration::from_secs(60);

/// Where to look.
#[derive(Debug, Clone, clap::Args)]
pub struct LiveArgs {
    /// Write the names that this store has now, instead of all that there have ever been.
    #[arg(long)]
    pub from_live: bool,
    /// Where the store's cluster-wide API is, e.g. `https://thanos-querier.openshift-monitoring.svc:9091`.
    #[arg(long, value_name = "URL", env = "SERVELENS_CLUSTER_URL", value_parser = url)]
    pub cluster_url: Option<Uri>,
    /// Where the store's API for single namespaces is (port 9092 of OpenShift); asked where --namespace is given.
    #[arg(long, value_name = "URL", env = "SERVELENS_TENANCY_URL", value_parser = url)]
    pub tenancy_url: Option<Uri>,
    /// Look in this namespace alone; may be given several times.
    #[arg(long = "namespace", value_name = "NAMESPACE")]
    pub namespaces: Vec<String>,
    /// File with your own token for the store, e.g. of `oc whoami -t`; without it nothing is sent.
    #[arg(long, value_name = "FILE", env = "SERVELENS_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// PEM certificates that the store's own is checked against; needed for https.
    #[arg(long, value_name = "FILE", env = "SERVELENS_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

/// What the store has of these panels' names.
pub async fn choices(catalog: &Catalog, panels: &[&Panel], args: &LiveArgs) -> Result<Choices, ExportError> {
    let (door, address) = match (&args.tenancy_url, &args.cluster_url) {
        (Some(tenancy), _) if !args.namespaces.is_empty() => (Door::Tenancy, tenancy),
        (_, Some(cluster)) => (Door::Cluster, cluster),
        (_, None) => {
            return Err(ExportError::Use(
                "--from-live looks into a store: give its address with --cluster-url, or with --tenancy-url and --namespace"
                    .to_owned(),
            ));
        }
    };
    let caller = match &args.token_file {
        Some(path) => Caller::from_file(path).map_err(ExportError::Use)?,
        None => Caller::nobody(),
    };
    let upstream =
        Upstream::new(&store(address, args), MOST_BYTES, Arc::new(Metrics::new())).map_err(ExportError::Use)?;
    let vars: Vars = [("namespace".to_owned(), args.namespaces.clone())]
        .into_iter()
        .collect();
    let candidates = candidates(catalog, panels.iter().copied());
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let mut params = Params::default()
        .with("start", now.saturating_sub(LOOK_BACK_S).to_string())
        .with("end", now.to_string());
    for selector in match_selectors(&candidates, &vars) {
        params.push("match[]", selector);
    }
    if door == Door::Tenancy {
        for namespace in &args.namespaces {
            params.push("namespace", namespace.as_str());
        }
    }
    let ask = async {
        let reply = upstream.ask(&caller, door, &Api::Series, &params).await?;
        decode::sightings(&reply.bytes().await?)
    };
    let seen = ask.await.map_err(|fault: Fault| told(&fault))?;
    if let Some(warning) = seen.warnings.first() {
        return Err(ExportError::Live(format!(
            "the store could not look everywhere ({warning}), so names may be missing; try again"
        )));
    }
    Ok(choose(catalog, &candidates, &seen.data))
}

fn told(fault: &Fault) -> ExportError {
    let public = fault.public();
    ExportError::Live(format!("{} {}", public.message, public.next_step))
}

fn store(address: &Uri, args: &LiveArgs) -> UpstreamConfig {
    let kind = UpstreamKind::Thanos;
    UpstreamConfig {
        connect_timeout: CONNECT_DEADLINE,
        kind,
        cluster_url: address.clone(),
        // Of the three addresses only the chosen one is ever asked.
        front: Some(FrontConfig {
            tenancy_url: address.clone(),
            rules_url: address.clone(),
            kube_url: address.clone(),
            kube_ca_file: None,
        }),
        ca_file: args.ca_file.clone(),
        timeout: DEADLINE,
    }
}
