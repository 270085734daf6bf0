//! How every file looks: a header, a length that one can read, tests that run and can fail.

use super::source::{self, Source, has_word};
use super::{check, hold};

#[test]
fn every_module_says_what_it_is_for() {
    hold(&source::rust(), header);
    check(header, "server/src/a.rs", "//! Why.\nfn a() {}", &[]);
    check(
        header,
        "server/src/a.rs",
        "use b;\n",
        &["1: begins without `//!`: what is it for, what must it never do?"],
    );
}

fn header(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![source.fault(0, "begins without `//!`: what is it for, what must it never do?")]
}

/// Median under 130 lines, nine of ten under 350, none over 500.
#[test]
fn files_are_short() {
    let sources = source::rust();
    let mut lengths: Vec<usize> = sources.iter().map(|source| source.text.lines().count()).collect();
    lengths.sort_unstable();
    let (median, ninth) = (lengths[lengths.len() / 2], lengths[lengths.len() * 9 / 10]);
    assert!(median < 130, "the median file has {median} lines");
    assert!(ninth < 350, "one file in ten has {ninth} lines or more");
    hold(&sources, too_long);
    check(too_long, "server/src/a.rs", &"//\n".repeat(500), &[]);
    check(
        too_long,
        "server/src/a.rs",
        &"//\n".repeat(501),
        &["501: over 500 lines: split it by concept"],
    );
}

fn too_long(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    if lines <= 500 {
        Vec::new()
    } else {
        vec![source.fault(lines - 1, "over 500 lines: split it by concept")]
    }
}

#[test]
fn no_test_is_ignored_or_wants_a_panic() {
    hold(&source::rust(), left_out);
    check(
        left_out,
        "server/src/tests.rs",
        "#[test]\n#[ignore]\nfn a() {}",
        &["2: a test that does not run proves nothing"],
    );
    check(
        left_out,
        "server/src/tests.rs",
        "#[should_panic(expected = \"x\")]",
        &["1: check the error, not a panic"],
    );
    check(left_out, "server/src/tests.rs", "// #[ignore]\n\"#[ignore]\"", &[]);
}

fn left_out(source: &Source) -> Vec<String> {
    let marks = [
        ("#[ignore", "a test that does not run proves nothing"),
        ("#[should_panic", "check the error, not a panic"),
    ];
    let mut faults = Vec::new();
    for (line, code) in source.code(true).chain(source.code(false)) {
        faults.extend(
            marks
                .iter()
                .filter(|(mark, _)| code.contains(mark))
                .map(|(_, why)| source.fault(line, why)),
        );
    }
    faults
}

/// A test waits for a condition, in a loop that looks again; never for a time that is hoped to be enough.
#[test]
fn no_test_sleeps_for_luck() {
    hold(&source::rust(), sleeps);
    check(
        sleeps,
        "server/src/tests.rs",
        "fn a() {\n    start();\n    sleep(SECOND);\n}",
        &["3: sleeps for luck: wait for the condition in a loop"],
    );
    check(
        sleeps,
        "server/src/tests.rs",
        "while !ready() {\n    sleep(SECOND);\n}",
        &[],
    );
    check(sleeps, "server/src/a.rs", "fn a() { sleep(SECOND); }", &[]);
}

fn sleeps(source: &Source) -> Vec<String> {
    let code: Vec<(usize, &str)> = source.code(true).collect();
    let looks_again = |at: usize| {
        let before = code.get(at.saturating_sub(10)..=at).unwrap_or_default();
        before
            .iter()
            .any(|(_, code)| ["while ", "loop {", "for "].iter().any(|word| code.contains(word)))
    };
    let sleeping = code
        .iter()
        .enumerate()
        .filter(|(at, (_, code))| code.contains("sleep(") && !looks_again(*at));
    sleeping
        .map(|(_, (line, _))| source.fault(*line, "sleeps for luck: wait for the condition in a loop"))
        .collect()
}

/// A test's body checks something, or calls a function of its file that does. A property that says "never panics" checks
/// by running.
#[test]
fn every_test_can_fail() {
    hold(&source::rust(), cannot_fail);
    let path = "server/src/tests.rs";
    check(
        cannot_fail,
        path,
        "#[test]\nfn runs() {\n    start();\n}\n",
        &["2: asserts nothing"],
    );
    check(
        cannot_fail,
        path,
        "#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n}\n",
        &[],
    );
    check(
        cannot_fail,
        path,
        "#[tokio::test]\nasync fn answers() -> Result<()> {\n    get()?;\n}\n",
        &[],
    );
    let typed = "fn same<T>() {\n    assert_eq!(1, 1);\n}\n#[test]\nfn one() {\n    same::<u8>();\n}\n";
    check(cannot_fail, path, typed, &[]);
    let helped = "fn same(a: u8) {\n    assert_eq!(a, 1);\n}\n#[test]\nfn one() {\n    same(1);\n}\n";
    check(cannot_fail, path, helped, &[]);
    check(
        cannot_fail,
        path,
        "    #[test]\n    fn never_panics(a in any::<u8>()) {\n        read(a);\n    }\n",
        &[],
    );
}

