//! Ports 9091, 9092 and 9093: kube-rbac-proxy with the attributes that the cluster's monitoring gives it, and behind the
//! last two the proxy that confines queries to namespaces.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::Kube;
use super::control_plane::last_words;
use crate::rig::child::{self, Tied};
use crate::rig::go_tool::{KUBE_RBAC_PROXY, PROM_LABEL_PROXY};
use crate::rig::serve::free_port;
use crate::rig::{http, wait};

pub(super) struct Proxies {
    pub cluster_url: String,
    pub tenancy_url: String,
    pub rules_url: String,
}

pub(super) async fn start(folder: &Path, kube: &Kube, querier: &str, children: &mut Vec<Tied>) -> Result<Proxies> {
    let label = free_port()?;
    children.push(child::start_kept(
        &PROM_LABEL_PROXY.path()?,
        &[
            &format!("--insecure-listen-address=127.0.0.1:{label}"),
            &format!("--upstream={querier}"),
            "--label=namespace",
            "--enable-label-apis",
            "--error-on-replace",
            "--rules-with-active-alerts",
        ],
        &[],
    )?);
    let label = format!("http://127.0.0.1:{label}");
    let up = format!("{label}/healthz");
    wait::until("the label proxy answers", async || http::get(&up).await, |_| true)
        .await
        .with_context(|| last_words(children))?;

    let everything = json!({"resourceAttributes": {
        "apiGroup": "monitoring.coreos.com", "resource": "prometheuses", "subresource": "api",
        "namespace": "openshift-monitoring", "name": "k8s",
    }});
    let each = |attributes: Value| json!({"resourceAttributes": attributes, "rewrites": {"byQueryParameter": {"name": "namespace"}}});
    let metrics = each(json!({
        "apiGroup": "metrics.k8s.io", "apiVersion": "v1beta1", "resource": "pods", "namespace": "{{ .Value }}",
    }));
    let alerts = each(json!({
        "apiGroup": "monitoring.coreos.com", "resource": "prometheusrules", "namespace": "{{ .Value }}",
    }));
    let data = "--allow-paths=/api/v1/query,/api/v1/query_range,/api/v1/labels,/api/v1/label/*/values,/api/v1/series";
    let rules = "--allow-paths=/api/v1/rules,/api/v1/alerts";
    let open = "--ignore-paths=/-/healthy,/-/ready";
    Ok(Proxies {
        cluster_url: port(folder, kube, "9091", querier, &everything, open, children).await?,
        tenancy_url: port(folder, kube, "9092", &label, &metrics, data, children).await?,
        rules_url: port(folder, kube, "9093", &label, &alerts, rules, children).await?,
    })
}

/// One port, ready when it answers at all: a path that is not its own is 404 before anybody is asked for a token.
async fn port(
    folder: &Path,
    kube: &Kube,
    name: &str,
    upstream: &str,
    authorization: &Value,
    paths: &str,
    children: &mut Vec<Tied>,
) -> Result<String> {
    let config = folder.join(format!("{name}.yaml"));
    fs::write(&config, json!({"authorization": authorization}).to_string())?;
    let port = free_port()?;
    let file = |flag: &str, path: &Path| format!("--{flag}={}", path.to_string_lossy());
    children.push(child::start_kept(
        &KUBE_RBAC_PROXY.path()?,
        &[
            &format!("--secure-listen-address=127.0.0.1:{port}"),
            &format!("--upstream={upstream}"),
            &file("config-file", &config),
            &file("tls-cert-file", &kube.cert_file),
            &file("tls-private-key-file", &kube.key_file),
            &file("kubeconfig", &kube.kubeconfig),
            paths,
        ],
        &[],
    )?);
    let url = format!("https://127.0.0.1:{port}");
    let asked = format!("{url}/api/v1/query");
    wait::until(
        "a port of the front answers",
        async || kube.https.get(&asked, "").await,
        |_| true,
    )
    .await
    .with_context(|| last_words(children))?;
    Ok(url)
}
