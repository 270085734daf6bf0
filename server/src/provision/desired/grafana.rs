//! Grafana itself behind OpenShift's sign-in, its folder, its sources of metrics, and its dashboards.

use catalog::Catalog;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::grafana_access::{Reader, cookie_secret, readers};
use super::{MakeError, boards};
use crate::cluster::{GRAFANA, GRAFANA_DATASOURCE, GRAFANA_FOLDER};
use crate::provision::object::{Object, Phase, merge};
use crate::provision::settings::{GrafanaView, Settings};

/// OpenShift's own sign-in proxy, as every cluster's image stream has it.
const PROXY_IMAGE: &str = "image-registry.openshift-image-registry.svc:5000/openshift/oauth-proxy:v4.4";
/// The label by which the operator matches folders, sources and dashboards with their Grafana.
const SELECTOR: &str = "servelens.io/grafana";
/// A renewed token is read again after this time.
const RESYNC: &str = "2m0s";

pub fn objects(settings: &Settings, catalog: &Catalog) -> Result<Vec<Object>, MakeError> {
    let grafana = &settings.grafana;
    let home = Some(grafana.namespace.as_str());
    let common = json!({"spec": {"instanceSelector": {"matchLabels": {SELECTOR: grafana.instance}}}});
    let mut folder = json!({"spec": {"title": grafana.folder, "uid": super::own_name(settings, "folder")}});
    merge(&mut folder, &common);
    let mut out = vec![
        Object::new(settings, &GRAFANA, home, &grafana.instance, instance(settings))
            .at(Phase::Grafana, "Grafana behind OpenShift's sign-in"),
        Object::new(settings, &GRAFANA_FOLDER, home, &grafana.instance, folder)
            .at(Phase::GrafanaSources, "the folder of the dashboards"),
    ];
    for (n, reader) in readers(settings).iter().enumerate() {
        let mut source = source(settings, reader, n == 0);
        merge(&mut source, &common);
        out.push(
            Object::new(settings, &GRAFANA_DATASOURCE, home, &reader.account, source)
                .at(Phase::GrafanaSources, "where Grafana reads metrics"),
        );
    }
    out.extend(boards::grafana(settings, catalog, &common)?);
    Ok(out)
}

fn instance(settings: &Settings) -> Value {
    let grafana = &settings.grafana;
    let name = &grafana.instance;
    let tls = format!("{name}-tls");
    let redirect = json!({
        "kind": "OAuthRedirectReference", "apiVersion": "v1",
        "reference": {"kind": "Route", "name": format!("{name}-route")},
    });
    json!({
        "metadata": {"labels": {SELECTOR: name}},
        "spec": {
            "config": {
                "auth": {"disable_login_form": "true", "disable_signout_menu": "true"},
                "auth.anonymous": {"enabled": "false"},
                // The operator signs in with it; nobody else reaches the port.
                "auth.basic": {"enabled": "true"},
                "auth.proxy": {
                    "enabled": "true", "header_name": "X-Forwarded-User", "header_property": "username",
                    "auto_sign_up": "true", "whitelist": "127.0.0.1,::1",
                },
                "users": {"auto_assign_org_role": "Viewer", "allow_sign_up": "false"},
                "security": {"cookie_secure": "true"},
                "analytics": {"reporting_enabled": "false", "check_for_updates": "false"},
            },
            "serviceAccount": {"metadata": {"annotations": {
                "serviceaccounts.openshift.io/oauth-redirectreference.main": redirect.to_string(),
            }}},
            "service": {
                "metadata": {"annotations": {"service.beta.openshift.io/serving-cert-secret-name": tls}},
                "spec": {"ports": [{"name": "proxy", "port": 9091, "protocol": "TCP", "targetPort": "proxy"}]},
            },
            "route": {"spec": {
                "port": {"targetPort": "proxy"},
                "tls": {"termination": "reencrypt", "insecureEdgeTerminationPolicy": "Redirect"},
                "to": {"kind": "Service", "name": format!("{name}-service"), "weight": 100},
            }},
            "deployment": {"spec": {"template": {"spec": {
                "containers": [proxy(settings)],
                "volumes": [
                    {"name": "proxy-tls", "secret": {"secretName": tls}},
                    {"name": "proxy-cookie", "secret": {"secretName": cookie_secret(settings)}},
                ],
            }}}},
        },
    })
}

