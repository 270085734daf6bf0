//! The plugin manifest in its two shapes. Consoles up to 4.21 refuse a key they do not know, so the check is strict.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::http;
use tests::rig::serve::serve_with;

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

/// What the console's schema knows of each type that the plugin uses, as far as 4.14 does: the properties that must be
/// there, and those that may.
const TYPES: [(&str, &[Key], &[Key]); 13] = [
    (
        "console.navigation/href",
        &[("id", is_text), ("name", is_text), ("href", is_text)],
        &[
            ("perspective", is_text),
            ("section", is_text),
            ("namespaced", Value::is_boolean),
            ("insertAfter", Value::is_array),
        ],
    ),
    (
        "console.page/route",
        &[("path", Value::is_array), ("component", is_code)],
        &[("exact", Value::is_boolean)],
    ),
    ("console.flag", &[("handler", is_code)], &[]),
    ("console.flag/model", &[("flag", is_flag), ("model", is_model)], &[]),
    (
        "console.tab",
        &[
            ("contextId", is_text),
            ("name", is_text),
            ("href", is_segment),
            ("component", is_code),
        ],
        &[],
    ),
    (
        "console.tab/horizontalNav",
        &[
            ("model", is_model),
            ("page", |page| is_text(&page["name"]) && is_segment(&page["href"])),
            ("component", is_code),
        ],
        &[],
    ),
    ("console.cluster-overview/utilization-item", CHART, &[]),
    ("console.project-overview/utilization-item", CHART, &[]),
    (
        "console.dashboards/overview/inventory/item",
        &[("model", is_code)],
        &[("mapper", is_code)],
    ),
    (
        "console.dashboards/project/overview/item",
        &[("model", is_code)],
        &[("mapper", is_code)],
    ),
    (
        "console.dashboards/overview/health/prometheus",
        &[
            ("title", is_text),
            ("queries", Value::is_array),
            ("healthHandler", is_code),
        ],
        &[("popupComponent", is_code), ("popupTitle", is_text)],
    ),
    (
        "console.resource/details-item",
        &[
            ("model", is_model),
            ("id", is_text),
            ("column", |column| column == "right" || column == "left"),
            ("title", is_text),
        ],
        &[("component", is_code)],
    ),
    (
        "console.alert-action",
        &[("alert", is_text), ("text", is_text), ("action", is_code)],
        &[],
    ),
];

const CHART: &[Key] = &[
    ("title", is_text),
    ("getUtilizationQuery", is_code),
    ("humanize", is_code),
];

/// Text, and where the console is to translate it, of this plugin's own namespace.
fn is_text(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    !text.is_empty() && (!text.starts_with('%') || (text.starts_with("%plugin__servelens~") && text.ends_with('%')))
}

/// One element of a path.
fn is_segment(value: &Value) -> bool {
    is_text(value) && !value.to_string().contains('/')
}

/// As the strictest console reads it: `module.export` without blanks, and no other key.
fn is_code(value: &Value) -> bool {
    let text = value["$codeRef"].as_str().unwrap_or_default();
    let parts: Vec<&str> = text.split('.').collect();
    value.as_object().is_some_and(|map| map.len() == 1)
        && matches!(parts.len(), 1 | 2)
        && parts
            .iter()
            .all(|part| !part.is_empty() && !part.contains(char::is_whitespace))
}

fn is_flag(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.starts_with("SERVELENS_")
        && text
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn is_model(value: &Value) -> bool {
    let keys: Vec<&str> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .collect();
    keys == ["group", "kind", "version"] && is_text(&value["version"]) && is_text(&value["kind"])
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
                ("flags", |flags| {
                    flags.as_object().is_some_and(|map| map.len() == 1)
                        && flags["required"]
                            .as_array()
                            .is_some_and(|list| !list.is_empty() && list.iter().all(is_flag))
                }),
            ],
        );
        let kind = extension["type"].as_str().unwrap();
        let known = TYPES.iter().find(|(name, ..)| *name == kind);
        let (_, must, may) = known.unwrap_or_else(|| panic!("the console knows no {kind}"));
        for (key, _) in *must {
            assert!(extension["properties"].get(key).is_some(), "{extension} has no {key}");
        }
        check_keys(&extension["properties"], &[*must, *may].concat());
    }
}

