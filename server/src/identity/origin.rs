//! Whether a request comes from the page's own origin: the one answer, for cookies and for whatever changes something.

use axum::http::{
    HeaderMap, Uri,
    header::{HOST, ORIGIN},
};

/// A browser's own word on where a request comes from.
const SITE: &str = "sec-fetch-site";

/// Every browser since 2023 says it itself; an older one at least names the origin. Neither is no.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SITE) {
        return site == "same-origin";
    }
    let origin = headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    let host = headers.get(HOST).and_then(|value| value.to_str().ok());
    let origin: Option<Uri> = origin.and_then(|origin| origin.parse().ok());
    match (origin.as_ref().and_then(Uri::authority), host) {
        (Some(authority), Some(host)) => authority.as_str() == host,
        _ => false,
    }
}

/// A browser says that it comes from elsewhere. A program says nothing, and neither does the console's proxy of what it
/// leaves out.
#[must_use]
pub fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    headers.contains_key(SITE) && !is_same_origin(headers)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn same_origin(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        is_same_origin(&headers.collect())
    }

    #[test]
    fn promise_26_what_changes_something_comes_from_the_pages_own_origin() {
        assert!(same_origin(&[("sec-fetch-site", "same-origin")]));
        assert!(same_origin(&[("origin", "https://a.example"), ("host", "a.example")]));
        assert!(same_origin(&[
            ("origin", "http://127.0.0.1:8477"),
            ("host", "127.0.0.1:8477")
        ]));
        for pairs in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://a.example"),
                ("host", "a.example"),
            ],
            &[("origin", "https://evil.example"), ("host", "a.example")],
            &[("origin", "null"), ("host", "a.example")],
            &[("host", "a.example")],
        ] {
            assert!(!same_origin(pairs), "{pairs:?}");
        }
    }

    #[test]
    fn promise_33_the_host_is_the_one_that_the_browser_asked_for() {
        for name in ["x-forwarded-host", "x-original-host", "forwarded", "x-host"] {
            let claimed = (
                name,
                if name == "forwarded" {
                    "host=evil.example"
                } else {
                    "evil.example"
                },
            );
            assert!(!same_origin(&[
                ("origin", "https://evil.example"),
                ("host", "a.example"),
                claimed
            ]));
            assert!(same_origin(&[
                ("origin", "https://a.example"),
                ("host", "a.example"),
                claimed
            ]));
        }
    }
}
