//! The cluster's API server, asked with the caller's own token only: who is it, and what may it read?
//!
//! Never asks on the server's own behalf, and never decides by itself: it repeats what an access review says. An
//! answer is kept for [`KEPT`] at most, under a key that no other caller has.

mod ask;
mod hands;
mod names;
mod review;
mod who;
mod workloads;

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use moka::future::Cache;

use crate::{
    config::{ManifestShape, ServeConfig},
    error::Fault,
    identity::{Caller, CallerKey},
    upstream::HttpClient,
};
use ask::Ask;
pub use hands::*;
pub use review::Right;
pub use workloads::Workload;

/// A right that was taken away is gone after this time at the latest.
const KEPT: Duration = Duration::from_secs(30);
/// Of callers, and of their namespaces: some hundred bytes each.
const MOST_CALLERS: u64 = 10_000;
const MOST_RIGHTS: u64 = 100_000;
/// Of workloads, each some hundred kilobytes on a large cluster.
const MOST_LISTS: u64 = 200;
/// More namespaces than this fit into no address; whoever has them names one.
pub const MOST_NAMESPACES: usize = 200;
/// Reviews asked at once for one caller.
const AT_ONCE: usize = 8;

/// What the cluster says of one caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub user: String,
    /// Every namespace's metrics.
    pub cluster: bool,
    /// The namespaces whose metrics it may read, sorted; `None` where the cluster has no list for its users.
    /// Not asked for when `cluster`.
    pub namespaces: Option<Vec<String>>,
}

/// Who lists, and in which namespaces; `None`: in all.
type ListKey = (CallerKey, Option<Vec<String>>);

pub struct Cluster {
    client: Arc<HttpClient>,
    kube_url: String,
    ask: Ask,
    /// OpenShift 4.14.
    legacy: bool,
    access: Cache<CallerKey, Arc<Access>>,
    rights: Cache<(CallerKey, Right), bool>,
    workloads: Cache<ListKey, Arc<Vec<Workload>>>,
}

impl Cluster {
    /// `None` where the configuration has no front. The error is one sentence for whoever wrote it.
    pub fn new(config: &ServeConfig) -> Result<Option<Cluster>, String> {
        let Some(front) = &config.upstream.front else {
            return Ok(None);
        };
        let client = match &front.kube_ca_file {
            Some(file) => HttpClient::new(Some(file), "kube-ca-file", config.upstream.connect_timeout)?,
            None => HttpClient::new(
                config.upstream.ca_file.as_deref(),
                "ca-file",
                config.upstream.connect_timeout,
            )?,
        };
        let client = Arc::new(client);
        let lives = Cache::builder().max_capacity(MOST_CALLERS).time_to_live(KEPT).build();
        let rights = Cache::builder().max_capacity(MOST_RIGHTS).time_to_live(KEPT).build();
        Ok(Some(Cluster {
            client: Arc::clone(&client),
            kube_url: front.kube_url.to_string().trim_end_matches('/').to_owned(),
            ask: Ask::new(client, &front.kube_url, config.upstream.timeout),
            legacy: config.manifest_shape == ManifestShape::Legacy,
            access: lives,
            rights,
            workloads: Cache::builder().max_capacity(MOST_LISTS).time_to_live(KEPT).build(),
        }))
    }

    /// The caller's own hands on the cluster's objects; `held` is dropped when nobody has them any more.
    #[must_use]
    pub fn hands(&self, caller: &Caller, held: impl Send + 'static) -> Hands {
        Hands::of_caller(Arc::clone(&self.client), &self.kube_url, caller, held)
    }

    /// What the caller may read. Equal questions at one time are asked once; faults are not kept.
    pub async fn access(&self, caller: &Caller) -> Result<Arc<Access>, Fault> {
        let found = self.access.try_get_with(caller.key(), self.find(caller)).await;
        found.map_err(|fault: Arc<Fault>| Fault::clone(&fault))
    }

    async fn find(&self, caller: &Caller) -> Result<Arc<Access>, Fault> {
        let user = self.ask.user(caller, self.legacy).await?;
        let cluster = self.anew(caller, Right::all_metrics(self.legacy)).await?;
        let namespaces = if cluster { None } else { self.namespaces(caller).await? };
        Ok(Arc::new(Access {
            user,
            cluster,
            namespaces,
        }))
    }

    /// The caller's projects, as far as it may read their metrics.
    async fn namespaces(&self, caller: &Caller) -> Result<Option<Vec<String>>, Fault> {
        let Some(projects) = self.ask.projects(caller).await? else {
            return Ok(None);
        };
        let reviews = stream::iter(projects.into_iter().take(MOST_NAMESPACES).map(async |namespace| {
            let may = self.anew(caller, Right::metrics_of(&namespace)).await?;
            Ok::<_, Fault>(may.then_some(namespace))
        }));
        let reviewed: Vec<_> = reviews.buffered(AT_ONCE).collect().await;
        let mut allowed = Vec::new();
        for namespace in reviewed {
            allowed.extend(namespace?);
        }
        allowed.sort();
        Ok(Some(allowed))
    }

    /// Whether the namespace is there now, which nobody keeps; `None` where the caller may not know.
    pub async fn has_namespace(&self, caller: &Caller, name: &str) -> Result<Option<bool>, Fault> {
        self.ask.has_namespace(caller, name).await
    }

    /// One access review.
    pub async fn may(&self, caller: &Caller, right: Right) -> Result<bool, Fault> {
        let key = (caller.key(), right.clone());
        let found = self.rights.try_get_with(key, self.ask.review(caller, &right)).await;
        found.map_err(|fault: Arc<Fault>| Fault::clone(&fault))
    }

    /// One access review, whatever is kept: what is made of it is kept itself, and would outlive the right by as much again.
    async fn anew(&self, caller: &Caller, right: Right) -> Result<bool, Fault> {
        let allowed = self.ask.review(caller, &right).await?;
        self.rights.insert((caller.key(), right), allowed).await;
        Ok(allowed)
    }

    /// The model servers in these namespaces, or in all, as far as the caller may list them.
    pub async fn workloads(&self, caller: &Caller, namespaces: Option<&[String]>) -> Result<Arc<Vec<Workload>>, Fault> {
        let key = (caller.key(), namespaces.map(<[String]>::to_vec));
        let list = async { workloads::list(&self.ask, caller, namespaces).await.map(Arc::new) };
        let found = self.workloads.try_get_with(key, list).await;
        found.map_err(|fault: Arc<Fault>| Fault::clone(&fault))
    }

    /// The store has refused this caller: what was kept of its rights is out of date.
    pub async fn forget(&self, caller: &Caller, namespaces: &[String]) {
        let key = caller.key();
        self.access.invalidate(&key).await;
        self.rights.invalidate(&(key, Right::all_metrics(self.legacy))).await;
        for namespace in namespaces {
            for right in [Right::metrics_of(namespace), Right::rules_of(namespace)] {
                self.rights.invalidate(&(key, right)).await;
            }
        }
    }
}
