//! The plugin manifest in its two shapes. Consoles up to 4.21 refuse a key they do not know, so the check is strict.

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::http;

use super::{NOBODY, small_server};

async fn manifest(shape: &[&str]) -> Result<Value> {
    let (server, _assets) = small_server(NOBODY, shape).await?;
    let answer = http::get(&format!("{}/plugin-manifest.json", server.url)).await?;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let again = http::get(&format!("{}/plugin-manifest.json", server.url)).await?;
    assert_eq!(
        answer.body, again.body,
        "every console polls it: it must not change by itself"
    );
    answer.json()
}

/// A key, and what holds for its value.
type Key = (&'static str, fn(&Value) -> bool);

/// Only these keys, each with a value that holds.
#[track_caller]
fn check_keys(object: &Value, keys: &[Key]) {
    let object = object.as_object().unwrap();
    for (key, value) in object {
        let known = keys.iter().find(|(name, _)| name == key);
        let (_, holds) = known.unwrap_or_else(|| panic!("the console knows no key {key:?}"));
        assert!(holds(value), "{key}: {value}");
    }
}

#[track_caller]
fn check_extensions(manifest: &Value) {
    let extensions = manifest["extensions"].as_array().unwrap();
    for extension in extensions {
        check_keys(
            extension,
            &[
                ("type", Value::is_string),
                ("properties", Value::is_object),
                ("flags", Value::is_object),
            ],
        );
        assert!(
            extension["type"].as_str().unwrap().starts_with("console."),
            "{extension}"
        );
    }
    let routes = extensions
        .iter()
        .find(|extension| extension["type"] == "console.page/route")
        .unwrap();
    let properties = &routes["properties"];
    check_keys(
        properties,
        &[
            ("path", |path| path.is_string() || path.is_array()),
            ("component", Value::is_object),
            ("exact", Value::is_boolean),
        ],
    );
    check_keys(
        &properties["component"],
        &[("$codeRef", |text| {
            text.as_str().is_some_and(|text| !text.contains(char::is_whitespace))
        })],
    );
    assert_eq!(
        properties["path"],
        json!(["/servelens", "/servelens/ns/:ns", "/servelens/all-namespaces"])
    );
    let item = extensions
        .iter()
        .find(|extension| extension["type"] == "console.navigation/href")
        .unwrap();
    assert_eq!(
        (
            &item["properties"]["perspective"],
            &item["properties"]["section"],
            &item["properties"]["href"]
        ),
        (&json!("admin"), &json!("observe"), &json!("/servelens"))
    );
}

fn is_range(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.values().all(Value::is_string))
}

#[tokio::test]
async fn the_standard_manifest_is_the_default_and_holds_only_what_its_schema_knows() -> Result<()> {
    let manifest = manifest(&[]).await?;
    check_keys(
        &manifest,
        &[
            ("name", |name| name == "servelens"),
            ("version", |version| version == env!("CARGO_PKG_VERSION")),
            ("extensions", Value::is_array),
            ("baseURL", |url| url == "/api/plugins/servelens/"),
            ("loadScripts", |scripts| *scripts == json!(["plugin-entry.js"])),
            ("registrationMethod", |method| method == "callback"),
            ("buildHash", Value::is_string),
            ("customProperties", |custom| {
                let console = &custom["console"];
                custom.as_object().is_some_and(|map| map.len() == 1)
                    && console["displayName"] == "Servelens"
                    && console["description"].is_string()
            }),
            ("dependencies", is_range),
        ],
    );
    for required in [
        "name",
        "version",
        "extensions",
        "baseURL",
        "loadScripts",
        "registrationMethod",
    ] {
        assert!(manifest.get(required).is_some(), "{required} is required");
    }
    check_extensions(&manifest);
    Ok(())
}

#[tokio::test]
async fn the_legacy_manifest_of_4_14_holds_only_what_its_schema_knows() -> Result<()> {
    let manifest = manifest(&["--manifest-shape", "legacy"]).await?;
    check_keys(
        &manifest,
        &[
            ("name", |name| name == "servelens"),
            ("version", |version| version == env!("CARGO_PKG_VERSION")),
            ("displayName", Value::is_string),
            ("description", Value::is_string),
            ("dependencies", is_range),
            ("disableStaticPlugins", Value::is_array),
            ("extensions", Value::is_array),
        ],
    );
    for required in ["name", "version", "extensions"] {
        assert!(manifest.get(required).is_some(), "{required} is required");
    }
    check_extensions(&manifest);
    Ok(())
}
