//! The wall where no front of the platform stands: every query and every `match[]` is confined before it is asked.
//!
//! Neither a plain Prometheus nor the platform's cluster-wide port looks at a namespace. Nothing goes through here that
//! the guard has not rewritten, and a question that names no series asks for those of the namespaces.

use promql_guard::{Refusal, Wall};

use super::Guard;
use crate::{
    error::Fault,
    upstream::{Api, Params},
};

const LABEL: &str = "namespace";

/// Who has written a question's PromQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The catalogue.
    Own,
    /// Whoever asked.
    Foreign,
}

/// The same question, of `namespaces` alone.
pub async fn confine(
    guard: &Guard,
    api: &Api,
    namespaces: Vec<String>,
    author: Author,
    params: Params,
) -> Result<Params, Fault> {
    if api.is_rules() {
        return Err(Fault::BadRequest(
            "a plain Prometheus cannot tell the rules of one namespace from another's".to_owned(),
        ));
    }
    let takes_query = api.takes_query();
    guard
        .run(move || {
            let wall = Wall::new(LABEL, namespaces)?;
            Ok(rewrite(&wall, takes_query, author, params))
        })
        .await?
}

fn rewrite(wall: &Wall, takes_query: bool, author: Author, mut params: Params) -> Result<Params, Fault> {
    let refused = |refusal: Refusal| Fault::QueryRefused(refusal.to_string());
    let mut confined = false;
    for (name, value) in params.iter_mut() {
        *value = match (name, author) {
            ("query", Author::Own) => wall.confine_own(value),
            ("query", Author::Foreign) => wall.confine(value),
            ("match[]", Author::Own) => wall.confine_own_selector(value),
            ("match[]", Author::Foreign) => wall.confine_selector(value),
            _ => continue,
        }
        .map_err(refused)?;
        confined = true;
    }
    match (confined, takes_query) {
        (false, true) => Err(Fault::BadRequest("it has no query".to_owned())),
        (false, false) => Ok(params.with("match[]", wall.everything())),
        (true, _) => Ok(params),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_asked_without_a_selector_of_the_namespace() {
        let wall = Wall::new(LABEL, ["a".to_owned()]).unwrap();
        let check = |takes_query, params: Params| {
            rewrite(&wall, takes_query, Author::Foreign, params).map(|params| params.encode())
        };
        let lookup = Params::default().with("start", "1");
        assert_eq!(
            check(false, lookup.clone()),
            Ok("start=1&match%5B%5D=%7Bnamespace%3D%22a%22%7D".to_owned())
        );
        assert_eq!(
            check(true, lookup),
            Err(Fault::BadRequest("it has no query".to_owned()))
        );
    }
}
