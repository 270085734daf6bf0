//! `GET /api/me`: who the caller is and how far it sees, found out with the caller's own credential.

use std::sync::Arc;

use server_api::{Me, Right, Scope};

use super::{Eyes, decode, fetch, is_denied};
use crate::{
    app::App,
    cluster::Access,
    error::Fault,
    identity::Caller,
    upstream::{Api, LabelName, Params},
};

/// Namespaces that had a sample within the last hour: a deleted one fades.
const LOOK_BACK_S: i64 = 3_600;
const CLUSTER_ROLE: &str = "cluster-monitoring-view";
const NAMESPACE_ROLE: &str = "view";

/// A store that denies is an answer (the caller sees nothing); one that fails is a fault.
pub async fn me(app: &App, caller: &Arc<Caller>) -> Result<Me, Fault> {
    match &app.cluster {
        Some(cluster) => {
            let access = cluster.access(caller).await?;
            told(app, caller, &access).await
        }
        None => {
            let found = namespaces(app, caller).await?;
            let allowed = found.is_some();
            Ok(Me {
                user: caller.user().to_owned(),
                scope: if allowed { Scope::Cluster } else { Scope::None },
                namespaces: found.unwrap_or_default(),
                rights: vec![everything(allowed)],
                sign_out: sign_out(caller),
            })
        }
    }
}

/// Where the cluster has told.
async fn told(app: &App, caller: &Arc<Caller>, access: &Access) -> Result<Me, Fault> {
    let (scope, namespaces) = match &access.namespaces {
        _ if access.cluster => (Scope::Cluster, namespaces(app, caller).await?.unwrap_or_default()),
        Some(all) if all.is_empty() => (Scope::None, Vec::new()),
        Some(all) => (Scope::Namespaces, all.clone()),
        // The cluster has no list for its users: a namespace that is named will be looked at.
        None => (Scope::Namespaces, Vec::new()),
    };
    let some = access.cluster || !namespaces.is_empty();
    let own = Right {
        name: "Read the metrics of a namespace".to_owned(),
        allowed: some,
        role: NAMESPACE_ROLE.to_owned(),
        grant: format!("oc adm policy add-role-to-user {NAMESPACE_ROLE} <user> -n <namespace>"),
    };
    Ok(Me {
        user: access.user.clone(),
        scope,
        namespaces,
        rights: vec![everything(access.cluster), own],
        sign_out: sign_out(caller),
    })
}

/// Where a session can be ended, if there is one.
fn sign_out(caller: &Caller) -> Option<String> {
    caller.can_sign_out().then(|| crate::route::SIGN_OUT.to_owned())
}

fn everything(allowed: bool) -> Right {
    Right {
        name: "Read the metrics of every namespace".to_owned(),
        allowed,
        role: CLUSTER_ROLE.to_owned(),
        grant: format!("oc adm policy add-cluster-role-to-user {CLUSTER_ROLE} <user>"),
    }
}

/// The namespaces that the store knows; `None` when it denies.
async fn namespaces(app: &App, caller: &Arc<Caller>) -> Result<Option<Vec<String>>, Fault> {
    let label = LabelName::new("namespace").ok_or_else(|| Fault::Internal("a label name is none".to_owned()))?;
    let now = app.now();
    let params = Params::default()
        .with("start", (now - LOOK_BACK_S).to_string())
        .with("end", now.to_string());
    let eyes = Eyes::open(app, caller, &[]).await?;
    match fetch::body(app, &eyes, &Api::LabelValues(label), params).await {
        Ok(body) => Ok(Some(fetch::decoded(body, decode::strings).await?.data)),
        // The token is not known there: the caller is nobody, which is another thing than having no rights.
        Err(fault @ Fault::UpstreamDenied(401)) => Err(fault),
        Err(fault) if is_denied(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}
