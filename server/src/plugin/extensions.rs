//! The list of what the plugin adds to the console.
//!
//! Pages and navigation are always there. The rest hangs on two kinds of flags: `SERVELENS_<PART>`, which the entry script
//! sets from this server's configuration, and `SERVELENS_HAS_<KIND>`, which the console sets where it knows the kind. A type
//! that a console does not know is ignored by it.

use catalog::export::overview::Overview;
use serde_json::{Value, json};

use super::NAME;
use crate::config::PluginPart;

/// A kind whose page gets a tab. Consoles compare group, version and kind, so each served version stands for itself.
struct Model {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    /// Set by the console where it knows the kind; `None`: every OpenShift has it.
    flag: Option<&'static str>,
}

const INFERENCE_SERVICE: Model = Model {
    group: "serving.kserve.io",
    version: "v1beta1",
    kind: "InferenceService",
    flag: Some("SERVELENS_HAS_INFERENCE_SERVICES"),
};

const MODELS: [Model; 8] = [
    INFERENCE_SERVICE,
    Model {
        version: "v1alpha1",
        kind: "LLMInferenceService",
        flag: Some("SERVELENS_HAS_LLM_INFERENCE_SERVICES_V1ALPHA1"),
        ..INFERENCE_SERVICE
    },
    Model {
        version: "v1alpha2",
        kind: "LLMInferenceService",
        flag: Some("SERVELENS_HAS_LLM_INFERENCE_SERVICES_V1ALPHA2"),
        ..INFERENCE_SERVICE
    },
    Model {
        version: "v1alpha1",
        kind: "ServingRuntime",
        flag: Some("SERVELENS_HAS_SERVING_RUNTIMES"),
        ..INFERENCE_SERVICE
    },
    Model {
        group: "inference.networking.k8s.io",
        version: "v1",
        kind: "InferencePool",
        flag: Some("SERVELENS_HAS_INFERENCE_POOLS"),
    },
    Model {
        group: "inference.networking.x-k8s.io",
        version: "v1alpha2",
        kind: "InferencePool",
        flag: Some("SERVELENS_HAS_INFERENCE_POOLS_V1ALPHA2"),
    },
    Model {
        group: "",
        version: "v1",
        kind: "Namespace",
        flag: None,
    },
    Model {
        group: "project.openshift.io",
        version: "v1",
        kind: "Project",
        flag: None,
    },
];

/// The charts of the utilisation cards: key in [`Overview`], title, what makes a number of it readable.
const CHARTS: [(&str, &str, &str); 2] = [
    ("gpus", "GPUs busy", "countGpus"),
    ("tokens", "Tokens generated", "countTokens"),
];

pub fn all(overview: &Overview) -> Value {
    let mut all = pages();
    all.extend(flags());
    all.extend(tabs());
    all.extend(cards(overview));
    all.extend(alerts(overview));
    Value::Array(all)
}

impl Model {
    fn value(&self) -> Value {
        json!({"group": self.group, "version": self.version, "kind": self.kind})
    }
}

/// A text that the console translates with the plugin's own words; without them it shows the text itself.
fn text(english: &str) -> String {
    format!("%plugin__{NAME}~{english}%")
}

/// An export of the entry script.
fn code(name: &str) -> Value {
    json!({"$codeRef": name})
}

fn extension(kind: &str, properties: Value) -> Value {
    json!({"type": kind, "properties": properties})
}

/// Shown only while all of the flags are set.
fn gated(kind: &str, part: PluginPart, model: Option<&Model>, properties: Value) -> Value {
    let mut required = vec![part.flag()];
    required.extend(model.and_then(|model| model.flag));
    json!({"type": kind, "properties": properties, "flags": {"required": required}})
}

