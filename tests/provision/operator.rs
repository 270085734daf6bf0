//! What is applied, in the hands of the real prometheus-operator under OpenShift's restrictions: it becomes a configuration
//! that the current promtool accepts and with which a real Prometheus scrapes the simulated fleet.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tests::rig::child::{self, Tied};
use tests::rig::demo::demo;
use tests::rig::front_door::User;
use tests::rig::go_tool::KUBE_RBAC_PROXY;
use tests::rig::operator::{Config, operator};
use tests::rig::plane::{Plane, plane};
use tests::rig::played::{Servers, USER_WORKLOAD, monitoring};
use tests::rig::serve::free_port;
use tests::rig::{http, wait};

use super::dump::{dump, settled};
use super::servelens;
use super::states::ISVC;

const NAMESPACE: &str = "operated";
/// Where the pods of distributed serving are; of loopback, so that they may have the ports that KServe gives them.
const ENGINE: &str = "127.0.83.7";
/// A Service's addresses must not be loopback: the configuration leads this one back to it.
const SCHEDULER: (&str, &str) = ("198.51.100.9", "127.0.0.9");

/// Names of the fleet's processes that show a metric.
async fn processes(fleet: &str, metric: &str) -> Result<Vec<String>> {
    let list = http::get_json(&format!("{fleet}/processes")).await?;
    let mut found = Vec::new();
    for process in list.as_array().into_iter().flatten() {
        let name = process["name"].as_str().unwrap_or_default();
        if http::get(&format!("{fleet}/{name}/metrics"))
            .await?
            .text()
            .contains(metric)
        {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}

/// A pod that runs nowhere, at an address where something listens.
async fn pod(plane: &Plane, name: &str, labels: Value, ip: &str, port: u16) -> Result<()> {
    let path = format!("api/v1/namespaces/{NAMESPACE}/pods");
    let pod = json!({
        "metadata": {"name": name, "labels": labels},
        "spec": {"containers": [{"name": "main", "image": "none", "ports": [{"containerPort": port}]}]},
    });
    plane.create(&path, pod).await?;
    let ready = json!({"status": {
        "phase": "Running", "podIP": ip, "podIPs": [{"ip": ip}], "conditions": [{"type": "Ready", "status": "True"}],
    }});
    plane.merge(&format!("{path}/{name}/status"), &ready).await
}

/// A model whose runtime says that its metrics are those of a process of the fleet.
async fn model(plane: &Plane, name: &str, port: u16, process: &str) -> Result<()> {
    let runtime = json!({
        "apiVersion": "serving.kserve.io/v1alpha1", "kind": "ServingRuntime", "metadata": {"name": name},
        "spec": {
            "annotations": {"prometheus.io/port": port.to_string(), "prometheus.io/path": format!("/{process}/metrics")},
            "supportedModelFormats": [{"name": "vLLM"}], "containers": [{"name": "kserve-container", "image": "none"}],
        },
    });
    let runtimes = format!("apis/serving.kserve.io/v1alpha1/namespaces/{NAMESPACE}/servingruntimes");
    plane.create(&runtimes, runtime).await?;
    let service = json!({
        "apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {"name": name},
        "spec": {"predictor": {"model": {"modelFormat": {"name": "vLLM"}, "runtime": name}}},
    });
    plane
        .create(&format!("{ISVC}/{NAMESPACE}/inferenceservices"), service)
        .await?;
    let labels = json!({"serving.kserve.io/inferenceservice": name, "component": "predictor"});
    pod(plane, &format!("{name}-predictor-0"), labels, "127.0.0.1", port).await
}

/// Distributed serving: an engine with a certificate of its own, and a scheduler that asks the API server who is scraping.
async fn distributed(plane: &Plane, fleet: &str, engine: &str, scheduler: &str) -> Result<[Tied; 2]> {
    let service = json!({
        "apiVersion": "serving.kserve.io/v1alpha1", "kind": "LLMInferenceService", "metadata": {"name": "qwen"},
        "spec": {"model": {"uri": "hf://org/qwen"}},
    });
    let services = format!("apis/serving.kserve.io/v1alpha1/namespaces/{NAMESPACE}/llminferenceservices");
    plane.create(&services, service).await?;
    let labels = |component: &str| {
        json!({
            "app.kubernetes.io/part-of": "llminferenceservice", "app.kubernetes.io/name": "qwen",
            "app.kubernetes.io/component": component,
        })
    };
    pod(
        plane,
        "qwen-kserve-0",
        labels("llminferenceservice-workload"),
        ENGINE,
        8000,
    )
    .await?;
    let port = free_port()?;
    let service = json!({
        "metadata": {"name": "qwen-epp-service", "labels": labels("llminferenceservice-router-scheduler")},
        "spec": {"ports": [{"name": "metrics", "port": port}]},
    });
    plane
        .create(&format!("api/v1/namespaces/{NAMESPACE}/services"), service)
        .await?;
    let addresses = json!({
        "metadata": {"name": "qwen-epp-service"},
        "subsets": [{"addresses": [{"ip": SCHEDULER.0}], "ports": [{"name": "metrics", "port": port}]}],
    });
    plane
        .create(&format!("api/v1/namespaces/{NAMESPACE}/endpoints"), addresses)
        .await?;
    let proxy = |listen: &str, process: &str, more: &[&str]| -> Result<Tied> {
        let kubeconfig = format!("--kubeconfig={}", plane.kube.kubeconfig.display());
        let upstream = format!("--upstream={fleet}/{process}");
        let args = [&[listen, &upstream, &kubeconfig], more].concat();
        child::start_kept(&KUBE_RBAC_PROXY.path()?, &args, &[])
    };
    Ok([
        proxy(
            &format!("--secure-listen-address={ENGINE}:8000"),
            engine,
            &["--ignore-paths=/metrics"],
        )?,
        proxy(
            &format!("--insecure-listen-address={}:{port}", SCHEDULER.1),
            scheduler,
            &[],
        )?,
    ])
}

/// What a developer could try: a monitor that reads files of the server's pod, and one that looks into other namespaces
/// and overrides the platform's labels.
async fn foreign_monitors(plane: &Plane, port: u16, process: &str) -> Result<()> {
    let monitors = format!("apis/monitoring.coreos.com/v1/namespaces/{NAMESPACE}");
    let thief = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "ServiceMonitor", "metadata": {"name": "thief"},
        "spec": {
            "selector": {"matchLabels": {"app": "x"}},
            "endpoints": [{"port": "http", "bearerTokenFile": "/var/run/secrets/kubernetes.io/serviceaccount/token"}],
        },
    });
    plane.create(&format!("{monitors}/servicemonitors"), thief).await?;
    let liar = json!({
        "apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": {"name": "liar"},
        "spec": {
            "namespaceSelector": {"any": true}, "selector": {"matchLabels": {"app": "x"}},
            "podMetricsEndpoints": [{"targetPort": port, "path": format!("/{process}/metrics"), "honorLabels": true}],
        },
    });
    plane.create(&format!("{monitors}/podmonitors"), liar).await?;
    Ok(())
}

