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
use tokio::sync::OwnedSemaphorePermit;

use crate::{error::Fault, upstream::Reply};

/// Up to this size an answer is checked before its first byte is sent, so that a fault has its own status and text.
const HELD: usize = 256 << 10;

/// `permit` is given back when the last byte is out.
pub async fn relay(mut reply: Reply, permit: OwnedSemaphorePermit) -> Result<Response<Body>, Fault> {
    let length = reply.exact_len();
    let mut held = BytesMut::new();
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
        _permit: permit,
    };
    let begin = stream::iter([Ok(held.freeze())]);
    let pieces = begin.chain(stream::unfold(Some(rest), Rest::next));
    Ok(json(Body::from_stream(pieces), length))
}

fn json(body: Body, length: Option<u64>) -> Response<Body> {
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

fn last(piece: &[u8]) -> Option<u8> {
    piece.iter().rev().find(|byte| !byte.is_ascii_whitespace()).copied()
}

/// A long answer on its way.
struct Rest {
    reply: Reply,
    /// The last byte that is no white space: a whole answer ends with its closing brace.
    last: Option<u8>,
    _permit: OwnedSemaphorePermit,
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
