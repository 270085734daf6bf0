//! What the caller may do of what setting up does.

use super::Checks;
use crate::cluster::{Hands, Permission, Refusal};
use crate::provision::plan::edits::{PLATFORM, USER_WORKLOAD};
use crate::provision::plan::grant;
use crate::provision::settings::Settings;

pub async fn ask(hands: &Hands, settings: &Settings) -> Result<Vec<(Permission, bool)>, Refusal> {
    let of = |verb, group, resource, namespace: &str, name: &str| Permission {
        verb,
        group,
        resource,
        namespace: Some(namespace.to_owned()).filter(|text| !text.is_empty()),
        name: Some(name.to_owned()).filter(|text| !text.is_empty()),
    };
    let mut wanted = Vec::new();
    for namespace in &settings.namespaces {
        for resource in ["podmonitors", "servicemonitors", "prometheusrules"] {
            wanted.push(of("create", "monitoring.coreos.com", resource, namespace, ""));
        }
    }
    wanted.push(of("create", "", "configmaps", settings.home(), ""));
    if settings.enable_uwm {
        wanted.push(of("patch", "", "configmaps", PLATFORM, "cluster-monitoring-config"));
    }
    if settings.uwm_retention.is_some() {
        wanted.push(of(
            "patch",
            "",
            "configmaps",
            USER_WORKLOAD,
            "user-workload-monitoring-config",
        ));
    }
    if settings.console_plugin {
        wanted.push(of("patch", "operator.openshift.io", "consoles", "", "cluster"));
    }
    let known = hands.may_each(wanted.iter().cloned().collect()).await?;
    let told = wanted.into_iter().map(|permission| {
        let allowed = known.get(&permission).copied().unwrap_or_default();
        (permission, allowed)
    });
    Ok(told.collect())
}

pub fn checks(rights: &[(Permission, bool)]) -> Checks {
    let mut checks = Checks::new("rights");
    for (permission, allowed) in rights {
        if *allowed {
            checks.good(format!("you may {permission}"));
        } else {
            checks.warning("rights", format!("you may not {permission}"), grant(permission));
        }
    }
    checks
}
