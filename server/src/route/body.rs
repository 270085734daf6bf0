//! Reads a request's body under two limits, so that no client holds memory or a slot.

use axum::body::Body;
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::{config::BodyLimits, error::Fault};

pub async fn read(limits: BodyLimits, body: Body) -> Result<Bytes, Fault> {
    let BodyLimits { bytes, timeout } = limits;
    let collected = tokio::time::timeout(timeout, Limited::new(body, bytes).collect()).await;
    match collected {
        Err(_) => Err(Fault::BodyTooSlow(timeout.as_millis())),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(cause)) if cause.downcast_ref::<LengthLimitError>().is_some() => Err(Fault::BodyTooLarge(bytes)),
        Ok(Err(_)) => Err(Fault::BadRequest("its body ended early".to_owned())),
    }
}
