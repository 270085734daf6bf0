//! Sign-in, from the first click to the revoked token. The issuer here is a double that holds to the protocol: it gives
//! a token for the code it made, to the client that proves PKCE, once.

use std::sync::{Arc, Mutex};

use axum::http::{Method, Uri};
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use catalog::Catalog;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{
    harness::{Answer, Server, catalog, good, server_of, server_with},
    script::{Asked, Deed, Script},
};
use crate::config::{IdentityMode, ServeConfig, SessionConfig, SessionToken};

pub const ACCESS: &str = "sha256~canary-access-9d1c";
const CODE: &str = "canary-code-51e0";
pub const KEY: [u8; 32] = [7; 32];
/// A navigation within the page, as a browser marks it.
pub const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// What the double has been told at its authorization page, and what it has taken back.
#[derive(Default)]
pub struct Memory {
    challenge: String,
    nonce: String,
    /// What the id token says beside the usual.
    claims: Value,
    code_used: bool,
    revoked: Vec<String>,
}

pub struct Rig {
    pub server: Server,
    _issuer: Script,
    address: Uri,
    memory: Arc<Mutex<Memory>>,
}

fn id_token(issuer: &str, nonce: &str, more: &Value) -> String {
    let mut claims = json!({
        "iss": issuer, "aud": "servelens", "nonce": nonce, "exp": 4_000_000_000_u32, "preferred_username": "ann",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn play(asked: &Asked, memory: &Mutex<Memory>, openid: bool) -> Deed {
    let mut memory = memory.lock().unwrap();
    let host = asked.headers.iter().find(|(name, _)| name == "host").unwrap().1.clone();
    let issuer = format!("http://{host}");
    let authorized = asked
        .headers
        .iter()
        .any(|(name, value)| name == "authorization" && *value == format!("Bearer {ACCESS}"));
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/.well-known/oauth-authorization-server") if !openid => Deed::Json(
            json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/oauth/authorize"),
                   "token_endpoint": format!("{issuer}/token")})
            .to_string(),
        ),
        ("GET", "/.well-known/openid-configuration") if openid => Deed::Json(
            json!({"issuer": issuer, "authorization_endpoint": format!("{issuer}/auth?tenant=a"),
                   "token_endpoint": format!("{issuer}/token"), "revocation_endpoint": format!("{issuer}/revoke"),
                   "userinfo_endpoint": format!("{issuer}/userinfo")})
            .to_string(),
        ),
        ("POST", "/token") => {
            let proven =
                BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(asked.param("code_verifier"))) == memory.challenge;
            let right = asked.param("code") == CODE
                && asked.param("redirect_uri") == "http://127.0.0.1:8477/auth/callback"
                && asked.param("client_id") == "servelens";
            if !proven || !right || memory.code_used {
                return Deed::answer("400 Bad Request", "application/json", r#"{"error":"invalid_grant"}"#);
            }
            memory.code_used = true;
            let mut token = json!({"access_token": ACCESS, "token_type": "Bearer", "expires_in": 86_400});
            if openid {
                token["id_token"] = Value::from(id_token(&issuer, &memory.nonce, &memory.claims));
            }
            Deed::Json(token.to_string())
        }
        ("GET", "/apis/user.openshift.io/v1/users/~") if authorized => {
            Deed::Json(json!({"metadata": {"name": "ann"}}).to_string())
        }
        ("DELETE", path) if authorized && path.starts_with("/apis/oauth.openshift.io/v1/useroauthaccesstokens/") => {
            memory.revoked.push(path.rsplit('/').next().unwrap().to_owned());
            Deed::Json("{}".to_owned())
        }
        ("GET", "/userinfo") if authorized && memory.revoked.is_empty() => {
            Deed::Json(json!({"sub": "ann"}).to_string())
        }
        ("GET", "/userinfo") => Deed::answer("401 Unauthorized", "text/plain", "no such token"),
        ("POST", "/revoke") => {
            memory.revoked.push(asked.param("token").to_owned());
            Deed::Json("{}".to_owned())
        }
        _ => Deed::answer("404 Not Found", "text/plain", "no"),
    }
}

pub async fn rig(openid: bool, token: SessionToken) -> Rig {
    rig_with(openid, token, None, catalog(), good).await
}