/// The type, what it is about, and what must be the case for it to show.
fn line(extension: &Value) -> String {
    let properties = &extension["properties"];
    let model = &properties["model"];
    let about = match (model["kind"].as_str(), properties["path"].as_array()) {
        (Some(kind), _) => format!(
            "{} {} {kind}",
            model["group"].as_str().unwrap(),
            model["version"].as_str().unwrap()
        ),
        (_, Some(paths)) => paths.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        _ => ["perspective", "contextId", "title"]
            .iter()
            .filter_map(|key| properties[*key].as_str())
            .collect::<Vec<_>>()
            .join(" "),
    };
    let flags = extension["flags"]["required"].as_array();
    let flags: Vec<&str> = flags.into_iter().flatten().filter_map(Value::as_str).collect();
    let kind = extension["type"].as_str().unwrap().trim_start_matches("console.");
    format!("{kind} | {about} | {}", flags.join(" ").replace("SERVELENS_", ""))
}

#[tokio::test]
async fn the_plugin_adds_these_things_to_the_console() -> Result<()> {
    let manifest = manifest(&[]).await?;
    let legacy = self::manifest(&["--manifest-shape", "legacy"]).await?;
    assert_eq!(manifest["extensions"], legacy["extensions"], "only the shape differs");
    let extensions = manifest["extensions"].as_array().context("extensions")?;
    let mut lines: Vec<String> = extensions.iter().map(line).collect();
    // One for each alert.
    let before = lines.len();
    lines.retain(|line| !line.starts_with("alert-action"));
    assert!(before > lines.len() + 40, "{before}");
    insta::assert_snapshot!(lines.join("\n"));
    Ok(())
}

/// A console asks whichever replica its connection leads to: a difference would offer a reload again and again.
#[tokio::test]
async fn two_replicas_answer_the_same_bytes() -> Result<()> {
    let assets = tests::rig::small_dist::write()?;
    let mut answers = Vec::new();
    for _ in 0..2 {
        let server = serve_with(assets.path(), &["--cluster-url", NOBODY]).await?;
        for path in ["plugin-manifest.json", "plugin-flags.json"] {
            let answer = http::get(&format!("{}/{path}", server.url)).await?;
            answers.push((answer.header("etag").to_owned(), answer.body));
        }
    }
    assert_eq!(answers[..2], answers[2..]);
    Ok(())
}

/// Every alert of the catalogue that can fire leads to a page; the queries hold all of them.
#[tokio::test]
async fn every_alert_leads_to_its_page() -> Result<()> {
    let catalog = catalog::Catalog::embedded()?;
    let manifest = manifest(&[]).await?;
    let of_type = |kind: &'static str| {
        let all = manifest["extensions"].as_array().into_iter().flatten();
        all.filter(move |extension| extension["type"] == kind)
    };
    let named: BTreeSet<&str> = of_type("console.alert-action")
        .filter_map(|extension| extension["properties"]["alert"].as_str())
        .collect();
    let query = of_type("console.dashboards/overview/health/prometheus")
        .find_map(|extension| extension["properties"]["queries"][0].as_str())
        .context("the health item's query")?;
    for alert in catalog.alerts() {
        assert!(named.contains(alert.name.as_str()), "{}", alert.name);
        assert!(query.contains(&alert.name), "{}: {query}", alert.name);
    }
    assert!(query.len() < 8_000, "it is sent in an address");
    Ok(())
}

#[tokio::test]
async fn the_flags_say_what_this_server_is_configured_to_add() -> Result<()> {
    let flags = async |settings: &[&str]| -> Result<Value> {
        let (server, _assets) = small_server(NOBODY, settings).await?;
        http::get_json(&format!("{}/plugin-flags.json", server.url)).await
    };
    // A plain Prometheus is not the store that the console asks.
    assert_eq!(
        flags(&[]).await?,
        json!({
            "SERVELENS_PAGES": true, "SERVELENS_TABS": true, "SERVELENS_DETAILS": true,
            "SERVELENS_OVERVIEW": false, "SERVELENS_ALERTS": false,
        })
    );
    assert_eq!(
        flags(&["--plugin-extensions", "tabs"]).await?,
        json!({
            "SERVELENS_PAGES": true, "SERVELENS_TABS": true, "SERVELENS_DETAILS": false,
            "SERVELENS_OVERVIEW": false, "SERVELENS_ALERTS": false,
        })
    );
    let assets = tests::rig::small_dist::write()?;
    let thanos = serve_with(assets.path(), &["--cluster-url", NOBODY]).await?;
    let flags = http::get_json(&format!("{}/plugin-flags.json", thanos.url)).await?;
    assert_eq!(flags["SERVELENS_OVERVIEW"], true);
    assert_eq!(flags["SERVELENS_ALERTS"], true);
    Ok(())
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

/// A console below a path finds the plugin's files there, with the slashes that it needs however they were typed.
#[tokio::test]
async fn the_standard_manifest_names_the_consoles_own_base() -> Result<()> {
    for typed in ["/console/", "/console"] {
        let manifest = manifest(&["--console-base-path", typed]).await?;
        assert_eq!(manifest["baseURL"], "/console/api/plugins/servelens/");
    }
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
