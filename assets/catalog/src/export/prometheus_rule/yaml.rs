//! The rules as files: PrometheusRule objects, a plain rule file, and a scrape configuration for hosts without a cluster.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Group;
use crate::model::Home;

#[derive(Debug, thiserror::Error)]
#[error("the rules cannot be written as YAML: {0}")]
pub struct YamlError(String);

/// A file's path below the folder of the export, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    pub path: String,
    pub text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata<'a>,
    spec: Spec<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    labels: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
struct Spec<'a> {
    groups: &'a [Group],
}

/// One PrometheusRule for each group: those of models in each of `namespaces`, those of services where they usually are or
/// where `services` has them by the name of the group.
///
/// Without namespaces the objects name none, so that whoever applies them chooses.
pub fn objects(
    groups: &[Group],
    namespaces: &[String],
    services: &BTreeMap<String, String>,
) -> Result<Vec<RuleFile>, YamlError> {
    let mut files = Vec::new();
    for group in groups {
        let places: Vec<Option<&str>> = match group.home {
            Home::Service => vec![Some(services.get(&group.name).unwrap_or(&group.namespace).as_str())],
            Home::Models if namespaces.is_empty() => vec![None],
            Home::Models => namespaces.iter().map(|namespace| Some(namespace.as_str())).collect(),
        };
        for namespace in places {
            let object = Object {
                api_version: "monitoring.coreos.com/v1",
                kind: "PrometheusRule",
                metadata: Metadata {
                    name: &group.name,
                    namespace,
                    labels: BTreeMap::from([("app.kubernetes.io/part-of", "servelens")]),
                },
                spec: Spec {
                    groups: std::slice::from_ref(group),
                },
            };
            let folder = namespace.map(|namespace| format!("{namespace}/")).unwrap_or_default();
            files.push(RuleFile {
                path: format!("{folder}{}.yaml", group.name),
                text: yaml(&object)?,
            });
        }
    }
    Ok(files)
}

/// A rule file for a Prometheus without an operator.
pub fn plain(groups: &[Group]) -> Result<RuleFile, YamlError> {
    let text = yaml(&Spec { groups })?;
    Ok(RuleFile {
        path: "servelens-rules.yaml".to_owned(),
        text,
    })
}

/// A whole `prometheus.yaml` for one RHEL AI host: GPUs, the model server, the drift detector, the host, an application.
pub fn scrape(host: &str, cluster: &str, environment: &str) -> Result<RuleFile, YamlError> {
    #[derive(Serialize)]
    struct Config<'a> {
        global: Global<'a>,
        rule_files: [&'static str; 1],
        scrape_configs: Vec<Job>,
    }
    #[derive(Serialize)]
    struct Global<'a> {
        scrape_interval: &'static str,
        external_labels: BTreeMap<&'static str, &'a str>,
    }
    #[derive(Serialize)]
    struct Job {
        job_name: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        scrape_interval: Option<&'static str>,
        static_configs: [Targets; 1],
    }
    #[derive(Serialize)]
    struct Targets {
        targets: [String; 1],
    }
    // The drift detector compares windows of minutes, so a minute is often enough for it.
    let jobs = [
        ("dcgm", 9400, None),
        ("vllm", 8000, None),
        ("drift", 8001, Some("60s")),
        ("node", 9100, None),
        ("app", 9200, None),
    ];
    let jobs = jobs.into_iter().map(|(job_name, port, scrape_interval)| Job {
        job_name,
        scrape_interval,
        static_configs: [Targets {
            targets: [format!("{host}:{port}")],
        }],
    });
    let config = Config {
        global: Global {
            scrape_interval: "15s",
            external_labels: BTreeMap::from([("cluster", cluster), ("environment", environment)]),
        },
        rule_files: ["servelens-rules.yaml"],
        scrape_configs: jobs.collect(),
    };
    Ok(RuleFile {
        path: "prometheus.yaml".to_owned(),
        text: yaml(&config)?,
    })
}

fn yaml(value: &impl Serialize) -> Result<String, YamlError> {
    serde_saphyr::to_string(value).map_err(|fault| YamlError(fault.to_string()))
}
