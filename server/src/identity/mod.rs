//! Who is calling: the only place that sees a raw token.
//!
//! A [`Caller`] lends its credential in one way, [`Caller::authorize`], which writes it into the headers of one
//! upstream request. It is passed as an argument, never kept anywhere ambient, and its `Debug` shows no secret.

mod bearer;
mod origin;
mod session;

use std::{fmt, net::SocketAddr, path::Path};

use axum::http::{HeaderMap, HeaderValue, Method, header::AUTHORIZATION};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

pub use self::origin::{is_from_elsewhere, is_same_origin};
use self::session::Sight;
pub use self::session::{Redirect, Sessions, is_safe};
use crate::{
    config::{IdentityMode, ServeConfig},
    error::Fault,
};

/// How callers are told apart; decided once at start.
pub struct Identity {
    mode: IdentityMode,
    /// With `--identity session` only.
    sessions: Option<Sessions>,
}

impl Identity {
    /// Reads the keys and secrets of sign-in; opens no socket.
    pub fn new(config: &ServeConfig) -> Result<Identity, String> {
        Identity::check(config.identity, config.listen)?;
        Ok(Identity {
            mode: config.identity,
            sessions: config.session.as_ref().map(Sessions::new).transpose()?,
        })
    }

    /// Refuses the demo identity on an address that others can reach: it would let everybody in.
    pub fn check(mode: IdentityMode, listen: SocketAddr) -> Result<(), String> {
        if mode == IdentityMode::Demo && !listen.ip().is_loopback() {
            return Err(
                "--identity demo lets everybody in and so listens on loopback only: use --listen 127.0.0.1:8477, or \
                 --identity bearer"
                    .to_owned(),
            );
        }
        Ok(())
    }

    #[must_use]
    pub fn sessions(&self) -> Option<&Sessions> {
        self.sessions.as_ref()
    }

    /// Who sent these headers.
    ///
    /// The console's proxy passes a browser's `Impersonate-*` headers on beside the real user's token; answering
    /// with the real user's rights would be wrong, so they are refused for every mode.
    pub fn caller(&self, method: &Method, headers: &HeaderMap, now: i64) -> Result<Caller, Fault> {
        if let Some(name) = headers.keys().find(|name| name.as_str().starts_with("impersonate-")) {
            return Err(Fault::ImpersonationRefused(name.to_string()));
        }
        match (self.mode, &self.sessions) {
            (IdentityMode::Demo, _) => Ok(Caller {
                credential: Credential::Demo,
            }),
            // A script with a token, or the console's proxy: the same installation serves them beside its own page.
            (IdentityMode::Session, Some(sessions)) if !headers.contains_key(AUTHORIZATION) => {
                sessions.caller(method, headers, now)
            }
            // Its claims are not checked here, so that nobody could say what its owner may see.
            (IdentityMode::Session, Some(sessions)) if sessions.reads_claim() => Err(Fault::BearerUnclaimed),
            (IdentityMode::Bearer | IdentityMode::Session, _) => bearer::token(headers).map(|token| Caller {
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

impl CallerKey {
    /// No credential has it: the demo's stands for none.
    pub fn of_nobody() -> CallerKey {
        CallerKey([255; 32])
    }
}

#[cfg(test)]
impl CallerKey {
    pub fn of_test(number: u8) -> CallerKey {
        CallerKey([number; 32])
    }
}

#[derive(Clone)]
enum Credential {
    /// The demo's Prometheus asks for nothing.
    Demo,
    Bearer(SecretString),
    Session {
        token: SecretString,
        user: String,
        /// `None` where the issuer has no say.
        sight: Option<Sight>,
    },
}

impl Caller {
    /// Whoever runs the program, with the token that this file holds.
    pub fn from_file(path: &Path) -> Result<Caller, String> {
        Ok(Caller {
            credential: Credential::Bearer(bearer::file(path)?),
        })
    }

    /// Without a credential: for a store that asks for none.
    #[must_use]
    pub fn nobody() -> Caller {
        Caller {
            credential: Credential::Demo,
        }
    }

    /// Whoever runs a command, with the token of their kubeconfig.
    #[must_use]
    pub fn of_token(token: SecretString) -> Caller {
        Caller {
            credential: Credential::Bearer(token),
        }
    }

    fn session(token: SecretString, user: String, sight: Option<Sight>) -> Caller {
        Caller {
            credential: Credential::Session { token, user, sight },
        }
    }

    /// Puts the caller's credential, and nothing else, into an upstream request's headers.
    pub fn authorize(&self, headers: &mut HeaderMap) -> Result<(), Fault> {
        if let Credential::Bearer(token) | Credential::Session { token, .. } = &self.credential {
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
            Credential::Bearer(token) | Credential::Session { token, .. } => {
                Sha256::digest(token.expose_secret()).into()
            }
        })
    }

    /// The user's name; empty where nobody has told it.
    #[must_use]
    pub fn user(&self) -> &str {
        match &self.credential {
            Credential::Demo => "demo",
            Credential::Bearer(_) => "",
            Credential::Session { user, .. } => user,
        }
    }

    /// The namespaces that the issuer confines the user to; `None` where it does not.
    #[must_use]
    pub fn namespaces(&self) -> Option<&[String]> {
        match &self.credential {
            Credential::Session {
                sight: Some(Sight::Namespaces(names)),
                ..
            } => Some(names),
            Credential::Demo | Credential::Bearer(_) | Credential::Session { .. } => None,
        }
    }

    /// Whether the browser holds a session that it can end. Its cookie travels by itself, whoever makes the browser ask.
    #[must_use]
    pub fn has_session(&self) -> bool {
        matches!(self.credential, Credential::Session { .. })
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.credential {
            Credential::Demo => "Caller(demo)",
            Credential::Bearer(_) => "Caller(bearer)",
            Credential::Session { .. } => "Caller(session)",
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
        let identity = Identity {
            mode: IdentityMode::Bearer,
            sessions: None,
        };
        let mut lent = HeaderMap::new();
        identity.caller(&Method::GET, &headers, 0)?.authorize(&mut lent)?;
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
    fn promise_01_debug_shows_no_token() {
        let caller = Caller {
            credential: Credential::Bearer(SecretString::from("geheim")),
        };
        assert_eq!(format!("{caller:?}"), "Caller(bearer)");
    }
}
