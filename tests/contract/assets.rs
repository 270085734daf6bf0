//! The page's files: types, caching, compressed forms, and which addresses lead to the page.

use anyhow::Result;
use axum::http::{Method, StatusCode};
use bytes::Bytes;
use tests::rig::http::{self, Answer};

use super::{NOBODY, small_server};

#[tokio::test]
async fn hashed_files_may_be_kept_for_ever_and_the_others_are_asked_for_again() -> Result<()> {
    const FOREVER: &str = "public, max-age=31536000, immutable";
    let (server, _assets) = small_server(NOBODY, &[]).await?;
    for (path, content_type, caching) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/servelens", "text/html; charset=utf-8", "no-cache"),
        ("/servelens/", "text/html; charset=utf-8", "no-cache"),
        ("/servelens/overview", "text/html; charset=utf-8", "no-cache"),
        ("/servelens/ns/llm-prod/models", "text/html; charset=utf-8", "no-cache"),
        ("/servelens/all-namespaces/gpus", "text/html; charset=utf-8", "no-cache"),
        ("/plugin-entry.js", "text/javascript", "no-cache"),
        ("/asset-manifest.json", "application/json", "no-cache"),
        ("/locales/fr/plugin__servelens.json", "application/json", "no-cache"),
        ("/assets/servelens.0a.js", "text/javascript", FOREVER),
        ("/assets/servelens.0c.css", "text/css", FOREVER),
        ("/assets/servelens_bg.0b.wasm", "application/wasm", FOREVER),
    ] {
        let answer = http::get(&format!("{}{path}", server.url)).await?;
        let got = (
            answer.status,
            answer.header("content-type"),
            answer.header("cache-control"),
        );
        assert_eq!(got, (StatusCode::OK, content_type, caching), "{path}");

        let tag = answer.header("etag").to_owned();
        let again = conditional(&format!("{}{path}", server.url), &tag).await?;
        assert_eq!(
            (again.status, again.body.len()),
            (StatusCode::NOT_MODIFIED, 0),
            "{path}"
        );
    }
    Ok(())
}

async fn conditional(url: &str, tag: &str) -> Result<Answer> {
    http::send(Method::GET, url, &[("if-none-match", tag)], Bytes::new()).await
}

#[tokio::test]
async fn a_browser_that_takes_gzip_gets_the_prepared_form() -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &[]).await?;
    let url = format!("{}/assets/servelens.0a.js", server.url);
    let gzip = http::send(Method::GET, &url, &[("accept-encoding", "gzip, deflate")], Bytes::new()).await?;
    assert_eq!(
        (gzip.header("content-encoding"), gzip.text().as_str()),
        ("gzip", "stands for the gzip form")
    );
    let plain = http::get(&url).await?;
    assert_eq!(
        (plain.header("content-encoding"), plain.text().as_str()),
        ("", "export default 1;")
    );
    assert_eq!(
        (plain.header("vary"), gzip.header("vary")),
        ("accept-encoding", "accept-encoding")
    );
    assert_ne!(plain.header("etag"), gzip.header("etag"));
    Ok(())
}

#[tokio::test]
async fn nothing_outside_the_folder_can_be_reached() -> Result<()> {
    let (server, _assets) = small_server(NOBODY, &[]).await?;
    for path in [
        "/assets/no-such.js",
        "/assets/../asset-manifest.json",
        "/assets/..%2fasset-manifest.json",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/no-such-page",
    ] {
        let answer = http::get(&format!("{}{path}", server.url)).await?;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.json()?["code"], "not_found", "{path}");
    }
    Ok(())
}
