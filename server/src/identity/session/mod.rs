//! Sign-in of the standalone address: authorization code with PKCE. The server keeps nothing of a session but the ids
//! of those that were ended; the token travels in an encrypted cookie that any replica with the same key opens. That a session
//! was ended elsewhere, an OpenID issuer tells.

mod cookies;
mod issuer;
mod openid;
mod seal;
mod ticket;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, HeaderValue, Method};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use moka::future::Cache;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

pub use issuer::is_safe;
pub use ticket::Sight;

use self::{
    issuer::{Grant, Issuer},
    openid::Claims,
    seal::Seal,
    ticket::{Departure, Ticket},
};
use super::{Caller, is_same_origin};
use crate::{
    config::{SessionConfig, SessionToken},
    error::Fault,
};

const LOGIN: &str = "__Host-servelens-login";
const SESSION: &str = "__Host-servelens";
/// Time to type a password and find the phone.
const LOGIN_S: i64 = 600;
/// A working day; a token that ends earlier ends the session earlier.
const LONGEST_SESSION_S: i64 = 8 * 3_600;
/// What an issuer that says nothing of an expiry is believed for.
const UNTOLD_EXPIRY_S: i64 = 3_600;
/// Ended ids and used states that are remembered; at 64 bytes each under 8 MiB.
const MOST_ENDED: usize = 100_000;
/// Another replica learns of a sign-out within this time, from the issuer.
const KNOWN_KEPT: Duration = Duration::from_secs(30);
const LONGEST_ADDRESS: usize = 2_048;

pub struct Sessions {
    issuer: Issuer,
    seal: Seal,
    redirect: String,
    scopes: Option<String>,
    token: SessionToken,
    claim: Option<String>,
    /// Id → until when it could still be used: sessions that were signed out, states that were used.
    ended: Mutex<HashMap<String, i64>>,
    /// Id → whether the issuer knew its token when it was last asked.
    known: Cache<String, bool>,
}

/// Where a browser is sent, and what it is to keep.
pub struct Redirect {
    pub to: String,
    pub cookies: Vec<HeaderValue>,
}

impl Sessions {
    pub fn new(config: &SessionConfig) -> Result<Sessions, String> {
        Ok(Sessions {
            issuer: Issuer::new(config)?,
            seal: Seal::from_file(&config.key_file)?,
            redirect: format!("{}/auth/callback", config.public_url.to_string().trim_end_matches('/')),
            scopes: config.scopes.clone(),
            token: config.token,
            claim: config.namespaces_claim.clone(),
            ended: Mutex::default(),
            known: Cache::builder()
                .max_capacity(MOST_ENDED as u64)
                .time_to_live(KNOWN_KEPT)
                .build(),
        })
    }

    /// Whether a claim of the issuer says what a user may see.
    #[must_use]
    pub fn reads_claim(&self) -> bool {
        self.claim.is_some()
    }

