//! `promql-parser`, called so that neither its panics nor its wordiness get out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use promql_parser::parser::{self, Expr};

use crate::Refusal;

/// The longest part of the parser's own words that is repeated: it may quote the query.
const LONGEST_CAUSE: usize = 200;

/// The tree of `text`, which must have passed the limits.
pub fn parse(text: &str) -> Result<Expr, Refusal> {
    // A duration of 1e30 s makes the standard library panic inside the parser.
    let parsed = catch_unwind(AssertUnwindSafe(|| parser::parse(text)));
    let parsed = parsed.unwrap_or_else(|_| Err("a number is out of range".to_owned()));
    parsed.map_err(|cause| {
        let line = cause.lines().next().unwrap_or_default();
        let mut short: String = line.chars().take(LONGEST_CAUSE).collect();
        short.truncate(short.trim_end_matches('.').len());
        Refusal::Unparsable(short)
    })
}
