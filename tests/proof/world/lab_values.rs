//! What stands in the lab: targets of each family, the series each of them shows, and the values of their labels. Chosen so
//! that every filter, every label of a sum and every choice between sum and maximum makes a difference.

/// A scraped endpoint: its target labels, and the sets of labels that it shows by itself. A set gives a metric those of
/// its labels that the metric has; the metric's other labels take each value of [`values`].
pub struct Target {
    pub family: &'static str,
    pub labels: &'static str,
    pub shows: &'static [&'static str],
}

pub const fn target(family: &'static str, labels: &'static str, shows: &'static [&'static str]) -> Target {
    Target { family, labels, shows }
}

const ALPHA: &[&str] = &["model_name=alpha"];
const BETA: &[&str] = &["model_name=beta"];
/// Three GPUs, the first shared by two pods in turn, the others in slices, of which the third's does nothing.
const NODE_A: &[&str] = &[
    "gpu=0 UUID=A0 Hostname=node-a namespace=llm-a pod=alpha-0 container=main",
    "gpu=0 UUID=A0 Hostname=node-a namespace=llm-a pod=alpha-1 container=main",
    "gpu=1 UUID=A1 Hostname=node-a namespace=llm-b pod=beta-0 container=main GPU_I_PROFILE=3g.20gb GPU_I_ID=1",
    "gpu=1 UUID=A1 Hostname=node-a namespace=llm-b pod=beta-1 container=main GPU_I_PROFILE=3g.20gb GPU_I_ID=2",
    "gpu=1 UUID=A1 Hostname=node-a namespace=llm-c pod=gamma-0 container=main GPU_I_PROFILE=3g.20gb GPU_I_ID=2",
    "gpu=1 UUID=A1 Hostname=node-a GPU_I_PROFILE=1g.10gb GPU_I_ID=2",
    "gpu=2 UUID=A2 Hostname=node-a namespace=llm-c pod=gamma-0 container=main GPU_I_PROFILE=3g.20gb GPU_I_ID=1",
];
/// A newer exporter, which writes `hostname`.
const NODE_B: &[&str] = &[
    "gpu=0 UUID=B0 hostname=node-b namespace=llm-b pod=alpha-2 container=main",
    "gpu=1 UUID=B1 hostname=node-b",
];
const AMD: &[&str] = &[
    "gpu_id=0 gpu_partition_id=0 hostname=amd-a namespace=llm-a pod=alpha-0 container=main",
    "gpu_id=0 gpu_partition_id=0 hostname=amd-a namespace=llm-a pod=alpha-1 container=main",
    "gpu_id=0 gpu_partition_id=1 hostname=amd-a namespace=llm-b pod=beta-0 container=main",
    "gpu_id=1 gpu_partition_id=0 hostname=amd-a",
];
/// One card is shown for two pods in turn.
const GAUDI: &[&str] = &[
    "UUID=G0 id=0 pod_namespace=llm-a pod_name=alpha-0",
    "UUID=G0 id=0 pod_namespace=llm-a pod_name=alpha-1",
    "UUID=G1 id=1",
];
const PODS: &[&str] = &[
    "namespace=llm-a pod=alpha-predictor-x1 node=node-a",
    "namespace=llm-a pod=alpha-predictor-x2 node=node-b",
    "namespace=llm-b pod=alpha-predictor-x1 node=node-a",
    "namespace=llm-b pod=beta-kserve-y1 node=node-b",
    "namespace=llm-b pod=database-0 node=node-b",
];

