//! The objects as YAML for kustomize or Argo CD: the very same as `apply` makes, in the same order, always the same bytes.

use std::fmt::Write as _;

use super::desired::MakeError;
use super::object::{Generated, Object};
use super::settings::Settings;

/// One document for each object; above them what no document can hold.
pub fn yaml(settings: &Settings, objects: &[Object]) -> Result<String, MakeError> {
    let mut out = notes(settings, objects);
    for object in objects.iter().filter(|object| object.generated.is_none()) {
        let text = serde_saphyr::to_string(&object.body)
            .map_err(|cause| MakeError(format!("{}: {cause}", object.reference())))?;
        out += "---\n";
        out += text.trim_end();
        out += "\n";
    }
    Ok(out)
}

/// What changes objects of the cluster itself, or must not stand in a repository.
fn notes(settings: &Settings, objects: &[Object]) -> String {
    let mut out = "# Made by `servelens render`; the same settings give the same file.\n".to_owned();
    // Writing to a String cannot fail.
    let mut line = |text: &str| {
        let _ = writeln!(out, "# {text}");
    };
    if settings.enable_uwm || settings.uwm_retention.is_some() || settings.console_plugin {
        line("");
        line("Not below, because these objects are the cluster's own and hold more than our values; `servelens apply`");
        line("edits them in place:");
    }
    if settings.enable_uwm {
        line("  ConfigMap openshift-monitoring/cluster-monitoring-config, config.yaml: `enableUserWorkload: true`");
    }
    if let Some(retention) = &settings.uwm_retention {
        line("  ConfigMap openshift-user-workload-monitoring/user-workload-monitoring-config, config.yaml, below");
        line(&format!("  `prometheus`: `retention: {retention}`"));
    }
    if settings.console_plugin {
        line("  Console cluster (operator.openshift.io): `servelens` in spec.plugins");
    }
    if settings.kserve {
        line("");
        line(
            "Monitors are made for workloads that the platform leaves unscraped; which these are only a cluster tells:",
        );
        line("`servelens render --kubeconfig FILE` adds them.");
    }
    for object in objects {
        let what = match &object.generated {
            None => continue,
            Some(Generated::Cookie) => "key `session_secret`: 32 random bytes".to_owned(),
            Some(Generated::Token(account)) => format!("key `token`: a token of the account {account}"),
        };
        line("");
        line(&format!(
            "A secret that no repository may hold: {}, {what}",
            object.reference()
        ));
    }
    out
}