/// `claim`: the one that lists namespaces, and what it says.
pub async fn rig_with(
    openid: bool,
    token: SessionToken,
    claim: Option<(&str, Value)>,
    catalog: Catalog,
    store: fn(&Asked) -> Deed,
) -> Rig {
    let memory = Arc::new(Mutex::new(Memory {
        claims: claim
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        ..Memory::default()
    }));
    let shared = Arc::clone(&memory);
    let issuer = Script::start(move |asked| play(asked, &shared, openid)).await;
    let address: Uri = format!("http://{}", issuer.addr).parse().unwrap();
    let (session, _key) = session(address.clone(), openid, token, claim.map(|(name, _)| name), KEY);
    let change = |config: &mut ServeConfig| {
        config.identity = IdentityMode::Session;
        config.session = Some(session);
    };
    let server = server_of(catalog, store, change).await;
    Rig {
        server,
        _issuer: issuer,
        address,
        memory,
    }
}

/// The folder holds the key until it has been read.
fn session(
    address: Uri,
    openid: bool,
    token: SessionToken,
    claim: Option<&str>,
    key: [u8; 32],
) -> (SessionConfig, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key");
    std::fs::write(&key_file, BASE64_STANDARD.encode(key)).unwrap();
    let session = SessionConfig {
        public_url: "http://127.0.0.1:8477".parse().unwrap(),
        issuer_url: openid.then(|| address.clone()),
        kube_url: address,
        issuer_ca_file: None,
        client_id: "servelens".to_owned(),
        client_secret_file: None,
        key_file,
        scopes: None,
        token,
        namespaces_claim: claim.map(str::to_owned),
    };
    (session, folder)
}

/// The cookies of an answer as a browser sends them back; those that were taken away are left out.
fn cookies(answer: &Answer) -> String {
    let set = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap());
    set.filter(|value| !value.contains("Max-Age=0"))
        .map(|value| value.split(';').next().unwrap())
        .collect::<Vec<_>>()
        .join("; ")
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.show());
    answer.headers["location"].to_str().unwrap().to_owned()
}

fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(key, _)| key == name)
        .unwrap_or_else(|| panic!("{name} in {address}"))
        .1
        .into_owned()
}

impl Rig {
    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.server.send(Method::GET, path, &[("cookie", cookie)], "").await
    }

    /// To the issuer: the state and the cookie of the way there.
    async fn leave(&self, path: &str) -> (String, String) {
        let answer = self.get(path, "").await;
        let to = location(&answer);
        let mut memory = self.memory.lock().unwrap();
        memory.challenge = parameter(&to, "code_challenge");
        if to.contains("nonce=") {
            memory.nonce = parameter(&to, "nonce");
        }
        (parameter(&to, "state"), cookies(&answer))
    }

    async fn back(&self, state: &str, cookie: &str) -> Answer {
        self.get(&format!("/auth/callback?code={CODE}&state={state}"), cookie)
            .await
    }

    /// Another server before the same issuer.
    pub async fn replica(&self, openid: bool, key: [u8; 32]) -> Server {
        let (session, _key) = session(self.address.clone(), openid, SessionToken::Access, None, key);
        let change = |config: &mut ServeConfig| {
            config.identity = IdentityMode::Session;
            config.session = Some(session);
        };
        server_with(good, change).await
    }

    /// The issuer takes the code once more.
    pub fn renew(&self) {
        self.memory.lock().unwrap().code_used = false;
    }

    /// Signed in: the session's cookies.
    pub async fn sign_in(&self) -> String {
        let (state, cookie) = self.leave("/auth/login?return=/servelens/gpus").await;
        let answer = self.back(&state, &cookie).await;
        assert_eq!(location(&answer), "/servelens/gpus");
        cookies(&answer)
    }
}

