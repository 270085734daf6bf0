//! The wall of a namespace's door: every query and every `match[]` is confined before it is asked.
//!
//! Neither a plain Prometheus nor the platform's cluster-wide port looks at a namespace. Nothing goes through here that
//! the guard has not rewritten, and a question that names no series asks for those of the namespace.

use promql_guard::{Refusal, Wall};

use crate::{
    error::Fault,
    query::Guard,
    upstream::{Api, Params},
};

const LABEL: &str = "namespace";
/// Each is parsed twice. A dashboard's variables need a few.
const MOST_SELECTORS: usize = 64;

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

/// The same question, of `namespace` alone.
pub async fn confine(guard: &Guard, api: &Api, namespace: Namespace, params: Params) -> Result<Params, Fault> {
    let takes_query = api.takes_query();
    guard
        .run(move || {
            let wall = Wall::new(LABEL, [namespace.0])?;
            Ok(rewrite(&wall, takes_query, params))
        })
        .await?
}

fn rewrite(wall: &Wall, takes_query: bool, mut params: Params) -> Result<Params, Fault> {
    let refused = |refusal: Refusal| Fault::QueryRefused(refusal.to_string());
    let mut confined = 0;
    for (name, value) in params.iter_mut() {
        match name {
            "query" => *value = wall.confine(value).map_err(refused)?,
            "match[]" if confined == MOST_SELECTORS => {
                return Err(Fault::BadRequest(format!("it has more than {MOST_SELECTORS} match[]")));
            }
            "match[]" => *value = wall.confine_selector(value).map_err(refused)?,
            _ => continue,
        }
        confined += 1;
    }
    match (confined, takes_query) {
        (0, true) => Err(Fault::BadRequest("it has no query".to_owned())),
        (0, false) => Ok(params.with("match[]", wall.everything())),
        (_, _) => Ok(params),
    }
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

    #[test]
    fn nothing_is_asked_without_a_selector_of_the_namespace() {
        let wall = Wall::new(LABEL, ["a".to_owned()]).unwrap();
        let check = |takes_query, params: Params| rewrite(&wall, takes_query, params).map(|params| params.encode());
        let lookup = Params::default().with("start", "1");
        assert_eq!(
            check(false, lookup.clone()),
            Ok("start=1&match%5B%5D=%7Bnamespace%3D%22a%22%7D".to_owned())
        );
        assert_eq!(
            check(true, lookup),
            Err(Fault::BadRequest("it has no query".to_owned()))
        );
        let many = (0..=MOST_SELECTORS).fold(Params::default(), |params, _| params.with("match[]", "up"));
        assert_eq!(
            check(false, many),
            Err(Fault::BadRequest("it has more than 64 match[]".to_owned()))
        );
    }
}
