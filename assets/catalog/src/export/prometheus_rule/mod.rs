//! Alert rules and the recording rules of objectives for Prometheus, plain or as PrometheusRule objects.
//!
//! A rule cannot look which names exist: each concept stands under all its names, the newest first, joined so that no
//! workload counts twice. No rule matches a namespace: OpenShift puts that matcher in by itself.

mod objective;
mod rule;
mod runbook;
mod settings;
mod text;
mod yaml;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Catalog, Home};

pub(super) use objective::burn_alerts;
pub use objective::{BURNS, Burn};
pub use runbook::{Runbook, runbooks};
pub use settings::{RuleSettings, SettingError};
pub use text::number;
pub use yaml::{RuleFile, YamlError, objects, plain, scrape};

/// A group as Prometheus reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    pub name: String,
    #[serde(skip)]
    pub home: Home,
    /// Of a service: where its rules go unless the installation says otherwise.
    #[serde(skip)]
    pub namespace: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<String>,
    pub rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Rule {
    Record {
        record: String,
        expr: String,
    },
    Alert {
        alert: String,
        expr: String,
        #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
        lasting: Option<String>,
        labels: BTreeMap<String, String>,
        annotations: BTreeMap<String, String>,
    },
}

/// Of a group's object, and of the group in it.
pub fn object_name(group: &str) -> String {
    format!("servelens-{group}")
}

/// Every group with all its rules, and one group for the objectives.
pub fn groups(catalog: &Catalog, settings: &RuleSettings) -> Result<Vec<Group>, SettingError> {
    settings.check(catalog)?;
    let mut groups = Vec::new();
    for group in catalog.alert_groups() {
        let mut rules = Vec::new();
        for alert in catalog.alerts().filter(|alert| alert.group == group.id) {
            rules.push(rule::of_alert(catalog, alert, group.home, settings)?);
        }
        groups.push(Group {
            name: object_name(&group.id),
            home: group.home,
            namespace: group.namespace.clone(),
            interval: None,
            rules,
        });
    }
    groups.extend(objective::group(catalog, settings));
    Ok(groups.into_iter().filter(|group| !group.rules.is_empty()).collect())
}
