//! Whose eyes and how far: which of the store's doors a caller's question goes to.
//!
//! A cluster viewer asks the cluster-wide port. Everybody else asks the port for namespaces, with every namespace
//! that is meant in one question; the platform checks each of them again. Where the platform has no such port, the
//! guard confines the question. No door is ever tried after another.

use std::{sync::Arc, time::Instant};

use super::{Author, is_denied, wall};
use crate::{
    app::App,
    cluster::{MOST_NAMESPACES, Right},
    error::Fault,
    identity::{Caller, CallerKey},
    upstream::{Api, Door, Params, Reply},
};

/// Nothing that is kept under one may be shown to another.
pub type EyesKey = (CallerKey, Way);

/// A caller and how far it sees.
#[derive(Clone)]
pub struct Eyes {
    caller: Arc<Caller>,
    way: Way,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Way {
    /// Everything that the store has.
    Cluster,
    /// These namespaces, through the platform's port for them; at least one.
    Namespaces(Vec<String>),
    /// These namespaces of a store that does not look at namespaces; at least one. The guard confines every question.
    Walled(Vec<String>),
}

impl Eyes {
    /// For a question about `chosen` namespaces, or about all that the caller may see.
    ///
    /// A cluster viewer's way is the cluster's, whatever is chosen: the question itself has to be narrowed.
    pub async fn open(app: &App, caller: &Arc<Caller>, chosen: &[String]) -> Result<Eyes, Fault> {
        let eyes = |way| Eyes {
            caller: Arc::clone(caller),
            way,
        };
        let Some(cluster) = &app.cluster else {
            return Ok(eyes(match caller.namespaces() {
                Some(allowed) => Way::Walled(claimed(allowed, chosen)?),
                None => Way::Cluster,
            }));
        };
        let access = cluster.access(caller).await?;
        if access.cluster {
            return Ok(eyes(Way::Cluster));
        }
        if chosen.is_empty() {
            return match &access.namespaces {
                Some(all) if all.is_empty() => Err(Fault::NothingAllowed),
                Some(all) => Ok(eyes(Way::Namespaces(all.clone()))),
                None => Err(Fault::NamespaceNeeded),
            };
        }
        if chosen.len() > MOST_NAMESPACES {
            return Err(Fault::BadRequest(format!(
                "it names more than {MOST_NAMESPACES} namespaces"
            )));
        }
        for namespace in chosen {
            if !cluster.may(caller, Right::metrics_of(namespace)).await? {
                return Err(Fault::NamespaceDenied(namespace.clone()));
            }
        }
        Ok(eyes(Way::Namespaces(chosen.to_vec())))
    }

    /// Confined to `chosen`, where they see everything and something is chosen.
    #[must_use]
    pub fn within(self, chosen: &[String]) -> Eyes {
        match self.way {
            Way::Cluster if !chosen.is_empty() => Eyes {
                way: Way::Walled(chosen.to_vec()),
                ..self
            },
            _ => self,
        }
    }

    /// For the rules and alerts of `chosen` namespaces, or of all that the caller may see.
    ///
    /// The cluster-wide port does not narrow rules: whoever has chosen asks the port that does, cluster viewers too.
    pub async fn open_rules(app: &App, caller: &Arc<Caller>, chosen: &[String]) -> Result<Eyes, Fault> {
        let Some(cluster) = &app.cluster else {
            return Ok(Eyes::open(app, caller, chosen).await?.within(chosen));
        };
        let namespaces = if chosen.is_empty() {
            match Eyes::open(app, caller, &[]).await? {
                Eyes {
                    way: Way::Namespaces(all),
                    ..
                } => all,
                whole => return Ok(whole),
            }
        } else {
            // Whether the cluster knows the token at all.
            cluster.access(caller).await?;
            chosen.to_vec()
        };
        for namespace in &namespaces {
            if !cluster.may(caller, Right::rules_of(namespace)).await? {
                return Err(Fault::RulesDenied(namespace.clone()));
            }
        }
        Ok(Eyes {
            caller: Arc::clone(caller),
            way: Way::Namespaces(namespaces),
        })
    }

    /// For caches: who it is, and which door and namespaces are asked.
    #[must_use]
    pub fn key(&self) -> EyesKey {
        (self.caller.key(), self.way.clone())
    }

    /// Whose they are.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    #[must_use]
    pub fn way(&self) -> &Way {
        &self.way
    }

    /// Asks the door of this way. A caller that is refused there is asked about anew next time.
    ///
    /// `author`: who has written the PromQL in `params`.
    pub async fn ask(&self, app: &App, api: &Api, params: Params, author: Author) -> Result<Reply, Fault> {
        let (door, params, namespaces) = match &self.way {
            Way::Cluster => (Door::Cluster, params, &[][..]),
            Way::Walled(namespaces) => {
                let params = wall::confine(&app.guard, api, namespaces.clone(), author, params).await?;
                (Door::Cluster, params, &[][..])
            }
            Way::Namespaces(namespaces) => {
                let door = if api.is_rules() { Door::Rules } else { Door::Tenancy };
                let params = namespaces
                    .iter()
                    .fold(params, |params, namespace| params.with("namespace", namespace));
                (door, params, namespaces.as_slice())
            }
        };
        let asked = Instant::now();
        let answer = app.upstream.ask(&self.caller, door, api, &params).await;
        match &answer {
            Ok(_) => app.kept.vouch(self.key(), asked),
            Err(fault) if is_denied(fault) => {
                app.kept.forget(self.caller.key());
                if let Some(cluster) = &app.cluster {
                    cluster.forget(&self.caller, namespaces).await;
                }
            }
            Err(_) => {}
        }
        answer.map_err(|fault| match (fault, namespaces) {
            (Fault::UpstreamDenied(403), [first, ..]) if api.is_rules() => Fault::RulesDenied(first.clone()),
            (Fault::UpstreamDenied(403), [first, ..]) => Fault::NamespaceDenied(first.clone()),
            (fault, _) => fault,
        })
    }
}

impl Eyes {
    /// An answer about rules or alerts where nobody else narrows it; `None`: [`Eyes::ask`] will do.
    pub async fn rules(&self, app: &App, api: &Api, params: &Params) -> Result<Option<String>, Fault> {
        let Way::Walled(namespaces) = &self.way else {
            return Ok(None);
        };
        let reply = app.upstream.ask(&self.caller, Door::Cluster, api, params).await?;
        wall::narrow(&reply.bytes().await?, namespaces).map(Some)
    }
}

/// What is meant of what the issuer lists.
fn claimed(allowed: &[String], chosen: &[String]) -> Result<Vec<String>, Fault> {
    if let Some(other) = chosen.iter().find(|namespace| !allowed.contains(namespace)) {
        return Err(Fault::NotClaimed(other.clone()));
    }
    match (chosen, allowed) {
        ([], []) => Err(Fault::NothingClaimed),
        ([], all) => Ok(all.to_vec()),
        (some, _) => Ok(some.to_vec()),
    }
}
