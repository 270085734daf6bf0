//! The manifests before a real API server, and the program started from what the API server keeps: its own flags and
//! variables, out of the cluster. Only what a cluster brings is put in: files that are mounted, ports, addresses.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use axum::http::Method;
use serde_json::{Value, json};
use tests::rig::child::{self, Tied};
use tests::rig::front_door::{Front, User, front};
use tests::rig::manifests::{OVERLAYS, kustomize};
use tests::rig::serve::free_port;
use tests::rig::{paths, small_dist, wait};

/// What OpenShift and the Prometheus operator bring.
const DEFINITIONS: [(&str, &str); 4] = [
    ("console.openshift.io", "consoleplugins"),
    ("monitoring.coreos.com", "servicemonitors"),
    ("oauth.openshift.io", "oauthclients"),
    ("route.openshift.io", "routes"),
];

/// One test, because every overlay is the same installation in the same namespace.
#[tokio::test]
async fn every_overlay_is_taken_by_the_api_server_and_its_pod_runs() -> Result<()> {
    let front = front()?;
    for (group, plural) in DEFINITIONS {
        front.kube.define(group, plural).await?;
    }
    for overlay in OVERLAYS {
        let objects = kustomize(overlay)?;
        let deployment = apply_all(front, overlay, &objects).await?;
        strange_fields_are_refused(front, overlay, &objects).await?;
        the_pod_is_admitted(front, &deployment).await?;
        the_account_may_nothing(front).await?;
        let server = Installed::start(front, &deployment).await?;
        server.probes_answer(front).await.with_context(|| overlay.to_owned())?;
        server.answers_as_installed(front, overlay).await?;
    }
    Ok(())
}

/// First everything dry, where its namespace is there; then for good. Gives the Deployment as the API server keeps it.
async fn apply_all(front: &Front, overlay: &str, objects: &[Value]) -> Result<Value> {
    let mut kept = None;
    for dry_run in [true, false] {
        for object in objects {
            let what = format!("{overlay}: {} (dry run: {dry_run})", object["kind"]);
            let answer = front.kube.apply(object, dry_run).await?;
            ensure!(
                answer.status.is_success(),
                "{what}: {}: {}",
                answer.status,
                answer.text()
            );
            assert_eq!(answer.header("warning"), "", "{what}");
            let answer = answer.json()?;
            if dry_run && object["kind"] == "Namespace" {
                // A dry run into a namespace that is not there yet is refused.
                front.kube.apply(object, false).await?;
            }
            if object["kind"] == "Deployment" {
                kept = Some(answer);
            }
        }
    }
    kept.context("no Deployment")
}

/// That nothing was refused means something: with a field that no schema knows, each object is.
async fn strange_fields_are_refused(front: &Front, overlay: &str, objects: &[Value]) -> Result<()> {
    for object in objects {
        let mut strange = object.clone();
        let into = if object["spec"].is_object() {
            &mut strange["spec"]
        } else {
            &mut strange
        };
        into["surprise"] = json!("no such field");
        let answer = front.kube.apply(&strange, true).await?;
        let text = answer.text();
        assert!(
            !answer.status.is_success() && text.contains("surprise"),
            "{overlay} {}: {} {text}",
            object["kind"],
            answer.status
        );
    }
    Ok(())
}

