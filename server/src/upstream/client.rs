//! Sends one question and judges the head of its answer.

use std::{sync::Arc, time::Duration};

use axum::http::{
    HeaderMap, HeaderValue, Method, Request, Uri,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, USER_AGENT},
};
use bytes::Bytes;
use http_body_util::Full;
use tokio::time::Instant;

use super::{Api, Door, HttpClient, Params, Reply, judge};
use crate::{
    config::{UpstreamConfig, UpstreamKind},
    error::Fault,
    identity::Caller,
    telemetry::Metrics,
};

/// Fronts refuse addresses over 8 KiB; what is longer goes as a form.
const LONGEST_ADDRESS: usize = 6 << 10;
/// What URIs in Rust's `http` hold at most, less some room; the front itself takes a megabyte.
const MOST_ADDRESS: usize = 60 << 10;
pub const AGENT: &str = concat!("servelens/", env!("CARGO_PKG_VERSION"));

/// One metrics store, behind one address or behind OpenShift's three.
pub struct Upstream {
    client: HttpClient,
    /// Scheme, host and path prefix, without a slash at its end.
    cluster: String,
    /// The same of the ports for namespaces and for rules.
    front: Option<(String, String)>,
    kind: UpstreamKind,
    timeout: Duration,
    /// The longest answer that is taken in.
    most_bytes: usize,
    metrics: Arc<Metrics>,
}

impl Upstream {
    /// The error is one sentence for the person who wrote the configuration.
    pub fn new(config: &UpstreamConfig, most_bytes: usize, metrics: Arc<Metrics>) -> Result<Upstream, String> {
        let base = |url: &Uri| url.to_string().trim_end_matches('/').to_owned();
        Ok(Upstream {
            client: HttpClient::new(config.ca_file.as_deref(), "ca-file", config.connect_timeout)?,
            cluster: base(&config.cluster_url),
            front: config
                .front
                .as_ref()
                .map(|front| (base(&front.tenancy_url), base(&front.rules_url))),
            kind: config.kind,
            timeout: config.timeout,
            most_bytes,
            metrics,
        })
    }

    /// Looks at the trusted certificates at once.
    #[cfg(test)]
    pub async fn look(&self) {
        self.client.look(Duration::ZERO).await;
    }

    #[must_use]
    pub fn kind(&self) -> UpstreamKind {
        self.kind
    }

    /// Asks with the caller's own credential. The reply's head is a good one; its body is still to be read.
    pub async fn ask(&self, caller: &Caller, door: Door, api: &Api, params: &Params) -> Result<Reply, Fault> {
        let asked = Instant::now();
        let answer = self.ask_until(caller, door, api, params, asked + self.timeout).await;
        let outcome = answer.as_ref().err().map_or("ok", |fault| fault.public().code);
        self.metrics.upstream(api.name(), outcome, asked.elapsed());
        answer
    }

    async fn ask_until(
        &self,
        caller: &Caller,
        door: Door,
        api: &Api,
        params: &Params,
        end: Instant,
    ) -> Result<Reply, Fault> {
        let request = self.request(caller, door, api, params)?;
        let late = || Fault::UpstreamTimeout(self.timeout.as_millis());
        let response = tokio::time::timeout_at(end, self.client.request(request))
            .await
            .map_err(|_| late())?
            .map_err(judge::failed)?;
        let reply = Reply::new(response, end, self.timeout, self.most_bytes);
        judge::head(reply).await
    }

    fn request(&self, caller: &Caller, door: Door, api: &Api, params: &Params) -> Result<Request<Full<Bytes>>, Fault> {
        let base = match (door, &self.front) {
            (Door::Cluster, _) => &self.cluster,
            (Door::Tenancy, Some((tenancy, _))) => tenancy,
            (Door::Rules, Some((_, rules))) => rules,
            (Door::Tenancy | Door::Rules, None) => return Err(Fault::Internal("there is no front".to_owned())),
        };
        let internal = |cause: &dyn std::fmt::Display| Fault::Internal(format!("upstream request: {cause}"));
        let path = api.path();
        let form = params.encode();
        let length = base.len() + path.len() + form.len();
        // A POST to the front's other ports needs a right that viewers do not have.
        let as_form = door == Door::Cluster && api.takes_post() && length > LONGEST_ADDRESS;
        if !as_form && length > MOST_ADDRESS {
            return Err(Fault::BadRequest(
                "it is too long to be asked of single namespaces, whose port takes addresses only".to_owned(),
            ));
        }
        let address = if as_form || form.is_empty() {
            format!("{base}{path}")
        } else {
            format!("{base}{path}?{form}")
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        caller.authorize(&mut headers)?;
        let (method, body) = if as_form {
            let urlencoded = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, urlencoded);
            (Method::POST, Bytes::from(form))
        } else {
            (Method::GET, Bytes::new())
        };
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = address.parse::<Uri>().map_err(|cause| internal(&cause))?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}