const TARGETS: &[Target] = &[
    target(
        "vllm",
        "namespace=llm-a pod=alpha-0 instance=10.0.0.1:8000 llm_isvc_role=both",
        ALPHA,
    ),
    target(
        "vllm",
        "namespace=llm-a pod=alpha-1 instance=10.0.0.2:8000 llm_isvc_role=both",
        ALPHA,
    ),
    target(
        "vllm",
        "namespace=llm-b pod=alpha-1 instance=10.0.0.3:8000 llm_isvc_role=both",
        ALPHA,
    ),
    target(
        "vllm",
        "namespace=llm-b pod=beta-0 instance=10.0.0.4:8000 llm_isvc_role=prefill",
        BETA,
    ),
    target(
        "vllm",
        "namespace=llm-b pod=beta-1 instance=10.0.0.5:8000 llm_isvc_role=decode",
        BETA,
    ),
    target("vllm_http", "namespace=llm-a pod=alpha-0 instance=10.0.0.1:8000", &[""]),
    target("vllm_http", "namespace=llm-b pod=alpha-0 instance=10.0.0.3:8000", &[""]),
    target("vllm_http", "namespace=llm-b pod=beta-1 instance=10.0.0.5:8000", &[""]),
    target(
        "epp",
        "namespace=llm-a pod=epp-0 instance=10.0.1.1:9090",
        &["name=pool-a inference_pool=pool-a"],
    ),
    target(
        "epp",
        "namespace=llm-a pod=epp-1 instance=10.0.1.2:9090",
        &["name=pool-a inference_pool=pool-a"],
    ),
    target(
        "epp",
        "namespace=llm-b pod=epp-1 instance=10.0.1.3:9090",
        &["name=pool-a inference_pool=pool-a"],
    ),
    target(
        "epp",
        "namespace=llm-b pod=epp-2 instance=10.0.1.4:9090",
        &["name=pool-b inference_pool=pool-b"],
    ),
    target(
        "dcgm",
        "namespace=nvidia-gpu-operator pod=dcgm-a instance=10.0.2.1:9400",
        NODE_A,
    ),
    target(
        "dcgm",
        "namespace=nvidia-gpu-operator pod=dcgm-b instance=10.0.2.2:9400",
        NODE_B,
    ),
    target("amd", "instance=10.0.6.1:5000", AMD),
    target(
        "amd",
        "instance=10.0.6.2:5000",
        &["gpu_id=0 gpu_partition_id=0 hostname=amd-b namespace=llm-c pod=gamma-0"],
    ),
    target("gaudi", "namespace=gaudi pod=exporter-0 instance=10.0.7.1:41611", GAUDI),
    target("gaudi", "namespace=gaudi pod=exporter-1 instance=10.0.7.2:41611", GAUDI),
    target("ovms", "namespace=pred-a pod=ovms-0 instance=10.0.3.1:8888", &[""]),
    target("ovms", "namespace=pred-a pod=ovms-1 instance=10.0.3.2:8888", &[""]),
    target(
        "ovms",
        "namespace=pred-b pod=ovms-1 instance=10.0.3.3:8888",
        &["name=nomic"],
    ),
    target("mlserver", "namespace=pred-a pod=ml-0 instance=10.0.4.1:8080", &[""]),
    target("mlserver", "namespace=pred-a pod=ml-1 instance=10.0.4.2:8080", &[""]),
    target(
        "mlserver",
        "namespace=pred-b pod=ml-1 instance=10.0.4.3:8080",
        &["model=churn"],
    ),
    target("kube", "instance=10.0.5.1:8443", PODS),
    // A second one that is being rolled out: it shows the same things again.
    target(
        "kube",
        "instance=10.0.5.2:8443",
        &["namespace=llm-a pod=alpha-predictor-x2 node=node-b"],
    ),
];

/// All targets of all families.
pub fn targets() -> impl Iterator<Item = &'static Target> {
    TARGETS.iter().chain(super::lab_more::TARGETS)
}

/// Metrics that the facts do not have: family, type, name, labels. Limitador's have a suffix where a collector of
/// OpenTelemetry stands in between.
pub const MORE: &[(&str, &str, &str, &str)] = &[
    (
        "epp",
        "counter",
        "llm_d_epp_disagg_decision_total",
        "decision_type model_name",
    ),
    (
        "limitador",
        "counter",
        "authorized_hits_total",
        "model subscription user",
    ),
    ("limitador", "counter", "authorized_calls_total", "subscription user"),
    ("limitador", "counter", "limited_calls_total", "subscription user"),
];

