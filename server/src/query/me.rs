//! `GET /api/me`: how far the caller sees, found out by asking with the caller's own credential.

use server_api::{Me, Right, Scope};

use super::{decode, fetch, is_denied};
use crate::{
    app::App,
    error::Fault,
    identity::Caller,
    upstream::{Api, LabelName, Params},
};

/// Namespaces that had a sample within the last hour: a deleted one fades.
const LOOK_BACK_S: i64 = 3_600;
const ROLE: &str = "cluster-monitoring-view";

/// A store that denies is an answer (the caller sees nothing); one that fails is a fault.
pub async fn me(app: &App, caller: &Caller) -> Result<Me, Fault> {
    let label = LabelName::new("namespace").ok_or_else(|| Fault::Internal("a label name is none".to_owned()))?;
    let now = app.now();
    let params = Params::default()
        .with("start", (now - LOOK_BACK_S).to_string())
        .with("end", now.to_string());
    let body = match fetch::body(app, caller, &Api::LabelValues(label), params).await {
        Ok(body) => Some(body),
        // The token is not known there: the caller is nobody, which is another thing than having no rights.
        Err(fault @ Fault::UpstreamDenied(401)) => return Err(fault),
        Err(fault) if is_denied(&fault) => None,
        Err(fault) => return Err(fault),
    };
    let namespaces = match body {
        Some(body) => Some(fetch::decoded(body, decode::strings).await?.data),
        None => None,
    };
    let allowed = namespaces.is_some();
    Ok(Me {
        user: caller.user().to_owned(),
        scope: if allowed { Scope::Cluster } else { Scope::None },
        namespaces: namespaces.unwrap_or_default(),
        rights: vec![Right {
            name: "Read the metrics of every namespace".to_owned(),
            allowed,
            role: ROLE.to_owned(),
            grant: format!("oc adm policy add-cluster-role-to-user {ROLE} <user>"),
        }],
    })
}
