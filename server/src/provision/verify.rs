//! Whether series arrive, asked of the metrics themselves: each workload's targets, and the first sample of each family.
//!
//! A monitor says nothing of whether it works; a target that is up does. Asks with the caller's own token, at the port for
//! everybody where it may, else at the one for single namespaces.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use catalog::Catalog;
use catalog::promql::{LabelValue, Matcher, selector};
use catalog::resolve::candidates_for;
use serde_json::{Value, json};

use super::SetupError;
use super::args::Doors;
use super::facts::{self, Facts, Look, Workload, WorkloadKind, text};
use super::plan::SERVING;
use super::settings::{Runtime, Settings};
use crate::cluster::{CLUSTER_POLICY, Hands};
use crate::config::{FrontConfig, UpstreamConfig, UpstreamKind};
use crate::error::Fault;
use crate::identity::Caller;
use crate::telemetry::Metrics;
use crate::upstream::{Api, Door, Params, Upstream};

/// What was found for one workload or family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub good: bool,
    pub what: String,
    /// Empty where it is good.
    pub next: String,
}

impl Finding {
    fn good(what: String) -> Finding {
        let next = String::new();
        Finding { good: true, what, next }
    }

    fn bad(what: String, next: &str) -> Finding {
        Finding {
            good: false,
            what,
            next: next.to_owned(),
        }
    }

    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({"good": self.good, "what": self.what, "next_step": self.next})
    }
}

/// Of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    job: String,
    pod: String,
    up: bool,
}

/// How far back a first sample may lie.
const WINDOW_S: u64 = 300;
const TIMEOUT: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// As the server's own limit.
const MOST_BYTES: usize = 32 << 20;

pub struct Asking<'a> {
    upstream: &'a Upstream,
    caller: &'a Caller,
    catalog: &'a Catalog,
}

/// What is needed to ask.
pub struct Means {
    pub upstream: Arc<Upstream>,
    pub caller: Caller,
    pub catalog: Arc<Catalog>,
}

impl Means {
    pub fn new(hands: &Hands, doors: &Doors) -> Result<Means, SetupError> {
        let token = hands.token().ok_or_else(|| {
            SetupError::Use(
                "this kubeconfig holds no token, and metrics are read with one: sign in with `oc login`".to_owned(),
            )
        })?;
        let config = UpstreamConfig {
            kind: UpstreamKind::Thanos,
            cluster_url: address(doors.cluster_url(), "cluster-url")?,
            front: Some(FrontConfig {
                tenancy_url: address(doors.tenancy_url(), "tenancy-url")?,
                // Neither is asked here.
                rules_url: address(doors.tenancy_url(), "tenancy-url")?,
                kube_url: address(doors.cluster_url(), "cluster-url")?,
                kube_ca_file: None,
            }),
            ca_file: doors.ca_file.clone(),
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
        };
        let metrics = Arc::new(Metrics::new());
        Ok(Means {
            upstream: Arc::new(Upstream::new(&config, MOST_BYTES, metrics).map_err(SetupError::Use)?),
            caller: Caller::of_token(token),
            catalog: Arc::new(Catalog::embedded().map_err(|cause| SetupError::Cluster(cause.to_string()))?),
        })
    }

    #[must_use]
    pub fn asking(&self) -> Asking<'_> {
        Asking {
            upstream: &self.upstream,
            caller: &self.caller,
            catalog: &self.catalog,
        }
    }
}

