//! The cluster, its version, and who is asking.

use super::Checks;
use super::seen::{Look, Seen};
use crate::provision::facts::text;

/// The oldest OpenShift whose console takes the plugin.
const OLDEST: (u32, u32) = (4, 14);

pub fn checks(version: &str, user: &str, seen: &Seen) -> Checks {
    let mut checks = Checks::new("cluster");
    checks.good(format!("the API server answers ({version})"));
    checks.good(format!("you are {user}"));
    match seen.look("version") {
        Look::Found(object) => {
            let text = text(object, "/status/desired/version");
            match numbers(text) {
                Some(found) if found >= OLDEST => checks.good(format!("OpenShift {text}")),
                Some(_) => checks.error(
                    "openshift",
                    format!("OpenShift {text} is older than 4.14"),
                    "Servelens needs OpenShift 4.14 or newer",
                ),
                None => checks.warning(
                    "openshift",
                    "OpenShift does not tell its version",
                    "look at `oc get clusterversion`",
                ),
            }
        }
        Look::Absent => checks.warning(
            "openshift",
            "this is no OpenShift",
            "the steps for OpenShift's monitoring and console are left out; monitors and rules work with any \
             prometheus-operator",
        ),
        Look::Hidden => checks.warning(
            "rights",
            "you may not see the version of OpenShift",
            "every signed-in user may on an ordinary cluster; ask an administrator",
        ),
    }
    match (seen.look("platform"), seen.first("platform")) {
        (Look::Found(_), Some(platform)) => {
            let release = text(platform, "/status/release/version");
            let shown = if release.is_empty() {
                "of an unknown version"
            } else {
                release
            };
            checks.good(format!("OpenShift AI {shown}"));
        }
        (Look::Hidden, _) => checks.warning(
            "rights",
            "you may not see whether OpenShift AI is installed",
            "an administrator can see it with `oc get datascienceclusters`",
        ),
        _ => checks.warning(
            "openshift-ai",
            "OpenShift AI is not set up",
            "install it and make a DataScienceCluster, or bring model servers of your own",
        ),
    }
    checks
}

/// Major and minor.
pub fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}
