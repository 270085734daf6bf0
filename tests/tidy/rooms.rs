//! Which words may stand in which room: sockets, tokens, PromQL, JavaScript's globals, colours, the outside world.

use super::source::{self, Source, has_word};
use super::{check, hold};

/// Faults for each line of product code that holds one of `words` as a whole word.
fn code_with(source: &Source, words: &[&str], why: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (line, code) in source.code(false) {
        faults.extend(
            words
                .iter()
                .filter(|word| has_word(code, word))
                .map(|word| source.fault(line, &format!("`{word}`: {why}"))),
        );
    }
    faults
}

#[test]
fn only_upstream_and_cluster_open_sockets_to_the_outside() {
    hold(&source::rust(), sockets);
    check(
        sockets,
        "server/src/route/a.rs",
        "let s = TcpStream::connect(a).await;",
        &["1: `TcpStream::connect`: outbound sockets live in upstream/ and cluster/"],
    );
    check(
        sockets,
        "server/src/upstream/client.rs",
        "let tcp = HttpConnector::new();",
        &[],
    );
    check(sockets, "server/src/tests/a.rs", "TcpStream::connect(a)", &[]);
}

fn sockets(source: &Source) -> Vec<String> {
    const WORDS: [&str; 7] = [
        "TcpStream::connect",
        "TcpSocket::new",
        "UdpSocket",
        "UnixStream::connect",
        "HttpConnector",
        "legacy::Client",
        "reqwest",
    ];
    let product = source.is_under(&["server", "frontend", "assets"]);
    if !product || source.is_under(&["server/src/upstream", "server/src/cluster"]) {
        return Vec::new();
    }
    code_with(source, &WORDS, "outbound sockets live in upstream/ and cluster/")
}

#[test]
fn only_identity_sees_a_raw_token() {
    hold(&source::rust(), tokens);
    check(
        tokens,
        "server/src/query/a.rs",
        "let t = caller.token.expose_secret();",
        &["1: `expose_secret`: identity/ lends a token only as `authorize(&mut headers)`"],
    );
    check(tokens, "server/src/identity/mod.rs", "token.expose_secret()", &[]);
}

fn tokens(source: &Source) -> Vec<String> {
    if !source.is_under(&["server"]) || source.is_under(&["server/src/identity"]) {
        return Vec::new();
    }
    let words = ["expose_secret", "ExposeSecret", "header::AUTHORIZATION"];
    code_with(
        source,
        &words,
        "identity/ lends a token only as `authorize(&mut headers)`",
    )
}

/// PromQL is text: it is looked for in string literals.
#[test]
fn only_the_catalogue_writes_promql() {
    hold(&source::rust(), promql);
    check(
        promql,
        "server/src/query/a.rs",
        "let q = format!(\"sum by (pod) (rate({name}[5m]))\");",
        &["1: PromQL in a text: panels are written in assets/catalog"],
    );
    check(promql, "frontend/src/a.rs", "let t = \"first-rate (really)\";", &[]);
    check(
        promql,
        "server/src/a.rs",
        "#[cfg(test)]\nmod tests {\n    const Q: &str = \"rate(x[5m])\";\n}",
        &[],
    );
}

fn promql(source: &Source) -> Vec<String> {
    const WORDS: [&str; 12] = [
        "rate(",
        "irate(",
        "increase(",
        "histogram_quantile(",
        "sum by",
        "max by",
        "min by",
        "avg by",
        "count by",
        "topk(",
        "label_replace(",
        "avg_over_time(",
    ];
    if !source.is_under(&["server", "frontend"]) || source.is_under(&["server/guard"]) {
        return Vec::new();
    }
    let texts = source
        .strings()
        .filter(|(_, text)| WORDS.iter().any(|word| has_word(text, word)));
    texts
        .map(|(line, _)| source.fault(line, "PromQL in a text: panels are written in assets/catalog"))
        .collect()
}

#[test]
fn only_the_host_module_touches_javascripts_globals() {
    hold(&source::rust(), globals);
    check(
        globals,
        "frontend/src/ui/a.rs",
        "let w = web_sys::window();",
        &["1: `window()`: JavaScript's globals live in frontend/src/host"],
    );
    check(globals, "frontend/src/host/mod.rs", "web_sys::window()", &[]);
    check(globals, "frontend/src/ui/a.rs", "let w = rate_window();", &[]);
}

fn globals(source: &Source) -> Vec<String> {
    const WORDS: [&str; 11] = [
        "window()",
        "document()",
        "js_sys::global",
        "js_sys::eval",
        "js_sys::Date",
        "js_sys::Intl",
        "console::",
        "extern \"",
        "set_timeout",
        "set_interval",
        "request_animation_frame",
    ];
    if !source.is_under(&["frontend"]) || source.is_under(&["frontend/src/host"]) {
        return Vec::new();
    }
    code_with(source, &WORDS, "JavaScript's globals live in frontend/src/host")
}

