//! Whether user workload monitoring is switched on, and where.

use serde_json::Value;

use super::text;
use crate::provision::text::{self as edit, EditFault};

const KEY: [&str; 1] = ["enableUserWorkload"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// By the text in `cluster-monitoring-config`.
    Text,
    /// By the newer ClusterMonitoring object.
    Object,
    Off,
}

/// The text's key wins wherever it says anything, be it `false`: so the cluster's own operator reads the two.
pub fn user_workload(config: &str, object: Option<&Value>) -> Result<Switch, EditFault> {
    let tree = edit::tree(config)?;
    let isolated = object.is_some_and(|object| text(object, "/spec/userDefined/mode") == "NamespaceIsolated");
    Ok(match edit::get(&tree, &KEY) {
        Some(said) if said == &Value::Bool(true) => Switch::Text,
        None | Some(Value::Null) if isolated => Switch::Object,
        _ => Switch::Off,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_key_of_the_text_wins_over_the_newer_object() {
        let on = json!({"spec": {"userDefined": {"mode": "NamespaceIsolated"}}});
        let off = json!({"spec": {"userDefined": {"mode": "Disabled"}}});
        for (config, object, expect) in [
            ("", None, Switch::Off),
            ("", Some(&off), Switch::Off),
            ("", Some(&on), Switch::Object),
            ("prometheusK8s: {}\n", Some(&on), Switch::Object),
            ("enableUserWorkload: true\n", None, Switch::Text),
            ("enableUserWorkload: true\n", Some(&off), Switch::Text),
            ("enableUserWorkload: true\n", Some(&on), Switch::Text),
            ("enableUserWorkload: false\n", None, Switch::Off),
            ("enableUserWorkload: false\n", Some(&on), Switch::Off),
            ("enableUserWorkload:\n", Some(&on), Switch::Object),
        ] {
            assert_eq!(user_workload(config, object), Ok(expect), "{config:?} {object:?}");
        }
        assert!(user_workload("a: [", Some(&on)).is_err());
    }
}
