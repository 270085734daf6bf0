//! The lab's targets around the models: the way in, load tests, model quality, hosts and the other runtimes.

use super::lab_values::{Target, target};

const GATEWAY: &[&str] = &[
    "destination_service_namespace=llm-a destination_canonical_service=alpha",
    "destination_service_namespace=llm-b destination_canonical_service=beta",
];
const ANY: &[&str] = &[""];

pub const TARGETS: &[Target] = &[
    target(
        "gateway",
        "namespace=ingress pod=gateway-0 instance=10.0.8.1:15020 llm_isvc_gateway=true",
        GATEWAY,
    ),
    target(
        "gateway",
        "namespace=ingress pod=gateway-1 instance=10.0.8.2:15020 llm_isvc_gateway=true",
        GATEWAY,
    ),
    // Of other applications.
    target(
        "gateway",
        "namespace=ingress pod=shop-0 instance=10.0.8.3:15020",
        GATEWAY,
    ),
    target(
        "kuadrant",
        "namespace=ingress pod=gateway-0 instance=10.0.8.1:15090",
        ANY,
    ),
    target(
        "kuadrant",
        "namespace=ingress pod=gateway-1 instance=10.0.8.2:15090",
        ANY,
    ),
    target(
        "limitador",
        "namespace=kuadrant pod=limitador-0 instance=10.0.8.4:8080",
        ANY,
    ),
    target(
        "limitador",
        "namespace=kuadrant pod=limitador-1 instance=10.0.8.5:8080",
        ANY,
    ),
    target("litellm", "namespace=llm-a pod=litellm-0 instance=10.0.8.6:4000", ANY),
    target("litellm", "namespace=llm-a pod=litellm-1 instance=10.0.8.7:4000", ANY),
    target(
        "load_test",
        "namespace=tests pod=exporter-0 instance=10.0.9.1:8080",
        ANY,
    ),
    target(
        "load_test",
        "namespace=tests pod=exporter-1 instance=10.0.9.2:8080",
        ANY,
    ),
    target(
        "trustyai",
        "namespace=pred-a pod=trustyai-0 instance=10.0.9.3:8080",
        ANY,
    ),
    target(
        "trustyai",
        "namespace=pred-b pod=trustyai-0 instance=10.0.9.4:8080",
        ANY,
    ),
    target(
        "trustyai_python",
        "namespace=pred-b pod=trustyai-1 instance=10.0.9.5:8080",
        ANY,
    ),
    target(
        "trustyai_python",
        "namespace=pred-b pod=trustyai-2 instance=10.0.9.6:8080",
        ANY,
    ),
    target(
        "guardrails",
        "namespace=llm-a pod=detector-0 instance=10.0.9.7:8000",
        ANY,
    ),
    target(
        "guardrails",
        "namespace=llm-a pod=detector-1 instance=10.0.9.8:8000",
        ANY,
    ),
    target(
        "model_quality",
        "namespace=pred-a pod=drift-0 instance=10.0.9.9:8001",
        ANY,
    ),
    target(
        "model_quality",
        "namespace=pred-b pod=drift-0 instance=10.0.9.10:8001",
        ANY,
    ),
    target("kueue", "namespace=kueue pod=controller-0 instance=10.0.11.1:8443", ANY),
    target("kueue", "namespace=kueue pod=controller-1 instance=10.0.11.2:8443", ANY),
    target("host", "instance=host-a:9100", ANY),
    target("host", "instance=host-b:9100", ANY),
    // A node of the cluster is no RHEL AI host.
    target(
        "host",
        "namespace=openshift-monitoring pod=node-exporter-0 instance=node-a:9100",
        ANY,
    ),
    target("tgis", "namespace=llm-a pod=tgis-0 instance=10.0.10.1:3000", ANY),
    target("tgis", "namespace=llm-a pod=tgis-0 instance=10.0.10.1:3001", ANY),
    target("tgis", "namespace=llm-b pod=tgis-0 instance=10.0.10.2:3000", ANY),
    target("tgis", "namespace=llm-b pod=tgis-1 instance=10.0.10.3:3000", ANY),
    target("caikit", "namespace=llm-a pod=caikit-0 instance=10.0.10.4:8086", ANY),
    target("caikit", "namespace=llm-a pod=caikit-1 instance=10.0.10.5:8086", ANY),
    target("caikit", "namespace=llm-b pod=caikit-1 instance=10.0.10.6:8086", ANY),
    target("triton", "namespace=llm-a pod=triton-0 instance=10.0.10.7:8002", ANY),
    target("triton", "namespace=llm-a pod=triton-1 instance=10.0.10.8:8002", ANY),
    target("triton", "namespace=llm-b pod=triton-1 instance=10.0.10.9:8002", ANY),
    target("nim", "namespace=llm-a pod=nim-0 instance=10.0.10.10:8000", ANY),
    target("nim", "namespace=llm-a pod=nim-1 instance=10.0.10.11:8000", ANY),
    target("nim", "namespace=llm-b pod=nim-1 instance=10.0.10.12:8000", ANY),
    target("kserve_sdk", "namespace=pred-a pod=sdk-0 instance=10.0.10.13:8080", ANY),
    target("kserve_sdk", "namespace=pred-a pod=sdk-1 instance=10.0.10.14:8080", ANY),
    target("kserve_sdk", "namespace=pred-b pod=sdk-1 instance=10.0.10.15:8080", ANY),
];

