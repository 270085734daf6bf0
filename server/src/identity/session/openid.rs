//! What an id token says.
//!
//! It came from the issuer's own token endpoint over a checked connection, in exchange for a code that the issuer had
//! just made: OpenID Connect Core 3.1.3.7 lets that stand in place of the signature. Issuer, audience, nonce and
//! expiry are checked.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::ticket::Sight;
use crate::error::Fault;

/// Where an issuer puts the name that people know, the best place first.
const NAMES: [&str; 3] = ["preferred_username", "email", "name"];

pub struct Claims(Map<String, Value>);

impl Claims {
    pub fn check(token: &SecretString, issuer: &str, client_id: &str, nonce: &str, now: i64) -> Result<Claims, Fault> {
        let wrong = |what: &str| Fault::SignInFailed(format!("the id token {what}"));
        let payload = token
            .expose_secret()
            .split('.')
            .nth(1)
            .ok_or_else(|| wrong("is no JWT"))?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload).map_err(|_| wrong("is no JWT"))?;
        let claims: Map<String, Value> = serde_json::from_slice(&bytes).map_err(|_| wrong("is no JWT"))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(issuer) {
            return Err(wrong("is another issuer's"));
        }
        let audience = match claims.get("aud") {
            Some(Value::String(one)) => one == client_id,
            Some(Value::Array(many)) => {
                many.iter().any(|one| one.as_str() == Some(client_id))
                    && (many.len() == 1 || text("azp") == Some(client_id))
            }
            _ => false,
        };
        if !audience {
            return Err(wrong("is for another client"));
        }
        if text("nonce") != Some(nonce) {
            return Err(wrong("is of another sign-in"));
        }
        if claims
            .get("exp")
            .and_then(Value::as_i64)
            .is_none_or(|until| until <= now)
        {
            return Err(wrong("has expired"));
        }
        Ok(Claims(claims))
    }

    /// What the issuer told apart from the token. Taken only where it speaks of the same subject, as OpenID Connect Core
    /// 5.3.2 demands.
    #[must_use]
    pub fn with(mut self, told: Map<String, Value>, claim: Option<&str>) -> Claims {
        if told
            .get("sub")
            .is_some_and(|subject| self.0.get("sub") == Some(subject))
        {
            for name in NAMES.into_iter().chain(claim) {
                if let Some(value) = told.get(name) {
                    self.0.insert(name.to_owned(), value.clone());
                }
            }
        }
        self
    }

    #[must_use]
    pub fn has(&self, claim: &str) -> bool {
        self.0.contains_key(claim)
    }

    /// What `claim` says of the namespaces: a list of names, or one name; `*` is every one. What is no name of a namespace
    /// counts for nothing, and a claim that is not there lists none.
    #[must_use]
    pub fn sight(&self, claim: &str) -> Sight {
        let listed = match self.0.get(claim) {
            Some(Value::Array(list)) => list.as_slice(),
            Some(one @ Value::String(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        let names = listed.iter().filter_map(Value::as_str);
        if names.clone().any(|name| name == "*") {
            return Sight::Everything;
        }
        let mut names: Vec<String> = names.filter(|name| is_label(name)).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        Sight::Namespaces(names)
    }

    /// The name people know, if the issuer has said it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        NAMES.into_iter().find_map(|name| self.0.get(name)?.as_str())
    }

    /// The name people know, else the one that is always there.
    #[must_use]
    pub fn user(&self) -> String {
        let subject = || self.0.get("sub").and_then(Value::as_str);
        self.name().or_else(subject).unwrap_or_default().to_owned()
    }

    /// Unix seconds.
    #[must_use]
    pub fn until(&self) -> i64 {
        self.0.get("exp").and_then(Value::as_i64).unwrap_or(0)
    }
}

/// A DNS label, which is what a namespace's name is.
fn is_label(name: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=63).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('-') && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(change: &Value) -> Result<Claims, String> {
        let mut claims = json!({
            "iss": "https://idp.example", "aud": "servelens", "nonce": "n", "exp": 100, "sub": "1234",
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let token = format!("e30.{}.sig", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
        Claims::check(&SecretString::from(token), "https://idp.example", "servelens", "n", 99)
            .map_err(|fault| fault.to_string())
    }

    #[test]
    fn only_a_token_of_this_issuer_client_and_sign_in_that_still_holds_is_taken() {
        assert!(check(&json!({})).is_ok());
        assert!(check(&json!({"aud": ["servelens"]})).is_ok());
        assert!(check(&json!({"aud": ["other", "servelens"], "azp": "servelens"})).is_ok());
        for (change, expect) in [
            (json!({"iss": "https://other.example"}), "is another issuer's"),
            (json!({"aud": "other"}), "is for another client"),
            (json!({"aud": ["other", "servelens"]}), "is for another client"),
            (json!({"aud": null}), "is for another client"),
            (json!({"nonce": "m"}), "is of another sign-in"),
            (json!({"nonce": null}), "is of another sign-in"),
            (json!({"exp": 99}), "has expired"),
            (json!({"exp": null}), "has expired"),
        ] {
            let fault = check(&change).err().unwrap();
            assert_eq!(fault, format!("sign-in failed: the id token {expect}"), "{change}");
        }
    }

    #[test]
    fn a_user_has_the_name_that_people_know() {
        let user = |change: Value| check(&change).unwrap().user();
        assert_eq!(user(json!({})), "1234");
        assert_eq!(user(json!({"email": "a@b.example"})), "a@b.example");
        assert_eq!(
            user(json!({"email": "a@b.example", "preferred_username": "ann"})),
            "ann"
        );
    }

    #[test]
    fn what_the_issuer_tells_of_another_subject_is_not_taken() {
        let user = |told: Value| {
            let claims = check(&json!({})).unwrap();
            claims.with(told.as_object().unwrap().clone(), None).user()
        };
        assert_eq!(user(json!({"sub": "1234", "email": "a@b.example"})), "a@b.example");
        assert_eq!(user(json!({"sub": "5678", "email": "a@b.example"})), "1234");
        assert_eq!(user(json!({"email": "a@b.example"})), "1234");
    }

    #[test]
    fn a_claim_lists_namespaces_and_what_is_none_counts_for_nothing() {
        let sight = |claim: Value| check(&json!({"ns": claim})).unwrap().sight("ns");
        let names = |names: &[&str]| Sight::Namespaces(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(
            sight(json!(["team-b", "team-a", "team-b"])),
            names(&["team-a", "team-b"])
        );
        assert_eq!(sight(json!("team-a")), names(&["team-a"]));
        assert_eq!(sight(json!(["team-a", "*"])), Sight::Everything);
        for nothing in [json!([]), json!(null), json!({"team-a": true}), json!(7)] {
            assert_eq!(sight(nothing), names(&[]));
        }
        let long = "a".repeat(64);
        for bad in ["", "a b", ".*", "a|b", "A", "-a", "a-", "team-a\"", "a.b", &long] {
            assert_eq!(sight(json!([bad, 7, "a"])), names(&["a"]), "{bad}");
        }
        assert_eq!(check(&json!({})).unwrap().sight("ns"), names(&[]));
    }

    #[test]
    fn a_claim_that_is_kept_out_of_the_token_is_taken_from_what_the_issuer_tells_of_the_same_subject() {
        for (subject, expect) in [("1234", vec!["a".to_owned()]), ("5678", vec![])] {
            let told = json!({"sub": subject, "ns": ["a"]}).as_object().unwrap().clone();
            let claims = check(&json!({})).unwrap().with(told, Some("ns"));
            assert_eq!(claims.sight("ns"), Sight::Namespaces(expect));
        }
    }
}
