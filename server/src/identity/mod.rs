//! Who is calling: the only place that sees a raw token.
//!
//! A [`Caller`] lends its credential in one way, [`Caller::authorize`], which writes it into the headers of one
//! upstream request. It is passed as an argument, never kept anywhere ambient, and its `Debug` shows no secret.

mod bearer;

use std::{fmt, net::SocketAddr};

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::{config::IdentityMode, error::Fault};

/// How callers are told apart; decided once at start.
#[derive(Debug, Clone, Copy)]
pub struct Identity {
    mode: IdentityMode,
}

impl Identity {
    /// Refuses the demo identity on an address that others can reach: it would let everybody in.
    pub fn new(mode: IdentityMode, listen: SocketAddr) -> Result<Identity, String> {
        if mode == IdentityMode::Demo && !listen.ip().is_loopback() {
            return Err(
                "--identity demo lets everybody in and so listens on loopback only: use --listen 127.0.0.1:8477, or \
                 --identity bearer"
                    .to_owned(),
            );
        }
        Ok(Identity { mode })
    }

    /// Who sent these headers.
    ///
    /// The console's proxy passes a browser's `Impersonate-*` headers on beside the real user's token; answering
    /// with the real user's rights would be wrong, so they are refused for every mode.
    pub fn caller(&self, headers: &HeaderMap) -> Result<Caller, Fault> {
        if let Some(name) = headers.keys().find(|name| name.as_str().starts_with("impersonate-")) {
            return Err(Fault::ImpersonationRefused(name.to_string()));
        }
        match self.mode {
            IdentityMode::Demo => Ok(Caller {
                credential: Credential::Demo,
            }),
            IdentityMode::Bearer => bearer::token(headers).map(|token| Caller {
                credential: Credential::Bearer(token),
            }),
        }
    }
}

/// One request's caller.
#[derive(Clone)]
pub struct Caller {
    credential: Credential,
}

/// Equal for equal credentials, and for no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallerKey([u8; 32]);

#[derive(Clone)]
enum Credential {
    /// The demo's Prometheus asks for nothing.
    Demo,
    Bearer(SecretString),
}

impl Caller {
    /// Puts the caller's credential, and nothing else, into an upstream request's headers.
    pub fn authorize(&self, headers: &mut HeaderMap) -> Result<(), Fault> {
        if let Credential::Bearer(token) = &self.credential {
            let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
                .map_err(|_| Fault::Internal("a checked token became an invalid header".to_owned()))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(())
    }

    /// Tells callers apart in a cache, without telling who they are: a digest of the credential.
    #[must_use]
    pub fn key(&self) -> CallerKey {
        CallerKey(match &self.credential {
            Credential::Demo => [0; 32],
            Credential::Bearer(token) => Sha256::digest(token.expose_secret()).into(),
        })
    }

    /// The user's name; empty where nobody has told it.
    #[must_use]
    pub fn user(&self) -> &'static str {
        match self.credential {
            Credential::Demo => "demo",
            Credential::Bearer(_) => "",
        }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.credential {
            Credential::Demo => "Caller(demo)",
            Credential::Bearer(_) => "Caller(bearer)",
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn check(headers: &[(&str, &str)]) -> Result<String, Fault> {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::try_from(*name).unwrap(),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect();
        let identity = Identity::new(IdentityMode::Bearer, ([127, 0, 0, 1], 0).into()).unwrap();
        let mut lent = HeaderMap::new();
        identity.caller(&headers)?.authorize(&mut lent)?;
        assert_eq!(lent.len(), 1);
        assert!(lent[AUTHORIZATION].is_sensitive());
        Ok(lent[AUTHORIZATION].to_str().unwrap().to_owned())
    }

    #[test]
    fn a_bearer_token_is_lent_as_it_came() {
        assert_eq!(
            check(&[("authorization", "Bearer sha256~abc.d-e_f")]),
            Ok("Bearer sha256~abc.d-e_f".to_owned())
        );
        assert_eq!(check(&[("authorization", "bearer abc")]), Ok("Bearer abc".to_owned()));
    }

    #[test]
    fn anything_else_is_no_caller() {
        for headers in [
            &[][..],
            &[("authorization", "Basic YTpi")],
            &[("authorization", "Bearer ")],
            &[("authorization", "Bearer")],
            &[("authorization", "Bearer a b")],
            &[("authorization", "Bearer a,b")],
            &[("authorization", "Bearer a"), ("authorization", "Bearer b")],
            &[("x-forwarded-user", "admin"), ("cookie", "token=abc")],
        ] {
            assert_eq!(check(headers), Err(Fault::NoCaller), "{headers:?}");
        }
    }

    #[test]
    fn impersonation_is_refused_even_with_a_token() {
        assert_eq!(
            check(&[("authorization", "Bearer abc"), ("Impersonate-Extra-Scopes", "x")]),
            Err(Fault::ImpersonationRefused("impersonate-extra-scopes".to_owned()))
        );
    }

    #[test]
    fn debug_shows_no_token() {
        let caller = Caller {
            credential: Credential::Bearer(SecretString::from("geheim")),
        };
        assert_eq!(format!("{caller:?}"), "Caller(bearer)");
    }
}
