//! Passes an upstream's good answer on: short ones after they were seen whole, long ones as they come.
//!
//! Only the bytes of the body pass; the head is ours. An answer that breaks off is never given a proper end.

use std::io;

use axum::{
    body::Body,
    http::{
        HeaderValue, Response,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream};
use serde::Deserialize;

use crate::{error::Fault, query::Pass, upstream::Reply};

/// Up to this size an answer is checked before its first byte is sent, so that a fault has its own status and text.
const HELD: usize = 256 << 10;

/// `pass` is given back when the last byte is out.
pub async fn relay(mut reply: Reply, pass: Pass) -> Result<Response<Body>, Fault> {
    let length = reply.exact_len();
    let told = length.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut held = BytesMut::with_capacity(told.min(HELD));
    while held.len() <= HELD {
        match reply.chunk().await? {
            Some(piece) => held.extend_from_slice(&piece),
            None => {
                check(&held)?;
                let length = held.len() as u64;
                return Ok(json(Body::from(held.freeze()), Some(length)));
            }
        }
    }
    let rest = Rest {
        reply,
        last: last(&held),
        _pass: pass,
    };
    let begin = stream::iter([Ok(held.freeze())]);
    let pieces = begin.chain(stream::unfold(Some(rest), Rest::next));
    Ok(json(Body::from_stream(pieces), length))
}

/// What is told to be JSON; its length where it is known and the body does not tell.
pub fn json(body: Body, length: Option<u64>) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// Whether it is one whole JSON document that says success.
fn check(body: &[u8]) -> Result<(), Fault> {
    if is_whole(body) {
        return Ok(());
    }
    #[derive(Deserialize)]
    struct Success<'a> {
        status: &'a str,
    }
    match serde_json::from_slice::<Success<'_>>(body) {
        Ok(Success { status: "success" }) => Ok(()),
        Ok(_) => Err(Fault::UpstreamNotPrometheus("200 without success".to_owned())),
        Err(cause) if cause.is_eof() => Err(Fault::UpstreamTruncated(cause.to_string())),
        Err(cause) => Err(Fault::UpstreamNotPrometheus(cause.to_string())),
    }
}

/// What Prometheus and Thanos write, told by its two ends: of these beginnings, the end stands nowhere but at the end. All
/// others are read, which takes ten times as long.
fn is_whole(body: &[u8]) -> bool {
    const FORMS: [(&[u8], &[u8]); 2] = [
        (br#"{"status":"success","data":{"resultType":"#, b"]}}"),
        (br#"{"status":"success","data":["#, b"]}"),
    ];
    let body = body.trim_ascii_end();
    FORMS
        .iter()
        .any(|(begin, end)| body.starts_with(begin) && body.ends_with(end))
}

fn last(piece: &[u8]) -> Option<u8> {
    piece.iter().rev().find(|byte| !byte.is_ascii_whitespace()).copied()
}

/// A long answer on its way.
struct Rest {
    reply: Reply,
    /// The last byte that is no white space: a whole answer ends with its closing brace.
    last: Option<u8>,
    _pass: Pass,
}

impl Rest {
    /// An error makes the server cut the connection, so that the client cannot take a part for the whole.
    async fn next(rest: Option<Rest>) -> Option<(io::Result<Bytes>, Option<Rest>)> {
        let mut rest = rest?;
        let fault = match rest.reply.chunk().await {
            Ok(Some(piece)) => {
                rest.last = last(&piece).or(rest.last);
                return Some((Ok(piece), Some(rest)));
            }
            Ok(None) if rest.last == Some(b'}') => return None,
            Ok(None) => Fault::UpstreamTruncated("a long answer does not end with a brace".to_owned()),
            Err(fault) => fault,
        };
        tracing::warn!("a long answer was cut off: {fault}");
        Some((Err(io::Error::other(fault)), None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_answer_is_told_by_its_ends_and_no_part_of_one_passes_for_it() {
        for whole in [
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"2"],[3,"4"]]},{"metric":{},"values":[[1,"2"]]}]}}"#,
            r#"{"status":"success","data":[{"__name__":"up","a":"b"},{"__name__":"up"}]}"#,
            r#"{"status":"success","data":["a","b"]}"#,
            r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
        ] {
            assert!(is_whole(format!("{whole}\n").as_bytes()));
            for end in 0..whole.len() {
                assert!(!is_whole(&whole.as_bytes()[..end]), "{}", &whole[..end]);
                assert!(check(&whole.as_bytes()[..end]).is_err());
            }
        }
        let warned = r#"{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["a"]}"#;
        assert!(!is_whole(warned.as_bytes()), "it is read");
        assert_eq!(check(warned.as_bytes()), Ok(()));
    }
}
