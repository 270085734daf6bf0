//! The page's files, the manifest and health: what needs no caller.

use axum::http::Method;

use super::harness::{Answer, Server, good, server, server_with};
use crate::config::{ManifestShape, PluginExtensions};

async fn get(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.send(Method::GET, path, headers, "").await
}

#[tokio::test]
async fn every_file_has_its_exact_type_and_its_caching() {
    let server = server(good).await;
    let mut lines = Vec::new();
    for path in [
        "/",
        "/servelens",
        "/servelens/ns/llm-prod/overview?range=24h",
        "/plugin-entry.js",
        "/asset-manifest.json",
        "/assets/servelens.0a1b.js",
        "/assets/servelens_bg.2c3d.wasm",
        "/assets/servelens.4e5f.css",
        "/plugin-manifest.json",
    ] {
        let answer = get(&server, path, &[]).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        lines.push(format!(
            "{path}: {} {}; {}",
            answer.status.as_u16(),
            header("content-type"),
            header("cache-control")
        ));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    /: 200 text/html; charset=utf-8; no-cache
    /servelens: 200 text/html; charset=utf-8; no-cache
    /servelens/ns/llm-prod/overview?range=24h: 200 text/html; charset=utf-8; no-cache
    /plugin-entry.js: 200 text/javascript; no-cache
    /asset-manifest.json: 200 application/json; no-cache
    /assets/servelens.0a1b.js: 200 text/javascript; public, max-age=31536000, immutable
    /assets/servelens_bg.2c3d.wasm: 200 application/wasm; public, max-age=31536000, immutable
    /assets/servelens.4e5f.css: 200 text/css; public, max-age=31536000, immutable
    /plugin-manifest.json: 200 application/json; no-cache
    "#);
}

#[tokio::test]
async fn promise_28_the_page_stands_under_a_strict_policy() {
    insta::assert_snapshot!(get(&server(good).await, "/servelens/overview", &[]).await.show(), @r#"
    200
    cache-control: no-cache
    content-length: 39
    content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' data:; style-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'
    content-type: text/html; charset=utf-8
    cross-origin-opener-policy: same-origin
    cross-origin-resource-policy: same-origin
    etag: "f26295f174ed1e06a5e5e8515edb3385"
    referrer-policy: no-referrer
    vary: accept-encoding
    x-content-type-options: nosniff
    x-request-id: <id>

    <!doctype html><title>Servelens</title>
    "#);
}

#[tokio::test]
async fn promise_29_every_answer_that_is_no_page_runs_nothing_and_is_what_it_says_it_is() {
    let server = server(good).await;
    let mut seen = Vec::new();
    for (method, path) in [
        (Method::GET, "/plugin-entry.js"),
        (Method::GET, "/asset-manifest.json"),
        (Method::GET, "/assets/servelens.0a1b.js"),
        (Method::GET, "/plugin-manifest.json"),
        (Method::GET, "/healthz"),
        (Method::GET, "/assets/nothing.js"),
        (Method::GET, "/nowhere"),
        (Method::POST, "/plugin-entry.js"),
        (Method::DELETE, "/api/catalog"),
        (Method::GET, "/api/catalog"),
    ] {
        let answer = server.send(method.clone(), path, &[], "").await;
        let told = [
            "x-content-type-options",
            "content-security-policy",
            "referrer-policy",
            "cross-origin-resource-policy",
        ]
        .map(|name| answer.headers.get(name).map_or("none", |value| value.to_str().unwrap()));
        seen.push(format!(
            "{method} {path}: {}: {}",
            answer.status.as_u16(),
            told.join(" | ")
        ));
    }
    insta::assert_snapshot!(seen.join("\n"), @r#"
    GET /plugin-entry.js: 200: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    GET /asset-manifest.json: 200: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    GET /assets/servelens.0a1b.js: 200: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    GET /plugin-manifest.json: 200: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    GET /healthz: 200: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    GET /assets/nothing.js: 404: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    GET /nowhere: 404: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    POST /plugin-entry.js: 405: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    DELETE /api/catalog: 405: nosniff | default-src 'none'; frame-ancestors 'none' | no-referrer | same-origin
    GET /api/catalog: 401: nosniff | sandbox | no-referrer | same-origin
    "#);
}

#[tokio::test]
async fn an_unchanged_file_keeps_its_guards() {
    let server = server(good).await;
    let etag = get(&server, "/assets/servelens.0a1b.js", &[]).await.headers["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    let again = get(&server, "/assets/servelens.0a1b.js", &[("if-none-match", &etag)]).await;
    insta::assert_snapshot!(again.show(), @r#"
    304
    cache-control: public, max-age=31536000, immutable
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    cross-origin-resource-policy: same-origin
    etag: "56332e0a55734bc2b73df56a2df8635e"
    referrer-policy: no-referrer
    vary: accept-encoding
    x-content-type-options: nosniff
    x-request-id: <id>
    "#);
}

#[tokio::test]
async fn the_prepared_encoding_that_is_accepted_is_sent() {
    let server = server(good).await;
    for (accept, encoding, body) in [
        ("gzip, deflate, br", Some("br"), "br:(function () {})();"),
        ("gzip", Some("gzip"), "gz:(function () {})();"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "gz:(function () {})();"),
        ("zstd", None, "(function () {})();"),
    ] {
        let answer = get(&server, "/plugin-entry.js", &[("accept-encoding", accept)]).await;
        let sent = answer
            .headers
            .get("content-encoding")
            .map(|value| value.to_str().unwrap());
        assert_eq!((sent, answer.text().as_str()), (encoding, body), "{accept}");
        assert_eq!(answer.headers["vary"], "accept-encoding");
        assert_eq!(answer.headers["content-length"], body.len().to_string());
    }
}

#[tokio::test]
async fn a_browser_that_has_the_bytes_is_told_so_for_each_encoding_apart() {
    let server = server(good).await;
    for path in ["/plugin-entry.js", "/plugin-manifest.json", "/servelens/gpus"] {
        let plain = get(&server, path, &[]).await.headers["etag"]
            .to_str()
            .unwrap()
            .to_owned();
        let again = get(&server, path, &[("if-none-match", &format!("\"x\", W/{plain}"))]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
        assert_eq!(again.headers["etag"], plain.as_str());
        assert_eq!(
            get(&server, path, &[("if-none-match", "\"x\"")]).await.status,
            200,
            "{path}"
        );
    }
    let plain = get(&server, "/plugin-entry.js", &[]).await.headers["etag"]
        .to_str()
        .unwrap()
        .to_owned();
    let br = get(
        &server,
        "/plugin-entry.js",
        &[("accept-encoding", "br"), ("if-none-match", &plain)],
    )
    .await;
    assert_eq!(br.status, 200);
}

#[tokio::test]
async fn a_head_request_has_the_head_alone() {
    let answer = server(good).await.send(Method::HEAD, "/plugin-entry.js", &[], "").await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    assert_eq!(answer.headers["content-length"], "19");
}

#[tokio::test]
async fn promise_30_nothing_but_the_names_found_at_start_is_served() {
    let server = server(good).await;
    for path in [
        "/index.html",
        "/assets/",
        "/assets/../index.html",
        "/assets/..%2findex.html",
        "/assets/%2e%2e/index.html",
        "/assets/%2e%2e%2fasset-manifest.json",
        "/assets//etc/passwd",
        "/assets/%2fetc%2fpasswd",
        "/assets/servelens.0a1b.js.br",
        "/assets/servelens.0a1b.js%00",
        "/assets/SERVELENS.0a1b.js",
        "/plugin-entry.js.gz",
        "/locales/../../etc/passwd",
    ] {
        let answer = get(&server, path, &[]).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.show());
        assert!(answer.text().contains("\"code\":\"not_found\""));
    }
}

#[tokio::test]
async fn both_shapes_of_the_manifest_are_what_their_consoles_take() {
    let pretty = |answer: Answer| {
        let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        serde_json::to_string_pretty(&json).unwrap()
    };
    let standard = server_with(good, |config| config.plugin_extensions = PluginExtensions::none()).await;
    insta::assert_snapshot!(pretty(get(&standard, "/plugin-manifest.json", &[]).await), @r#"
    {
      "baseURL": "/api/plugins/servelens/",
      "buildHash": "b7bf4b01ad15136f",
      "customProperties": {
        "console": {
          "description": "What the model-serving platform is doing: models, routing, GPUs.",
          "displayName": "Servelens"
        }
      },
      "dependencies": {
        "@console/pluginAPI": "*"
      },
      "extensions": [],
      "loadScripts": [
        "plugin-entry.js"
      ],
      "name": "servelens",
      "registrationMethod": "callback",
      "version": "0.1.0"
    }
    "#);
    let legacy = server_with(good, |config| {
        config.manifest_shape = ManifestShape::Legacy;
        config.plugin_extensions = PluginExtensions::none();
    })
    .await;
    insta::assert_snapshot!(pretty(get(&legacy, "/plugin-manifest.json", &[]).await), @r#"
    {
      "dependencies": {
        "@console/pluginAPI": "*"
      },
      "description": "What the model-serving platform is doing: models, routing, GPUs.",
      "displayName": "Servelens",
      "extensions": [],
      "name": "servelens",
      "version": "0.1.0"
    }
    "#);
}

#[tokio::test]
async fn promise_32_health_needs_nobody_and_tells_nothing() {
    let server = server(good).await;
    insta::assert_snapshot!(get(&server, "/healthz", &[]).await.show(), @r#"
    200
    content-length: 3
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: text/plain; charset=utf-8
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    ok
    "#);
    insta::assert_snapshot!(get(&server, "/readyz", &[]).await.show(), @r#"
    200
    content-length: 3
    content-security-policy: default-src 'none'; frame-ancestors 'none'
    content-type: text/plain; charset=utf-8
    cross-origin-resource-policy: same-origin
    referrer-policy: no-referrer
    x-content-type-options: nosniff
    x-request-id: <id>

    ok
    "#);
}
