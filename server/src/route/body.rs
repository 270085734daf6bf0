//! Reads a request's body under two limits, so that no client holds memory or a slot.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::error::Fault;

/// A dashboard of 100 panels and 500 chosen values fits twice.
pub const MOST_BYTES: usize = 64 << 10;
/// For the whole body, not from piece to piece: a dripping client ends too.
const DEADLINE: Duration = Duration::from_secs(10);

pub async fn read(body: Body) -> Result<Bytes, Fault> {
    let collected = tokio::time::timeout(DEADLINE, Limited::new(body, MOST_BYTES).collect()).await;
    match collected {
        Err(_) => Err(Fault::BodyTooSlow(DEADLINE.as_secs())),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(cause)) if cause.downcast_ref::<LengthLimitError>().is_some() => Err(Fault::BodyTooLarge(MOST_BYTES)),
        Ok(Err(_)) => Err(Fault::BadRequest("its body ended early".to_owned())),
    }
}
