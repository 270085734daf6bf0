//! The wall where no front of the platform stands: every query and every `match[]` is confined before it is asked.
//!
//! Neither a plain Prometheus nor the platform's cluster-wide port looks at a namespace. Nothing goes through here that
//! the guard has not rewritten, and a question that names no series asks for those of the namespaces.

use promql_guard::{Refusal, Wall};
use serde_json::{Value, json};

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
        return Err(Fault::Internal(
            "rules are narrowed in the answer, by `narrow`".to_owned(),
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

/// Of an answer about rules or alerts, what bears the label with one of these namespaces; a rule without it may tell of any.
pub fn narrow(answer: &[u8], namespaces: &[String]) -> Result<String, Fault> {
    let strange = |what: &str| Fault::UpstreamNotPrometheus(what.to_owned());
    let mut answer: Value = serde_json::from_slice(answer).map_err(|cause| strange(&cause.to_string()))?;
    if answer.get("status").is_none_or(|status| status != "success") {
        return Err(strange("200 without success"));
    }
    let data = answer.get_mut("data").map(Value::take).unwrap_or_default();
    let is_theirs = |labelled: &Value| {
        let namespace = labelled.pointer("/labels/namespace").and_then(Value::as_str);
        namespace.is_some_and(|namespace| namespaces.iter().any(|known| known == namespace))
    };
    let lists = |data: &Value, name: &str| data.get(name).and_then(Value::as_array).cloned();
    let data = match (lists(&data, "alerts"), lists(&data, "groups")) {
        (Some(mut alerts), None) => {
            alerts.retain(is_theirs);
            json!({"alerts": alerts})
        }
        (None, Some(mut groups)) => {
            groups.retain_mut(|group| {
                let rules = group.get_mut("rules").and_then(Value::as_array_mut);
                rules.is_some_and(|rules| {
                    rules.retain(is_theirs);
                    !rules.is_empty()
                })
            });
            json!({"groups": groups})
        }
        _ => return Err(strange("neither rules nor alerts")),
    };
    Ok(json!({"status": "success", "data": data}).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_and_alerts_of_other_namespaces_and_of_none_are_left_out() {
        let check = |answer: Value| narrow(answer.to_string().as_bytes(), &["a".to_owned(), "b".to_owned()]);
        let good = |data: Value| check(json!({"status": "success", "data": data}));
        let of = |namespace: &str| json!({"labels": {"namespace": namespace}});
        assert_eq!(
            good(json!({"alerts": [of("a"), of("c"), of("b"), {"labels": {}}, {}]})).unwrap(),
            json!({"status": "success", "data": {"alerts": [of("a"), of("b")]}}).to_string()
        );
        let groups = json!([
            {"name": "mixed", "rules": [of("c"), of("b"), {"name": "of the cluster", "labels": {}}]},
            {"name": "others", "rules": [of("c")]},
        ]);
        assert_eq!(
            good(json!({"groups": groups, "groupNextToken": "t"})).unwrap(),
            json!({"status": "success", "data": {"groups": [{"name": "mixed", "rules": [of("b")]}]}}).to_string()
        );
        for strange in [
            json!({"status": "success", "data": []}),
            json!({"status": "success"}),
            json!({"status": "error"}),
            json!([]),
        ] {
            assert!(matches!(check(strange), Err(Fault::UpstreamNotPrometheus(_))));
        }
    }

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
