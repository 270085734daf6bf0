//! What each endpoint should expose, read from the fixture.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Facts {
    pub metric: Vec<Fact>,
    pub buckets: BTreeMap<String, BTreeMap<String, Vec<f64>>>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    family: String,
    name: String,
    r#type: String,
    status: String,
    labels: Vec<String>,
    #[serde(default)]
    v0: bool,
    #[serde(rename = "verified", default = "yes")]
    _verified: bool,
    also: Option<String>,
    #[serde(default)]
    renamed: BTreeMap<String, String>,
}

fn yes() -> bool {
    true
}

/// What one endpoint should expose.
pub struct Expected {
    pub metrics: BTreeMap<String, ExpectedMetric>,
    /// The Python client's `_created` gauges.
    pub created: bool,
}

#[derive(Clone)]
pub struct ExpectedMetric {
    /// It must be there; otherwise it must not.
    pub there: bool,
    pub kind: String,
    pub labels: BTreeSet<String>,
    /// Where a source is known.
    pub bounds: Option<Vec<f64>>,
}

pub fn facts() -> Facts {
    toml::from_str(include_str!("../../../../../tests/fixtures/metrics/facts.toml")).unwrap()
}

pub fn expected(facts: &Facts, endpoint: &str) -> Expected {
    let (families, buckets): (&[&str], &str) = match endpoint {
        "granite-33-8b-0" | "granite-33-8b-1" | "qwen-coder-7b" | "llama-31-8b" | "phi-4" => {
            (&["vllm", "vllm_http"], "vllm")
        }
        "mistral-7b" => (&["vllm", "vllm_http"], "vllm_v0"),
        "granite-33-8b-epp" => (&["epp"], "epp"),
        "nomic-embed-text" => (&["ovms"], "ovms"),
        "fraud-xgb" => (&["mlserver"], "mlserver"),
        "kube-state-metrics" => (&["kube_state"], "none"),
        "amd-exporter" => (&["amd"], "none"),
        "gaudi-exporter" => (&["gaudi"], "none"),
        "scheduler" => (&["scheduler"], "none"),
        node if node.starts_with("kubelet-") => (&["cadvisor"], "none"),
        "inference-gateway" => (&["gateway"], "gateway"),
        "kuadrant-gateway" => (&["kuadrant"], "none"),
        "limitador" => (&["limitador"], "none"),
        "litellm" => (&["litellm"], "litellm"),
        "flan-t5-xl" => (&["tgis"], "tgis"),
        "summarizer" => (&["caikit"], "none"),
        "resnet-50" => (&["triton"], "none"),
        "nemo-8b" => (&["nim"], "nim"),
        "churn-autogluon" => (&["kserve_sdk"], "kserve_sdk"),
        "trustyai-service" => (&["trustyai"], "none"),
        "trustyai-service-py" => (&["trustyai_python"], "none"),
        "drift-detector" => (&["model_quality"], "none"),
        "guardrails-detectors" => (&["guardrails"], "none"),
        "llm-load-test-exporter" => (&["load_test"], "none"),
        "rhelai-01" => (&["host"], "none"),
        _ => (&["dcgm"], "none"),
    };
    let old_engine = endpoint == "mistral-7b";
    let mut metrics = BTreeMap::new();
    for fact in facts
        .metric
        .iter()
        .filter(|fact| families.contains(&fact.family.as_str()))
    {
        let engine_metric = fact.family == "vllm";
        let there = if old_engine && engine_metric {
            fact.v0
        } else {
            fact.status == "current"
        };
        let mut labels: BTreeSet<String> = fact.labels.iter().cloned().collect();
        if old_engine && engine_metric {
            labels.remove("engine");
        }
        let bounds = facts
            .buckets
            .get(buckets)
            .and_then(|known| known.get(&fact.name))
            .cloned();
        let metric = ExpectedMetric {
            there,
            kind: fact.r#type.clone(),
            labels,
            bounds,
        };
        if let Some(also) = &fact.also {
            let renamed = metric
                .labels
                .iter()
                .map(|label| fact.renamed.get(label).unwrap_or(label).clone())
                .collect();
            metrics.insert(
                also.clone(),
                ExpectedMetric {
                    labels: renamed,
                    ..metric.clone()
                },
            );
        }
        metrics.insert(fact.name.clone(), metric);
    }
    Expected {
        metrics,
        // The lab runs its engines with PROMETHEUS_DISABLE_CREATED_SERIES.
        created: buckets == "vllm" && !matches!(endpoint, "llama-31-8b" | "phi-4"),
    }
}