/// The namespace enforces the standard `restricted`: the pod passes, and one that could gain rights does not.
async fn the_pod_is_admitted(front: &Front, deployment: &Value) -> Result<()> {
    let url = format!(
        "{}/api/v1/namespaces/servelens/pods?dryRun=All&fieldValidation=Strict",
        front.kube.url
    );
    let template = &deployment["spec"]["template"];
    let mut pod = json!({"metadata": template["metadata"], "spec": template["spec"]});
    pod["metadata"]["name"] = json!("servelens");
    let ask = async |pod: &Value| {
        let token = front.kube.token(User::Admin);
        let kind = "application/json";
        front.https.send(Method::POST, &url, token, kind, pod.to_string()).await
    };
    let answer = ask(&pod).await?;
    ensure!(answer.status.is_success(), "{}: {}", answer.status, answer.text());
    pod["spec"]["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = json!(true);
    let answer = ask(&pod).await?;
    assert_eq!(answer.status.as_u16(), 403, "{}", answer.text());
    assert!(
        answer.text().contains("violates PodSecurity \\\"restricted"),
        "{}",
        answer.text()
    );
    Ok(())
}

/// Not even to look: what people see comes with their own tokens.
async fn the_account_may_nothing(front: &Front) -> Result<()> {
    let url = format!("{}/apis/authorization.k8s.io/v1/subjectaccessreviews", front.kube.url);
    for (verb, group, resource) in [
        ("list", "", "namespaces"),
        ("get", "", "secrets"),
        ("get", "metrics.k8s.io", "pods"),
        ("list", "serving.kserve.io", "inferenceservices"),
        ("create", "authorization.k8s.io", "subjectaccessreviews"),
    ] {
        let review = json!({"spec": {
            "user": "system:serviceaccount:servelens:servelens",
            "groups": ["system:serviceaccounts", "system:serviceaccounts:servelens", "system:authenticated"],
            "resourceAttributes": {"verb": verb, "group": group, "resource": resource, "namespace": "servelens"},
        }});
        let answer = front.https.create(&url, front.kube.token(User::Admin), &review).await?;
        assert_eq!(answer["status"]["allowed"], false, "{verb} {group}/{resource}");
    }
    Ok(())
}

/// The program, running as the Deployment says.
struct Installed {
    container: Value,
    /// Of the ports that the container names.
    ports: BTreeMap<String, u16>,
    child: Tied,
    /// Mounted files and the page.
    _folders: Vec<tempfile::TempDir>,
}

impl Installed {
    async fn start(front: &Front, deployment: &Value) -> Result<Installed> {
        let pod = &deployment["spec"]["template"]["spec"];
        let container = pod["containers"][0].clone();
        let mounted = mounts(front, pod)?;
        let page = small_dist::write()?;
        let mut ports = BTreeMap::new();
        for port in container["ports"].as_array().into_iter().flatten() {
            let name = port["name"].as_str().context("a port without a name")?;
            ports.insert(name.to_owned(), free_port()?);
        }
        let texts = container["args"].as_array().context("no arguments")?.iter();
        let arguments: Vec<String> = texts
            .filter_map(Value::as_str)
            .map(|text| here(text, &container, &ports, mounted.path()))
            .collect();
        // Where a cluster's own names would lead. Each variable of the Deployment that is no address of one stays.
        let mut environment: BTreeMap<&str, String> = BTreeMap::new();
        for variable in container["env"].as_array().into_iter().flatten() {
            let name = variable["name"].as_str().context("a variable without a name")?;
            environment.insert(name, variable["value"].as_str().unwrap_or_default().to_owned());
        }
        let plain = arguments.iter().any(|argument| argument == "--upstream=prometheus");
        environment.insert("SERVELENS_CLUSTER_URL", front.cluster_url.clone());
        if plain {
            environment.insert("SERVELENS_CA_FILE", front.ca_file.to_string_lossy().into_owned());
        } else {
            environment.insert("SERVELENS_TENANCY_URL", front.tenancy_url.clone());
            environment.insert("SERVELENS_RULES_URL", front.rules_url.clone());
            environment.insert("SERVELENS_KUBE_URL", front.kube.url.clone());
        }
        // The image says it, not the manifest.
        environment.insert("SERVELENS_ASSETS", page.path().to_string_lossy().into_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let environment: Vec<(&str, &str)> = environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let child = child::start_kept(&paths::servelens()?, &arguments, &environment)?;
        Ok(Installed {
            container,
            ports,
            child,
            _folders: vec![mounted, page],
        })
    }

    fn url(&self, port: &str, path: &str) -> String {
        let number = self.ports.get(port).copied().unwrap_or_default();
        format!("https://127.0.0.1:{number}{path}")
    }

    /// As the kubelet asks.
    async fn probes_answer(&self, front: &Front) -> Result<()> {
        for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
            let get = &self.container[probe]["httpGet"];
            ensure!(get["scheme"] == "HTTPS", "{probe}: {get}");
            let text = |key: &str| get[key].as_str().unwrap_or_default();
            let url = self.url(text("port"), text("path"));
            wait::until(
                probe,
                async || front.https.get(&url, "").await,
                |answer| answer.status.is_success(),
            )
            .await
            .with_context(|| format!("its standard error:\n{}", self.child.stderr()))?;
        }
        Ok(())
    }

    async fn answers_as_installed(&self, front: &Front, overlay: &str) -> Result<()> {
        let manifest = self.url("https", "/plugin-manifest.json");
        let manifest = front.https.get(&manifest, "").await?.json()?;
        let legacy = manifest.get("baseURL").is_none();
        assert_eq!(legacy, overlay == "openshift-4.14", "{overlay}: {manifest}");

        let metrics = front.https.get(&self.url("metrics", "/metrics"), "").await?;
        assert!(metrics.status.is_success(), "{overlay}: the ServiceMonitor scrapes it");

        let me = self.url("https", "/api/me");
        assert_eq!(front.https.get(&me, "").await?.status.as_u16(), 401, "{overlay}");
        let sign_in = front.https.get(&self.url("https", "/auth/callback"), "").await?;
        let session = matches!(overlay, "standalone" | "plain-kubernetes");
        assert_eq!(sign_in.status.as_u16() != 404, session, "{overlay}: {}", sign_in.text());

        // A plain Prometheus knows no users; on OpenShift the answer is what the platform gives this one.
        if overlay != "plain-kubernetes" {
            let asked = self.url("https", "/ns/team-a/api/v1/query?query=rig_load");
            for (user, status) in [(User::One, 200), (User::Nobody, 403)] {
                let answer = front.https.get(&asked, front.kube.token(user)).await?;
                assert_eq!(answer.status.as_u16(), status, "{overlay} {user:?}: {}", answer.text());
            }
        }
        Ok(())
    }
}

/// A folder with everything that the pod mounts, below its own paths.
fn mounts(front: &Front, pod: &Value) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for mount in pod["containers"][0]["volumeMounts"].as_array().into_iter().flatten() {
        let volumes = pod["volumes"].as_array().context("no volumes")?;
        let volume = volumes.iter().find(|volume| volume["name"] == mount["name"]);
        let volume = volume.with_context(|| format!("nothing is mounted at {mount}"))?;
        let name = ["/secret/secretName", "/configMap/name"]
            .into_iter()
            .find_map(|path| volume.pointer(path).and_then(Value::as_str));
        let at = mount["mountPath"].as_str().context("a mount without a path")?;
        let at = folder.path().join(at.trim_start_matches('/'));
        std::fs::create_dir_all(&at)?;
        let copy = |from: &Path, to: &str| std::fs::copy(from, at.join(to)).map(drop);
        match name.context("an empty volume")? {
            "servelens-tls" => {
                copy(&front.kube.cert_file, "tls.crt")?;
                copy(&front.kube.key_file, "tls.key")?;
            }
            "openshift-service-ca.crt" => copy(&front.ca_file, "service-ca.crt")?,
            "kube-root-ca.crt" | "servelens-issuer-ca" => copy(&front.ca_file, "ca.crt")?,
            // 32 bytes in base64, as `openssl rand -base64 32` prints them.
            "servelens-session" => std::fs::write(at.join("keys"), format!("{}=\n", "A".repeat(43)))?,
            other => anyhow::bail!("nobody makes {other}"),
        }
    }
    Ok(folder)
}

/// The argument with a port of this machine and the file of the test in the place of the pod's.
fn here(argument: &str, container: &Value, ports: &BTreeMap<String, u16>, mounted: &Path) -> String {
    let Some((flag, value)) = argument.split_once('=') else {
        return argument.to_owned();
    };
    if let Some(number) = value.strip_prefix("0.0.0.0:") {
        let listed = container["ports"].as_array().into_iter().flatten();
        let named = listed.filter(|port| port["containerPort"].as_u64() == number.parse().ok());
        let name = named.filter_map(|port| port["name"].as_str()).next();
        let here = name.and_then(|name| ports.get(name)).copied().unwrap_or_default();
        return format!("{flag}=127.0.0.1:{here}");
    }
    match value.strip_prefix('/') {
        Some(path) => format!("{flag}={}", mounted.join(path).display()),
        None => argument.to_owned(),
    }
}
