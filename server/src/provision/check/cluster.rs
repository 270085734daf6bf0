//! The cluster, its version, and who is asking.

use super::Checks;
use super::seen::{Look, Seen};
use crate::provision::facts::text;

/// The oldest OpenShift whose console takes the plugin.
const OLDEST: (u32, u32) = (4, 14);

pub fn checks(version: &str, user: Option<&str>, seen: &Seen) -> Checks {
    let mut checks = Checks::new("cluster");
    checks.good(format!("the API server answers ({version})"));
    match user {
        Some(user) => checks.good(format!("you are {user}")),
        None => checks.good("you are signed in; the cluster does not tell your name"),
    }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Level;
    use super::*;

    fn told(user: Option<&str>, looks: Vec<(&str, Look)>) -> Vec<(Level, String)> {
        let checks = checks("v1.27.0", user, &Seen::of(looks));
        checks.list.into_iter().map(|check| (check.level, check.what)).collect()
    }

    #[test]
    fn the_version_decides_and_a_missing_name_does_not() {
        let version = |text: &str| Look::Found(json!({"status": {"desired": {"version": text}}}));
        for (look, level, what) in [
            (version("4.14.0"), Level::Good, "OpenShift 4.14.0"),
            (version("4.20.3-rc.1"), Level::Good, "OpenShift 4.20.3-rc.1"),
            (version("5.0.0"), Level::Good, "OpenShift 5.0.0"),
            (version("4.13.40"), Level::Error, "OpenShift 4.13.40 is older than 4.14"),
            (
                version("unknown"),
                Level::Warning,
                "OpenShift does not tell its version",
            ),
            (Look::Absent, Level::Warning, "this is no OpenShift"),
            (Look::Hidden, Level::Warning, "you may not see the version of OpenShift"),
        ] {
            let found = told(None, vec![("version", look)]);
            assert!(found.contains(&(level, what.to_owned())), "{found:?}");
            assert!(
                found.iter().any(|(_, what)| what.contains("does not tell your name")),
                "{found:?}"
            );
        }
        let found = told(Some("jane"), vec![]);
        assert!(found.contains(&(Level::Good, "you are jane".to_owned())), "{found:?}");
    }

    #[test]
    fn openshift_ai_is_told_with_its_version_where_it_has_one() {
        for (platform, level, what) in [
            (
                Look::Found(json!([{"status": {"release": {"version": "2.22.1"}}}])),
                Level::Good,
                "OpenShift AI 2.22.1",
            ),
            (
                Look::Found(json!([{}])),
                Level::Good,
                "OpenShift AI of an unknown version",
            ),
            (Look::Found(json!([])), Level::Warning, "OpenShift AI is not set up"),
            (Look::Absent, Level::Warning, "OpenShift AI is not set up"),
            (
                Look::Hidden,
                Level::Warning,
                "you may not see whether OpenShift AI is installed",
            ),
        ] {
            let found = told(Some("jane"), vec![("platform", platform)]);
            assert!(found.contains(&(level, what.to_owned())), "{found:?}");
        }
    }
}