/// Who may ask what Grafana shows may open it: the gate asks for the very right that the source of metrics asks for.
fn proxy(settings: &Settings) -> Value {
    let grafana = &settings.grafana;
    // The proxy's own dialect: `resourceAPIGroup`, and a subresource behind a slash. Another key would be ignored.
    let gate = match grafana.view {
        GrafanaView::Namespace | GrafanaView::Off => {
            let of = |namespace: &String| {
                json!({
                    "namespace": namespace, "verb": "get", "resourceAPIGroup": "metrics.k8s.io", "resource": "pods",
                })
            };
            settings.namespaces.iter().map(of).collect::<Vec<_>>()
        }
        GrafanaView::Cluster => vec![json!({
            "namespace": "openshift-monitoring", "verb": "get", "resourceAPIGroup": "monitoring.coreos.com",
            "resource": "prometheuses/api", "resourceName": "k8s",
        })],
    };
    let gate = match gate.as_slice() {
        [one] => one.to_string(),
        all => Value::from(all.to_vec()).to_string(),
    };
    json!({
        "name": "proxy",
        "image": PROXY_IMAGE,
        "args": [
            "--provider=openshift",
            "--https-address=:9091",
            "--http-address=",
            "--upstream=http://localhost:3000",
            format!("--openshift-service-account={}-sa", grafana.instance),
            format!("--openshift-sar={gate}"),
            "--cookie-secret-file=/etc/proxy/cookie/session_secret",
            "--pass-basic-auth=false",
            "--tls-cert=/etc/proxy/tls/tls.crt",
            "--tls-key=/etc/proxy/tls/tls.key",
        ],
        "ports": [{"name": "proxy", "containerPort": 9091, "protocol": "TCP"}],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "128Mi"}},
        "volumeMounts": [
            {"name": "proxy-tls", "mountPath": "/etc/proxy/tls", "readOnly": true},
            {"name": "proxy-cookie", "mountPath": "/etc/proxy/cookie", "readOnly": true},
        ],
    })
}

/// Thanos with the account's token, checked against the service CA that every namespace holds.
fn source(settings: &Settings, reader: &Reader, is_default: bool) -> Value {
    const QUERIER: &str = "https://thanos-querier.openshift-monitoring.svc";
    let mut data = json!({
        "httpHeaderName1": "Authorization", "tlsAuthWithCACert": true,
        "timeInterval": format!("{}s", settings.scrape_interval_s),
    });
    let more = match &reader.namespace {
        None => json!({"httpMethod": "POST"}),
        // A POST to this port needs a right that viewers do not have.
        Some(namespace) => json!({"httpMethod": "GET", "customQueryParameters": format!("namespace={namespace}")}),
    };
    merge(&mut data, &more);
    let (name, port) = match &reader.namespace {
        None => ("Thanos".to_owned(), 9091),
        Some(namespace) => (format!("Thanos {namespace}"), 9092),
    };
    json!({"spec": {
        "uid": uid(&reader.account),
        "resyncPeriod": RESYNC,
        "valuesFrom": [
            {
                "targetPath": "secureJsonData.httpHeaderValue1",
                "valueFrom": {"secretKeyRef": {"name": reader.secret, "key": "token"}},
            },
            {
                "targetPath": "secureJsonData.tlsCACert",
                "valueFrom": {"configMapKeyRef": {"name": "openshift-service-ca.crt", "key": "service-ca.crt"}},
            },
        ],
        "datasource": {
            "name": name, "type": "prometheus", "access": "proxy", "isDefault": is_default, "editable": false,
            "url": format!("{QUERIER}:{port}"),
            "jsonData": data,
            "secureJsonData": {"httpHeaderValue1": "Bearer ${token}", "tlsCACert": "${service-ca.crt}"},
        },
    }})
}

/// Grafana takes 40 characters.
fn uid(name: &str) -> String {
    if name.len() <= 40 {
        return name.to_owned();
    }
    let digest = Sha256::digest(name);
    let hash: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{hash}", name.get(..31).unwrap_or_default())
}