/// Every value of a label of these families; `None`: nothing of its own.
pub fn values(family: &str, metric: &str, label: &str) -> Option<&'static [&'static str]> {
    Some(match (family, label) {
        ("gateway", "response_code") => &["200", "404", "503"],
        ("gateway", "response_flags") => &["-", "UH"],
        ("limitador" | "load_test" | "triton", "model") => &["alpha", "beta"],
        ("limitador", "subscription") => &["gold", "free"],
        ("limitador", "user") => &["ann", "ben"],
        ("litellm", "requested_model") => &["alpha", "beta"],
        ("litellm", "team_alias") => &["red", "blue"],
        ("litellm", "api_key_alias") => &["day", "night"],
        ("litellm", "exception_status") => &["429", "500"],
        ("litellm", "exception_class") => &["RateLimitError", "InternalServerError"],
        ("litellm", "status_code") => &["200", "500"],
        ("litellm", "litellm_model_name") => &["hosted/alpha", "hosted/beta"],
        ("litellm", "model_id") => &["one", "two"],
        ("load_test", "namespace") => &["llm-a", "llm-b"],
        ("trustyai" | "model_quality", "model") | ("trustyai_python", "modelId") => &["credit", "churn"],
        ("trustyai" | "trustyai_python", "requestName") => &["daily", "hourly"],
        ("trustyai" | "trustyai_python", "subcategory") => &["age", "income"],
        ("trustyai", "protected") => &["gender", "race"],
        ("guardrails", "detector_name") => &["hap", "pii"],
        ("guardrails", "detector_kind") => &["model", "pattern"],
        ("kueue", "cluster_queue") => &["day", "night"],
        ("kueue", "status") => &["active", "inadmissible"],
        ("kueue", "flavor") => &["a100", "l4"],
        ("kueue", "resource") => &[
            "cpu",
            "nvidia.com/gpu",
            "nvidia.com/gpu.shared",
            "nvidia.com/mig-3g.20gb",
            "amd.com/gpu",
        ],
        ("host", "mode") => &["idle", "user", "iowait"],
        ("host", "cpu") => &["0", "1"],
        ("host", "fstype") => &["xfs", "tmpfs"],
        ("host", "mountpoint") => &["/", "/var"],
        ("host", "device") if metric.starts_with("node_network") => &["eth0", "eth1", "lo"],
        ("host", "device") => &["vda1"],
        ("caikit", "code") => &["OK", "INTERNAL", "NOT_FOUND"],
        ("caikit", "model_id") => &["alpha", "beta"],
        ("triton", "version") => &["1", "2"],
        _ => return None,
    })
}
