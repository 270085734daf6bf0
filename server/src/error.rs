//! The one table from a fault to its status, code, public text, next step and log text.
//!
//! `Display` is the log text and may name addresses and causes. [`Fault::public`] is what the caller sees: one
//! sentence and one next step, which never hold a token, an upstream address or an upstream body (the two
//! exceptions are Prometheus's own verdict on a query and the API server's on what setting up asks: both are written for the
//! person who asked).

mod prometheus;

use axum::http::StatusCode;
use server_api::ApiError;

/// Everything that can go wrong between a request and its answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    // Who is calling.
    #[error("no bearer token")]
    NoCaller,
    #[error("no session")]
    NotSignedIn,
    #[error("the session has ended")]
    SessionOver,
    #[error("a session's cookie came from another site")]
    CrossSite,
    #[error("sign-in failed: {0}")]
    SignInFailed(String),
    #[error("the issuer cannot be reached: {0}")]
    IssuerUnreachable(String),
    #[error("the header {0:?} asks for impersonation")]
    ImpersonationRefused(String),

    // What the cluster says of the caller.
    #[error("the cluster does not know the token")]
    TokenRefused,
    #[error("no right in the namespace {0:?}")]
    NamespaceDenied(String),
    #[error("no right to the rules of the namespace {0:?}")]
    RulesDenied(String),
    #[error("neither the cluster's metrics nor those of any namespace are allowed")]
    NothingAllowed,
    #[error("the issuer does not list the namespace {0:?}")]
    NotClaimed(String),
    #[error("the issuer lists no namespace")]
    NothingClaimed,
    #[error("a bearer token where a claim decides")]
    BearerUnclaimed,
    #[error("a namespace has to be named")]
    NamespaceNeeded,
    #[error("the cluster's API server does not answer: {0}")]
    ClusterFailed(String),
    #[error("no cluster to set up")]
    NoCluster,
    #[error("setting up is denied: {0}")]
    SetupDenied(String),
    #[error("setting up is not possible: {0}")]
    SetupRefused(String),
    #[error("the cluster's API server failed while setting up: {0}")]
    SetupFailed(String),

    // What is asked.
    #[error("bad request: {0}")]
    BadRequest(String),
    #[error("query refused: {0}")]
    QueryRefused(String),
    #[error("the range runs backwards: {from} to {to}")]
    RangeReversed { from: i64, to: i64 },
    #[error("a plan of {points} points is over {limit}")]
    TooManyPoints { points: u64, limit: u64 },
    #[error("the request's body is over {0} bytes")]
    BodyTooLarge(usize),
    #[error("the request's body took longer than {0} ms")]
    BodyTooSlow(u128),
    #[error("no such address")]
    NotFound,
    #[error("no such method at this address")]
    MethodNotAllowed,
    #[error("the frame version asked for is unknown: {0:?}")]
    UnknownFrameVersion(String),
    #[error("no panel {0:?}")]
    UnknownPanel(String),
    #[error("the panel's query cannot be made: {0}")]
    CatalogFault(String),

    // What the upstream said.
    #[error("upstream unreachable: {0}")]
    UpstreamUnreachable(String),
    #[error("upstream is not who it should be: {0}")]
    UpstreamUntrusted(String),
    #[error("upstream answered later than {0} ms")]
    UpstreamTimeout(u128),
    #[error("upstream answered {status}: {text}")]
    UpstreamError { status: u16, text: String },
    #[error("upstream is no Prometheus: {0}")]
    UpstreamNotPrometheus(String),
    #[error("upstream cut its answer short: {0}")]
    UpstreamTruncated(String),
    #[error("upstream denied: {0}")]
    UpstreamDenied(u16),
    #[error("upstream redirects with {0}; never followed")]
    UpstreamRedirect(u16),
    #[error("upstream's answer is over {0}")]
    UpstreamTooLarge(String),
    #[error("upstream is busy (429)")]
    UpstreamBusy,
    #[error("query rejected: {0}")]
    QueryRejected(String),
    #[error("query failed: {0}")]
    QueryFailed(String),

    // What we did wrong.
    #[error("too many questions are waiting for the upstream")]
    Busy,
    #[error("too many questions of this caller are waiting for the upstream")]
    CallerBusy,
    #[error("internal: {0}")]
    Internal(String),
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub status: StatusCode,
    /// Stable and machine-readable.
    pub code: &'static str,
    pub message: String,
    pub next_step: String,
}

