//! What an installation may set about its rules.

use std::collections::BTreeMap;

use crate::model::{Alert, Catalog, LimitError};

#[derive(Debug, Clone, PartialEq)]
pub struct RuleSettings {
    /// Where the runbooks are; a page's name and `.md` are put behind it.
    pub runbook_url: String,
    /// Address of Servelens, or of the console that shows its pages; empty leaves the link out.
    pub servelens_url: String,
    /// Put on every alert, e.g. for routing.
    pub labels: BTreeMap<String, String>,
    /// `Alert.limit` to its number.
    pub limits: BTreeMap<String, f64>,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            runbook_url: "https://github.com/servelens/servelens/blob/main/docs/runbooks".to_owned(),
            servelens_url: String::new(),
            labels: BTreeMap::new(),
            limits: BTreeMap::new(),
        }
    }
}

/// Each text is the reason and, after a semicolon, the next step.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SettingError {
    #[error("there is no limit {0:?}; write Alert.limit=number, e.g. {1}")]
    UnknownLimit(String, String),
    #[error("{limit}: {fault}")]
    Limit { limit: String, fault: LimitError },
    #[error("{0:?} cannot be a label of an alert; use letters, digits and '_', and neither alertname nor severity")]
    Label(String),
    #[error("{0:?} is not an address; begin it with https:// or http://")]
    Address(String),
    #[error("the alert {0} cannot be written: {1}")]
    Template(String, String),
}

impl RuleSettings {
    pub(super) fn check(&self, catalog: &Catalog) -> Result<(), SettingError> {
        for (key, value) in &self.limits {
            let limit = key.split_once('.').and_then(|(alert, name)| {
                let alert = catalog.alert(alert)?;
                alert.limits.iter().find(|limit| limit.name == name)
            });
            let limit = limit.ok_or_else(|| SettingError::UnknownLimit(key.clone(), example(catalog)))?;
            limit.check(catalog, *value).map_err(|fault| SettingError::Limit {
                limit: key.clone(),
                fault,
            })?;
        }
        for label in self.labels.keys() {
            if !crate::promql::is_label_name(label) || matches!(label.as_str(), "alertname" | "severity") {
                return Err(SettingError::Label(label.clone()));
            }
        }
        for url in [&self.runbook_url, &self.servelens_url] {
            let address = url.starts_with("https://") || url.starts_with("http://");
            if url.contains(['{', '}', ' ']) || !(url.is_empty() || address) {
                return Err(SettingError::Address(url.clone()));
            }
        }
        Ok(())
    }

    /// The alert's limits as this installation has them.
    pub(super) fn limits_of(&self, alert: &Alert) -> BTreeMap<String, f64> {
        let mut limits = alert.defaults();
        for (name, value) in &mut limits {
            if let Some(set) = self.limits.get(&format!("{}.{name}", alert.name)) {
                *value = *set;
            }
        }
        limits
    }
}

fn example(catalog: &Catalog) -> String {
    let mut limits = catalog
        .alerts()
        .flat_map(|alert| alert.limits.iter().map(move |limit| (alert, limit)));
    limits.next().map_or_else(String::new, |(alert, limit)| {
        format!("{}.{}={}", alert.name, limit.name, limit.default)
    })
}
