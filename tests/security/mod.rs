//! What must hold under attack, seen from outside the program. The promises are numbered in `SECURITY.md`; most are held by
//! tests beside the code, these by the built program, some of them before the real front.

mod eyes;
mod outside;
mod said;
mod tricks;

// The generator of the guard's own tests: one for both.
#[path = "../../server/guard/src/tests/generate.rs"]
mod generate;
#[path = "../../server/guard/src/tests/oracle.rs"]
#[allow(dead_code, reason = "reading selectors back is the guard's own test")]
mod oracle;
#[path = "../../server/guard/src/tests/words.rs"]
#[allow(dead_code, reason = "here the words are those of the rig")]
mod words;

use std::collections::BTreeSet;

use serde_json::Value;
use tests::rig::front_door::User;

/// The namespaces whose series stand in an answer, known by what no query of these tests says: pods, instances and alerts.
/// A label `namespace` proves nothing, because a query may write it.
fn seen(answer: &Value) -> BTreeSet<&'static str> {
    const BEARERS: [(&str, &str); 8] = [
        ("a-0", "team-a"),
        ("a-1", "team-a"),
        ("Load-team-a", "team-a"),
        ("b-0", "team-b"),
        ("Load-team-b", "team-b"),
        ("p-0", "openshift-monitoring"),
        ("gpu-0", "gpu-operator"),
        ("node-0", "no namespace"),
    ];
    let mut found = BTreeSet::new();
    let mut open = vec![answer];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(map) => open.extend(map.values()),
            Value::String(text) => {
                let bearers = BEARERS.iter().filter(|(bearer, _)| text == bearer);
                found.extend(bearers.map(|(_, namespace)| *namespace));
            }
            _ => {}
        }
    }
    found
}

/// What the platform lets this user see; `None`: everything.
fn allowed(user: User) -> Option<&'static [&'static str]> {
    match user {
        User::Admin | User::Viewer => None,
        User::One => Some(&["team-a"]),
        User::Two => Some(&["team-a", "team-b"]),
        User::Nobody => Some(&[]),
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}