impl Fault {
    /// The table.
    #[must_use]
    pub fn public(&self) -> Public {
        use StatusCode as S;
        let row = |status: S, code: &'static str, message: &str, next_step: &str| Public {
            status,
            code,
            message: message.to_owned(),
            next_step: next_step.to_owned(),
        };
        match self {
            Fault::NoCaller => row(
                S::UNAUTHORIZED,
                "no_caller",
                "The request names no caller.",
                "Send your own token: `Authorization: Bearer <token>`.",
            ),
            Fault::NotSignedIn => row(
                S::UNAUTHORIZED,
                "not_signed_in",
                "You are not signed in.",
                "Sign in, or send your own token: `Authorization: Bearer <token>`.",
            ),
            Fault::SessionOver => row(
                S::UNAUTHORIZED,
                "session_over",
                "Your session has ended.",
                "Sign in again; the page stays as it is.",
            ),
            Fault::CrossSite => row(
                S::FORBIDDEN,
                "cross_site",
                "The request comes from another site than Servelens's own page.",
                "Use the page itself, or send your own token: `Authorization: Bearer <token>`.",
            ),
            Fault::SignInFailed(reason) => row(
                S::FORBIDDEN,
                "sign_in_failed",
                &format!("You could not be signed in: {reason}."),
                "Try again; if it stays so, ask an administrator to read Servelens's log.",
            ),
            Fault::IssuerUnreachable(_) => row(
                S::BAD_GATEWAY,
                "issuer_unreachable",
                "The server that signs you in cannot be reached.",
                "Try again in a minute; if it stays so, ask an administrator to check `issuer-url` or `kube-url`.",
            ),
            Fault::ImpersonationRefused(header) => row(
                S::FORBIDDEN,
                "impersonation_refused",
                &format!("Servelens answers with the caller's own rights and refuses the header {header}."),
                "Stop impersonating, or send the other user's own token.",
            ),
            Fault::TokenRefused => row(
                S::UNAUTHORIZED,
                "token_refused",
                "The cluster does not accept your token.",
                "Sign in again.",
            ),
            Fault::NamespaceDenied(namespace) => row(
                S::FORBIDDEN,
                "namespace_denied",
                &format!("You may not read the metrics of {namespace}: the role view is missing there."),
                &format!(
                    "Ask an administrator of {namespace} to grant it: oc adm policy add-role-to-user view <user> -n \
                     {namespace}"
                ),
            ),
            Fault::RulesDenied(namespace) => row(
                S::FORBIDDEN,
                "rules_denied",
                &format!("You may not read the rules of {namespace}: the role monitoring-rules-view is missing there."),
                &format!(
                    "Ask an administrator of {namespace} to grant it: oc adm policy add-role-to-user \
                     monitoring-rules-view <user> -n {namespace}"
                ),
            ),
            Fault::NothingAllowed => row(
                S::FORBIDDEN,
                "nothing_allowed",
                "You may not read the metrics of any namespace: the role view is missing in all of them.",
                "Ask an administrator of your namespace to grant it: oc adm policy add-role-to-user view <user> -n \
                 <namespace>",
            ),
            Fault::NotClaimed(namespace) => row(
                S::FORBIDDEN,
                "namespace_not_claimed",
                &format!(
                    "You may not read the metrics of {namespace}: the issuer that signed you in does not list it."
                ),
                &format!(
                    "Ask whoever runs the issuer to add {namespace} to the claim that `namespaces-claim` names, and \
                     sign in again."
                ),
            ),
            Fault::NothingClaimed => row(
                S::FORBIDDEN,
                "nothing_claimed",
                "You may not read the metrics of any namespace: the issuer that signed you in lists none.",
                "Ask whoever runs the issuer to add your namespaces to the claim that `namespaces-claim` names, and sign \
                 in again.",
            ),
            Fault::BearerUnclaimed => row(
                S::UNAUTHORIZED,
                "bearer_unclaimed",
                "Servelens cannot tell from this token which namespaces its owner may see.",
                "Sign in at Servelens instead: the issuer tells it then.",
            ),
            Fault::NamespaceNeeded => row(
                S::FORBIDDEN,
                "namespace_needed",
                "You may not read the metrics of all namespaces: the cluster role cluster-monitoring-view is missing.",
                "Choose a namespace in which you have the role view, or ask a cluster administrator: oc adm policy \
                 add-cluster-role-to-user cluster-monitoring-view <user>",
            ),
            Fault::ClusterFailed(_) => row(
                S::BAD_GATEWAY,
                "cluster_failed",
                "The cluster does not say what you may see.",
                "Try again in a minute; if it stays so, ask an administrator to check the API server and `kube-url`.",
            ),
            Fault::NoCluster => row(
                S::NOT_FOUND,
                "no_cluster",
                "There is no cluster here to set up: this Servelens reads a metrics store alone.",
                "Open this page where Servelens runs in the cluster, or run `servelens plan` with your kubeconfig.",
            ),
            Fault::SetupDenied(reason) => row(
                S::FORBIDDEN,
                "setup_denied",
                &format!("The cluster does not let you: {}.", clip(reason, 400)),
                "Ask an administrator to grant admin and monitoring-edit there, or cluster-admin, then look again.",
            ),
            Fault::SetupRefused(reason) => row(
                S::BAD_REQUEST,
                "setup_refused",
                &format!("This cannot be set up: {}.", clip(reason, 400)),
                "Correct what the message names, then look again.",
            ),
            Fault::SetupFailed(_) => row(
                S::BAD_GATEWAY,
                "setup_failed",
                "The cluster's API server does not answer.",
                "Try again in a minute; if it stays so, ask an administrator to check the API server and `kube-url`.",
            ),
            Fault::BadRequest(reason) => row(
                S::BAD_REQUEST,
                "bad_request",
                &format!("The request cannot be read: {reason}."),
                "Correct what the message names, and send it again.",
            ),
            Fault::QueryRefused(reason) => row(
                S::BAD_REQUEST,
                "query_refused",
                reason,
                "Change the query as told, and send it again.",
            ),
            Fault::RangeReversed { .. } => row(
                S::BAD_REQUEST,
                "range_reversed",
                "The time range does not end after it starts.",
                "Choose an end that lies after the start.",
            ),
            Fault::TooManyPoints { points, limit } => row(
                S::BAD_REQUEST,
                "too_many_points",
                &format!("The request would give {points} points for each series, and {limit} are allowed."),
                "Choose a shorter range or a smaller width.",
            ),
            Fault::BodyTooLarge(limit) => row(
                S::PAYLOAD_TOO_LARGE,
                "body_too_large",
                &format!("The request's body is longer than {limit} bytes."),
                "Ask for fewer panels or shorter lists at once.",
            ),
            Fault::BodyTooSlow(ms) => row(
                S::REQUEST_TIMEOUT,
                "body_too_slow",
                &format!("The request's body did not arrive within {}.", seconds(*ms)),
                "Send it again over a better connection.",
            ),
            Fault::NotFound => row(
                S::NOT_FOUND,
                "not_found",
                "There is nothing at this address.",
                "Check the address for a slip.",
            ),
            Fault::MethodNotAllowed => row(
                S::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "This address does not take this method.",
                "Use the method named in the `Allow` header.",
            ),
            Fault::UnknownFrameVersion(_) => row(
                S::NOT_ACCEPTABLE,
                "unknown_frame_version",
                "This version of the frame format is not spoken here.",
                "Reload the page, or ask for version 1 or for application/x-ndjson.",
            ),
            Fault::UnknownPanel(panel) => row(
                S::NOT_FOUND,
                "unknown_panel",
                &format!("The catalogue has no panel {:?}.", clip(panel, 80)),
                "Reload the page; GET /api/catalog lists every panel.",
            ),
            Fault::CatalogFault(_) => row(
                S::INTERNAL_SERVER_ERROR,
                "catalog_fault",
                "The catalogue's query for this panel cannot be made.",
                "Report this with the request id; the other panels are not affected.",
            ),
            Fault::UpstreamUnreachable(_) => row(
                S::BAD_GATEWAY,
                "upstream_unreachable",
                "The metrics store cannot be reached.",
                "Try again in a minute; if it stays so, ask an administrator to check the store and `cluster-url`.",
            ),
            Fault::UpstreamUntrusted(_) => row(
                S::BAD_GATEWAY,
                "upstream_untrusted",
                "The metrics store cannot prove that it is the one that is meant, so nothing was asked of it.",
                "Ask an administrator to check the store's certificate and `ca-file`.",
            ),
            Fault::UpstreamTimeout(ms) => row(
                S::GATEWAY_TIMEOUT,
                "upstream_timeout",
                &format!("The metrics store did not answer within {}.", seconds(*ms)),
                "Choose a shorter range or fewer series, and try again.",
            ),
            Fault::UpstreamError { .. } => row(
                S::BAD_GATEWAY,
                "upstream_error",
                "The metrics store failed to answer.",
                "Try again in a minute; if it stays so, ask an administrator to read the store's log.",
            ),
            Fault::UpstreamNotPrometheus(_) => row(
                S::BAD_GATEWAY,
                "upstream_not_prometheus",
                "What answers as the metrics store does not speak Prometheus's HTTP API.",
                "Ask an administrator to check `cluster-url`.",
            ),
            Fault::UpstreamTruncated(_) => row(
                S::BAD_GATEWAY,
                "upstream_truncated",
                "The metrics store cut its answer short.",
                "Try again; if it stays so, ask an administrator to read the store's log.",
            ),
            Fault::UpstreamDenied(401) => row(
                S::UNAUTHORIZED,
                "upstream_denied",
                "The metrics store does not accept your token.",
                "Sign in again.",
            ),
            Fault::UpstreamDenied(_) => row(
                S::FORBIDDEN,
                "upstream_denied",
                "You may not read these metrics: the cluster role cluster-monitoring-view is missing.",
                "Ask a cluster administrator to grant it: oc adm policy add-cluster-role-to-user \
                 cluster-monitoring-view <user>",
            ),
            Fault::UpstreamRedirect(_) => row(
                S::BAD_GATEWAY,
                "upstream_redirect",
                "The metrics store sends the question elsewhere, and Servelens does not follow.",
                "Ask an administrator to set `cluster-url` to the store itself.",
            ),
            Fault::UpstreamTooLarge(limit) => row(
                S::BAD_GATEWAY,
                "upstream_too_large",
                &format!("The metrics store's answer is larger than {limit}."),
                "Choose a shorter range, one namespace or one model.",
            ),
            Fault::UpstreamBusy => row(
                S::SERVICE_UNAVAILABLE,
                "upstream_busy",
                "The metrics store has too much to do.",
                "Try again in a minute.",
            ),
            Fault::QueryRejected(text) => row(
                S::BAD_REQUEST,
                "query_rejected",
                &format!("Prometheus does not accept the query: {text}"),
                "Correct the query; if it is a panel's, report it with the request id.",
            ),
            Fault::QueryFailed(text) => row(
                S::UNPROCESSABLE_ENTITY,
                "query_failed",
                &format!("Prometheus could not work the query out: {text}"),
                "Choose a shorter range or a narrower selection.",
            ),
            Fault::Busy => row(
                S::SERVICE_UNAVAILABLE,
                "busy",
                "Servelens has too many questions to ask at once.",
                "Try again in some seconds, or ask for fewer panels.",
            ),
            Fault::CallerBusy => row(
                S::TOO_MANY_REQUESTS,
                "caller_busy",
                "You have too many questions open at once.",
                "Close some pages that show dashboards, and try again in some seconds.",
            ),
            Fault::Internal(_) => row(
                S::INTERNAL_SERVER_ERROR,
                "internal",
                "Servelens failed to answer.",
                "Try again; if it stays so, report this with the request id.",
            ),
        }
    }

    /// The error object of every door outside `/api/v1`.
    #[must_use]
    pub fn to_api(&self, request_id: &str) -> ApiError {
        let Public {
            code,
            message,
            next_step,
            ..
        } = self.public();
        ApiError {
            code: code.to_owned(),
            message,
            next_step,
            request_id: request_id.to_owned(),
            sign_in: matches!(self, Fault::NotSignedIn | Fault::SessionOver).then(|| crate::route::SIGN_IN.to_owned()),
        }
    }

    /// After how many seconds another try makes sense, where time alone may help.
    #[must_use]
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            // The queue is empty again after its patience, 4 s.
            Fault::Busy | Fault::CallerBusy => Some(5),
            Fault::UpstreamBusy => Some(10),
            _ => None,
        }
    }

    /// Whether the fault is ours or the upstream's, and so worth a line at `warn`.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.public().status.is_server_error()
    }
}

/// The first `most` characters of a foreign text, without control characters.
#[must_use]
pub fn clip(text: &str, most: usize) -> String {
    let mut clipped: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
    if text.chars().nth(most).is_some() {
        clipped.push('…');
    }
    clipped
}

fn seconds(ms: u128) -> String {
    if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{ms} ms")
    }
}
