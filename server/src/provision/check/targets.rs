//! Whether the models' targets answer, asked of the metrics themselves; left out where no way to them is known.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};

use super::Checks;
use crate::provision::facts::Workload;
use crate::provision::settings::Settings;
use crate::provision::verify::{self, Asking};

/// Namespaces asked at once.
const AT_ONCE: usize = 8;
/// The checks answer in seconds, whatever the metrics do.
const PATIENCE: Duration = Duration::from_secs(3);

pub async fn checks(asking: Option<&Asking<'_>>, settings: &Settings, workloads: &[Workload]) -> Checks {
    let mut checks = Checks::new("targets");
    let Some(asking) = asking else { return checks };
    let mut by_namespace: BTreeMap<&str, Vec<&Workload>> = BTreeMap::new();
    for workload in workloads {
        by_namespace.entry(&workload.namespace).or_default().push(workload);
    }
    let asked = settings.namespaces.iter().filter_map(|namespace| {
        let here = by_namespace.remove(namespace.as_str())?;
        Some(async move { (namespace, verify::of_workloads(asking, namespace, &here).await) })
    });
    let answers = stream::iter(asked.collect::<Vec<_>>())
        .buffered(AT_ONCE)
        .collect::<Vec<_>>();
    let Ok(answers) = tokio::time::timeout(PATIENCE, answers).await else {
        checks.warning(
            "targets",
            format!("the metrics gave no answer within {} s", PATIENCE.as_secs()),
            "`servelens verify` waits longer",
        );
        return checks;
    };
    for (namespace, answer) in answers {
        match answer {
            Ok(found) => {
                for finding in found {
                    match finding.good {
                        true => checks.good(finding.what),
                        false => checks.error("targets", finding.what, finding.next),
                    }
                }
            }
            Err(fault) => {
                let said = fault.public();
                checks.warning(
                    "targets",
                    format!("the metrics of {namespace} could not be asked: {}", said.message),
                    said.next_step,
                );
            }
        }
    }
    checks
}
