//! The parameters of a forwarded question: each from one source, once, and only those the door knows.

use axum::{
    extract::Request,
    http::{Method, header::CONTENT_TYPE},
};

use crate::{
    app::App,
    config::UpstreamKind,
    error::{Fault, clip},
    route::body,
    upstream::{Api, Params},
};

/// A dashboard's variables need a few. Each may be parsed twice.
const MOST_SELECTORS: usize = 64;

/// Where a question says which namespace it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// Nowhere: a plain Prometheus knows of none, and leaves the parameter out.
    Nowhere,
    /// In the path; as a parameter it is refused.
    Address,
    /// As a parameter of the address, at most once.
    Parameter,
}

/// What a request asks.
pub struct Read {
    pub params: Params,
    /// The namespace that [`Naming::Parameter`] has found.
    pub named: Option<String>,
}

/// Reads the address and, for a POST, the form.
///
/// A parameter given twice, or in both, is refused: two readers could take it two ways. A parameter that the door
/// does not know is left out, which is what Prometheus does with it.
///
/// A `namespace` decides who is asked and so is never left out where it could be meant: see [`Naming`].
pub async fn read(app: &App, api: &Api, naming: Naming, request: Request) -> Result<Read, Fault> {
    let (head, sent) = request.into_parts();
    let query = head.uri.query().unwrap_or_default().to_owned();
    let form = if head.method == Method::POST {
        let content_type = head
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let bytes = body::read(app.limits.body, sent).await?;
        if !bytes.is_empty() && essence != "application/x-www-form-urlencoded" {
            return Err(Fault::BadRequest(
                "its body is not application/x-www-form-urlencoded".to_owned(),
            ));
        }
        bytes
    } else {
        bytes::Bytes::new()
    };
    let named = match naming {
        Naming::Nowhere => None,
        Naming::Address => {
            let stands = "the namespace stands in the address, and `namespace` is no parameter here";
            without_namespace(query.as_bytes(), stands)?;
            without_namespace(&form, stands)?;
            None
        }
        Naming::Parameter => {
            without_namespace(&form, "`namespace` is read from the address only, never from a form")?;
            once(query.as_bytes())?
        }
    };
    let params = collect(api, app.upstream.kind(), query.as_bytes(), &form)?;
    Ok(Read { params, named })
}

/// The one `namespace` of an address.
fn once(query: &[u8]) -> Result<Option<String>, Fault> {
    let mut named = form_urlencoded::parse(query).filter(|(name, _)| name == "namespace");
    match (named.next(), named.next()) {
        (first, None) => Ok(first.map(|(_, value)| value.into_owned())),
        (_, Some(_)) => Err(Fault::BadRequest(
            "the parameter \"namespace\" is given twice".to_owned(),
        )),
    }
}

fn collect(api: &Api, kind: UpstreamKind, query: &[u8], form: &[u8]) -> Result<Params, Fault> {
    let mut params = Params::default();
    let mut seen: Vec<(String, usize)> = Vec::new();
    for (source, text) in [query, form].into_iter().enumerate() {
        for (name, value) in form_urlencoded::parse(text) {
            let Some(repeats) = takes(api, kind, &name) else {
                continue;
            };
            let before = seen.iter().find(|(other, _)| *other == name);
            if before.is_some_and(|(_, other)| !repeats || *other != source) {
                return Err(Fault::BadRequest(format!(
                    "the parameter {:?} is given twice",
                    clip(&name, 40)
                )));
            }
            if repeats && seen.iter().filter(|(other, _)| *other == name).count() == MOST_SELECTORS {
                return Err(Fault::BadRequest(format!("it has more than {MOST_SELECTORS} {name}")));
            }
            params.push(&name, value);
            seen.push((name.into_owned(), source));
        }
    }
    Ok(params)
}

fn without_namespace(text: &[u8], why: &str) -> Result<(), Fault> {
    if form_urlencoded::parse(text).any(|(name, _)| name == "namespace") {
        return Err(Fault::BadRequest(why.to_owned()));
    }
    Ok(())
}

/// Whether the door knows the parameter and, if so, whether it may stand there several times.
fn takes(api: &Api, kind: UpstreamKind, name: &str) -> Option<bool> {
    let once = match api {
        Api::Query => &["query", "time", "timeout", "limit", "lookback_delta", "stats"][..],
        Api::QueryRange => &[
            "query",
            "start",
            "end",
            "step",
            "timeout",
            "limit",
            "lookback_delta",
            "stats",
        ],
        Api::Series | Api::Labels | Api::LabelValues(_) => &["start", "end", "limit"],
        Api::Rules => &["type"],
        Api::Alerts => &[],
    };
    let selects = matches!(api, Api::Series | Api::Labels | Api::LabelValues(_));
    let thanos = ["dedup", "partial_response", "max_source_resolution"];
    if once.contains(&name) || (kind == UpstreamKind::Thanos && thanos.contains(&name)) {
        Some(false)
    } else {
        (selects && name == "match[]").then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(api: &Api, query: &str, form: &str) -> String {
        match collect(api, UpstreamKind::Prometheus, query.as_bytes(), form.as_bytes()) {
            Ok(params) => params.encode(),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn what_the_door_knows_is_passed_on_and_the_rest_left_out() {
        assert_eq!(
            check(&Api::Query, "query=up%7B%7D&time=1&_=7&namespace=a", ""),
            "query=up%7B%7D&time=1"
        );
        assert_eq!(
            check(&Api::QueryRange, "start=1&end=2", "query=up&step=3"),
            "start=1&end=2&query=up&step=3"
        );
        assert_eq!(
            check(&Api::Series, "match[]=a&match%5B%5D=b&query=x", ""),
            "match%5B%5D=a&match%5B%5D=b"
        );
        assert_eq!(check(&Api::Query, "dedup=false&query=up", ""), "query=up");
    }

    #[test]
    fn promise_09_a_parameter_has_one_source_and_one_value() {
        let twice = |name: &str| format!("bad request: the parameter {name:?} is given twice");
        assert_eq!(check(&Api::Query, "query=a&query=b", ""), twice("query"));
        assert_eq!(check(&Api::Query, "query=a&%71uery=a", ""), twice("query"));
        assert_eq!(check(&Api::Query, "query=a", "query=a"), twice("query"));
        assert_eq!(check(&Api::Series, "match[]=a", "match[]=b"), twice("match[]"));
    }

    #[test]
    fn a_list_of_selectors_has_an_end() {
        let many = |count| vec!["match[]=up"; count].join("&");
        assert!(check(&Api::Series, &many(MOST_SELECTORS), "").starts_with("match"));
        assert_eq!(
            check(&Api::Series, &many(MOST_SELECTORS + 1), ""),
            "bad request: it has more than 64 match[]"
        );
    }
}
