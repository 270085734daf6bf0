//! Alert rules and objectives: one PrometheusRule for each group and namespace, because OpenShift narrows a rule to the
//! namespace it is in.

use std::collections::BTreeMap;

use catalog::Catalog;
use catalog::export::prometheus_rule::{RuleSettings, groups};
use catalog::model::Home;
use serde_json::json;

use super::{MakeError, own_name};
use crate::cluster::PROMETHEUS_RULE;
use crate::provision::object::{Object, Phase};
use crate::provision::settings::Settings;

/// The one service whose place is a setting here. Rules about gateways, proxies, queues and load tests belong where those run,
/// which may be nowhere: `servelens export prometheus-rule --service-namespace` writes them for those who have them.
const GPUS: &str = "servelens-gpus";

pub fn objects(settings: &Settings, catalog: &Catalog) -> Result<Vec<Object>, MakeError> {
    let mut rules = RuleSettings {
        servelens_url: settings.servelens_url.clone(),
        labels: BTreeMap::new(),
        ..RuleSettings::default()
    };
    if !settings.runbook_url.is_empty() {
        rules.runbook_url.clone_from(&settings.runbook_url);
    }
    let wrong = |cause: &dyn std::fmt::Display| MakeError(cause.to_string());
    let mut objects = Vec::new();
    for group in groups(catalog, &rules).map_err(|cause| wrong(&cause))? {
        let places = match group.home {
            Home::Models => settings.namespaces.clone(),
            Home::Service if settings.gpu && group.name == GPUS => vec![settings.gpu_namespace.clone()],
            Home::Service => Vec::new(),
        };
        let name = own_name(settings, &group.name);
        for namespace in places {
            let spec = json!({"spec": {"groups": [group]}});
            let object = Object::new(settings, &PROMETHEUS_RULE, Some(&namespace), &name, spec);
            objects.push(object.at(Phase::Rules, "alert rules and objectives of the catalogue"));
        }
    }
    Ok(objects)
}
