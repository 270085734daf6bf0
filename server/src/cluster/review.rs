//! The rights that are asked about, as the front itself asks for them.

use serde_json::{Value, json};

/// One thing that a caller may or may not do; always `get`, because only that is asked of the front.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Right {
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
    name: &'static str,
    /// Empty: in the whole cluster.
    namespace: String,
}

impl Right {
    /// Everybody's metrics: what the port 9091 checks, which OpenShift 4.15 has changed.
    #[must_use]
    pub fn all_metrics(legacy: bool) -> Right {
        if legacy {
            return Right {
                group: "",
                resource: "namespaces",
                subresource: "",
                name: "",
                namespace: String::new(),
            };
        }
        Right {
            group: "monitoring.coreos.com",
            resource: "prometheuses",
            subresource: "api",
            name: "k8s",
            namespace: "openshift-monitoring".to_owned(),
        }
    }

    /// One namespace's metrics: what the port 9092 checks.
    #[must_use]
    pub fn metrics_of(namespace: &str) -> Right {
        Right {
            group: "metrics.k8s.io",
            resource: "pods",
            subresource: "",
            name: "",
            namespace: namespace.to_owned(),
        }
    }

    /// One namespace's rules and alerts: what the port 9093 checks.
    #[must_use]
    pub fn rules_of(namespace: &str) -> Right {
        Right {
            group: "monitoring.coreos.com",
            resource: "prometheusrules",
            subresource: "",
            name: "",
            namespace: namespace.to_owned(),
        }
    }

    /// The body of a SelfSubjectAccessReview.
    #[must_use]
    pub fn review(&self) -> Value {
        let mut attributes = json!({"verb": "get", "group": self.group, "resource": self.resource});
        for (key, value) in [
            ("subresource", self.subresource),
            ("name", self.name),
            ("namespace", self.namespace.as_str()),
        ] {
            if let (false, Some(attributes)) = (value.is_empty(), attributes.as_object_mut()) {
                attributes.insert(key.to_owned(), Value::from(value));
            }
        }
        json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_port_of_the_front_has_its_own_review() {
        let check = |right: Right| right.review()["spec"]["resourceAttributes"].to_string();
        insta::assert_snapshot!([
            check(Right::all_metrics(false)),
            check(Right::all_metrics(true)),
            check(Right::metrics_of("a")),
            check(Right::rules_of("a")),
        ].join("\n"), @r#"
        {"group":"monitoring.coreos.com","name":"k8s","namespace":"openshift-monitoring","resource":"prometheuses","subresource":"api","verb":"get"}
        {"group":"","resource":"namespaces","verb":"get"}
        {"group":"metrics.k8s.io","namespace":"a","resource":"pods","verb":"get"}
        {"group":"monitoring.coreos.com","namespace":"a","resource":"prometheusrules","verb":"get"}
        "#);
    }
}