/// The garbage collector's work, which the rig has not: what belonged to the Prometheus goes with it.
async fn collect(plane: &Plane) -> Result<()> {
    for (group, plural) in [
        ("api/v1", "secrets"),
        ("api/v1", "configmaps"),
        ("api/v1", "services"),
        ("apis/apps/v1", "statefulsets"),
    ] {
        let path = format!("{group}/namespaces/{USER_WORKLOAD}/{plural}");
        let list = plane.get(&path).await?.unwrap_or_default();
        for object in list["items"].as_array().into_iter().flatten() {
            if object.pointer("/metadata/ownerReferences/0/kind") == Some(&json!("Prometheus")) {
                let name = object["metadata"]["name"].as_str().unwrap_or_default();
                plane.delete(&format!("{path}/{name}")).await?;
            }
        }
    }
    Ok(())
}

/// Each job of the configuration by its name.
fn jobs(config: &Config) -> Result<BTreeMap<String, Value>> {
    let tree: Value = serde_saphyr::from_str(&config.text)?;
    let list = tree["scrape_configs"].as_array().context("no scrape_configs")?;
    let named = list
        .iter()
        .map(|job| (job["job_name"].as_str().unwrap_or_default().to_owned(), job.clone()));
    Ok(named.collect())
}

/// Each series' value, by the name of its pod or else its Service.
async fn values(prometheus: &str, query: &str) -> Result<BTreeMap<String, String>> {
    let answer = http::get_json(&format!("{prometheus}/api/v1/query?query={query}")).await?;
    let list = answer.pointer("/data/result").and_then(Value::as_array);
    let series = list.into_iter().flatten().map(|series| {
        let label = |name: &str| series["metric"][name].as_str();
        let name = label("pod").or(label("service")).unwrap_or_default().to_owned();
        (name, series["value"][1].as_str().unwrap_or_default().to_owned())
    });
    Ok(series.collect())
}

const OURS: [&str; 4] = [
    "podMonitor/operated/servelens-chat/0",
    "podMonitor/operated/servelens-llm-engines/0",
    "podMonitor/operated/servelens-search/0",
    "serviceMonitor/operated/servelens-llm-schedulers/0",
];

fn restrictions_hold(jobs: &BTreeMap<String, Value>) {
    for (name, job) in jobs {
        assert_ne!(job["honor_labels"], json!(true), "{name}");
        let looks = job.pointer("/kubernetes_sd_configs/0/namespaces/names");
        assert_eq!(looks, Some(&json!([NAMESPACE])), "{name} looks elsewhere");
        let forced = |rules: &str| {
            let rules = job[rules].as_array().into_iter().flatten();
            rules
                .filter(|rule| rule["target_label"] == "namespace" && rule["replacement"] == NAMESPACE)
                .count()
        };
        assert!(
            forced("relabel_configs") > 0 && forced("metric_relabel_configs") > 0,
            "{name}: {job}"
        );
    }
    assert!(!jobs.keys().any(|name| name.contains("thief")), "{:?}", jobs.keys());
}

