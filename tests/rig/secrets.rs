//! How a token of the tests is known wherever it turns up: every one that a test makes up holds [`MARK`], and those that the
//! API server makes are JSON Web Tokens.

/// In every token, cookie and code that a test makes up.
pub const MARK: &str = "canary-";
/// How the head of a signed token begins: `{"alg":`.
const SIGNED: &str = "eyJhbGci";

/// Whether a token of the tests stands in `text`.
#[must_use]
pub fn holds(text: &str) -> bool {
    text.contains(MARK) || text.contains(SIGNED)
}
