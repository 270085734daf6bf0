//! What holds for every overlay: no right of its own, a pod that can do nothing but serve, and names that fit together.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::manifests::{OVERLAYS, kustomize};
use tests::rig::serve::run;

use super::{arguments, one, pod};

#[test]
fn an_installation_is_these_objects_and_no_role() -> Result<()> {
    let mut listed = BTreeMap::new();
    for overlay in OVERLAYS {
        let mut kinds = Vec::new();
        for object in kustomize(overlay)? {
            let kind = object["kind"].as_str().unwrap_or_default().to_owned();
            assert_eq!(object["metadata"]["name"], "servelens", "{overlay} {kind}");
            kinds.push(kind);
        }
        kinds.sort_unstable();
        listed.insert(overlay, kinds.join(" "));
    }
    insta::assert_debug_snapshot!(listed, @r#"
    {
        "openshift": "ConsolePlugin Deployment Namespace NetworkPolicy PodDisruptionBudget Service ServiceAccount ServiceMonitor",
        "openshift-4.14": "ConsolePlugin Deployment Namespace NetworkPolicy PodDisruptionBudget Service ServiceAccount ServiceMonitor",
        "plain-kubernetes": "Deployment Ingress Namespace NetworkPolicy PodDisruptionBudget Service ServiceAccount",
        "standalone": "ConsolePlugin Deployment Namespace NetworkPolicy OAuthClient PodDisruptionBudget Route Service ServiceAccount ServiceMonitor",
    }
    "#);
    Ok(())
}

#[test]
fn the_pod_can_do_nothing_but_serve() -> Result<()> {
    for overlay in OVERLAYS {
        let objects = kustomize(overlay)?;
        let pod = pod(&objects)?;
        let account = one(&objects, "ServiceAccount")?;
        for holder in [pod, account] {
            assert_eq!(holder["automountServiceAccountToken"], false, "{overlay}");
        }
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{overlay}");
        assert_eq!(
            pod["securityContext"]["seccompProfile"],
            json!({"type": "RuntimeDefault"})
        );
        let container = &pod["containers"][0];
        assert_eq!(
            container["securityContext"],
            json!({
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "runAsNonRoot": true,
                "capabilities": {"drop": ["ALL"]},
            }),
            "{overlay}"
        );
        assert!(pod["initContainers"].is_null() && pod["containers"][1].is_null());
        assert!(pod["hostNetwork"].is_null() && pod["hostPID"].is_null());
        for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
            assert_eq!(
                container[probe]["httpGet"]["scheme"], "HTTPS",
                "{overlay} {probe}: the listener has a certificate"
            );
        }
        for volume in pod["volumes"].as_array().into_iter().flatten() {
            assert!(
                volume["secret"].is_object() || volume["configMap"].is_object(),
                "{volume}: nothing else is needed"
            );
        }
        assert!(container["resources"]["limits"]["memory"].is_string());
        assert_eq!(pod["topologySpreadConstraints"].as_array().map(Vec::len), Some(2));
    }
    Ok(())
}

/// `--flag` is known to the program; the test of the installed server shows that it also takes the values.
#[test]
fn every_flag_is_one_of_the_program() -> Result<()> {
    let help = String::from_utf8(run(&["serve", "--help"], &[])?.stdout)?;
    let known: BTreeSet<&str> = help.split_whitespace().filter(|word| word.starts_with("--")).collect();
    for overlay in OVERLAYS {
        let objects = kustomize(overlay)?;
        let given = arguments(&objects)?;
        assert_eq!(given.first(), Some(&"serve"), "{overlay}");
        for argument in given.iter().skip(1) {
            let (flag, _) = argument.split_once('=').unwrap_or((argument, ""));
            assert!(known.contains(flag), "{overlay}: servelens serve knows no {flag}");
        }
    }
    Ok(())
}

