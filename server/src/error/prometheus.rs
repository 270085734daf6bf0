//! How a fault is told inside `/api/v1`: in Prometheus's own form.

use super::{Fault, Public};

impl Fault {
    /// `errorType` inside `/api/v1`: Prometheus's own word where it has one, else our code.
    #[must_use]
    pub fn prometheus_type(&self) -> &'static str {
        match self {
            Fault::BadRequest(_)
            | Fault::QueryRefused(_)
            | Fault::QueryRejected(_)
            | Fault::RangeReversed { .. }
            | Fault::TooManyPoints { .. }
            | Fault::BodyTooLarge(_)
            | Fault::BodyTooSlow(_) => "bad_data",
            Fault::QueryFailed(_) => "execution",
            Fault::UpstreamTimeout(_) => "timeout",
            Fault::UpstreamBusy | Fault::Busy | Fault::CallerBusy => "unavailable",
            Fault::NotFound => "not_found",
            Fault::Internal(_) | Fault::CatalogFault(_) => "internal",
            other => other.public().code,
        }
    }

    /// `error` inside `/api/v1`: Prometheus's own verdict or the guard's word for word, else our sentence and next step.
    #[must_use]
    pub fn prometheus_text(&self) -> String {
        match self {
            Fault::QueryRefused(text) | Fault::QueryRejected(text) | Fault::QueryFailed(text) => text.clone(),
            other => {
                let Public { message, next_step, .. } = other.public();
                format!("{message} {next_step}")
            }
        }
    }
}
