//! The Helm chart installs what the overlays install.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::manifests::{OVERLAYS, helm, kustomize};

/// The values that stand for an overlay.
fn values(overlay: &str) -> Value {
    match overlay {
        "openshift-4.14" => json!({"manifestShape": "legacy"}),
        "standalone" => json!({"host": "servelens.apps.example.com"}),
        "plain-kubernetes" => json!({
            "platform": "kubernetes",
            "image": {"repository": "servelens"},
            "host": "servelens.example.com",
            "issuerUrl": "https://issuer.example.com",
            "prometheusUrl": "http://prometheus-operated.monitoring.svc:9090",
        }),
        _ => json!({}),
    }
}

/// By kind; lists whose entries Kubernetes knows by name are put in the names' order. The namespace is Helm's to make.
fn by_kind(objects: Vec<Value>) -> BTreeMap<String, Value> {
    let of_kind = objects.into_iter().map(|mut object| {
        in_order(&mut object);
        (object["kind"].as_str().unwrap_or_default().to_owned(), object)
    });
    of_kind.filter(|(kind, _)| kind != "Namespace").collect()
}

fn in_order(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(in_order),
        Value::Array(list) => {
            list.iter_mut().for_each(in_order);
            if list.iter().all(|entry| entry["name"].is_string()) {
                list.sort_by_key(|entry| entry["name"].to_string());
            }
        }
        _ => {}
    }
}

#[test]
fn the_chart_gives_the_very_objects_of_each_overlay() -> Result<()> {
    for overlay in OVERLAYS {
        let charted = by_kind(helm("servelens", &values(overlay))?);
        let base = by_kind(kustomize(overlay)?);
        for (kind, object) in &base {
            assert_eq!(charted.get(kind), Some(object), "{overlay} {kind}");
        }
        assert_eq!(charted.len(), base.len(), "{overlay}");
    }
    Ok(())
}

#[test]
fn the_chart_goes_into_any_namespace() -> Result<()> {
    let objects = json!(helm("models-eyes", &values("standalone"))?).to_string();
    assert!(objects.contains("servelens.models-eyes.svc"), "the certificate's name");
    assert!(!objects.contains(r#""namespace":"servelens""#), "{objects}");
    Ok(())
}

/// Each fault is named, and nothing is rendered.
#[test]
fn values_that_make_no_sense_are_refused() {
    let check = |values: Value, named: &str| {
        let fault = helm("servelens", &values).unwrap_err().to_string();
        assert!(fault.contains(named), "{values}: {fault}");
    };
    check(json!({"manifestShape": "newest"}), "manifestShape");
    check(json!({"relicas": 3}), "relicas");
    check(json!({"platform": "kubernetes", "host": "a.example.com"}), "issuerUrl");
    check(json!({"host": "https://a.example.com"}), "host");
    check(json!({"arguments": ["identity=demo"]}), "arguments");
}
