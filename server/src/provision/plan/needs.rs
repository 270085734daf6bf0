//! Which permissions a step needs, and whether the caller has them.

use std::collections::BTreeSet;

use super::step::{Action, Need, Step, Work};
use crate::cluster::{Hands, Permission, Refusal};
use crate::provision::object::{Generated, Reference};

/// Fills in the needs of every step that would write: its own, and `record`, without which nothing may be made. Gives
/// whether the caller has that.
pub async fn ask(hands: &Hands, steps: &mut [Step], record: &Permission) -> Result<bool, Refusal> {
    let all = |step: &Step| {
        let of_record = step.action.writes().then(|| record.clone());
        of(step).into_iter().chain(of_record).collect::<BTreeSet<_>>()
    };
    let wanted = steps.iter().flat_map(all).chain([record.clone()]).collect();
    let known = hands.may_each(wanted).await?;
    for step in steps {
        step.needs = all(step)
            .into_iter()
            .map(|permission| Need {
                allowed: known.get(&permission).copied().unwrap_or_default(),
                grant: grant(&permission),
                permission,
            })
            .collect();
    }
    Ok(known.get(record).copied().unwrap_or_default())
}

fn of(step: &Step) -> Vec<Permission> {
    if !step.action.writes() {
        return Vec::new();
    }
    let verbs: &[&'static str] = match (&step.work, step.action) {
        // What may not be read may not be written either.
        (Work::Nothing, Action::Edit) => &["patch"],
        (Work::Nothing, _) => &[],
        (Work::Delete { .. }, _) => &["delete"],
        // The name is in the question when apply creates, other than with a POST.
        (Work::Apply(_), Action::Create) => &["create", "patch"],
        (Work::Generate(_), Action::Create) | (Work::Edit { version: None, .. }, _) => &["create"],
        _ => &["patch"],
    };
    let mut found: Vec<Permission> = verbs.iter().map(|verb| on(verb, &step.object)).collect();
    if let Work::Generate(object) = &step.work
        && let Some(Generated::Token(account)) = &object.generated
    {
        found.push(Permission {
            verb: "create",
            group: "",
            resource: "serviceaccounts/token",
            namespace: object.namespace.clone(),
            name: Some(account.clone()),
        });
    }
    found
}

fn on(verb: &'static str, object: &Reference) -> Permission {
    Permission {
        verb,
        group: object.kind.group,
        resource: object.kind.plural,
        namespace: object.namespace.clone(),
        // A review of `create` with a name is answered as apply is; one of POST has none.
        name: Some(object.name.clone()),
    }
}

/// What an administrator types.
#[must_use]
pub fn grant(permission: &Permission) -> String {
    let user = "<user>";
    let in_namespace = permission.namespace.as_deref();
    let role = match (permission.group, permission.resource, in_namespace) {
        ("monitoring.coreos.com", _, Some(_)) => "monitoring-edit",
        (_, _, Some("openshift-user-workload-monitoring")) => {
            return format!(
                "oc -n openshift-user-workload-monitoring adm policy add-role-to-user user-workload-monitoring-config-edit \
                 {user} --role-namespace openshift-user-workload-monitoring"
            );
        }
        (_, _, Some(namespace)) if !namespace.starts_with("openshift-") => "admin",
        _ => return format!("oc adm policy add-cluster-role-to-user cluster-admin {user}"),
    };
    format!(
        "oc adm policy add-role-to-user {role} {user} -n {}",
        in_namespace.unwrap_or_default()
    )
}
