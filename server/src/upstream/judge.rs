//! What an upstream's status, type and error text mean. The one place that knows the stores' and fronts' habits.

use axum::http::StatusCode;
use hyper_util::client::legacy;
use serde::Deserialize;

use super::{Reply, SHORT, too_large};
use crate::error::{Fault, clip};

/// Longer error texts are cut: a query of some kilobytes may be repeated in them.
const LONGEST_TEXT: usize = 600;

/// No head came at all.
pub fn failed(cause: legacy::Error) -> Fault {
    let text = chain(&cause);
    if cause.is_connect() {
        return if is_untrusted(&cause) {
            Fault::UpstreamUntrusted(text)
        } else {
            Fault::UpstreamUnreachable(text)
        };
    }
    let mut source = std::error::Error::source(&cause);
    while let Some(inner) = source {
        if let Some(hyper) = inner.downcast_ref::<hyper::Error>() {
            if hyper.is_parse() {
                return Fault::UpstreamNotPrometheus(text);
            }
            return Fault::UpstreamTruncated(text);
        }
        source = inner.source();
    }
    Fault::UpstreamUnreachable(text)
}

/// Whether it is about the other side's certificate.
fn is_untrusted(cause: &legacy::Error) -> bool {
    let mut next = std::error::Error::source(cause);
    while let Some(inner) = next {
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return matches!(tls, rustls::Error::InvalidCertificate(_));
        }
        // An I/O error holds what it was made of; its source is the source of that.
        let held = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match held {
            Some(held) => Some(held),
            None => inner.source(),
        };
    }
    false
}

/// A good head passes; every other one becomes a fault.
pub async fn head(reply: Reply) -> Result<Reply, Fault> {
    let status = reply.status();
    if status == StatusCode::OK {
        if reply.is_plain_json() {
            return Ok(reply);
        }
        let kind = clip(reply.content_type(), 80);
        return Err(Fault::UpstreamNotPrometheus(format!("200 with content type {kind:?}")));
    }
    Err(match status.as_u16() {
        code @ (401 | 403) => Fault::UpstreamDenied(code),
        429 => Fault::UpstreamBusy,
        code @ 300..=399 => Fault::UpstreamRedirect(code),
        code => refused(code, reply).await,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ErrorAnswer {
    error_type: String,
    error: String,
}

async fn refused(code: u16, reply: Reply) -> Fault {
    let is_json = reply.is_plain_json();
    // The text of an error is short.
    let body = match reply.bytes_in(async || Err::<(), Fault>(too_large(SHORT))).await {
        Ok((body, _)) => body,
        // The status is what counts; why its text could not be read is only for the log.
        Err(fault) => {
            return Fault::UpstreamError {
                status: code,
                text: fault.to_string(),
            };
        }
    };
    let answer = is_json
        .then(|| serde_json::from_slice::<ErrorAnswer>(&body).ok())
        .flatten();
    match (code, answer) {
        (_, Some(answer)) => match (code, answer.error_type.as_str()) {
            (400, _) => Fault::QueryRejected(clip(&answer.error, LONGEST_TEXT)),
            (422, _) => Fault::QueryFailed(clip(&answer.error, LONGEST_TEXT)),
            (503, "timeout") => Fault::QueryFailed(clip(&answer.error, LONGEST_TEXT)),
            _ => Fault::UpstreamError {
                status: code,
                text: clip(&answer.error, LONGEST_TEXT),
            },
        },
        (404 | 405, None) => Fault::UpstreamNotPrometheus(format!("{code} at Prometheus's own path")),
        (_, None) => Fault::UpstreamError {
            status: code,
            text: clip(&String::from_utf8_lossy(&body), LONGEST_TEXT),
        },
    }
}

/// An error with its causes; none of them holds a header.
pub fn chain(cause: &dyn std::error::Error) -> String {
    let mut text = cause.to_string();
    let mut source = cause.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
