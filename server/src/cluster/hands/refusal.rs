//! Why the API server did not do what was asked, told so that a person can act on it.

use std::time::Duration;

use super::said;

/// All that the API server says of a JSON patch that does not fit the object, be it for a test that fails.
const UNFIT_PATCH: &str = "the server rejected our request due to an error in our request";

/// What kind of no it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The object, its namespace or its kind is not there.
    Absent,
    /// The caller may not.
    Forbidden,
    /// Nobody is signed in, or no longer.
    NotSignedIn,
    /// Somebody changed it meanwhile, or owns the fields.
    Conflict,
    /// It exists already.
    Exists,
    /// The object breaks a rule of its kind or of an admission webhook.
    Invalid,
    /// The cluster could not be reached, or failed.
    Failed,
}

/// `message` is the API server's own words or ours, without a secret: bodies of objects never come back in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    pub cause: Cause,
    pub message: String,
    /// Of a conflict in server-side apply: who owns what.
    pub owners: Vec<String>,
    /// Whether the same question may be answered a moment later.
    pub may_pass: bool,
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// One of our own, which no second try changes.
    #[must_use]
    pub fn new(cause: Cause, message: String) -> Refusal {
        Refusal {
            cause,
            message,
            owners: Vec::new(),
            may_pass: false,
            retry_after: None,
        }
    }

    pub(super) fn of(fault: kube::Error) -> Refusal {
        let kube::Error::Api(status) = fault else {
            return Refusal::failed(format!("the cluster could not be asked: {}", said(&fault)));
        };
        let cause = match (status.code, status.reason.as_str()) {
            (404, _) => Cause::Absent,
            (403, _) => Cause::Forbidden,
            (401, _) => Cause::NotSignedIn,
            (409, "AlreadyExists") => Cause::Exists,
            (409, _) => Cause::Conflict,
            // A JSON patch whose test fails, or whose place is gone, has no reason of its own.
            (422, _) if status.message.starts_with(UNFIT_PATCH) => Cause::Conflict,
            (400 | 413 | 415 | 422, _) => Cause::Invalid,
            _ => Cause::Failed,
        };
        let details = status.details.as_ref();
        let causes = details.map_or(&[][..], |details| details.causes.as_slice());
        let owners = causes
            .iter()
            .filter(|one| one.reason == "FieldManagerConflict")
            .map(|one| format!("{} ({})", one.field, one.message))
            .collect();
        Refusal {
            cause,
            message: match cause {
                Cause::Conflict if status.code == 422 => "it is not as it was when it was read".to_owned(),
                _ => status.message.lines().collect::<Vec<_>>().join(" "),
            },
            owners,
            may_pass: cause == Cause::Failed || status.code == 429,
            retry_after: details
                .map(|details| u64::from(details.retry_after_seconds))
                .filter(|seconds| *seconds > 0)
                .map(Duration::from_secs),
        }
    }

    pub(super) fn late(deadline: Duration) -> Refusal {
        Refusal::failed(format!("the cluster gave no answer within {} s", deadline.as_secs()))
    }

    pub(super) fn of_answer(cause: &serde_json::Error) -> Refusal {
        Refusal::new(Cause::Failed, format!("an object could not be read: {cause}"))
    }

    fn failed(message: String) -> Refusal {
        Refusal {
            may_pass: true,
            ..Refusal::new(Cause::Failed, message)
        }
    }
}
