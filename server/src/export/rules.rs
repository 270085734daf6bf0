//! The alert rules as files: objects for a cluster, or a whole configuration for one host.

use std::collections::BTreeMap;

use catalog::Catalog;
use catalog::export::prometheus_rule::{
    Group, RuleFile, RuleSettings, YamlError, groups, object_name, objects, plain, scrape,
};
use catalog::export::{Export, File};
use catalog::model::Home;

use super::args::{ClusterArgs, HostArgs, RuleArgs};
use super::{ExportError, Made};

pub fn of_cluster(catalog: &Catalog, args: &ClusterArgs) -> Result<Made, ExportError> {
    let groups = settled(catalog, &args.rules)?;
    let places = places(catalog, args)?;
    made(&groups, objects(&groups, &args.namespaces, &places))
}

/// Where the rules about services go, by the name of their group's object.
fn places(catalog: &Catalog, args: &ClusterArgs) -> Result<BTreeMap<String, String>, ExportError> {
    let of_services = || catalog.alert_groups().filter(|group| group.home == Home::Service);
    let mut places = BTreeMap::from([(object_name("gpus"), args.gpu_namespace.clone())]);
    for (group, namespace) in &args.services {
        if !of_services().any(|known| known.id == *group) {
            let known: Vec<_> = of_services().map(|group| group.id.as_str()).collect();
            let known = known.join(", ");
            return Err(ExportError::Use(format!(
                "no service has a group of rules {group:?}; choose of {known}"
            )));
        }
        places.insert(object_name(group), namespace.clone());
    }
    Ok(places)
}

pub fn of_host(catalog: &Catalog, args: &HostArgs) -> Result<Made, ExportError> {
    let groups = settled(catalog, &args.rules)?;
    let files = plain(&groups).and_then(|rules| Ok(vec![scrape(&args.host, &args.cluster, &args.environment)?, rules]));
    made(&groups, files)
}

fn settled(catalog: &Catalog, args: &RuleArgs) -> Result<Vec<Group>, ExportError> {
    let mut settings = RuleSettings::default();
    if let Some(url) = &args.runbook_url {
        settings.runbook_url.clone_from(url);
    }
    if let Some(url) = &args.servelens_url {
        settings.servelens_url.clone_from(url);
    }
    settings.labels.extend(args.labels.iter().cloned());
    settings.limits.extend(args.limits.iter().cloned());
    groups(catalog, &settings).map_err(|cause| ExportError::Use(cause.to_string()))
}

fn made(groups: &[Group], files: Result<Vec<RuleFile>, YamlError>) -> Result<Made, ExportError> {
    let files = files.map_err(|cause| ExportError::Failed(cause.to_string()))?;
    let count = groups.iter().map(|group| group.rules.len()).sum();
    let export = Export {
        files: files
            .into_iter()
            .map(|RuleFile { path, text }| File { name: path, text })
            .collect(),
        ..Export::default()
    };
    Ok(Made {
        export,
        what: "rules",
        count,
    })
}
