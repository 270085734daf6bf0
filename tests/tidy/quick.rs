//! `cargo xtask test --quick` runs on a machine that has the built program alone: whatever starts more is left out there.

use super::source::{self, Source, has_word};
use super::{check, hold};

/// What a test names when it needs a Prometheus or its tools, a browser, npm's packages or the rig's Go programs.
const MORE: [&str; 10] = [
    "promtool()",
    "host_build",
    "go_tool",
    "front()",
    "demo()",
    "plane",
    "manifests",
    "session",
    "Colleagues",
    "LoneStores",
];

/// The parts of test names that are left out, as the command's source lists them.
fn left_out() -> Vec<String> {
    let path = source::root().join("xtask/src/test/mod.rs");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, list) = text.split_once("const NOT_QUICK").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `tests/contract/rules/mod.rs` → `contract::rules::`, as the names of its tests begin.
fn module(path: &str) -> Option<String> {
    let inner = path.strip_prefix("tests/")?.strip_suffix(".rs")?;
    let inner = inner.strip_suffix("/mod").unwrap_or(inner);
    Some(format!("{}::", inner.replace('/', "::")))
}

fn needs_more(source: &Source, left_out: &[String]) -> Vec<String> {
    let Some(module) = module(&source.path) else {
        return Vec::new();
    };
    // The rig is what starts all that; the benches and this folder start nothing in a test.
    if source.is_under(&["tests/rig", "tests/bench", "tests/tidy"]) || left_out.iter().any(|part| module.contains(part))
    {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (line, code) in source.code(true) {
        faults.extend(MORE.iter().filter(|word| has_word(code, word)).map(|word| {
            source.fault(
                line,
                &format!("`{word}`: `{module}` has to be in NOT_QUICK, xtask/src/test"),
            )
        }));
    }
    faults
}

#[test]
fn what_needs_more_than_the_built_program_is_left_out_of_the_quick_run() {
    let left_out = left_out();
    assert!(left_out.contains(&"browser::".to_owned()), "{left_out:?}");
    let rule = |source: &Source| needs_more(source, &left_out);
    hold(&source::rust(), rule);
    check(
        rule,
        "tests/contract/new.rs",
        "use a;\nlet tool = paths::promtool();",
        &["2: `promtool()`: `contract::new::` has to be in NOT_QUICK, xtask/src/test"],
    );
    check(rule, "tests/contract/new.rs", "let promtool = 1;", &[]);
    check(rule, "tests/browser/page/new.rs", "let addresses = demo()?;", &[]);
    check(rule, "server/src/demo/a.rs", "demo()", &[]);
}

#[test]
fn every_part_that_is_left_out_is_the_name_of_tests() {
    let sources = source::rust();
    let modules: Vec<String> = sources
        .iter()
        .map(|source| source.path.trim_end_matches(".rs").replace('/', "::") + "::")
        .collect();
    for part in left_out() {
        assert!(modules.iter().any(|module| module.contains(&part)), "{part}");
    }
}
