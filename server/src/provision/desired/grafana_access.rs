//! What Grafana needs around it: its own namespace, the operator, accounts that may read metrics and nothing else, and a
//! wall around its pods.

use serde_json::{Value, json};

use crate::cluster::{NAMESPACE, NETWORK_POLICY, OPERATOR_GROUP, ROLE_BINDING, SECRET, SERVICE_ACCOUNT, SUBSCRIPTION};
use crate::provision::object::{Generated, Object, Phase};
use crate::provision::operator::PACKAGE;
use crate::provision::settings::{GrafanaView, Settings};

/// Grants the API of the cluster's metrics alone, and lives beside it.
const METRICS_ROLE: &str = "cluster-monitoring-metrics-api";
/// Grants reading one namespace's metrics; part of `view`, so that who may grant `view` may grant it.
const NAMESPACE_ROLE: &str = "system:aggregated-metrics-reader";

/// One source of metrics in Grafana: who asks, and for which namespace.
pub struct Reader {
    pub account: String,
    pub secret: String,
    /// `None`: all of them.
    pub namespace: Option<String>,
}

pub fn readers(settings: &Settings) -> Vec<Reader> {
    let instance = &settings.grafana.instance;
    let reader = |suffix: String, namespace: Option<String>| Reader {
        account: format!("{instance}-{suffix}"),
        secret: format!("{instance}-{suffix}-token"),
        namespace,
    };
    match settings.grafana.view {
        GrafanaView::Off => Vec::new(),
        GrafanaView::Cluster => vec![reader("reader".to_owned(), None)],
        GrafanaView::Namespace => {
            let each = settings.namespaces.iter();
            each.map(|namespace| reader(format!("reader-{namespace}"), Some(namespace.clone())))
                .collect()
        }
    }
}

pub fn cookie_secret(settings: &Settings) -> String {
    format!("{}-proxy-cookie", settings.grafana.instance)
}

pub fn objects(settings: &Settings) -> Vec<Object> {
    let grafana = &settings.grafana;
    let home = Some(grafana.namespace.as_str());
    let mut out = vec![
        Object::new(settings, &NAMESPACE, None, &grafana.namespace, json!({}))
            .at(Phase::Namespaces, "a namespace for Grafana and nothing else"),
    ];
    if grafana.operator {
        let group = json!({"spec": {"targetNamespaces": [grafana.namespace]}});
        out.push(
            Object::new(settings, &OPERATOR_GROUP, home, &grafana.namespace, group)
                .at(Phase::Operator, "the operator looks after this namespace alone"),
        );
        let subscription = json!({"spec": {
            "name": PACKAGE, "channel": grafana.channel, "source": grafana.source,
            "sourceNamespace": "openshift-marketplace", "installPlanApproval": "Automatic",
        }});
        out.push(
            Object::new(settings, &SUBSCRIPTION, home, PACKAGE, subscription)
                .at(Phase::Operator, "the Grafana operator is absent"),
        );
    }
    for reader in readers(settings) {
        out.extend(reader_objects(settings, &reader));
    }
    out.push(
        Object::new(
            settings,
            &SECRET,
            home,
            &cookie_secret(settings),
            json!({"type": "Opaque"}),
        )
        .generated(Generated::Cookie)
        .at(Phase::Access, "a key of its own for Grafana's sign-in cookies"),
    );
    out.push(
        Object::new(
            settings,
            &NETWORK_POLICY,
            home,
            &grafana.instance,
            wall(&grafana.instance),
        )
        .at(Phase::Access, "nobody reaches Grafana past its sign-in"),
    );
    out
}

fn reader_objects(settings: &Settings, reader: &Reader) -> [Object; 3] {
    let home = &settings.grafana.namespace;
    let account = json!({"automountServiceAccountToken": false});
    let (place, role) = match &reader.namespace {
        None => ("openshift-monitoring", json!({"kind": "Role", "name": METRICS_ROLE})),
        Some(namespace) => (
            namespace.as_str(),
            json!({"kind": "ClusterRole", "name": NAMESPACE_ROLE}),
        ),
    };
    let mut binding = json!({
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io"},
        "subjects": [{"kind": "ServiceAccount", "name": reader.account, "namespace": home}],
    });
    if let Some(reference) = binding.get_mut("roleRef") {
        crate::provision::object::merge(reference, &role);
    }
    // The Grafana's namespace is in the name: two installations never fight for one binding.
    let name = format!("{home}-{}", reader.account);
    [
        Object::new(settings, &SERVICE_ACCOUNT, Some(home), &reader.account, account)
            .at(Phase::Access, "the account that Grafana reads metrics with"),
        Object::new(settings, &ROLE_BINDING, Some(place), &name, binding)
            .at(Phase::Access, "it may read metrics and nothing else"),
        Object::new(settings, &SECRET, Some(home), &reader.secret, json!({"type": "Opaque"}))
            .generated(Generated::Token(reader.account.clone()))
            .at(Phase::Access, "its token, which ends by itself and is renewed"),
    ]
}

/// From the router to the proxy, and from the operator to Grafana itself.
fn wall(instance: &str) -> Value {
    json!({"spec": {
        "podSelector": {"matchLabels": {"app": instance}},
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [{"namespaceSelector": {"matchLabels": {"network.openshift.io/policy-group": "ingress"}}}],
                "ports": [{"protocol": "TCP", "port": 9091}],
            },
            {
                "from": [{
                    "namespaceSelector": {},
                    "podSelector": {"matchLabels": {"app.kubernetes.io/name": "grafana-operator"}},
                }],
                "ports": [{"protocol": "TCP", "port": 3000}],
            },
        ],
    }})
}
