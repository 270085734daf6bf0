//! The fleet's processes, and how a cluster's Prometheus scrapes them: jobs, target labels, renaming.

use super::{EPP_POD, FRAUD, GRANITE, LLAMA, MISTRAL, NODE_PLACES, NODES, NOMIC, PHI, QWEN, around};

/// Prometheus's usual scrape interval on OpenShift, seconds.
const INTERVAL_S: u32 = 30;

/// An endpoint that serves `/metrics`, under one job, or two where two monitors select it.
#[derive(Debug, Clone)]
pub struct Process {
    /// Unique, and safe as a part of a path.
    pub name: String,
    pub jobs: Vec<Job>,
}

#[derive(Debug, Clone)]
pub struct Job {
    pub job: String,
    pub interval_s: u32,
    /// Target labels, as the monitor's relabelling leaves them.
    pub labels: Vec<(String, String)>,
    /// What the monitor's metric relabelling puts before every series name.
    pub rename_prefix: Option<&'static str>,
}

/// What a process is, by its number among its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Engine(usize),
    Router,
    Ovms,
    MlServer,
    /// The inference gateway's proxy, Kuadrant in it, and Limitador.
    Gateway,
    Kuadrant,
    Limitador,
    /// LiteLLM.
    Proxy,
    /// A node's GPU exporter.
    Gpus(usize),
    /// A node's cAdvisor, by the node's number among all nodes.
    Kubelet(usize),
    KubeState,
    Scheduler,
    /// A model on another runtime, by its number among them.
    Other(usize),
    TrustyJava,
    TrustyPython,
    DriftDetector,
    Guardrails,
    LoadTest,
    /// A RHEL AI host's node_exporter.
    Host,
}

/// Every process with its role, in a fixed order.
pub fn processes() -> Vec<(Role, Process)> {
    let mut all = Vec::new();
    for (number, name) in ["granite-33-8b-0", "granite-33-8b-1"].into_iter().enumerate() {
        let pod = GRANITE.pods.get(number).copied().unwrap_or_default();
        let instance = ["10.128.2.31:8000", "10.128.2.32:8000"]
            .get(number)
            .copied()
            .unwrap_or_default();
        let labels = [
            ("namespace", GRANITE.namespace),
            ("pod", pod),
            ("container", "main"),
            ("instance", instance),
            ("node", NODES[0]),
            ("llm_isvc_name", GRANITE.name),
            ("llm_isvc_role", "both"),
            ("llm_isvc_component", "workload"),
        ];
        let jobs = [
            "llm-prod/kserve-llm-isvc-vllm-engine",
            "llm-prod/kserve-llm-isvc-vllm-engine-default",
        ];
        all.push((Role::Engine(number), twin(name, jobs, &labels)));
    }
    let labels = [
        ("namespace", GRANITE.namespace),
        ("pod", EPP_POD),
        ("container", "main"),
        ("service", "granite-33-8b-epp-service"),
        ("instance", "10.130.0.18:9090"),
        ("llm_isvc_name", GRANITE.name),
        ("llm_isvc_component", "router-scheduler"),
    ];
    // On a cluster both monitors give the service's name as job, and their `up` series collide; here they do not.
    all.push((
        Role::Router,
        twin(
            "granite-33-8b-epp",
            ["llm-prod/kserve-llm-isvc-scheduler", "granite-33-8b-epp-service"],
            &labels,
        ),
    ));
    for (role, workload, instance, node) in [
        (Role::Engine(2), MISTRAL, "10.131.0.44:8080", Some(NODES[1])),
        (Role::Engine(3), QWEN, "10.131.0.45:8080", Some(NODES[1])),
        (Role::Engine(4), LLAMA, "10.132.0.31:8080", Some(NODES[2])),
        (Role::Engine(5), PHI, "10.133.0.27:8080", Some(NODES[3])),
        (Role::Ovms, NOMIC, "10.130.0.52:8888", None),
        (Role::MlServer, FRAUD, "10.130.0.53:8080", None),
    ] {
        let service = format!("{}-metrics", workload.name);
        let mut labels = vec![
            ("namespace", workload.namespace),
            ("pod", workload.pods.first().copied().unwrap_or_default()),
            ("container", "kserve-container"),
            ("service", service.as_str()),
            ("instance", instance),
        ];
        labels.extend(node.map(|node| ("node", node)));
        all.push((role, single(workload.name, &service, &labels)));
    }
    for (number, (pod, instance)) in [
        ("nvidia-dcgm-exporter-8xk4p", "10.128.2.9:9400"),
        ("nvidia-dcgm-exporter-j7w2s", "10.131.0.9:9400"),
    ]
    .into_iter()
    .enumerate()
    {
        let node = NODES.get(number).copied().unwrap_or_default();
        let labels = [
            ("namespace", "nvidia-gpu-operator"),
            ("pod", pod),
            ("container", "nvidia-dcgm-exporter"),
            ("service", "nvidia-dcgm-exporter"),
            ("instance", instance),
            ("node", node),
        ];
        all.push((
            Role::Gpus(number),
            single(&format!("dcgm-{node}"), "nvidia-dcgm-exporter", &labels),
        ));
    }
    all.extend(other_gpus());
    all.extend(way_in());
    all.extend(cluster());
    all.extend(around::processes());
    all
}