impl Asking<'_> {
    async fn ask(&self, namespace: &str, api: &Api, params: Params) -> Result<Value, Fault> {
        let answer = match self.upstream.ask(self.caller, Door::Cluster, api, &params).await {
            // Whoever may not see everything asks for the one namespace.
            Err(Fault::UpstreamDenied(_) | Fault::NothingAllowed) => {
                let params = params.with("namespace", namespace);
                let answer = self.upstream.ask(self.caller, Door::Tenancy, api, &params).await;
                answer.map_err(|fault| match fault {
                    Fault::UpstreamDenied(403) => Fault::NamespaceDenied(namespace.to_owned()),
                    fault => fault,
                })?
            }
            answer => answer?,
        };
        let body = answer.bytes().await?;
        let mut value: Value = serde_json::from_slice(&body)
            .map_err(|cause| Fault::Internal(format!("the metrics' answer is no JSON: {cause}")))?;
        Ok(value.get_mut("data").map(Value::take).unwrap_or_default())
    }

    async fn targets(&self, namespace: &str) -> Result<Vec<Target>, Fault> {
        let names = self
            .catalog
            .concept("target_up")
            .map_or(&[][..], |concept| &concept.names);
        let mut found = Vec::new();
        for name in names {
            let of = Matcher::is("namespace", &LabelValue::new(namespace));
            let params = Params::default().with("query", selector(name, &[of]));
            let data = self.ask(namespace, &Api::Query, params).await?;
            let list = data.get("result").and_then(Value::as_array);
            for series in list.into_iter().flatten() {
                found.push(Target {
                    job: text(series, "/metric/job").to_owned(),
                    pod: text(series, "/metric/pod").to_owned(),
                    up: text(series, "/value/1") == "1",
                });
            }
        }
        Ok(found)
    }

    /// The families that have a sample in this namespace.
    async fn families(&self, namespace: &str) -> Result<BTreeSet<String>, Fault> {
        let names = candidates_for(self.catalog, self.catalog.concepts()).into_iter();
        let of_series: BTreeMap<String, String> = names
            .map(|name| (name.series, name.family.as_str().to_owned()))
            .collect();
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let values: Vec<LabelValue> = of_series.keys().map(|name| LabelValue::new(name.as_str())).collect();
        let matchers = [
            Matcher::any_of("__name__", &values),
            Matcher::is("namespace", &LabelValue::new(namespace)),
        ];
        let params = Params::default()
            .with("start", now.saturating_sub(WINDOW_S).to_string())
            .with("end", now.to_string())
            .with("match[]", selector("", &matchers));
        let data = self.ask(namespace, &Api::Series, params).await?;
        let series = data.as_array().into_iter().flatten();
        let names = series.map(|series| text(series, "/__name__"));
        Ok(names.filter_map(|name| of_series.get(name).cloned()).collect())
    }
}

fn address(text: &str, flag: &str) -> Result<axum::http::Uri, SetupError> {
    let wrong = || SetupError::Use(format!("--{flag}: give an address such as https://thanos.example:9091"));
    text.trim_end_matches('/').parse().map_err(|_| wrong())
}

/// The family that each runtime shows.
fn family(runtime: Runtime) -> &'static str {
    match runtime {
        Runtime::Vllm => "vllm",
        Runtime::OpenVino => "ovms",
        Runtime::MlServer => "mlserver",
    }
}

/// One finding for each workload, and one for each family that should be there.
pub async fn run(hands: &Hands, asking: &Asking<'_>, settings: &Settings) -> Result<Vec<Finding>, SetupError> {
    let facts = Facts::read(hands, &SERVING, &settings.namespaces).await?;
    let workloads = facts::workloads(&facts, settings);
    let mut found = Vec::new();
    for namespace in &settings.namespaces {
        let (targets, families) = match (asking.targets(namespace).await, asking.families(namespace).await) {
            (Ok(targets), Ok(families)) => (targets, families),
            (Err(fault), _) | (_, Err(fault)) => {
                let (namespace, fault) = (namespace.clone(), Box::new(fault));
                return Err(SetupError::Metrics { namespace, fault });
            }
        };
        let here: Vec<&Workload> = workloads
            .iter()
            .filter(|workload| &workload.namespace == namespace)
            .collect();
        let expected: BTreeSet<&str> = here.iter().filter_map(|workload| expected(workload)).collect();
        found.extend(here.iter().map(|workload| of_workload(workload, &targets)));
        if here.is_empty() {
            found.push(Finding::good(format!(
                "{namespace}: no model is served there, so nothing is expected"
            )));
        }
        for family in expected {
            let next = "send the model one request, then look again: some series come with the first one";
            found.push(of_family(namespace, family, &families, next));
        }
    }
    if settings.gpu {
        found.extend(of_gpus(hands, asking, &settings.gpu_namespace).await?);
    }
    Ok(found)
}

