//! What the two cookies hold once they are opened.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// From leaving for the issuer to coming back: `__Host-servelens-login`.
#[derive(Serialize, Deserialize)]
pub struct Departure {
    /// 256 random bits; the issuer repeats them, another site cannot.
    pub state: String,
    /// PKCE: proves to the issuer that who left is who comes back.
    pub verifier: String,
    /// OpenID: the id token repeats it.
    pub nonce: String,
    /// The page's own address to return to.
    pub back: String,
    /// Unix seconds.
    pub until: i64,
}

/// A signed-in user: `__Host-servelens-0` and on.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ticket {
    /// Random, made anew at every sign-in; what sign-out withdraws.
    pub id: String,
    #[serde(serialize_with = "expose")]
    pub token: SecretString,
    /// The one that the issuer takes back, where another goes upstream.
    #[serde(serialize_with = "expose_optional", default)]
    pub revocable: Option<SecretString>,
    pub user: String,
    /// `None` where the issuer is not asked.
    #[serde(default)]
    pub sight: Option<Sight>,
    /// Whether the issuer can be asked if it still knows the token: it did answer at sign-in.
    #[serde(default)]
    pub known: bool,
    /// Unix seconds.
    pub until: i64,
}

impl Ticket {
    /// The token that the issuer itself takes.
    pub fn issuers(&self) -> &SecretString {
        self.revocable.as_ref().unwrap_or(&self.token)
    }
}

/// How far a user sees, as the issuer says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sight {
    Everything,
    /// Sorted; perhaps none.
    Namespaces(Vec<String>),
}

/// Into the sealed cookie and nowhere else.
fn expose<S: Serializer>(token: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(token.expose_secret())
}

fn expose_optional<S: Serializer>(token: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    match token {
        Some(token) => to.serialize_some(token.expose_secret()),
        None => to.serialize_none(),
    }
}

impl fmt::Debug for Departure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Departure")
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket")
    }
}
