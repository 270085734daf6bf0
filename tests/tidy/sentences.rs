//! What the server says, gathered from its sources: every sentence that can reach the page, with a place for whatever is
//! filled in, as `assets/locales` has it and the page looks it up.

use std::collections::BTreeSet;

use super::source::Source;

const ENGINE: [&str; 2] = ["server/src/provision", "server/src/cluster/hands/refusal.rs"];

/// What these say is read on a terminal or in a file, or by whoever writes settings there.
const ELSEWHERE: [&str; 7] = [
    "server/src/provision/args.rs",
    "server/src/provision/run.rs",
    "server/src/provision/report.rs",
    "server/src/provision/teller.rs",
    "server/src/provision/check/report.rs",
    "server/src/provision/render.rs",
    "server/src/provision/settings",
];

/// Of other files: what is wrong with the namespace that the page names, and how a refusal is told.
const ALSO: [(&str, &str); 5] = [
    (
        "server/src/provision/settings/value.rs",
        "it has {{1}} characters; give at most 63",
    ),
    (
        "server/src/provision/settings/value.rs",
        "give lower-case letters, digits and dashes, e.g. llm-hosting",
    ),
    ("server/src/provision/settings/value.rs", "give at least one name"),
    ("server/src/error.rs", "The cluster does not let you: {{1}}."),
    ("server/src/error.rs", "This cannot be set up: {{1}}."),
];

/// How the engine joins sentences, or names, that it has said.
const JOINED: [&str; 3] = [
    "{{1}}; {{2}}",
    "{{1}}: {{2}}",
    "{{1}} and {{2}} started before Connectivity Link was installed",
];

/// Nothing that the page is told.
const UNSAID: [&str; 22] = [
    // The engine's own names for what it has read.
    "authorino certificate",
    "authorino pods",
    "authorino service",
    "gpu namespace",
    "namespace {{1}}",
    "new config",
    "user config",
    // A kind and a name, the same in every language.
    "Authorino authorino",
    "Kuadrant kuadrant",
    // What stands in objects, or in the API server's answer.
    "Bearer ${{1}}",
    "Thanos {{1}}",
    "Double-bit ECC errors since the driver was loaded.",
    "Fan speed in percent.",
    "Pages retired after double-bit errors.",
    "Pages retired after single-bit errors.",
    "Pages that will be retired.",
    "Ratio of warps on a multiprocessor to the most it holds.",
    "Single-bit ECC errors since the driver was loaded.",
    "the server rejected our request due to an error in our request",
    // The page names a namespace and no other option, and asks the metrics as `servelens serve` does.
    "there is no option {{1}}; choose of {{2}}",
    "--{{1}}: give an address such as https://thanos.example:9091",
    "this kubeconfig holds no token, and metrics are read with one: sign in with `oc login`",
];

/// Told as the table of faults has them.
const AS_FAULTS: [&str; 2] = [
    "the metrics of {{1}} could not be asked: {{2}} {{3}}",
    "the metrics' answer is no JSON: {{1}}",
];

pub fn of_engine(sources: &[Source]) -> BTreeSet<String> {
    let own = |source: &&Source| source.is_under(&ENGINE) && !source.is_under(&ELSEWHERE);
    let mut said: BTreeSet<String> = sources.iter().filter(own).flat_map(of_source).collect();
    for unsaid in UNSAID.into_iter().chain(AS_FAULTS) {
        assert!(said.remove(unsaid), "no source has {unsaid:?} any more");
    }
    for (path, also) in ALSO {
        let mut there = sources.iter().filter(|source| source.path == path).flat_map(of_source);
        assert!(there.any(|text| text == also), "{path} has no {also:?} any more");
        said.insert(also.to_owned());
    }
    said.extend(JOINED.map(str::to_owned));
    said
}

/// What the server says of every page's panels, and of what went wrong.
const PAGES: [&str; 5] = [
    "server/src/error.rs",
    "server/src/query/panel.rs",
    "server/src/query/objectives/reading.rs",
    "assets/catalog/src/who.rs",
    "assets/catalog/src/join/mod.rs",
];

/// Told to programs alone, or before there is a page.
const OFF_PAGE: [&str; 3] = [
    "Ask an administrator of {{1}} to grant it: oc adm policy add-role-to-user monitoring-rules-view <user> -n {{2}}",
    "You could not be signed in: {{1}}.",
    "You may not read the rules of {{1}}: the role monitoring-rules-view is missing there.",
];

/// Those of [`PAGES`], without the engine's. What only a log says begins with a small letter.
pub fn of_pages(sources: &[Source]) -> BTreeSet<String> {
    let own = sources.iter().filter(|source| source.is_under(&PAGES));
    let mut said: BTreeSet<String> = own
        .flat_map(of_source)
        .filter(|text| text.starts_with(char::is_uppercase) || (text.starts_with("{{1}} ") && text.ends_with('.')))
        .collect();
    for off in OFF_PAGE {
        assert!(said.remove(off), "no source has {off:?} any more");
    }
    said.retain(|text| !ALSO.iter().any(|(_, also)| also == text));
    said
}

fn of_source(source: &Source) -> impl Iterator<Item = String> {
    source.strings().filter_map(|(_, literal)| sentence(literal))
}

/// The pattern of a literal that says something.
fn sentence(literal: &str) -> Option<String> {
    let text = with_places(&as_compiled(literal));
    let says = text.trim().contains(' ') && text.chars().filter(|c| c.is_alphabetic()).count() > 1;
    // A command is typed as it is, and a line of a diff is what stands in an object.
    let as_is = ["oc ", "+ ", "- "].iter().any(|start| text.starts_with(start));
    (says && !as_is).then_some(text)
}

/// A literal of the lexer, which leaves escapes alone and the line's end out.
fn as_compiled(literal: &str) -> String {
    let mut text = String::new();
    let mut rest = literal;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let mut chars = after.chars();
        rest = match chars.next() {
            Some(' ') => after.trim_start(),
            Some('n') => {
                text.push('\n');
                chars.as_str()
            }
            Some(escaped) => {
                text.push(escaped);
                chars.as_str()
            }
            None => "",
        };
    }
    text + rest
}

/// Each `{…}` of a format as `{{1}}`, `{{2}}`…
fn with_places(format: &str) -> String {
    let mut text = String::new();
    let (mut rest, mut place) = (format, 0);
    while let Some((before, after)) = rest.split_once('{')
        && let Some((_, after)) = after.split_once('}')
    {
        place += 1;
        text.push_str(&format!("{before}{{{{{place}}}}}"));
        rest = after;
    }
    text + rest
}

#[test]
fn sentences_are_found_as_they_are_told() {
    let source = Source::new(
        "server/src/provision/check/one.rs",
        "fn a() { checks.good(format!(\"no {kind:?} of {} is \\\"there\\\"; \\\n        make {kind}\")); b(\"gone\", \"oc get pods\", \"+ a: b\", \"{} {}\"); }\n#[cfg(test)]\nmod tests { fn b() { \"not of tests\"; } }",
    );
    assert_eq!(
        of_source(&source).collect::<Vec<_>>(),
        ["no {{1}} of {{2}} is \"there\"; make {{3}}"]
    );
}
