//! Cookies as they stand in headers: `__Host-`, so that no other host and no plain-http page can set them; `HttpOnly`,
//! so that no script reads them; `SameSite=Lax`, so that the way back from the issuer still brings them.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};

use crate::error::Fault;

/// Browsers keep 4,096 bytes of a cookie, its name and attributes included.
const PIECE: usize = 3_800;
/// Three pieces hold a token of about 8 KiB; all headers together may have 16 KiB.
const MOST_PIECES: usize = 3;

/// The value of the one cookie of this name; two of the same name are none.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// A value that may have been too long for one cookie: `name-0`, `name-1` …
pub fn find_pieces(headers: &HeaderMap, name: &str) -> Option<String> {
    let pieces: Vec<&str> = (0..MOST_PIECES)
        .map_while(|piece| find(headers, &format!("{name}-{piece}")))
        .collect();
    (!pieces.is_empty()).then(|| pieces.concat())
}

/// Sets every piece, and takes away those that a longer value before may have left.
pub fn set_pieces(name: &str, value: &str, max_age_s: u64) -> Result<Vec<HeaderValue>, Fault> {
    let pieces: Vec<&str> = (0..value.len())
        .step_by(PIECE)
        .filter_map(|start| value.get(start..value.len().min(start + PIECE)))
        .collect();
    if pieces.len() > MOST_PIECES {
        return Err(Fault::SignInFailed(
            "the issuer's token is too long for a cookie".to_owned(),
        ));
    }
    (0..MOST_PIECES)
        .map(|index| {
            let name = format!("{name}-{index}");
            pieces
                .get(index)
                .map_or_else(|| clear(&name), |piece| set(&name, piece, max_age_s))
        })
        .collect()
}

pub fn clear_pieces(name: &str) -> Result<Vec<HeaderValue>, Fault> {
    set_pieces(name, "", 0)
}

pub fn set(name: &str, value: &str, max_age_s: u64) -> Result<HeaderValue, Fault> {
    let text = format!("{name}={value}; Path=/; Max-Age={max_age_s}; Secure; HttpOnly; SameSite=Lax");
    let mut header =
        HeaderValue::try_from(text).map_err(|_| Fault::Internal("a cookie holds what no header may".to_owned()))?;
    header.set_sensitive(true);
    Ok(header)
}

pub fn clear(name: &str) -> Result<HeaderValue, Fault> {
    set(name, "", 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &[HeaderValue]) -> HeaderMap {
        headers
            .iter()
            .filter(|value| !value.to_str().unwrap().contains("Max-Age=0"))
            .map(|value| {
                let pair = value.to_str().unwrap().split(';').next().unwrap();
                (COOKIE, HeaderValue::from_str(pair).unwrap())
            })
            .collect()
    }

    #[test]
    fn promise_25_the_attributes_keep_a_cookie_from_scripts_other_hosts_and_other_sites() {
        let value = set("__Host-servelens-0", "abc", 60).unwrap();
        assert!(value.is_sensitive());
        insta::assert_snapshot!(
            value.to_str().unwrap(),
            @"__Host-servelens-0=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_long_value_travels_in_pieces_and_comes_back_whole() {
        for length in [1, PIECE, PIECE + 1, MOST_PIECES * PIECE] {
            let value = "x".repeat(length);
            let headers = set_pieces("s", &value, 60).unwrap();
            assert_eq!(headers.len(), MOST_PIECES);
            assert_eq!(find_pieces(&sent(&headers), "s"), Some(value));
        }
        assert!(set_pieces("s", &"x".repeat(MOST_PIECES * PIECE + 1), 60).is_err());
    }

    #[test]
    fn a_cookie_that_is_there_twice_is_not_believed() {
        let headers = HeaderMap::from_iter([(COOKIE, HeaderValue::from_static("a=1; b=2; a=3"))]);
        assert_eq!(find(&headers, "a"), None);
        assert_eq!(find(&headers, "b"), Some("2"));
        assert_eq!(find(&headers, "c"), None);
        assert_eq!(find_pieces(&headers, "a"), None);
    }
}
