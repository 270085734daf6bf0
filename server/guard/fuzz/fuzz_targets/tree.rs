//! The bytes choose a query that reaches every kind of node: each of its selectors comes out with its own matchers and ours.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use promql_guard::{Refusal, Wall};

#[path = "../../src/tests/generate.rs"]
#[allow(dead_code, reason = "the kinds of node are counted by the guard's own tests")]
mod generate;
#[path = "../../src/tests/oracle.rs"]
mod oracle;
#[path = "../../src/tests/words.rs"]
mod words;

fuzz_target!(|tape: &[u8]| {
    let Ok(wall) = Wall::new("namespace", ["a".to_owned()]) else {
        return;
    };
    let made = generate::query(tape, &words::HOSTILE);
    match wall.confine(&made.text) {
        Ok(confined) => {
            let found = oracle::selectors(&confined).unwrap();
            assert_eq!(found.len(), made.selectors.len(), "{} became {confined}", made.text);
            let ours = ("namespace".to_owned(), "=".to_owned(), "a".to_owned());
            for (asked, got) in made.selectors.iter().zip(&found) {
                let mut expected: BTreeSet<_> = asked.matchers.iter().collect();
                expected.insert(&ours);
                assert_eq!(asked.name, got.name, "{} became {confined}", made.text);
                assert_eq!(
                    got.matchers.iter().collect::<BTreeSet<_>>(),
                    expected,
                    "{} became {confined}",
                    made.text
                );
            }
        }
        // The bytes may make a query longer or deeper than any that is read.
        Err(Refusal::Outside { .. } | Refusal::TooLong(_) | Refusal::TooDeep | Refusal::TooManyOperators) => {}
        Err(refusal) => panic!("{} is refused: {refusal}", made.text),
    }
});
