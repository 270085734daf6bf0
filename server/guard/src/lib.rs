//! Confines a PromQL query to the values of one label that its caller may see.
//!
//! The order is the safety: limits on the bare text ([`limits`]) → parse → put a matcher on every selector
//! ([`enforce`]) → print → parse again and compare. What any step does not know is refused, never passed.
//! The only user of `promql-parser`, whose tree is walked by an exhaustive match of our own: its visitor skips the
//! parameters of aggregations. Pure: no I/O, no clock, no thread. A query within the limits needs less than
//! [`STACK_BYTES`] of stack; whoever calls gives it.

mod enforce;
mod functions;
mod limits;
mod parser;
mod pattern;
#[cfg(test)]
mod tests;

pub use enforce::Wall;
pub use limits::{MAX_CONFINED_BYTES, MAX_DEPTH, MAX_OPERATORS, MAX_REGEX_BYTES, MAX_TEXT_BYTES};
pub use pattern::MAX_REGEX_WEIGHT;

/// The stack on which any query may be confined. A test shows that a quarter of it is enough for the worst one, in a
/// build without optimisation.
pub const STACK_BYTES: usize = 8 << 20;

/// Why a query is not let through: one sentence, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("The query is {0} bytes long; send at most {MAX_TEXT_BYTES}.")]
    TooLong(usize),
    #[error("The query nests deeper than {MAX_DEPTH} levels; split it.")]
    TooDeep,
    #[error("The query has more than {MAX_OPERATORS} operators; split it.")]
    TooManyOperators,
    #[error("The query is longer than {MAX_CONFINED_BYTES} bytes once it is confined; split it.")]
    TooLongConfined,
    #[error("What is chosen makes the query too large to be confined; choose fewer namespaces, models or workloads.")]
    TooMuchChosen,
    #[error("A regular expression is longer than {MAX_REGEX_BYTES} bytes; shorten it.")]
    RegexTooLong,
    #[error("The regular expressions of the query cost too much; repeat fewer times, or match fewer kinds of letters.")]
    RegexTooHeavy,
    #[error(
        "A regular expression cannot be read; write a literal `{{` as `\\\\{{`, and use what RE2 and Rust both know."
    )]
    RegexUnknown,
    #[error("A string in the query does not end; close its quotes.")]
    OpenString,
    #[error("A string uses a numeric escape (\\x, \\u or octal); write the character itself.")]
    NumericEscape,
    #[error("A string in backticks holds a backslash; write it in double quotes, with the backslash doubled.")]
    RawBackslash,
    #[error("The query is not PromQL that Servelens can check: {0}.")]
    Unparsable(String),
    #[error("{0} cannot be confined to a namespace; rewrite the query without it.")]
    Unsupported(&'static str),
    #[error("The function {0}() is not known to read nothing but its arguments; rewrite the query without it.")]
    UnknownFunction(String),
    #[error("The query asks for {label}={asked:?}, which is outside of what may be asked here; drop that matcher.")]
    Outside { label: String, asked: String },
    #[error("The query means something else once it is printed again; write it more plainly.")]
    NotFaithful,
    #[error("A `match[]` takes a plain series selector, without functions, ranges, offsets or @.")]
    NotASelector,
    #[error("No value of the label is allowed, so nothing may be asked.")]
    NothingAllowed,
}
