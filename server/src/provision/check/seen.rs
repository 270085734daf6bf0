//! The single objects that the checks look at, each read once, all at the same time.

use futures_util::{StreamExt as _, future::try_join, stream};
use serde_json::Value;
use std::collections::BTreeMap;

use super::llm::{AUTHORINO_CERTIFICATE, AUTHORINO_SERVICE, LINK};
use crate::cluster::{
    AUTHORINO, CLUSTER_MONITORING, CLUSTER_OPERATOR, CLUSTER_POLICY, CLUSTER_SERVICE_VERSION, CLUSTER_VERSION,
    CONFIG_MAP, CONSOLE, CONSOLE_PLUGIN, CRD, DATA_SCIENCE_CLUSTER, DEPLOYMENT, GATEWAY, GATEWAY_CLASS, GRAFANA, Hands,
    KUADRANT, Kind, LEADER_WORKER_SET, NAMESPACE, POD, PROMETHEUS, Refusal, SECRET, SERVICE, SERVICE_MESH,
};
pub use crate::provision::facts::Look;
use crate::provision::facts::look_at;
use crate::provision::object::NAME;
use crate::provision::plan::edits::{PLATFORM, USER_WORKLOAD};
use crate::provision::settings::Settings;

/// By a name of our own.
pub struct Seen(BTreeMap<String, Look>);

enum Want {
    One(&'static Kind, Option<String>, String),
    /// A list of one namespace.
    In(&'static Kind, String),
    /// A list of the whole cluster.
    All(&'static Kind),
}

/// In no namespace where that is empty.
fn one(kind: &'static Kind, namespace: &str, name: &str) -> Want {
    let namespace = Some(namespace.to_owned()).filter(|name| !name.is_empty());
    Want::One(kind, namespace, name.to_owned())
}

impl Seen {
    pub async fn read(hands: &Hands, settings: &Settings) -> Result<Seen, Refusal> {
        let wants = vec![
            ("version".to_owned(), one(&CLUSTER_VERSION, "", "version")),
            ("monitoring".to_owned(), one(&CLUSTER_OPERATOR, "", "monitoring")),
            (
                "config".to_owned(),
                one(&CONFIG_MAP, PLATFORM, "cluster-monitoring-config"),
            ),
            (
                "user config".to_owned(),
                one(&CONFIG_MAP, USER_WORKLOAD, "user-workload-monitoring-config"),
            ),
            ("new config".to_owned(), one(&CLUSTER_MONITORING, "", "cluster")),
            (
                "prometheus".to_owned(),
                one(&PROMETHEUS, USER_WORKLOAD, "user-workload"),
            ),
            ("plugin".to_owned(), one(&CONSOLE_PLUGIN, "", NAME)),
            ("console".to_owned(), one(&CONSOLE, "", "cluster")),
            ("platform".to_owned(), Want::All(&DATA_SCIENCE_CLUSTER)),
            ("groups".to_owned(), Want::All(&LEADER_WORKER_SET)),
            ("gpu".to_owned(), Want::All(&CLUSTER_POLICY)),
            ("gpu namespace".to_owned(), one(&NAMESPACE, "", &settings.gpu_namespace)),
            (
                "grafana".to_owned(),
                one(&GRAFANA, &settings.grafana.namespace, &settings.grafana.instance),
            ),
        ];
        let (Seen(mut looks), places) =
            try_join(Seen::looks(hands, wants), look_at(hands, &settings.namespaces)).await?;
        let places = places
            .into_iter()
            .map(|(name, look)| (format!("namespace {name}"), look));
        looks.extend(places);
        Ok(Seen(looks))
    }

    /// What LLMInferenceServices need; see `llm`.
    pub async fn of_llm(hands: &Hands, settings: &Settings) -> Result<Seen, Refusal> {
        let wants = [
            ("gateway", one(&GATEWAY, "openshift-ingress", "openshift-ai-inference")),
            ("classes", Want::All(&GATEWAY_CLASS)),
            ("mesh", Want::All(&SERVICE_MESH)),
            ("link", Want::In(&CLUSTER_SERVICE_VERSION, LINK.to_owned())),
            ("kuadrant", one(&KUADRANT, LINK, "kuadrant")),
            ("authorino service", one(&SERVICE, LINK, AUTHORINO_SERVICE)),
            ("authorino certificate", one(&SECRET, LINK, AUTHORINO_CERTIFICATE)),
            ("authorino", one(&AUTHORINO, LINK, "authorino")),
            ("authorino pods", one(&DEPLOYMENT, LINK, "authorino")),
            ("policies", one(&CRD, "", "authpolicies.kuadrant.io")),
            ("controllers", Want::In(&POD, settings.kserve_namespace.clone())),
        ];
        let wants = wants.map(|(key, want)| (key.to_owned(), want));
        Seen::looks(hands, wants.into()).await
    }

    async fn looks(hands: &Hands, wants: Vec<(String, Want)>) -> Result<Seen, Refusal> {
        let looks = wants.into_iter().map(|(key, want)| async move {
            let found = match &want {
                Want::One(kind, namespace, name) => hands.get(kind, namespace.as_deref(), name).await,
                Want::In(kind, namespace) => hands
                    .list(kind, Some(namespace))
                    .await
                    .map(|list| list.map(Value::from)),
                Want::All(kind) => hands.list(kind, None).await.map(|list| list.map(Value::from)),
            };
            Look::of(found).map(|look| (key, look))
        });
        let looks: Vec<_> = stream::iter(looks).buffer_unordered(16).collect().await;
        looks.into_iter().collect::<Result<_, _>>().map(Seen)
    }

    #[cfg(test)]
    pub fn of(looks: Vec<(&str, Look)>) -> Seen {
        Seen(looks.into_iter().map(|(key, look)| (key.to_owned(), look)).collect())
    }

    pub fn look(&self, key: &str) -> &Look {
        self.0.get(key).unwrap_or(&Look::Absent)
    }

    /// The first object of a list.
    pub fn first(&self, key: &str) -> Option<&Value> {
        self.look(key).value()?.as_array()?.first()
    }
}
