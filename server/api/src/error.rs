//! The one error object of every door outside `/api/v1`.

use serde::{Deserialize, Serialize};

/// What went wrong, for the person in front of the screen.
///
/// `code` is stable and machine-readable; `message` and `next_step` are one sentence each and never hold a
/// token, an upstream address or an upstream body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    pub code: String,
    pub message: String,
    pub next_step: String,
    /// Finds the matching line in the server's log.
    #[serde(default)]
    pub request_id: String,
    /// Where a browser signs in, as a path of this server, if that is the next step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<String>,
}
