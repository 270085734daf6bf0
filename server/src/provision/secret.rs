//! Secrets that are made once and never shown: the key of sign-in cookies, and tokens that end by themselves.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::object::{Generated, Object, merge};
use crate::cluster::{Cause, Hands, Refusal, SECRET};

/// When a token ends, in seconds since 1970; not a secret.
const ENDS: &str = "servelens.io/token-ends";
/// A token lives for 90 days, or as long as the cluster allows.
const LIFE_S: u64 = 90 * 86_400;
/// It is renewed when less than this is left of it.
const LEFT_S: u64 = LIFE_S / 5;

#[must_use]
pub fn is_old(live: &Value) -> bool {
    let ends = live
        .pointer("/metadata/annotations")
        .and_then(|notes| notes.get(ENDS)?.as_str());
    let ends: Option<u64> = ends.and_then(|ends| ends.parse().ok());
    ends.is_none_or(|ends| ends < now() + LEFT_S)
}

#[must_use]
pub fn is_whole(live: &Value, content: &Generated) -> bool {
    let value = live.pointer("/data").and_then(|data| data.get(key(content))?.as_str());
    value.is_some_and(|value| !value.is_empty())
}

fn key(content: &Generated) -> &'static str {
    match content {
        Generated::Cookie => "session_secret",
        Generated::Token(_) => "token",
    }
}

/// Fills the Secret, made new where it is missing.
pub async fn write(hands: &Hands, object: &Object) -> Result<Value, Refusal> {
    let Some(content) = &object.generated else {
        return Ok(Value::Null);
    };
    let namespace = object.namespace.as_deref();
    let mut body = object.body.clone();
    let value = match content {
        Generated::Cookie => random()?,
        Generated::Token(account) => {
            let path = format!(
                "/api/v1/namespaces/{}/serviceaccounts/{account}/token",
                namespace.unwrap_or_default()
            );
            let asked = json!({
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": {"expirationSeconds": LIFE_S},
            });
            let answer = hands.post(&path, &asked).await?;
            let token = answer
                .pointer("/status/token")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let ends = (now() + LIFE_S).to_string();
            merge(&mut body, &json!({"metadata": {"annotations": {ENDS: ends}}}));
            token.as_bytes().to_vec()
        }
    };
    merge(&mut body, &json!({"data": {key(content): STANDARD.encode(value)}}));
    hands.apply(&SECRET, namespace, &body, false).await
}

fn random() -> Result<Vec<u8>, Refusal> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Refusal::new(Cause::Failed, "this machine has no source of random bytes".to_owned()))?;
    Ok(STANDARD.encode(bytes).into_bytes())
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
