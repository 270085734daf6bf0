//! Who vouches for a user: OpenShift's own OAuth server, found through the cluster's API, or an OpenID Connect issuer.
//!
//! Its document is read at the first sign-in and kept for some minutes, so that Servelens starts while the issuer is
//! away. Addresses that it names must be https, but for an issuer on loopback.

use std::time::Duration;

use axum::http::{HeaderValue, Method, StatusCode, Uri, header::AUTHORIZATION};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    config::SessionConfig,
    error::Fault,
    upstream::{Question, Web},
};

/// A request of the user waits for it.
const KNOWS_WITHIN: Duration = Duration::from_secs(2);
/// A changed address of the issuer is followed after this time.
const DOCUMENT_KEPT: Duration = Duration::from_secs(300);

pub struct Issuer {
    web: Web,
    kind: Kind,
    client_id: String,
    client_secret: Option<SecretString>,
    document: Mutex<Option<(Instant, Document)>>,
}

enum Kind {
    /// The address of the cluster's API.
    OpenShift(Uri),
    /// The issuer's own address.
    OpenId(Uri),
}

/// Of RFC 8414's and OpenID's document, what is needed here.
#[derive(Clone, Deserialize)]
pub struct Document {
    pub issuer: String,
    pub authorization_endpoint: String,
    token_endpoint: String,
    #[serde(default)]
    revocation_endpoint: Option<String>,
    #[serde(default)]
    userinfo_endpoint: Option<String>,
}

/// What a code was exchanged for.
#[derive(Deserialize)]
pub struct Grant {
    pub access_token: SecretString,
    #[serde(default)]
    pub id_token: Option<SecretString>,
    /// Seconds.
    #[serde(default)]
    pub expires_in: Option<i64>,
}

impl Issuer {
    pub fn new(config: &SessionConfig) -> Result<Issuer, String> {
        let client_secret = match &config.client_secret_file {
            None => None,
            Some(path) => {
                let fault = |cause: &str| format!("--client-secret-file {}: {cause}", path.display());
                let text = std::fs::read_to_string(path).map_err(|cause| fault(&format!("cannot be read: {cause}")))?;
                if text.trim().is_empty() {
                    return Err(fault("is empty; put the client's secret there"));
                }
                Some(SecretString::from(text.trim()))
            }
        };
        Ok(Issuer {
            web: Web::new(config.issuer_ca_file.as_deref(), "issuer-ca-file")?,
            kind: match &config.issuer_url {
                Some(issuer) => Kind::OpenId(issuer.clone()),
                None => Kind::OpenShift(config.kube_url.clone()),
            },
            client_id: config.client_id.clone(),
            client_secret,
            document: Mutex::new(None),
        })
    }

