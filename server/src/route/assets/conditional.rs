//! ETags: a browser that has the bytes already is told so.

use axum::http::{HeaderMap, HeaderValue, header::IF_NONE_MATCH};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{encoding::Encoding, load::hex};

/// The tag of some bytes; each encoding has its own.
pub fn etag_of(bytes: &Bytes, encoding: Encoding) -> HeaderValue {
    let hash = Sha256::digest(bytes);
    let suffix = encoding.token().map(|token| format!("-{token}")).unwrap_or_default();
    let tag = format!("\"{}{suffix}\"", hex(hash.get(..16).unwrap_or_default()));
    HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// The tag of bytes that have no encoding.
#[must_use]
pub fn etag(bytes: &Bytes) -> HeaderValue {
    etag_of(bytes, Encoding::Plain)
}

/// Whether `If-None-Match` names this tag, compared weakly as it should be.
#[must_use]
pub fn not_modified(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let Ok(etag) = etag.to_str() else {
        return false;
    };
    headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}
