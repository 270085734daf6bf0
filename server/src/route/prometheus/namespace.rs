//! A namespace that a question names, in its address or as a parameter.

use crate::error::Fault;

/// A namespace's name as Kubernetes has it: a DNS label.
#[derive(Debug, PartialEq, Eq)]
pub struct Namespace(String);

impl Namespace {
    /// `path` must say it in the same letters: an encoded name is one that somebody else may have read otherwise.
    pub fn read(name: &str, path: &str) -> Result<Namespace, Fault> {
        let as_written = path.strip_prefix("/ns/").and_then(|path| path.strip_prefix(name));
        if !is_label(name) || !as_written.is_some_and(|path| path.starts_with('/')) {
            return Err(Fault::BadRequest(
                "the namespace in its address is no name that a namespace can have (at most 63 of a-z, 0-9 and -, \
                 unencoded, with a letter or a digit at both ends)"
                    .to_owned(),
            ));
        }
        Ok(Namespace(name.to_owned()))
    }

    /// The value of a parameter.
    pub fn named(name: String) -> Result<Namespace, Fault> {
        if is_label(&name) {
            return Ok(Namespace(name));
        }
        Err(Fault::BadRequest(
            "`namespace` is no name that a namespace can have (at most 63 of a-z, 0-9 and -, with a letter or a digit \
             at both ends)"
                .to_owned(),
        ))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_label(name: &str) -> bool {
    let edge = |byte: Option<u8>| byte.is_some_and(|byte| byte != b'-');
    name.len() <= 63
        && edge(name.bytes().next())
        && edge(name.bytes().next_back())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_a_dns_label_in_plain_letters() {
        let longest = "a".repeat(63);
        for good in ["a", "0", "llm-prod", longest.as_str()] {
            let path = format!("/ns/{good}/api/v1/query");
            assert_eq!(Namespace::read(good, &path), Ok(Namespace(good.to_owned())));
        }
        let too_long = "a".repeat(64);
        for bad in [
            "", "-a", "a-", "A", "a.b", "a/b", "..", "a\"b", "a_b", "\u{e9}", "a|b", ".*", "a b", &too_long,
        ] {
            assert!(
                Namespace::read(bad, &format!("/ns/{bad}/api/v1/query")).is_err(),
                "{bad}"
            );
        }
        for path in [
            "/ns/%61/api/v1/query",
            "/ns/ab/api/v1/query",
            "/ns/a",
            "/ns//api/v1/query",
        ] {
            assert!(Namespace::read("a", path).is_err(), "{path}");
        }
    }
}