#[test]
fn the_console_finds_the_pod_and_puts_its_users_token_on_every_request() -> Result<()> {
    for overlay in ["openshift", "openshift-4.14", "standalone"] {
        let objects = kustomize(overlay)?;
        let service = one(&objects, "Service")?;
        assert_eq!(
            service["metadata"]["annotations"]["service.beta.openshift.io/serving-cert-secret-name"],
            json!("servelens-tls")
        );
        let at = |base: Value| {
            json!({"type": "Service", "service": {
                "name": service["metadata"]["name"], "namespace": service["metadata"]["namespace"],
                "port": service["spec"]["ports"][0]["port"], "basePath": base,
            }})
        };
        let plugin = &one(&objects, "ConsolePlugin")?["spec"];
        assert_eq!(plugin["backend"], at(json!("/")), "{overlay}");
        let mut proxy = at(Value::Null);
        if let Some(service) = proxy["service"].as_object_mut() {
            service.remove("basePath");
        }
        assert_eq!(
            plugin["proxy"],
            json!([{"alias": "backend", "authorization": "UserToken", "endpoint": proxy}]),
            "{overlay}"
        );
        // The console reads the plugin's words before it draws its navigation.
        assert_eq!(plugin["i18n"], json!({"loadType": "Preload"}), "{overlay}");
        let ports = pod(&objects)?["containers"][0]["ports"].clone();
        for port in service["spec"]["ports"].as_array().into_iter().flatten() {
            let named = ports.as_array().into_iter().flatten();
            assert!(named.clone().any(|other| other["name"] == port["targetPort"]), "{port}");
        }
    }
    Ok(())
}

#[test]
fn openshift_4_14_differs_in_the_shape_of_the_manifest_alone() -> Result<()> {
    let (newer, mut older) = (kustomize("openshift")?, kustomize("openshift-4.14")?);
    let deployment = older.iter_mut().find(|object| object["kind"] == "Deployment");
    let arguments = deployment.and_then(|object| object.pointer_mut("/spec/template/spec/containers/0/args"));
    let last = arguments.and_then(Value::as_array_mut).and_then(Vec::pop);
    assert_eq!(last, Some(json!("--manifest-shape=legacy")));
    assert_eq!(newer, older);
    assert!(
        !super::arguments(&newer)?.iter().any(|flag| flag.contains("shape")),
        "standard by default"
    );
    Ok(())
}

#[test]
fn everything_is_of_this_version() -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    for overlay in OVERLAYS {
        let objects = kustomize(overlay)?;
        for object in &objects {
            let labels = &object["metadata"]["labels"];
            assert_eq!(labels["app.kubernetes.io/version"], version, "{overlay} {object}");
        }
        let image = pod(&objects)?["containers"][0]["image"].as_str().unwrap_or_default();
        assert!(image.ends_with(&format!("servelens:{version}")), "{overlay}: {image}");
    }
    Ok(())
}

#[test]
fn a_host_is_named_in_one_place_only() -> Result<()> {
    for (overlay, host) in [
        ("standalone", "servelens.apps.example.com"),
        ("plain-kubernetes", "servelens.example.com"),
    ] {
        let folder = tests::rig::paths::checkout().join("manifests/plugin");
        let copy = tempfile::tempdir()?;
        for part in ["base", "overlays/openshift", &format!("overlays/{overlay}")] {
            let to = copy.path().join(part);
            std::fs::create_dir_all(&to)?;
            for entry in std::fs::read_dir(folder.join(part))? {
                let entry = entry?;
                std::fs::copy(entry.path(), to.join(entry.file_name()))?;
            }
        }
        let own = copy.path().join("overlays").join(overlay);
        let address = std::fs::read_to_string(own.join("address.env"))?;
        std::fs::write(own.join("address.env"), address.replace(host, "models.example.org"))?;
        let objects = json!(tests::rig::manifests::kustomize_folder(&own)?).to_string();
        assert!(!objects.contains(host), "{overlay} still names {host}");
        let named = objects.matches("models.example.org").count();
        assert_eq!(named, 3, "{overlay}: {objects}");
    }
    Ok(())
}