/// Two entries in the administrator's Observe section, one in the developer's navigation, and the pages behind them.
///
/// The console knows the namespace only in `/<one segment>/ns/<ns>` and `/<one segment>/all-namespaces`; `namespaced`
/// links there. Without `exact` a route holds for everything below it.
fn pages() -> Vec<Value> {
    vec![
        extension(
            "console.navigation/href",
            json!({
                "id": NAME,
                "perspective": "admin",
                "section": "observe",
                "name": text("Model serving"),
                "href": "/servelens",
                "namespaced": true,
                "insertAfter": ["dashboards", "metrics"],
            }),
        ),
        extension(
            "console.navigation/href",
            json!({
                "id": format!("{NAME}-dev"),
                "perspective": "dev",
                "section": "top",
                "name": text("Model serving"),
                "href": "/servelens",
                "namespaced": true,
                "insertAfter": ["observe", "monitoring"],
            }),
        ),
        extension(
            "console.navigation/href",
            json!({
                "id": format!("{NAME}-setup"),
                "perspective": "admin",
                "section": "observe",
                "name": text("Model serving setup"),
                // The page takes the console's namespace where it knows one.
                "href": "/servelens/setup",
                "insertAfter": [NAME],
            }),
        ),
        extension(
            "console.page/route",
            json!({
                "path": ["/servelens", "/servelens/ns/:ns", "/servelens/all-namespaces"],
                "component": code("pages"),
            }),
        ),
    ]
}

/// What sets the flags that the rest hangs on.
fn flags() -> Vec<Value> {
    let mut flags = vec![extension("console.flag", json!({"handler": code("flags.set")}))];
    flags.extend(MODELS.iter().filter_map(|model| {
        let properties = json!({"flag": model.flag?, "model": model.value()});
        Some(extension("console.flag/model", properties))
    }));
    flags
}

/// Beside the console's own tabs: Observe of a developer, and the pages of objects.
fn tabs() -> Vec<Value> {
    let name = text("Model serving");
    let observe = gated(
        "console.tab",
        PluginPart::Tabs,
        None,
        json!({
            "contextId": "dev-console-observe",
            "name": name,
            "href": NAME,
            "component": code("pages.ObserveTab"),
        }),
    );
    let of_object = |model: &Model| {
        gated(
            "console.tab/horizontalNav",
            PluginPart::Tabs,
            Some(model),
            json!({
                "model": model.value(),
                "page": {"name": name, "href": NAME},
                "component": code("pages.ObjectTab"),
            }),
        )
    };
    std::iter::once(observe).chain(MODELS.iter().map(of_object)).collect()
}

/// On the cluster's and a project's overview, and on the page of an InferenceService.
fn cards(overview: &Overview) -> Vec<Value> {
    let mut cards = Vec::new();
    for (scope, queries) in [("cluster", &overview.cluster), ("project", &overview.project)] {
        for (key, title, humanize) in CHARTS.iter().filter(|(key, ..)| queries.contains_key(key)) {
            cards.push(gated(
                &format!("console.{scope}-overview/utilization-item"),
                PluginPart::Overview,
                None,
                json!({
                    "title": text(title),
                    "getUtilizationQuery": code(&format!("extensions.{key}In{}", capital(scope))),
                    "humanize": code(&format!("extensions.{humanize}")),
                }),
            ));
        }
    }
    for place in ["overview/inventory/item", "project/overview/item"] {
        cards.push(gated(
            &format!("console.dashboards/{place}"),
            PluginPart::Overview,
            Some(&INFERENCE_SERVICE),
            json!({"model": code("extensions.inferenceServices"), "mapper": code("extensions.byReadiness")}),
        ));
    }
    cards.push(gated(
        "console.resource/details-item",
        PluginPart::Details,
        Some(&INFERENCE_SERVICE),
        json!({
            "model": INFERENCE_SERVICE.value(),
            "id": format!("{NAME}-live"),
            "column": "right",
            "title": text("Right now"),
            "component": code("extensions.LiveNumbers"),
        }),
    ));
    cards
}

/// How many alerts of the catalogue fire, which, and the page that shows each.
fn alerts(overview: &Overview) -> Vec<Value> {
    let health = gated(
        "console.dashboards/overview/health/prometheus",
        PluginPart::Alerts,
        None,
        json!({
            "title": text("Model serving"),
            "queries": [overview.firing],
            "healthHandler": code("extensions.health"),
            "popupComponent": code("extensions.FiringAlerts"),
            "popupTitle": text("Model serving"),
        }),
    );
    let shown = overview.pages.keys().map(|name| {
        gated(
            "console.alert-action",
            PluginPart::Alerts,
            None,
            json!({"alert": name, "text": text("Show in Servelens"), "action": code("extensions.showAlert")}),
        )
    });
    std::iter::once(health).chain(shown).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
