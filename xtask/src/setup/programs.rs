//! The programs that Servelens is built and tested with, where they come from, and which of them are missing.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Need, apt};
use crate::progress::say;
use crate::stop::Stop;

/// A program on PATH, and the package that brings it, by package manager.
struct Program {
    name: &'static str,
    need: Need,
    apt: &'static str,
    dnf: &'static str,
    brew: &'static str,
}

const PROGRAMS: [Program; 12] = [
    Program {
        name: "wasm-opt",
        need: Need::Build,
        apt: "binaryen",
        dnf: "binaryen",
        brew: "binaryen",
    },
    Program {
        name: "prometheus",
        need: Need::Demo,
        apt: "prometheus",
        dnf: "golang-github-prometheus",
        brew: "prometheus",
    },
    Program {
        name: "promtool",
        need: Need::Demo,
        apt: "prometheus",
        dnf: "golang-github-prometheus",
        brew: "prometheus",
    },
    Program {
        name: "chromium",
        need: Need::Test,
        apt: "chromium",
        dnf: "chromium",
        brew: "chromium",
    },
    Program {
        name: "chromedriver",
        need: Need::Test,
        apt: "chromium-driver",
        dnf: "chromedriver",
        brew: "chromedriver",
    },
    Program {
        name: HEADLESS,
        need: Need::Test,
        apt: HEADLESS,
        dnf: "",
        brew: "",
    },
    Program {
        name: "node",
        need: Need::Test,
        apt: "nodejs",
        dnf: "nodejs",
        brew: "node",
    },
    Program {
        name: "npm",
        need: Need::Test,
        apt: "npm",
        dnf: "nodejs-npm",
        brew: "node",
    },
    // Brings Go where it is missing or older than the rig's programs need: `tests::rig::go_tool`.
    Program {
        name: "pip3",
        need: Need::Test,
        apt: "python3-pip",
        dnf: "python3-pip",
        brew: "python",
    },
    Program {
        name: "nginx",
        need: Need::Bench,
        apt: "nginx",
        dnf: "nginx",
        brew: "nginx",
    },
    Program {
        name: "wrk",
        need: Need::Bench,
        apt: "wrk",
        dnf: "wrk",
        brew: "wrk",
    },
    Program {
        name: "valgrind",
        need: Need::Bench,
        apt: "valgrind",
        dnf: "valgrind",
        brew: "valgrind",
    },
];

/// Chromium without windows, which the tests take where Debian has it: the same engine for two thirds of the work.
const HEADLESS: &str = "chromium-headless-shell";

/// Makes sure that every program of `need` is there.
pub fn provide(need: Need) -> Result<()> {
    let debian = is_debian();
    let wanted = || {
        let needed = PROGRAMS.iter().filter(move |program| program.need <= need);
        needed.filter(move |program| program.name != HEADLESS || debian)
    };
    let missing: Vec<&Program> = wanted().filter(|program| !is_there(program.name)).collect();
    if missing.is_empty() {
        let names: Vec<&str> = wanted().map(|program| program.name).collect();
        say(&format!("setup: found {}", names.join(", ")));
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
    let packages = packages(&missing, |program| program.apt);
    if !debian || !rustix::process::geteuid().is_root() {
        return Err(Stop::unfit(by_hand(&names, &missing)).into());
    }
    say(&format!(
        "setup: {} missing: installing {}",
        names.join(", "),
        packages.join(", ")
    ));
    apt::install(&packages)?;
    let still: Vec<&str> = names.into_iter().filter(|name| !is_there(name)).collect();
    if still.is_empty() {
        return Ok(());
    }
    Err(Stop::unfit(format!(
        "{} not on PATH though {} was installed",
        still.join(", "),
        packages.join(", ")
    ))
    .into())
}

/// The one line for each package manager, ready to be copied.
fn by_hand(names: &[&str], missing: &[&Program]) -> String {
    let list = |of: fn(&Program) -> &'static str| packages(missing, of).join(" ");
    let elsewhere = if names.contains(&"prometheus") {
        "\nA Prometheus elsewhere: SERVELENS_PROMETHEUS=<the binary or its folder>."
    } else {
        ""
    };
    format!(
        "{} missing on PATH. Install and run this again:\n  \
         Debian, Ubuntu:  sudo apt-get install --no-install-recommends -y {}\n  \
         Fedora:          sudo dnf install -y {}\n  \
         macOS:           brew install {}{elsewhere}",
        names.join(", "),
        list(|program| program.apt),
        list(|program| program.dnf),
        list(|program| program.brew),
    )
}

/// In the order of the table, each once.
fn packages(programs: &[&Program], of: fn(&Program) -> &'static str) -> Vec<&'static str> {
    let mut names: Vec<&str> = programs.iter().map(|program| of(program)).collect();
    names.dedup();
    names.retain(|name| !name.is_empty());
    names
}

fn is_there(name: &str) -> bool {
    let chosen = env::var_os("SERVELENS_PROMETHEUS").filter(|chosen| !chosen.is_empty());
    let chosen = chosen.filter(|_| matches!(name, "prometheus" | "promtool"));
    chosen.is_some_and(|chosen| comes_with(Path::new(&chosen), name)) || on_path(name).is_some()
}

/// `chosen` is a Prometheus binary or the folder it is in; promtool is expected beside it.
fn comes_with(chosen: &Path, name: &str) -> bool {
    match name {
        _ if chosen.is_dir() => is_program(&chosen.join(name)),
        "promtool" => is_program(&chosen.with_file_name(name)),
        _ => is_program(chosen),
    }
}

/// The program's file, where PATH has it.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH");
    let folders = path.as_deref().unwrap_or(OsStr::new(""));
    env::split_paths(folders)
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    file.metadata()
        .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

/// Debian itself: Ubuntu's chromium package is a pointer to another store.
pub fn is_debian() -> bool {
    let about = fs::read_to_string("/etc/os-release").unwrap_or_default();
    about.lines().any(|line| line == "ID=debian") && on_path("apt-get").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_one_line_for_each_package_manager() {
        let missing: Vec<&Program> = PROGRAMS.iter().filter(|program| program.need == Need::Demo).collect();
        assert_eq!(
            by_hand(&["prometheus", "promtool"], &missing),
            "prometheus, promtool missing on PATH. Install and run this again:
  Debian, Ubuntu:  sudo apt-get install --no-install-recommends -y prometheus
  Fedora:          sudo dnf install -y golang-github-prometheus
  macOS:           brew install prometheus
A Prometheus elsewhere: SERVELENS_PROMETHEUS=<the binary or its folder>."
        );
    }

    #[test]
    fn a_chosen_prometheus_may_be_the_binary_or_its_folder() -> Result<()> {
        let room = tempfile::tempdir()?;
        let (binary, tool) = (room.path().join("prometheus"), room.path().join("promtool"));
        for file in [&binary, &tool] {
            fs::write(file, "")?;
            fs::set_permissions(file, fs::Permissions::from_mode(0o755))?;
        }
        for chosen in [room.path(), &binary] {
            assert!(comes_with(chosen, "prometheus"));
            assert!(comes_with(chosen, "promtool"));
        }
        fs::remove_file(&tool)?;
        assert!(!comes_with(&binary, "promtool"));
        Ok(())
    }
}
