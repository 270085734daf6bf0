//! Any text at all: it is answered, and what comes out is confined in the eyes of a reader that shares nothing with the
//! parser.

#![no_main]

use libfuzzer_sys::fuzz_target;
use promql_guard::Wall;

#[path = "../../src/tests/oracle.rs"]
mod oracle;

fuzz_target!(|text: &str| {
    let Ok(wall) = Wall::new("namespace", ["a".to_owned()]) else {
        return;
    };
    if let Ok(confined) = wall.confine(text) {
        let ours = ("namespace".to_owned(), "=".to_owned(), "a".to_owned());
        for selector in oracle::selectors(&confined).unwrap() {
            assert!(selector.matchers.contains(&ours), "{text} became {confined}");
        }
    }
});
