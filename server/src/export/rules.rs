//! The alert rules as files: objects for a cluster, or a whole configuration for one host.

use catalog::Catalog;
use catalog::export::prometheus_rule::{Group, RuleFile, RuleSettings, YamlError, groups, objects, plain, scrape};
use catalog::export::{Export, File};

use super::args::{ClusterArgs, HostArgs, RuleArgs};
use super::{ExportError, Made};

pub fn of_cluster(catalog: &Catalog, args: &ClusterArgs) -> Result<Made, ExportError> {
    let groups = settled(catalog, &args.rules)?;
    made(&groups, objects(&groups, &args.namespaces, &args.gpu_namespace))
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
