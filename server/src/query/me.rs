//! `GET /api/me`: who the caller is and how far it sees, found out with the caller's own credential.

use std::sync::Arc;

use server_api::{Me, Right, Scope};

use super::{
    Eyes,
    decode::{self, Holds},
    fetch, is_denied,
};
use crate::{
    app::App,
    cluster::{self, Access},
    error::Fault,
    identity::Caller,
    upstream::{Api, LabelName, Params},
};

/// Namespaces that had a sample within the last hour: a deleted one fades.
const LOOK_BACK_S: i64 = 3_600;
const CLUSTER_ROLE: &str = "cluster-monitoring-view";
const NAMESPACE_ROLE: &str = "view";
const RULES_ROLE: &str = "monitoring-rules-view";
/// Namespaces whose rules are asked about: who may read them in one usually may in all.
const RULES_ASKED: usize = 4;

/// A store that denies is an answer (the caller sees nothing); one that fails is a fault.
/// `watched` is a namespace whose being there matters now.
pub async fn me(app: &App, caller: &Arc<Caller>, watched: Option<&str>) -> Result<Me, Fault> {
    match &app.cluster {
        Some(cluster) => {
            let access = cluster.access(caller).await?;
            let mut me = told(app, caller, &access).await?;
            if let Some(watched) = watched.filter(|_| access.cluster) {
                let there = cluster.has_namespace(caller, watched).await?;
                me.namespaces = with_or_without(me.namespaces, watched, there);
            }
            Ok(me)
        }
        None if caller.namespaces().is_some() => Ok(claimed(caller)),
        None => {
            let found = namespaces(app, caller).await?;
            let allowed = found.is_some();
            Ok(Me {
                user: caller.user().to_owned(),
                scope: if allowed { Scope::Cluster } else { Scope::None },
                namespaces: found.unwrap_or_default(),
                rights: vec![everything(allowed, caller.user(), None)],
                sign_out: sign_out(caller),
            })
        }
    }
}

/// The store knows names for an hour longer than they are there, and none that has told no metric yet; the cluster knows
/// better where it tells.
fn with_or_without(mut namespaces: Vec<String>, name: &str, there: Option<bool>) -> Vec<String> {
    match there {
        Some(false) => namespaces.retain(|known| known != name),
        Some(true) if !namespaces.iter().any(|known| known == name) => namespaces.push(name.to_owned()),
        _ => {}
    }
    namespaces.sort();
    namespaces
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
        grant: format!(
            "oc adm policy add-role-to-user {NAMESPACE_ROLE} {} -n <namespace>",
            in_command(&access.user)
        ),
        port: Some(9092),
    };
    let rules = Right {
        name: "Read the rules and alerts of a namespace".to_owned(),
        allowed: access.cluster || may_read_rules(app, caller, &namespaces).await?,
        role: RULES_ROLE.to_owned(),
        grant: format!(
            "oc adm policy add-role-to-user {RULES_ROLE} {} -n <namespace>",
            in_command(&access.user)
        ),
        port: Some(9093),
    };
    Ok(Me {
        user: access.user.clone(),
        scope,
        namespaces,
        rights: vec![everything(access.cluster, &access.user, Some(9091)), own, rules],
        sign_out: sign_out(caller),
    })
}

/// Where the issuer that signed the caller in has told.
fn claimed(caller: &Caller) -> Me {
    let namespaces = caller.namespaces().unwrap_or_default().to_vec();
    let allowed = !namespaces.is_empty();
    Me {
        user: caller.user().to_owned(),
        scope: if allowed { Scope::Namespaces } else { Scope::None },
        namespaces,
        rights: vec![Right {
            name: "Read the metrics of a namespace".to_owned(),
            allowed,
            role: "the claim that `namespaces-claim` names".to_owned(),
            grant: "Let the issuer list the namespace in that claim, and sign in again.".to_owned(),
            port: None,
        }],
        sign_out: sign_out(caller),
    }
}

/// In one of the first namespaces, at least.
async fn may_read_rules(app: &App, caller: &Arc<Caller>, namespaces: &[String]) -> Result<bool, Fault> {
    let Some(cluster) = &app.cluster else { return Ok(false) };
    for namespace in namespaces.iter().take(RULES_ASKED) {
        if cluster.may(caller, cluster::Right::rules_of(namespace)).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Where a session can be ended, if there is one.
fn sign_out(caller: &Caller) -> Option<String> {
    caller.has_session().then(|| crate::route::SIGN_OUT.to_owned())
}

fn everything(allowed: bool, user: &str, port: Option<u16>) -> Right {
    Right {
        name: "Read the metrics of every namespace".to_owned(),
        allowed,
        role: CLUSTER_ROLE.to_owned(),
        grant: format!(
            "oc adm policy add-cluster-role-to-user {CLUSTER_ROLE} {}",
            in_command(user)
        ),
        port,
    }
}

/// The user as a command takes it; a name that is not known, or that a shell could read otherwise, is left to be filled in.
fn in_command(user: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:@".contains(&byte);
    if user.is_empty() || user.starts_with('-') || !user.bytes().all(plain) {
        return "<user>";
    }
    user
}

/// The namespaces that the store knows; `None` when it denies.
async fn namespaces(app: &App, caller: &Arc<Caller>) -> Result<Option<Vec<String>>, Fault> {
    let label = LabelName::new("namespace").ok_or_else(|| Fault::Internal("a label name is none".to_owned()))?;
    let now = app.now();
    let params = Params::default()
        .with("start", (now - LOOK_BACK_S).to_string())
        .with("end", now.to_string());
    let eyes = Eyes::open(app, caller, &[]).await?;
    let api = Api::LabelValues(label);
    match fetch::ask(app, &eyes, &api, params, Holds::Strings, decode::strings).await {
        Ok(answer) => Ok(Some(answer.data)),
        // The token is not known there: the caller is nobody, which is another thing than having no rights.
        Err(fault @ Fault::UpstreamDenied(401)) => Err(fault),
        Err(fault) if is_denied(&fault) => Ok(None),
        Err(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cluster_knows_better_than_the_store_which_namespaces_there_are() {
        let known = || vec!["a".to_owned(), "c".to_owned()];
        assert_eq!(with_or_without(known(), "c", Some(false)), ["a"]);
        assert_eq!(with_or_without(known(), "b", Some(true)), ["a", "b", "c"]);
        for untold in [None, Some(true)] {
            assert_eq!(with_or_without(known(), "c", untold), ["a", "c"]);
        }
        assert_eq!(with_or_without(known(), "b", None), ["a", "c"]);
    }

    #[test]
    fn the_command_names_the_user_where_a_shell_takes_the_name_as_it_is() {
        let check = |user: &str, expect: &str| assert_eq!(in_command(user), expect);
        check("alice", "alice");
        check("system:serviceaccount:a:b", "system:serviceaccount:a:b");
        check("a@b.example", "a@b.example");
        for odd in ["", "a b", "$(reboot)", "a;b", "a'b", "--as=admin", "\u{e9}"] {
            check(odd, "<user>");
        }
    }
}