/// Expected where the GPU operator is to be seen; `None` elsewhere.
async fn of_gpus(hands: &Hands, asking: &Asking<'_>, namespace: &str) -> Result<Option<Finding>, SetupError> {
    let policies = Look::of(
        hands
            .list(&CLUSTER_POLICY, None)
            .await
            .map(|list| list.map(Value::from)),
    )?;
    let any = policies.value().and_then(Value::as_array);
    if any.is_none_or(Vec::is_empty) {
        return Ok(None);
    }
    let next = "see that the pods of the exporter run; `servelens check` says what else it needs";
    match asking.families(namespace).await {
        Ok(families) => Ok(Some(of_family(namespace, "dcgm", &families, next))),
        // Whoever looks after models alone is not told that the GPUs fail.
        Err(Fault::UpstreamDenied(_) | Fault::NamespaceDenied(_) | Fault::NothingAllowed) => Ok(Some(Finding::good(
            format!("{namespace}: you may not ask its metrics, so GPUs are left out"),
        ))),
        Err(fault) => Err(SetupError::Metrics {
            namespace: namespace.to_owned(),
            fault: Box::new(fault),
        }),
    }
}

/// How the targets of these workloads of one namespace are.
pub async fn of_workloads(asking: &Asking<'_>, namespace: &str, here: &[&Workload]) -> Result<Vec<Finding>, Fault> {
    let targets = asking.targets(namespace).await?;
    Ok(here.iter().map(|workload| of_workload(workload, &targets)).collect())
}

fn of_workload(workload: &Workload, targets: &[Target]) -> Finding {
    let named = |target: &&Target| match workload.kind {
        WorkloadKind::InferenceService => {
            target.pod.starts_with(&format!("{}-", workload.name))
                || target.job.starts_with(&format!("{}-", workload.name))
                || target.job.ends_with(&format!("-{}", workload.name))
        }
        WorkloadKind::LlmEngines => target.job.contains("llm-isvc-vllm") || target.job.ends_with("llm-engines"),
        WorkloadKind::LlmSchedulers => target.job.contains("epp") || target.pod.contains("epp"),
    };
    let mine: Vec<&Target> = targets.iter().filter(named).collect();
    let up = mine.iter().filter(|target| target.up).count();
    let name = format!("{}/{}", workload.namespace, workload.name);
    match (mine.len(), up) {
        (0, _) => Finding::bad(
            format!("{name}: no target"),
            "see that its pods run; a new monitor takes up to a minute",
        ),
        (all, up) if up == all => Finding::good(format!("{name}: {up} of {all} targets up")),
        (all, up) => Finding::bad(
            format!("{name}: {up} of {all} targets up"),
            "the scrape fails: compare the monitor's port and path with what the server listens on",
        ),
    }
}

/// The family that a workload shows.
fn expected(workload: &Workload) -> Option<&'static str> {
    match workload.kind {
        WorkloadKind::InferenceService => workload.runtime.map(family),
        WorkloadKind::LlmEngines => Some("vllm"),
        WorkloadKind::LlmSchedulers => Some("epp"),
    }
}

fn of_family(namespace: &str, family: &str, families: &BTreeSet<String>, next: &str) -> Finding {
    match families.contains(family) {
        true => Finding::good(format!("{namespace}: there are samples of {family}")),
        false => Finding::bad(format!("{namespace}: no samples of {family}"), next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provision::facts::Covered;

    fn workload(kind: WorkloadKind, name: &str) -> Workload {
        Workload {
            kind,
            namespace: "a".to_owned(),
            name: name.to_owned(),
            runtime: Some(Runtime::OpenVino).filter(|_| kind == WorkloadKind::InferenceService),
            endpoint: None,
            covered: Covered::default(),
            pod: BTreeMap::new(),
        }
    }

    #[test]
    fn each_workload_has_its_own_targets_and_a_family_that_must_have_samples() {
        let target = |job: &str, pod: &str, up: bool| Target {
            job: job.to_owned(),
            pod: pod.to_owned(),
            up,
        };
        let targets = [
            target("granite-metrics", "granite-predictor-1", true),
            target("granite-metrics", "granite-predictor-2", false),
            target("a/kserve-llm-isvc-vllm-engine", "llm-1", true),
        ];
        for (kind, name, family, good, what) in [
            (
                WorkloadKind::InferenceService,
                "granite",
                "ovms",
                false,
                "a/granite: 1 of 2 targets up",
            ),
            (
                WorkloadKind::LlmEngines,
                "llm-engines",
                "vllm",
                true,
                "a/llm-engines: 1 of 1 targets up",
            ),
            (
                WorkloadKind::LlmSchedulers,
                "llm-schedulers",
                "epp",
                false,
                "a/llm-schedulers: no target",
            ),
        ] {
            let workload = workload(kind, name);
            let found = of_workload(&workload, &targets);
            assert_eq!((found.good, found.what.as_str()), (good, what));
            assert_eq!(expected(&workload), Some(family));
        }
    }
}
