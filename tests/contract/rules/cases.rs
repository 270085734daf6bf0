//! Reads `assets/catalog/cases/*.toml`: the series with which each alert fires and with which it does not.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

const FILES: &[&str] = &[
    include_str!("../../../assets/catalog/cases/vllm.toml"),
    include_str!("../../../assets/catalog/cases/routing.toml"),
    include_str!("../../../assets/catalog/cases/gpu.toml"),
    include_str!("../../../assets/catalog/cases/pods.toml"),
    include_str!("../../../assets/catalog/cases/way_in.toml"),
    include_str!("../../../assets/catalog/cases/objectives.toml"),
];

#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    #[serde(skip)]
    pub alert: String,
    /// When to look; from the series' beginning.
    #[serde(default = "half_an_hour")]
    pub at: String,
    #[serde(default)]
    pub limits: BTreeMap<String, f64>,
    pub fires: Vec<String>,
    pub silent: Vec<String>,
    #[serde(default)]
    pub suppressed: Vec<Vec<String>>,
    /// Of the alert, beside its severity.
    pub labels: BTreeMap<String, String>,
    /// Of an objective's alert: one alert for each.
    #[serde(default)]
    pub windows: Vec<String>,
    /// As the texts show it.
    pub value: String,
}

fn half_an_hour() -> String {
    "30m".to_owned()
}

pub fn cases() -> Result<Vec<Case>> {
    let mut cases: Vec<Case> = Vec::new();
    for file in FILES {
        for (alert, case) in toml::from_str::<BTreeMap<String, Case>>(file)? {
            assert!(!cases.iter().any(|other| other.alert == alert), "{alert} has two cases");
            cases.push(Case { alert, ..case });
        }
    }
    Ok(cases)
}

/// `series values`, with the usual labels written out.
pub fn series(text: &str) -> Result<(String, String)> {
    let (series, values) = text.rsplit_once("} ").context("series{labels} values")?;
    let series = format!("{series}}}")
        .replace("@v", r#"namespace="a",pod="p",model_name="m""#)
        .replace(
            "@c",
            r#"namespace="monitoring",pod="collector-0",exported_namespace="a",k8s_pod_name="p",model_name="m""#,
        )
        .replace(
            "@g",
            r#"Hostname="n",gpu="0",UUID="u",namespace="nvidia-gpu-operator",pod="dcgm""#,
        )
        .replace("@k", r#"namespace="a",pod="m-predictor-1",container="main""#);
    Ok((series, values.to_owned()))
}
