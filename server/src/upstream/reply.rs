//! A reply whose body is read under two limits: its size, and the deadline that began with the question.

use std::time::Duration;

use axum::http::{
    HeaderMap, Response, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::time::Instant;

use crate::error::Fault;

/// A longer answer is long: it is read in turn, and decoded on a thread of its own.
pub const SHORT: usize = 256 << 10;

pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Incoming,
    end: Instant,
    timeout: Duration,
    most_bytes: usize,
    read: usize,
}

impl Reply {
    pub(super) fn new(response: Response<Incoming>, end: Instant, timeout: Duration, most_bytes: usize) -> Reply {
        let (head, body) = response.into_parts();
        Reply {
            status: head.status,
            headers: head.headers,
            body,
            end,
            timeout,
            most_bytes,
            read: 0,
        }
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Whether the head says JSON that nobody has compressed.
    #[must_use]
    pub fn is_plain_json(&self) -> bool {
        let essence = self.content_type().split(';').next().unwrap_or_default().trim();
        let encoding = self.headers.get(CONTENT_ENCODING).map(|encoding| encoding.as_bytes());
        essence.eq_ignore_ascii_case("application/json") && matches!(encoding, None | Some(b"identity"))
    }

    #[must_use]
    pub fn content_type(&self) -> &str {
        self.headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body's length, where the head has told it.
    #[must_use]
    pub fn exact_len(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next piece; `None` at a proper end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Fault> {
        loop {
            let frame = tokio::time::timeout_at(self.end, self.body.frame())
                .await
                .map_err(|_| Fault::UpstreamTimeout(self.timeout.as_millis()))?;
            let Some(frame) = frame else {
                return Ok(None);
            };
            let frame = frame.map_err(|cause| Fault::UpstreamTruncated(cause.to_string()))?;
            // Trailers are not passed on.
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            self.read += piece.len();
            if self.read > self.most_bytes {
                return Err(self.too_large());
            }
            return Ok(Some(piece));
        }
    }

    /// The whole body.
    pub async fn bytes(self) -> Result<Bytes, Fault> {
        let (body, _) = self.bytes_in(async || Ok(())).await?;
        Ok(body)
    }

    /// The whole body. Once it turns out to be long, its rest is not read before `room` has been got.
    pub async fn bytes_in<R>(
        mut self,
        room: impl AsyncFnOnce() -> Result<R, Fault>,
    ) -> Result<(Bytes, Option<R>), Fault> {
        let told = self.exact_len().unwrap_or(0);
        if told > self.most_bytes as u64 {
            return Err(self.too_large());
        }
        let Some(first) = self.chunk().await? else {
            return Ok((Bytes::new(), None));
        };
        let Some(second) = self.chunk().await? else {
            return Ok((first, None));
        };
        let told = usize::try_from(told).unwrap_or(0);
        let mut whole = BytesMut::with_capacity(told.max(first.len() * 4).min(SHORT));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while whole.len() <= SHORT {
            match self.chunk().await? {
                Some(piece) => whole.extend_from_slice(&piece),
                None => return Ok((whole.freeze(), None)),
            }
        }
        let room = room().await?;
        // At once, because a buffer that grows is there twice while it does; what is not written takes no memory.
        let most = if told > 0 { told } else { self.most_bytes };
        whole.reserve(most.saturating_sub(whole.len()));
        while let Some(piece) = self.chunk().await? {
            whole.extend_from_slice(&piece);
        }
        Ok((whole.freeze(), Some(room)))
    }

    fn too_large(&self) -> Fault {
        too_large(self.most_bytes)
    }
}

/// `most` bytes are what may be.
pub fn too_large(most: usize) -> Fault {
    Fault::UpstreamTooLarge(match (most >> 20 << 20 == most, most >> 10 << 10 == most) {
        (true, _) => format!("{} MiB", most >> 20),
        (_, true) => format!("{} KiB", most >> 10),
        _ => format!("{most} bytes"),
    })
}