/// Every value of a label; an empty one is a series without it.
pub fn values(family: &str, metric: &str, label: &str) -> &'static [&'static str] {
    if let Some(values) = super::lab_more::values(family, metric, label) {
        return values;
    }
    match (family, label) {
        ("vllm", "finished_reason") => &["stop", "length", "abort", "error"],
        ("vllm_http", "handler") => &["/v1/chat/completions", "/v1/completions", "/health"],
        ("vllm_http", "status") => &["2xx", "4xx", "5xx"],
        ("ovms", "method") => &[
            "ModelInfer",
            "Predict",
            "Unary",
            "Stream",
            "ModelReady",
            "GetModelStatus",
        ],
        ("ovms", "interface") => &["REST", "gRPC"],
        ("ovms", "name") => &["nomic", "bert"],
        ("ovms", "version") if metric == "ovms_streams" => &["1", "2"],
        ("mlserver", "path") => &["/v2/models/fraud/infer", "/v2/models/churn/infer", "/v2/health/ready"],
        ("mlserver", "grpc_method") => &["ModelInfer", "ModelStreamInfer", "ServerLive"],
        ("mlserver", "grpc_code") => &["OK", "InvalidArgument"],
        ("mlserver", "status_code") => &["200", "400"],
        ("mlserver", "model") => &["fraud", "churn"],
        ("kube", "container") if metric.starts_with("kube_") => &["main", "proxy"],
        ("kube", "container") => &["main", "proxy", "POD", ""],
        ("kube", "interface") => &["eth0", "net1"],
        ("kube", "resource") if metric == "kube_resourcequota" => &["pods", "requests.cpu"],
        ("kube", "resource") => &[
            "cpu",
            "memory",
            "nvidia_com_gpu",
            // A GPU that pods take in turns, and a share of one that is no GPU.
            "nvidia_com_gpu_shared",
            "nvidia_com_gpumem",
            "nvidia_com_mig_3g_20gb",
            "amd_com_gpu",
            "habana_ai_gaudi",
            "ibm_com_spyre_pf",
        ],
        ("kube", "condition") => &["Available", "Progressing"],
        ("kube", "status") => &["true", "false"],
        ("kube", "deployment") => &["alpha-predictor", "beta-kserve", "database"],
        ("kube", "horizontalpodautoscaler") => &["alpha-predictor", "beta-predictor"],
        ("kube", "phase") => &["Running", "Pending"],
        ("kube", "type") => &["used", "hard"],
        ("amd", "clock_type") => &["GPU_CLOCK_TYPE_SYSTEM", "GPU_CLOCK_TYPE_MEMORY"],
        ("epp", "status") => &["success", "failure"],
        ("epp", "type") => &["ttft", "tpot"],
        ("epp", "outcome") => &["dispatched", "evicted"],
        (_, "model_name") => &["alpha", "beta"],
        (_, "engine" | "priority" | "position") => &["0", "1"],
        (_, "source" | "transfer_type" | "error_code" | "decision_type" | "target_model") => &["one", "two"],
        (_, "sleep_state") => &["awake", "weights_offloaded"],
        (_, "endpoint_name" | "pod_name" | "model_server_pod" | "model_server_endpoint") => &["alpha-0", "alpha-1"],
        (_, "extension_point" | "plugin_name" | "model_rewrite_name") => &["first", "second"],
        (_, "running_lora_adapters") => &["", "sql", "sql,de"],
        (_, "waiting_lora_adapters") => &["", "de"],
        (_, "max_lora") => &["4"],
        _ => &[""],
    }
}

/// What a gauge always is, where any number would not do.
pub fn fixed(metric: &str, label: &dyn Fn(&str) -> String) -> Option<f64> {
    let waits = label("namespace") == "llm-b" && label("pod").starts_with("alpha");
    match (metric, label("phase").as_str()) {
        ("kube_pod_status_phase", "Running") => Some(if waits { 0.0 } else { 1.0 }),
        ("kube_pod_status_phase", _) => Some(if waits { 1.0 } else { 0.0 }),
        ("DCGM_FI_PROF_GR_ENGINE_ACTIVE", _) if label("gpu") == "2" => Some(0.0),
        _ => None,
    }
}

/// What does not exist: a failure before the first one, a measure that a slice does not have, a limit that nobody set.
pub fn absent(metric: &str, label: &dyn Fn(&str) -> String) -> bool {
    let is = |name: &str, value: &str| label(name) == value;
    match metric {
        "vllm:request_success_total" => {
            is("model_name", "beta") && (is("finished_reason", "error") || is("finished_reason", "abort"))
        }
        "http_requests_total" => is("pod", "beta-1") && !is("status", "2xx"),
        "DCGM_FI_DEV_GPU_UTIL" | "DCGM_FI_DEV_MEM_COPY_UTIL" => !is("GPU_I_ID", ""),
        "DCGM_FI_PROF_DRAM_ACTIVE" | "DCGM_FI_PROF_GR_ENGINE_ACTIVE" => is("hostname", "node-b") && is("gpu", "1"),
        "DCGM_FI_PROF_NVLINK_TX_BYTES" | "DCGM_FI_PROF_NVLINK_RX_BYTES" => is("hostname", "node-b"),
        "model_infer_request_failure_total" => is("model", "churn"),
        "kube_pod_resource_limit" => is("pod", "beta-kserve-y1"),
        name => name.ends_with("request_error_total") && is("model_name", "beta"),
    }
}