/// Name, first line and body of each function, by indentation: rustfmt sees to that.
fn functions(code: &[(usize, &str)]) -> Vec<(String, usize, String)> {
    let indent = |text: &str| text.len() - text.trim_start().len();
    let mut found = Vec::new();
    for (at, (line, text)) in code.iter().enumerate() {
        let Some((_, after)) = text.split_once("fn ") else {
            continue;
        };
        let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let rest = code.iter().skip(at + 1);
        let body = rest.take_while(|(_, code)| !(code.trim().starts_with('}') && indent(code) <= indent(text)));
        let whole: Vec<&str> = std::iter::once(*text).chain(body.map(|(_, code)| *code)).collect();
        found.push((name, *line, whole.join("\n")));
    }
    found
}

fn cannot_fail(source: &Source) -> Vec<String> {
    const CHECKS: [&str; 9] = [
        "assert", "check", "snapshot", "ensure!", "panic!", ".unwrap", "?", "hold(", "none(",
    ];
    let code: Vec<(usize, &str)> = source.code(true).collect();
    let functions = functions(&code);
    let checks = |body: &str| CHECKS.iter().any(|word| body.contains(word));
    let helpers: Vec<String> = functions
        .iter()
        .filter(|(_, _, body)| checks(body))
        .flat_map(|(name, ..)| [format!("{name}("), format!("{name}::<")])
        .collect();
    let marks = code
        .iter()
        .filter(|(_, code)| code.trim() == "#[test]" || code.trim().starts_with("#[tokio::test"));
    let tests = marks.filter_map(|(mark, _)| functions.iter().find(|(_, line, _)| line > mark));
    let blind = tests.filter(|(name, _, body)| {
        let after = body.split_once(name.as_str()).map_or("", |(_, after)| after);
        let property = after.lines().next().is_some_and(|arguments| arguments.contains(" in "));
        !property && !checks(after) && !helpers.iter().any(|helper| has_word(after, helper))
    });
    blind
        .map(|(_, line, _)| source.fault(*line, "asserts nothing"))
        .collect()
}

#[test]
fn every_exception_from_a_lint_gives_its_reason() {
    hold(&source::rust(), unreasoned);
    check(
        unreasoned,
        "server/src/a.rs",
        "#[allow(clippy::panic)]\nfn a() {}",
        &["1: a lint is switched off without `reason = …`"],
    );
    check(
        unreasoned,
        "server/src/a.rs",
        "#[expect(\n    clippy::panic,\n    reason = \"why\"\n)]\nfn a() {}",
        &[],
    );
}

fn unreasoned(source: &Source) -> Vec<String> {
    let code: Vec<(usize, &str)> = source.code(false).collect();
    let opens = |code: &str| ["[allow(", "[expect("].iter().any(|mark| code.contains(mark));
    let mut faults = Vec::new();
    for (at, (line, _)) in code.iter().enumerate().filter(|(_, (_, code))| opens(code)) {
        let until = code
            .iter()
            .skip(at)
            .take(6)
            .position(|(_, code)| code.contains(")]"))
            .unwrap_or(0);
        let whole: String = code.iter().skip(at).take(until + 1).map(|(_, code)| *code).collect();
        if !whole.contains("reason =") {
            faults.push(source.fault(*line, "a lint is switched off without `reason = …`"));
        }
    }
    faults
}

/// rustfmt sees to Rust; a text inside it may end as it likes.
#[test]
fn no_line_ends_in_a_blank() {
    hold(
        &source::all(&[".toml", ".css", ".js", ".mjs", ".html", ".md", ".sh", ".ci/run"]),
        blanks,
    );
    check(blanks, "README.md", "a\nb \n", &["2: ends in a blank"]);
}

fn blanks(source: &Source) -> Vec<String> {
    // Text inside a snapshot or a fixture is somebody else's.
    if source.is_under(&["tests/fixtures"]) {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| line.ends_with([' ', '\t']))
        .map(|(at, _)| source.fault(at, "ends in a blank"))
        .collect()
}

/// Marks that say "not done yet".
#[test]
fn nothing_waits_to_be_written() {
    hold(
        &source::all(&[".rs", ".toml", ".css", ".js", ".mjs", ".html"]),
        unfinished,
    );
    check(
        unfinished,
        "a.css",
        &format!("/* {}: later */", "TO".to_owned() + "DO"),
        &["1: says that it is not done"],
    );
}

fn unfinished(source: &Source) -> Vec<String> {
    // Written in halves, so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let lines = source.text.lines().enumerate();
    let marked = lines.filter(|(_, line)| marks.iter().any(|mark| has_word(line, mark)));
    marked
        .map(|(at, _)| source.fault(at, "says that it is not done"))
        .collect()
}