    #[must_use]
    pub fn is_openid(&self) -> bool {
        matches!(self.kind, Kind::OpenId(_))
    }

    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// What is asked for where the configuration says nothing: of OpenShift all that the user may, because a narrower
    /// scope could not read metrics.
    #[must_use]
    pub fn default_scopes(&self) -> &'static str {
        match self.kind {
            Kind::OpenShift(_) => "user:full",
            Kind::OpenId(_) => "openid profile email",
        }
    }

    /// The issuer's document, asked for once for everybody who signs in meanwhile.
    pub async fn document(&self) -> Result<Document, Fault> {
        let mut kept = self.document.lock().await;
        if let Some((at, document)) = kept.as_ref()
            && at.elapsed() < DOCUMENT_KEPT
        {
            return Ok(document.clone());
        }
        let address = match &self.kind {
            Kind::OpenShift(kube) => below(kube, "/.well-known/oauth-authorization-server")?,
            Kind::OpenId(issuer) => below(issuer, "/.well-known/openid-configuration")?,
        };
        let document: Document = self.json(Question::get(address), "its document").await?;
        if let Kind::OpenId(issuer) = &self.kind
            && document.issuer.trim_end_matches('/') != issuer.to_string().trim_end_matches('/')
        {
            return Err(failed("the document is another issuer's"));
        }
        for named in [&document.authorization_endpoint, &document.token_endpoint] {
            safe(named)?;
        }
        *kept = Some((Instant::now(), document.clone()));
        Ok(document)
    }

    /// The code, proven by the verifier, for a token.
    pub async fn exchange(&self, code: &str, verifier: &str, redirect: &str) -> Result<Grant, Fault> {
        let document = self.document().await?;
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect)
            .append_pair("code_verifier", verifier)
            .append_pair("client_id", &self.client_id)
            .finish();
        let question = self.signed(Question::form(safe(&document.token_endpoint)?, form))?;
        self.json(question, "a token").await
    }

    /// The name of OpenShift's user.
    pub async fn openshift_user(&self, token: &SecretString) -> Result<String, Fault> {
        #[derive(Deserialize)]
        struct User {
            metadata: Metadata,
        }
        #[derive(Deserialize)]
        struct Metadata {
            name: String,
        }
        let Kind::OpenShift(kube) = &self.kind else {
            return Err(Fault::Internal(
                "an OpenID issuer was asked for OpenShift's user".to_owned(),
            ));
        };
        let mut question = Question::get(below(kube, "/apis/user.openshift.io/v1/users/~")?);
        question.headers.insert(AUTHORIZATION, bearer(token)?);
        let user: User = self.json(question, "the user's name").await?;
        Ok(user.metadata.name)
    }

    /// What an OpenID issuer tells of the user beside the id token; nothing where it has no such door.
    pub async fn user_info(&self, token: &SecretString) -> Result<Map<String, Value>, Fault> {
        let Some(endpoint) = self.document().await?.userinfo_endpoint else {
            return Ok(Map::new());
        };
        let mut question = Question::get(safe(&endpoint)?);
        question.headers.insert(AUTHORIZATION, bearer(token)?);
        self.json(question, "the user's name").await
    }

    /// Whether an OpenID issuer takes the token still; `None` where it cannot be asked, or does not say.
    pub async fn knows(&self, token: &SecretString) -> Option<bool> {
        let ask = async {
            let endpoint = self.document().await.ok()?.userinfo_endpoint?;
            let mut question = Question::get(safe(&endpoint).ok()?);
            question.headers.insert(AUTHORIZATION, bearer(token).ok()?);
            let (status, _) = self.web.ask(question).await.ok()?;
            match status {
                StatusCode::UNAUTHORIZED => Some(false),
                status => status.is_success().then_some(true),
            }
        };
        tokio::time::timeout(KNOWS_WITHIN, ask).await.ok()?
    }

    /// Takes the token back at the issuer. `false`: this issuer offers no way.
    pub async fn revoke(&self, token: &SecretString) -> Result<bool, Fault> {
        let question = match &self.kind {
            Kind::OpenShift(kube) => {
                let path = format!(
                    "/apis/oauth.openshift.io/v1/useroauthaccesstokens/{}",
                    openshift_token_name(token)
                );
                let mut question = Question::get(below(kube, &path)?);
                question.method = Method::DELETE;
                question.headers.insert(AUTHORIZATION, bearer(token)?);
                question
            }
            Kind::OpenId(_) => {
                let Some(endpoint) = self.document().await?.revocation_endpoint else {
                    return Ok(false);
                };
                let form = form_urlencoded::Serializer::new(String::new())
                    .append_pair("token", token.expose_secret())
                    .append_pair("client_id", &self.client_id)
                    .finish();
                self.signed(Question::form(safe(&endpoint)?, form))?
            }
        };
        let (status, _) = self.web.ask(question).await.map_err(|cause| away(&cause))?;
        if status.is_success() {
            Ok(true)
        } else {
            Err(failed(&format!("revocation was answered {status}")))
        }
    }

    /// With the client's own secret, as RFC 6749 2.3.1 prefers.
    fn signed(&self, mut question: Question) -> Result<Question, Fault> {
        if let Some(secret) = &self.client_secret {
            let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encode(&self.client_id), encode(secret.expose_secret()));
            let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair)))
                .map_err(|_| Fault::Internal("base64 became an invalid header".to_owned()))?;
            value.set_sensitive(true);
            question.headers.insert(AUTHORIZATION, value);
        }
        Ok(question)
    }

    async fn json<T: DeserializeOwned>(&self, question: Question, what: &str) -> Result<T, Fault> {
        let (status, body) = self.web.ask(question).await.map_err(|cause| away(&cause))?;
        if !status.is_success() {
            return Err(failed(&format!("asked for {what}, the issuer answered {status}")));
        }
        // The parser's words could repeat a part of a token: they are left out.
        serde_json::from_slice(&body).map_err(|_| failed(&format!("asked for {what}, the issuer's JSON is another")))
    }
}

/// The object that stands for an OpenShift token: the hash of what follows the prefix.
fn openshift_token_name(token: &SecretString) -> String {
    let text = token.expose_secret();
    let secret = text.strip_prefix("sha256~").unwrap_or(text);
    format!("sha256~{}", BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret)))
}

fn bearer(token: &SecretString) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
        .map_err(|_| failed("the issuer's token cannot stand in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn below(base: &Uri, path: &str) -> Result<Uri, Fault> {
    safe(&format!("{}{path}", base.to_string().trim_end_matches('/')))
}

/// An address that a secret may be sent to.
fn safe(address: &str) -> Result<Uri, Fault> {
    let uri: Uri = address
        .parse()
        .map_err(|_| failed("the issuer names a broken address"))?;
    if is_safe(&uri) {
        Ok(uri)
    } else {
        Err(failed("the issuer names an address that is not https"))
    }
}

/// https, or loopback.
#[must_use]
pub fn is_safe(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    uri.scheme_str() == Some("https") || (local && uri.scheme_str() == Some("http"))
}

fn failed(cause: &str) -> Fault {
    Fault::SignInFailed(cause.to_owned())
}

fn away(cause: &str) -> Fault {
    Fault::IssuerUnreachable(cause.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_openshift_token_is_named_by_the_hash_of_its_secret_part() {
        // SHA-256 of "abc", in base64 for addresses.
        let name = "sha256~ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(openshift_token_name(&SecretString::from("sha256~abc")), name);
        assert_eq!(openshift_token_name(&SecretString::from("abc")), name);
    }

    #[test]
    fn secrets_go_to_https_or_loopback_only() {
        for (address, expect) in [
            ("https://idp.example/token", true),
            ("http://127.0.0.1:5556/token", true),
            ("http://[::1]:5556/token", true),
            ("http://localhost:5556/token", true),
            ("http://idp.example/token", false),
            ("http://127.0.0.1.example/token", false),
            ("ftp://127.0.0.1/token", false),
        ] {
            assert_eq!(is_safe(&address.parse().unwrap()), expect, "{address}");
        }
    }
}