/// AMD's monitor honours the exporter's labels, so the target has neither namespace nor pod; Intel's exporter has names of
/// its own for them.
fn other_gpus() -> [(Role, Process); 2] {
    let amd = [
        ("container", "metrics-exporter-container"),
        ("endpoint", "exporter-port"),
        ("instance", "10.132.0.9:5000"),
        ("service", "default-metrics-exporter"),
    ];
    let gaudi = [
        ("namespace", "habana-ai-operator"),
        ("pod", "habana-ai-metric-exporter-ds-5d8vx"),
        ("container", "metric-exporter"),
        ("endpoint", "habana-metrics"),
        ("instance", "10.133.0.9:41611"),
        ("service", "metric-exporter"),
        ("node", NODES[3]),
    ];
    [
        (Role::Gpus(2), single("amd-exporter", "default-metrics-exporter", &amd)),
        (Role::Gpus(3), single("gaudi-exporter", "metric-exporter", &gaudi)),
    ]
}

/// What the platform itself watches. The monitors honour the exporters' labels, so no target label stands in their way.
fn cluster() -> Vec<(Role, Process)> {
    let mut all = Vec::new();
    for (number, node) in NODE_PLACES.iter().enumerate() {
        let instance = format!("192.168.12.{}:10250", 21 + number);
        let labels = [
            ("endpoint", "https-metrics"),
            ("instance", instance.as_str()),
            ("metrics_path", "/metrics/cadvisor"),
            ("node", node.name),
            ("service", "kubelet"),
        ];
        all.push((
            Role::Kubelet(number),
            single(&format!("kubelet-{}", node.name), "kubelet", &labels),
        ));
    }
    for (role, job, instance) in [
        (Role::KubeState, "kube-state-metrics", "10.129.0.14:8443"),
        (Role::Scheduler, "scheduler", "192.168.12.11:10259"),
    ] {
        all.push((
            role,
            single(
                job,
                job,
                &[("endpoint", "https"), ("instance", instance), ("service", job)],
            ),
        ));
    }
    all
}

/// What stands in front of the models.
fn way_in() -> Vec<(Role, Process)> {
    let gateway_pod = "openshift-ai-inference-openshift-default-6d8f5c7b94-zk5vt";
    let gateway = [
        ("namespace", "openshift-ingress"),
        ("pod", gateway_pod),
        ("container", "istio-proxy"),
        ("instance", "10.129.0.20:15020"),
        ("gateway_name", "openshift-ai-inference"),
        ("llm_isvc_gateway", "true"),
    ];
    let kuadrant = [
        ("namespace", "openshift-ingress"),
        ("pod", gateway_pod),
        ("container", "istio-proxy"),
        ("instance", "10.129.0.20:15090"),
    ];
    let limitador = [
        ("namespace", "kuadrant-system"),
        ("pod", "limitador-limitador-7c9d5b8f46-hx2ql"),
        ("container", "limitador"),
        ("instance", "10.129.0.31:8080"),
    ];
    let proxy = [
        ("namespace", "llm-hosting"),
        ("pod", "litellm-5b6f9d7c8-t4wpk"),
        ("container", "litellm"),
        ("service", "litellm"),
        ("instance", "10.129.0.44:4000"),
    ];
    vec![
        (
            Role::Gateway,
            single("inference-gateway", "openshift-ingress/inference-gateway", &gateway),
        ),
        (
            Role::Kuadrant,
            single("kuadrant-gateway", "openshift-ingress/kuadrant-istio", &kuadrant),
        ),
        (
            Role::Limitador,
            single("limitador", "kuadrant-system/kuadrant-limitador-monitor", &limitador),
        ),
        (Role::Proxy, single("litellm", "litellm", &proxy)),
    ]
}

pub fn single(name: &str, job: &str, labels: &[(&str, &str)]) -> Process {
    Process {
        name: name.to_owned(),
        jobs: vec![make_job(job, labels, None)],
    }
}

/// KServe's two monitors of one target: the first renames every series, the second does not.
fn twin(name: &str, [renamed, plain]: [&str; 2], labels: &[(&str, &str)]) -> Process {
    let jobs = vec![
        make_job(renamed, labels, Some("kserve_")),
        make_job(plain, labels, None),
    ];
    Process {
        name: name.to_owned(),
        jobs,
    }
}

fn make_job(job: &str, labels: &[(&str, &str)], rename_prefix: Option<&'static str>) -> Job {
    let labels = labels
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Job {
        job: job.to_owned(),
        interval_s: INTERVAL_S,
        labels,
        rename_prefix,
    }
}
