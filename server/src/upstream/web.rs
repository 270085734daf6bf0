//! Small questions to a sign-in issuer and to the cluster's API: a JSON answer under a deadline and a size limit. No
//! redirects, no proxies from the environment, no cookies.

use std::{path::Path, time::Duration};

use axum::http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode, Uri,
    header::{ACCEPT, CONTENT_TYPE, USER_AGENT},
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};

use super::{HttpClient, client::AGENT};

/// An issuer asks a database and perhaps a directory; a browser waits for it.
const DEADLINE: Duration = Duration::from_secs(10);
/// An issuer may be far away.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);
/// Discovery documents and token answers have some kilobytes.
const MOST_BYTES: usize = 256 << 10;

pub struct Web {
    client: HttpClient,
}

/// What is sent. The headers may hold a credential and are never logged.
pub struct Question {
    pub method: Method,
    pub address: Uri,
    pub headers: HeaderMap,
    pub form: Option<String>,
}

impl Question {
    #[must_use]
    pub fn get(address: Uri) -> Question {
        Question {
            method: Method::GET,
            address,
            headers: HeaderMap::new(),
            form: None,
        }
    }

    #[must_use]
    pub fn form(address: Uri, form: String) -> Question {
        Question {
            method: Method::POST,
            form: Some(form),
            ..Question::get(address)
        }
    }
}

impl Web {
    /// The error is one sentence for the person who wrote the configuration.
    pub fn new(ca_file: Option<&Path>, flag: &'static str) -> Result<Web, String> {
        Ok(Web {
            client: HttpClient::new(ca_file, flag, CONNECT_DEADLINE)?,
        })
    }

    /// Status and body. The error is for the log and names neither header nor body.
    pub async fn ask(&self, question: Question) -> Result<(StatusCode, Bytes), String> {
        let Question {
            method,
            address,
            mut headers,
            form,
        } = question;
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if form.is_some() {
            let urlencoded = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, urlencoded);
        }
        let mut request = Request::new(Full::new(Bytes::from(form.unwrap_or_default())));
        *request.method_mut() = method;
        *request.uri_mut() = address;
        *request.headers_mut() = headers;
        let exchange = async {
            let response = self
                .client
                .request(request)
                .await
                .map_err(|cause| super::judge::chain(&cause))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
            body.map(|body| (status, body.to_bytes()))
                .map_err(|cause| cause.to_string())
        };
        tokio::time::timeout(DEADLINE, exchange)
            .await
            .map_err(|_| format!("no answer within {} s", DEADLINE.as_secs()))?
    }
}
