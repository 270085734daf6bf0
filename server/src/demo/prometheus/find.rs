//! Which Prometheus runs: `$SERVELENS_PROMETHEUS` (the binary or its folder), else the one on PATH; promtool is the one
//! beside it, else the one on PATH. Both must say a version that the demo knows.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::demo::error::DemoError;

/// What the user's environment says about where programs are.
pub struct Surroundings {
    /// `$SERVELENS_PROMETHEUS`
    pub chosen: Option<OsString>,
    /// `$PATH`
    pub path: Option<OsString>,
}

#[derive(Debug)]
pub struct Programs {
    pub prometheus: PathBuf,
    pub promtool: PathBuf,
}

/// Finds both programs and asks each for its version.
///
/// # Errors
/// `prometheus_missing`, `prometheus_unknown_version`.
pub async fn find(surroundings: &Surroundings) -> Result<Programs, DemoError> {
    let programs = locate(surroundings)?;
    for binary in [&programs.prometheus, &programs.promtool] {
        let said = version_output(binary).await;
        if !is_known(&said) {
            return Err(DemoError::PrometheusUnknownVersion {
                binary: binary.clone(),
                said: shorten(&said),
            });
        }
    }
    Ok(programs)
}

fn locate(surroundings: &Surroundings) -> Result<Programs, DemoError> {
    let missing = |what: String| DemoError::PrometheusMissing { what };
    let path = surroundings.path.as_deref().unwrap_or(OsStr::new(""));
    let on_path = |name: &str| {
        std::env::split_paths(path)
            .map(|folder| folder.join(name))
            .find(|file| is_program(file))
    };
    let prometheus = match surroundings.chosen.as_ref().filter(|chosen| !chosen.is_empty()) {
        Some(chosen) => {
            let chosen = Path::new(chosen);
            let file = if chosen.is_dir() {
                chosen.join("prometheus")
            } else {
                chosen.to_owned()
            };
            let what = || format!("{} (from --prometheus or SERVELENS_PROMETHEUS)", file.display());
            if is_program(&file) {
                file
            } else {
                return Err(missing(what()));
            }
        }
        None => on_path("prometheus").ok_or_else(|| missing("The program `prometheus`".to_owned()))?,
    };
    let beside = prometheus.with_file_name("promtool");
    let promtool = if is_program(&beside) {
        Some(beside)
    } else {
        on_path("promtool")
    };
    let promtool =
        promtool.ok_or_else(|| missing("The program `promtool`, which comes with Prometheus,".to_owned()))?;
    Ok(Programs { prometheus, promtool })
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

/// The first line of `--version`; older ones print it on standard error. A program that does not run says why.
async fn version_output(binary: &Path) -> String {
    let output = Command::new(binary)
        .arg("--version")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    match output {
        Ok(output) => {
            let text = if output.stdout.is_empty() {
                output.stderr
            } else {
                output.stdout
            };
            String::from_utf8_lossy(&text)
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned()
        }
        Err(error) => error.to_string(),
    }
}

/// 2.40 brought what the configuration uses; 4 may take away anything.
fn is_known(said: &str) -> bool {
    let Some((_, version)) = said.split_once(", version ") else {
        return false;
    };
    let mut numbers = version.trim_start_matches('v').split(|c: char| !c.is_ascii_digit());
    let mut number = || numbers.next().and_then(|digits| digits.parse::<u32>().ok());
    matches!((number(), number()), (Some(2), Some(40..)) | (Some(3), Some(_)))
}

fn shorten(said: &str) -> String {
    said.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn versions_from_2_40_to_3_are_known() {
        for (said, known) in [
            (
                "prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+deb12u1)",
                true,
            ),
            ("promtool, version 2.40.0 (branch: HEAD, revision: x)", true),
            ("prometheus, version 3.7.3 (branch: HEAD, revision: x)", true),
            ("prometheus, version v3.0.0-rc.1 (branch: HEAD, revision: x)", true),
            ("prometheus, version 2.39.2 (branch: HEAD, revision: x)", false),
            ("prometheus, version 4.0.0 (branch: HEAD, revision: x)", false),
            ("prometheus, version  (branch: , revision: unknown)", false),
            ("prometheus 2.42", false),
            ("", false),
        ] {
            assert_eq!(is_known(said), known, "{said:?}");
        }
    }

    /// A folder with programs that print `says`.
    fn programs(names: &[&str], says: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let file = folder.path().join(name);
            fs::write(&file, format!("#!/bin/sh\necho '{says}'\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    async fn check(chosen: Option<&Path>, path: &Path, expect: Result<(&Path, &Path), (&str, u8, String)>) {
        let surroundings = Surroundings {
            chosen: chosen.map(Into::into),
            path: Some(path.into()),
        };
        match (find(&surroundings).await, expect) {
            (Ok(found), Ok((prometheus, promtool))) => {
                assert_eq!(
                    (found.prometheus.as_path(), found.promtool.as_path()),
                    (prometheus, promtool)
                );
            }
            (Err(error), Err(expect)) => assert_eq!((error.code(), error.exit_code(), error.to_string()), expect),
            (found, expect) => panic!("found {found:?}, expected {expect:?}"),
        }
    }

    const NEXT: &str = "Next: install it with one of `sudo apt-get install -y prometheus`, `sudo dnf install -y \
        golang-github-prometheus` or `brew install prometheus`, or set SERVELENS_PROMETHEUS to the binary or its folder.";

    #[tokio::test]
    async fn the_chosen_one_goes_before_the_one_on_path() {
        let both = programs(&["prometheus", "promtool"], "x, version 2.45.0 (y)");
        let alone = programs(&["prometheus"], "x, version 3.1.0 (y)");
        let at = |folder: &tempfile::TempDir, name: &str| folder.path().join(name);
        let (prometheus, promtool) = (at(&both, "prometheus"), at(&both, "promtool"));
        check(None, both.path(), Ok((&prometheus, &promtool))).await;
        check(Some(Path::new("")), both.path(), Ok((&prometheus, &promtool))).await;
        check(
            Some(alone.path()),
            both.path(),
            Ok((&at(&alone, "prometheus"), &promtool)),
        )
        .await;
        check(
            Some(&at(&alone, "prometheus")),
            both.path(),
            Ok((&at(&alone, "prometheus"), &promtool)),
        )
        .await;
        let gone = at(&alone, "gone");
        let text = format!(
            "{} (from --prometheus or SERVELENS_PROMETHEUS) was not found. {NEXT}",
            gone.display()
        );
        check(Some(&gone), both.path(), Err(("prometheus_missing", 2, text))).await;
    }

    #[tokio::test]
    async fn a_machine_without_prometheus_is_told_how_to_get_it() {
        let none = programs(&[], "");
        let text = format!("The program `prometheus` was not found. {NEXT}");
        check(None, none.path(), Err(("prometheus_missing", 2, text))).await;
        let alone = programs(&["prometheus"], "x, version 3.1.0 (y)");
        let text = format!("The program `promtool`, which comes with Prometheus, was not found. {NEXT}");
        check(None, alone.path(), Err(("prometheus_missing", 2, text))).await;
    }

    #[tokio::test]
    async fn a_program_of_unknown_version_is_not_started() {
        let other = programs(&["prometheus", "promtool"], "Prometheus the film");
        let text = format!(
            "{} is no Prometheus that the demo knows: it must be 2.40 to 3.x, and `--version` said \"Prometheus the film\". {NEXT}",
            other.path().join("prometheus").display()
        );
        check(None, other.path(), Err(("prometheus_unknown_version", 2, text))).await;
    }
}