    /// Off to the issuer. `back` is an address of the page itself, or the way back leads to its start.
    pub async fn begin(&self, back: Option<&str>, now: i64) -> Result<Redirect, Fault> {
        let document = self.issuer.document().await?;
        let departure = Departure {
            state: random()?,
            verifier: random()?,
            nonce: random()?,
            back: back.filter(|back| is_own(back)).unwrap_or("/").to_owned(),
            until: now + LOGIN_S,
        };
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&departure.verifier));
        let scopes = self.scopes.as_deref().unwrap_or(self.issuer.default_scopes());
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", self.issuer.client_id())
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("scope", scopes)
            .append_pair("state", &departure.state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if self.issuer.is_openid() {
            query.append_pair("nonce", &departure.nonce);
        }
        let endpoint = document.authorization_endpoint;
        let mark = if endpoint.contains('?') { '&' } else { '?' };
        Ok(Redirect {
            to: format!("{endpoint}{mark}{}", query.finish()),
            cookies: vec![cookies::set(
                LOGIN,
                &self.sealed(LOGIN, &departure)?,
                LOGIN_S.unsigned_abs(),
            )?],
        })
    }

    /// Back from the issuer with a code: a session, and on to where the user wanted to go.
    pub async fn finish(&self, headers: &HeaderMap, code: &str, state: &str, now: i64) -> Result<Redirect, Fault> {
        let strange = |cause: &str| Fault::SignInFailed(cause.to_owned());
        let departure: Departure = cookies::find(headers, LOGIN)
            .and_then(|text| self.opened(LOGIN, text))
            .ok_or_else(|| strange("this browser did not begin it, or blocks cookies"))?;
        if departure.until <= now {
            return Err(strange("it took over ten minutes"));
        }
        if departure.state != state || !self.end_once(&departure.state, departure.until, now) {
            return Err(strange("the state is another's, or was used before"));
        }
        let grant = self.issuer.exchange(code, &departure.verifier, &self.redirect).await?;
        let ticket = self.ticket(grant, &departure.nonce, now).await?;
        let max_age = (ticket.until - now).unsigned_abs();
        let mut cookies = cookies::set_pieces(SESSION, &self.sealed(SESSION, &ticket)?, max_age)?;
        cookies.push(cookies::clear(LOGIN)?);
        Ok(Redirect {
            to: departure.back,
            cookies,
        })
    }

    async fn ticket(&self, grant: Grant, nonce: &str, now: i64) -> Result<Ticket, Fault> {
        let Grant {
            access_token,
            id_token,
            expires_in,
        } = grant;
        let id = random()?;
        let until = now + expires_in.unwrap_or(UNTOLD_EXPIRY_S).clamp(0, LONGEST_SESSION_S);
        if !self.issuer.is_openid() {
            return Ok(Ticket {
                id,
                user: self.issuer.openshift_user(&access_token).await?,
                token: access_token,
                revocable: None,
                sight: None,
                known: false,
                until,
            });
        }
        let id_token = id_token.ok_or_else(|| Fault::SignInFailed("the issuer sent no id token".to_owned()))?;
        let issuer = self.issuer.document().await?.issuer;
        let claims = Claims::check(&id_token, &issuer, self.issuer.client_id(), nonce, now)?;
        let claim = self.claim.as_deref();
        // Many issuers keep names and lists out of the token.
        let claims = if claims.name().is_some() && claim.is_none_or(|claim| claims.has(claim)) {
            claims
        } else {
            claims.with(self.issuer.user_info(&access_token).await?, claim)
        };
        let known = self.issuer.knows(&access_token).await == Some(true);
        let user = claims.user();
        let sight = claim.map(|claim| claims.sight(claim));
        Ok(match self.token {
            SessionToken::Access => Ticket {
                id,
                token: access_token,
                revocable: None,
                user,
                sight,
                known,
                until,
            },
            SessionToken::Id => Ticket {
                id,
                token: id_token,
                revocable: Some(access_token),
                user,
                sight,
                known,
                until: claims.until().min(now + LONGEST_SESSION_S),
            },
        })
    }

    /// Who the cookie of these headers is. A cookie travels by itself, so that what may change something has to come from
    /// the page's own origin.
    pub fn caller(&self, method: &Method, headers: &HeaderMap, now: i64) -> Result<Caller, Fault> {
        let ticket = self.open(headers, now)?;
        if !method.is_safe() && !is_same_origin(headers) {
            return Err(Fault::CrossSite);
        }
        // Of a cookie from before a claim was asked for nobody knows how far its user sees.
        if self.reads_claim() && ticket.sight.is_none() {
            return Err(Fault::SessionOver);
        }
        Ok(Caller::session(ticket.token, ticket.user, ticket.sight))
    }

    /// Ends the session here at once, and its token at the issuer. The cookies go whatever the issuer says; `false` tells
    /// that the issuer has no way to take a token back, so that it ends by its expiry.
    pub async fn end(&self, headers: &HeaderMap, now: i64) -> Result<(bool, Vec<HeaderValue>), Fault> {
        let ticket = self.open(headers, now)?;
        if !is_same_origin(headers) {
            return Err(Fault::CrossSite);
        }
        self.end_once(&ticket.id, ticket.until, now);
        let revoked = self.issuer.revoke(ticket.issuers()).await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "a token was not revoked at sign-out");
            false
        });
        Ok((revoked, cookies::clear_pieces(SESSION)?))
    }

    /// Whether the issuer still knows the token. Replicas do not tell each other who has signed out, and one that was started
    /// again has forgotten; the issuer has not. OpenShift's is asked with every access review anyway.
    pub async fn stands(&self, headers: &HeaderMap, now: i64) -> Result<(), Fault> {
        let ticket = self.open(headers, now)?;
        if !ticket.known {
            return Ok(());
        }
        // One that is away for a moment has not said no.
        let ask = async { self.issuer.knows(ticket.issuers()).await != Some(false) };
        if self.known.get_with(ticket.id.clone(), ask).await {
            return Ok(());
        }
        self.end_once(&ticket.id, ticket.until, now);
        Err(Fault::SessionOver)
    }

    /// As after half a minute.
    #[cfg(test)]
    pub fn forget_known(&self) {
        self.known.invalidate_all();
    }

    fn open(&self, headers: &HeaderMap, now: i64) -> Result<Ticket, Fault> {
        let text = cookies::find_pieces(headers, SESSION).ok_or(Fault::NotSignedIn)?;
        let ticket: Ticket = self.opened(SESSION, &text).ok_or(Fault::SessionOver)?;
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ticket.until <= now || ended.contains_key(&ticket.id) {
            return Err(Fault::SessionOver);
        }
        Ok(ticket)
    }

    /// `false`: it had ended before, or too many ended at once to remember one more.
    fn end_once(&self, id: &str, until: i64, now: i64) -> bool {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.len() >= MOST_ENDED {
            ended.retain(|_, until| *until > now);
        }
        ended.len() < MOST_ENDED && ended.insert(id.to_owned(), until).is_none()
    }

    fn sealed<T: Serialize>(&self, name: &str, value: &T) -> Result<String, Fault> {
        let plain = serde_json::to_vec(value).map_err(|_| Fault::Internal("a cookie has no JSON".to_owned()))?;
        self.seal.seal(name, &plain)
    }

    fn opened<T: DeserializeOwned>(&self, name: &str, text: &str) -> Option<T> {
        serde_json::from_slice(&self.seal.open(name, text)?).ok()
    }
}

/// 256 bits.
fn random() -> Result<String, Fault> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Fault::Internal("no randomness".to_owned()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// An address of this page and of no other host, whatever a browser makes of slashes.
fn is_own(back: &str) -> bool {
    let plain = back.len() <= LONGEST_ADDRESS && back.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && (back == "/" || back == "/servelens" || back.starts_with("/servelens/") || back.starts_with("/servelens?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promise_27_the_way_back_never_leads_to_another_host() {
        for back in [
            "/",
            "/servelens",
            "/servelens/overview?range=24h",
            "/servelens?x",
            "/servelens/ns/a/models",
        ] {
            assert!(is_own(back), "{back}");
        }
        for back in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/servelens\\..",
            "/servelens/\n",
            "/servelensevil",
            "/api/me",
            "javascript:alert(1)",
            "/servelens/ö",
        ] {
            assert!(!is_own(back), "{back}");
        }
        assert!(!is_own(&format!("/servelens/{}", "x".repeat(LONGEST_ADDRESS))));
    }
}