#[tokio::test]
async fn the_real_operator_makes_of_it_what_scrapes_the_fleet() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let fleet = demo()?.fleet.clone();
    let port = fleet.rsplit(':').next().unwrap_or_default().parse()?;
    let engines = processes(&fleet, "vllm:num_requests_running").await?;
    let schedulers = processes(&fleet, "inference_pool_").await?;
    let [chat, search, qwen, ..] = engines.as_slice() else {
        anyhow::bail!("the fleet has fewer than three engines: {engines:?}");
    };
    plane.namespace(NAMESPACE).await?;
    model(plane, "chat", port, chat).await?;
    model(plane, "search", port, search).await?;
    let _proxies = distributed(plane, &fleet, qwen, schedulers.first().context("no scheduler")?).await?;
    foreign_monitors(plane, port, chat).await?;
    let folder = tempfile::tempdir()?;
    let token = folder.path().join("token");
    fs::write(&token, plane.kube.token(User::Admin))?;
    let outside = json!({
        "replicas": 1,
        "apiserverConfig": {
            "host": plane.kube.url, "tlsConfig": {"caFile": plane.kube.ca_file},
            "authorization": {"type": "Bearer", "credentialsFile": token},
        },
        "scrapeClasses": [{"name": "rig", "default": true, "relabelings": [
            {"sourceLabels": ["__address__"], "targetLabel": "instance"},
            {
                "sourceLabels": ["__address__"], "regex": format!("{}:(.+)", SCHEDULER.0.replace('.', "\\.")),
                "targetLabel": "__address__", "replacement": format!("{}:$1", SCHEDULER.1),
            },
        ]}],
    });
    let _monitoring = monitoring(plane, Servers::Real(outside)).await?;
    let _operator = operator(plane).await?;
    let before = dump(plane).await?;

    let admin = plane.admin()?;
    let args = [
        "--namespace",
        NAMESPACE,
        "--scrape-interval",
        "5s",
        "--scrape-timeout",
        "5s",
    ];
    let run = async |command: &[&'static str]| {
        let all: Vec<&str> = command.iter().copied().chain(args).collect();
        servelens(&admin, &all).await
    };
    let apply = run(&["apply", "--yes"]).await?;
    assert_eq!(apply.code, 0, "{apply:?}");
    let whole = |config: &Config| {
        let all = OURS.iter().chain(&["podMonitor/operated/liar/0"]);
        // The operator writes monitors and rules one after the other.
        config.rules > 0 && all.into_iter().all(|job| config.text.contains(job))
    };
    let config = wait::until(
        "the operator has read every monitor",
        async || Config::read(plane).await,
        whole,
    )
    .await?;
    restrictions_hold(&jobs(&config)?);
    let said = config.check()?;
    assert!(said.contains("rules found"), "{said}");

    let (prometheus, _server) = config.run().await?;
    let up: BTreeMap<String, String> = [
        "chat-predictor-0",
        "qwen-epp-service",
        "qwen-kserve-0",
        "search-predictor-0",
    ]
    .map(|name| (name.to_owned(), "1".to_owned()))
    .into();
    wait::until(
        "every target is up",
        async || values(&prometheus, "up").await,
        |seen| seen == &up,
    )
    .await?;
    let rules = http::get_json(&format!("{prometheus}/api/v1/rules")).await?;
    let groups = rules
        .pointer("/data/groups")
        .and_then(Value::as_array)
        .context("no groups")?;
    assert!(groups.len() > 3, "{} groups of rules", groups.len());
    for group in groups {
        // The operator begins a file's name with the namespace of its rules.
        let file = group["file"]
            .as_str()
            .and_then(|path| path.rsplit('/').next())
            .unwrap_or_default();
        let home = [NAMESPACE, "nvidia-gpu-operator"]
            .into_iter()
            .find(|name| file.starts_with(&format!("{name}-")));
        for rule in group["rules"].as_array().into_iter().flatten() {
            assert_eq!(rule["labels"]["namespace"].as_str(), home, "{file}: {rule}");
            assert_ne!(rule["health"], "err", "{rule}");
        }
    }
    let verify = run(&[
        "verify",
        "--wait",
        "30",
        "--output",
        "json",
        "--cluster-url",
        prometheus.clone().leak(),
    ])
    .await?;
    assert_eq!(verify.code, 0, "{verify:?}");

    let remove = run(&["remove", "--yes"]).await?;
    assert_eq!(remove.code, 0, "{remove:?}");
    let path = format!("apis/monitoring.coreos.com/v1/namespaces/{USER_WORKLOAD}/prometheuses/user-workload");
    wait::until("its Prometheus goes", async || plane.get(&path).await, Option::is_none).await?;
    collect(plane).await?;
    settled(plane, &before).await?;
    plane
        .delete("apis/config.openshift.io/v1/clusteroperators/monitoring")
        .await?;
    // Others take kinds away from the cluster, and find nothing of this test to lose.
    plane.delete(&format!("api/v1/namespaces/{NAMESPACE}")).await?;
    plane.gone(NAMESPACE).await
}