#[tokio::test]
async fn openshift_is_asked_with_pkce_and_a_state_and_for_all_that_the_user_may() {
    let rig = rig(false, SessionToken::Access).await;
    let answer = rig.get("/auth/login", "").await;
    let to = location(&answer);
    assert_eq!(parameter(&to, "response_type"), "code");
    assert_eq!(parameter(&to, "client_id"), "servelens");
    assert_eq!(parameter(&to, "redirect_uri"), "http://127.0.0.1:8477/auth/callback");
    assert_eq!(parameter(&to, "scope"), "user:full");
    assert_eq!(parameter(&to, "code_challenge_method"), "S256");
    assert_eq!(parameter(&to, "state").len(), 43, "256 bits in base64");
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-servelens-login="), "{cookie}");
    assert!(
        cookie.ends_with("; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    assert!(!cookie.contains(&parameter(&to, "state")));
    let other = location(&rig.get("/auth/login", "").await);
    assert_ne!(parameter(&to, "state"), parameter(&other, "state"));
    assert_ne!(parameter(&to, "code_challenge"), parameter(&other, "code_challenge"));
}

#[tokio::test]
async fn a_signed_in_user_asks_upstream_with_their_own_token_and_the_cookie_shows_none() {
    let rig = rig(false, SessionToken::Access).await;
    let session = rig.sign_in().await;
    assert!(!session.contains("canary"), "{session}");
    let me = rig.get("/api/me", &session).await;
    assert_eq!(me.status, 200, "{}", me.show());
    let me: Value = serde_json::from_str(&me.text()).unwrap();
    assert_eq!((&me["user"], &me["sign_out"]), (&json!("ann"), &json!("/auth/logout")));
    let asked = rig.server.upstream.asked();
    for (name, value) in &asked.last().unwrap().headers {
        assert_ne!(name, "cookie");
        if name == "authorization" {
            assert_eq!(*value, format!("Bearer {ACCESS}"));
        }
    }
}

#[tokio::test]
async fn an_openid_token_is_checked_and_the_configured_one_goes_upstream() {
    for (token, goes) in [
        (SessionToken::Access, ACCESS.to_owned()),
        (SessionToken::Id, "e30.".to_owned()),
    ] {
        let rig = rig(true, token).await;
        let session = rig.sign_in().await;
        let me: Value = serde_json::from_str(&rig.get("/api/me", &session).await.text()).unwrap();
        assert_eq!(me["user"], "ann");
        let asked = rig.server.upstream.asked();
        let sent = asked
            .last()
            .unwrap()
            .headers
            .iter()
            .find(|(name, _)| name == "authorization")
            .unwrap()
            .1
            .clone();
        assert!(sent.starts_with(&format!("Bearer {goes}")), "{sent}");
    }
}

#[tokio::test]
async fn an_id_token_of_another_sign_in_is_refused() {
    let rig = rig(true, SessionToken::Access).await;
    let (state, cookie) = rig.leave("/auth/login").await;
    rig.memory.lock().unwrap().nonce = "another".to_owned();
    let answer = rig.back(&state, &cookie).await;
    assert_eq!(answer.status, 403);
    assert!(
        answer.text().contains("the id token is of another sign-in"),
        "{}",
        answer.text()
    );
    assert_eq!(cookies(&answer), "");
}

#[tokio::test]
async fn promise_26_a_strange_state_and_one_that_was_used_are_refused_and_a_code_without_its_verifier_is_worth_nothing()
{
    let rig = rig(false, SessionToken::Access).await;
    let (state, cookie) = rig.leave("/auth/login").await;
    for (state, cookie) in [
        ("other", cookie.as_str()),
        (state.as_str(), ""),
        (state.as_str(), "__Host-servelens-login=x"),
    ] {
        let answer = rig.back(state, cookie).await;
        assert_eq!((answer.status.as_u16(), cookies(&answer)), (403, String::new()));
    }
    // Another browser's code: the verifier is not its own.
    rig.memory.lock().unwrap().challenge = "another".to_owned();
    assert_eq!(rig.back(&state, &cookie).await.status, 403);
    let (state, cookie) = rig.leave("/auth/login").await;
    assert_eq!(location(&rig.back(&state, &cookie).await), "/");
    rig.memory.lock().unwrap().code_used = false;
    let again = rig.back(&state, &cookie).await;
    assert_eq!(
        again.status, 403,
        "a state serves once, whatever the issuer says of the code"
    );
}

#[tokio::test]
async fn what_goes_wrong_on_the_way_is_told_in_words_to_the_person_who_waits() {
    let rig = rig(false, SessionToken::Access).await;
    let path = "/auth/callback?error=access_denied%3Cb%3E";
    let answer = rig
        .server
        .send(Method::GET, path, &[("accept", "text/html,*/*;q=0.8")], "")
        .await;
    insta::assert_snapshot!(answer.show(), @r#"
    403
    content-length: 382
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: text/html; charset=utf-8
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Servelens: sign-in</title><h1>You could not be signed in: the issuer says &quot;access_denied&lt;b&gt;&quot;.</h1><p>Try again; if it stays so, ask an administrator to read Servelens's log.</p><p><a href="/auth/login">Sign in</a></p><p>Request <id></p></html>
    "#);
    // To a tool, in the shape of every other error.
    assert!(
        rig.get(path, "")
            .await
            .text()
            .starts_with(r#"{"code":"sign_in_failed","#)
    );
    assert!(
        rig.get("/auth/callback?code=a&code=b&state=c", "")
            .await
            .text()
            .contains("the issuer sent no code")
    );
}

#[tokio::test]
async fn promise_26_a_cookie_counts_from_the_pages_own_origin_only_where_something_could_change() {
    let rig = rig(false, SessionToken::Access).await;
    let session = rig.sign_in().await;
    let body = r#"{"panels":["t.gauge"],"from":1763796000,"to":1763796090,"width":600}"#;
    let post = async |headers: &[(&str, &str)]| {
        let answer = rig.server.send(Method::POST, "/api/panels", headers, body).await;
        (answer.status.as_u16(), answer.text().contains("cross_site"))
    };
    assert_eq!(post(&[("cookie", &session), OWN]).await, (200, false));
    assert_eq!(
        post(&[("cookie", &session), ("sec-fetch-site", "cross-site")]).await,
        (403, true)
    );
    assert_eq!(post(&[("cookie", &session)]).await, (403, true));
    // A GET for events acts, and comes this far only from the page itself: there is no cluster here.
    for (more, status) in [
        (None, 403),
        (Some(("sec-fetch-site", "cross-site")), 403),
        (Some(OWN), 404),
    ] {
        let headers = [
            Some(("cookie", session.as_str())),
            Some(("accept", "text/event-stream")),
            more,
        ];
        let headers: Vec<_> = headers.into_iter().flatten().collect();
        let answer = rig.server.send(Method::GET, "/api/setup/apply", &headers, "").await;
        assert_eq!(answer.status, status, "{more:?}: {}", answer.show());
    }
    // A token does not travel by itself.
    assert_eq!(
        post(&[("authorization", "Bearer abc"), ("sec-fetch-site", "cross-site")]).await,
        (200, false)
    );
}

#[tokio::test]
async fn promise_25_signing_out_ends_the_session_here_and_its_token_at_the_issuer() {
    for (openid, token, revoked) in [
        (
            false,
            SessionToken::Access,
            format!(
                "sha256~{}",
                BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest("canary-access-9d1c"))
            ),
        ),
        (true, SessionToken::Access, ACCESS.to_owned()),
        (true, SessionToken::Id, ACCESS.to_owned()),
    ] {
        let rig = rig(openid, token).await;
        let session = rig.sign_in().await;
        let out = async |headers: &[(&str, &str)]| rig.server.send(Method::POST, "/auth/logout", headers, "").await;
        assert_eq!(
            out(&[("cookie", &session), ("sec-fetch-site", "cross-site")])
                .await
                .status,
            403
        );
        assert_eq!(
            rig.get("/api/catalog", &session).await.status,
            200,
            "another site ends no session"
        );
        let answer = out(&[("cookie", &session), OWN]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (200, r#"{"revoked":true}"#.to_owned())
        );
        assert_eq!(cookies(&answer), "");
        assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 3);
        assert_eq!(rig.memory.lock().unwrap().revoked, [revoked]);
        let after = rig.get("/api/catalog", &session).await;
        assert_eq!(after.status, 401);
        assert!(after.text().contains("session_over"), "{}", after.text());
    }
}

#[tokio::test]
async fn without_a_session_the_answer_says_to_sign_in_and_strange_cookies_are_no_session() {
    let rig = rig(false, SessionToken::Access).await;
    insta::assert_snapshot!(rig.get("/api/catalog", "").await.text().split(",\"request_id").next().unwrap(), @r#"{"code":"not_signed_in","message":"You are not signed in.","next_step":"Sign in, or send your own token: `Authorization: Bearer <token>`.""#);
    for cookie in [
        "__Host-servelens-0=abc",
        "__Host-servelens-0=",
        "servelens=abc",
        "__Host-servelens=abc",
    ] {
        assert_eq!(rig.get("/api/catalog", cookie).await.status, 401, "{cookie}");
    }
    let (_, login) = rig.leave("/auth/login").await;
    let swapped = login.replace("servelens-login", "servelens-0");
    assert_eq!(
        rig.get("/api/catalog", &swapped).await.status,
        401,
        "the cookie of the way there is no session"
    );
}

#[tokio::test]
async fn without_sign_in_its_doors_are_not_there() {
    let server = server_with(good, |_| {}).await;
    for (method, path) in [
        (Method::GET, "/auth/login"),
        (Method::GET, "/auth/callback"),
        (Method::POST, "/auth/logout"),
    ] {
        assert_eq!(server.send(method, path, &[], "").await.status, 404, "{path}");
    }
}