/// What is pure may run in a browser and be tested without a world: no clock, environment, files, sockets, threads.
#[test]
fn the_pure_crates_know_no_outside_world() {
    hold(&source::rust(), outside);
    check(
        outside,
        "assets/catalog/src/a.rs",
        "use std::{collections::BTreeMap, fs};\nlet now = SystemTime::now();",
        &["1: `fs`: this crate is pure", "2: `SystemTime`: this crate is pure"],
    );
    check(outside, "frontend/chart/examples/a.rs", "std::fs::write(a, b)", &[]);
    check(outside, "server/src/a.rs", "std::fs::write(a, b)", &[]);
    check(
        outside,
        "assets/catalog/src/a.rs",
        "Piece::Instant(x) => include_str!(\"a\"),",
        &[],
    );
}

fn outside(source: &Source) -> Vec<String> {
    const WORDS: [&str; 9] = [
        "fs",
        "SystemTime",
        "std::time::Instant",
        "Instant::now",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "async fn",
    ];
    if !source.is_under(&["assets/catalog", "server/api", "frontend/chart", "server/guard"]) {
        return Vec::new();
    }
    code_with(source, &WORDS, "this crate is pure")
}

/// A clock or a thread compiles for the browser and traps there.
#[test]
fn the_page_asks_its_host_for_the_time() {
    hold(&source::rust(), clocks);
    check(
        clocks,
        "frontend/src/state/a.rs",
        "use std::time::Instant;",
        &["1: `std::time`: a page's clock and timers come through frontend/src/host"],
    );
}

fn clocks(source: &Source) -> Vec<String> {
    if !source.is_under(&["frontend"]) {
        return Vec::new();
    }
    code_with(
        source,
        &["std::time", "std::thread", "SystemTime"],
        "a page's clock and timers come through frontend/src/host",
    )
}

#[test]
fn colours_are_named_once_in_the_tokens() {
    hold(&source::all(&[".css", ".js", ".html", ".rs", ".toml"]), colours);
    check(
        colours,
        "assets/styles/servelens.css",
        "/* #fff */\na { color: #fff; border: 1px solid rgb(0 0 0 / 20%); background: white; }\n#facade { white-space: nowrap; }",
        &[
            "2: the colour `#fff`: name it in assets/styles/tokens.css",
            "2: the colour `rgb(`: name it in assets/styles/tokens.css",
            "2: the colour `white`: name it in assets/styles/tokens.css",
        ],
    );
    check(
        colours,
        "frontend/src/a.rs",
        "let c = \"#0066cc\"; // #06c\nlet d = \"a#b\";",
        &["1: the colour `#0066cc`: name it in assets/styles/tokens.css"],
    );
    check(colours, "assets/styles/tokens.css", ":root { --a: #fff; }", &[]);
}

fn colours(source: &Source) -> Vec<String> {
    let product = source.is_under(&["frontend", "assets", "server"]) && !source.is_test();
    if !product || source.path == "assets/styles/tokens.css" {
        return Vec::new();
    }
    let lines: Vec<(usize, String)> = if source.path.ends_with(".rs") {
        source.strings().map(|(line, text)| (line, text.to_owned())).collect()
    } else {
        without_comments(&source.text)
            .lines()
            .map(str::to_owned)
            .enumerate()
            .collect()
    };
    let mut faults = Vec::new();
    for (line, text) in lines {
        for colour in literals(&text, source.path.ends_with(".css")) {
            faults.push(source.fault(
                line,
                &format!("the colour `{colour}`: name it in assets/styles/tokens.css"),
            ));
        }
    }
    faults
}

/// Blanks `/* … */`, and `// …` to the line's end where it begins the line; keeps the line numbers.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        let (comment, tail) = after.split_once("*/").unwrap_or((after, ""));
        out.push_str(before);
        out.extend(comment.chars().filter(|c| *c == '\n'));
        rest = tail;
    }
    out.push_str(rest);
    let lines = out
        .lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn literals(text: &str, css: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('#') {
        let word: String = text[at + 1..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            .collect();
        let hex = matches!(word.len(), 3 | 4 | 6 | 8) && word.chars().all(|c| c.is_ascii_hexdigit());
        // In a style sheet `#add {` is a selector; a value ends the declaration or stands among others.
        let selector = css
            && text[at + 1 + word.len()..]
                .trim_start()
                .starts_with(['{', '.', ':', '>', '[']);
        let within = text[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '&');
        if hex && !selector && !within {
            found.push(format!("#{word}"));
        }
    }
    for function in [
        "rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab(", "lab(", "lch(", "hwb(",
    ] {
        if has_word(text, function) && !text.contains(&format!("{function}{{")) {
            found.push(function.to_owned());
        }
    }
    if css {
        let named = [
            "white", "black", "red", "green", "blue", "gray", "grey", "orange", "yellow", "purple",
        ];
        let value = text
            .split(':')
            .skip(1)
            .flat_map(|part| part.split([' ', ';', ',', '}']));
        found.extend(value.filter(|word| named.contains(word)).map(str::to_owned));
    }
    found
}
