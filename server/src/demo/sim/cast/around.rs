//! What stands beside the fleet's main models: servers of other runtimes, watchers of quality, load tests, a host.

use super::processes::{Process, Role, single};
use super::{FRAUD, LLAMA, PHI, Workload};
use crate::demo::exporters::buckets;
use crate::demo::exporters::load_test::Tested;
use crate::demo::exporters::runtimes::Program;
use crate::demo::sim::classic::{ServerSpec, TimeBy};
use crate::demo::sim::load::Source;

/// A model on another runtime.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    pub workload: Workload,
    pub program: Program,
    pub source: Source,
    pub spec: ServerSpec,
    container: &'static str,
    instance: &'static str,
}

/// Text of some dozen tokens in a second or two.
const TEXT: ServerSpec = ServerSpec {
    pod: "flan-t5-xl-predictor-6f9d7c8b54-k2v7n",
    streams: 6,
    service_s: (0.9, 0.5),
    grpc: 0.0,
    failing: 0.004,
    request_bytes: 1_900.0,
    time_by: TimeBy::Nothing,
    bounds: buckets::tgis::SECONDS,
    units_per_second: 1.0,
};

pub const OTHERS: [Other; 5] = [
    Other {
        workload: Workload {
            name: "flan-t5-xl",
            namespace: "llm-legacy",
            model: "flan-t5-xl",
            pods: &[TEXT.pod],
        },
        program: Program::Tgis,
        source: Source::Flan,
        spec: TEXT,
        container: "kserve-container",
        instance: "10.130.0.61:3000",
    },
    Other {
        workload: Workload {
            name: "summarizer",
            namespace: "llm-legacy",
            model: "summarizer",
            pods: &["summarizer-predictor-7c6d5f8b9d-w4hqz"],
        },
        program: Program::Caikit,
        source: Source::Summaries,
        spec: ServerSpec {
            pod: "summarizer-predictor-7c6d5f8b9d-w4hqz",
            service_s: (1.6, 0.6),
            failing: 0.012,
            bounds: &[],
            ..TEXT
        },
        container: "kserve-container",
        instance: "10.130.0.62:8086",
    },
    Other {
        workload: Workload {
            name: "resnet-50",
            namespace: "predictive",
            model: "resnet50",
            pods: &["resnet-50-predictor-5d8c9f7b66-n9t2c"],
        },
        program: Program::Triton,
        source: Source::Images,
        spec: ServerSpec {
            pod: "resnet-50-predictor-5d8c9f7b66-n9t2c",
            streams: 2,
            service_s: (0.014, 0.3),
            failing: 0.001,
            request_bytes: 151_000.0,
            bounds: &[],
            ..TEXT
        },
        container: "kserve-container",
        instance: "10.130.0.63:8002",
    },
    Other {
        workload: Workload {
            name: "nemo-8b",
            namespace: "llm-lab",
            model: "nvidia/nemotron-nano-8b",
            pods: &["nemo-8b-predictor-84b6d9c7f5-j6x3p"],
        },
        program: Program::Nim,
        source: Source::Nemo,
        spec: ServerSpec {
            pod: "nemo-8b-predictor-84b6d9c7f5-j6x3p",
            service_s: (3.2, 0.7),
            failing: 0.006,
            bounds: buckets::vllm::REQUEST_LATENCY,
            ..TEXT
        },
        container: "kserve-container",
        instance: "10.130.0.64:8000",
    },
    Other {
        workload: Workload {
            name: "churn-autogluon",
            namespace: "predictive",
            model: "churn-autogluon",
            pods: &["churn-autogluon-predictor-6d7f9c5b48-r8m5d"],
        },
        program: Program::KServe,
        source: Source::Churn,
        spec: ServerSpec {
            pod: "churn-autogluon-predictor-6d7f9c5b48-r8m5d",
            streams: 2,
            service_s: (0.048, 0.4),
            failing: 0.0,
            request_bytes: 900.0,
            bounds: buckets::python::DEFAULT,
            ..TEXT
        },
        container: "kserve-container",
        instance: "10.130.0.65:8080",
    },
];

/// The models of the lab, in the order of their tests.
pub const TESTED: [Tested; 2] = [(LLAMA.model, LLAMA.namespace), (PHI.model, PHI.namespace)];
/// Whose quality is watched.
pub const WATCHED: &str = FRAUD.model;

/// The load tests' monitor asks every two minutes, as the exporter's authors set it.
const LOAD_TEST_INTERVAL_S: u32 = 120;

pub fn processes() -> Vec<(Role, Process)> {
    let mut all: Vec<(Role, Process)> = (0..)
        .zip(OTHERS)
        .map(|(number, other)| {
            let service = format!("{}-metrics", other.workload.name);
            let labels = [
                ("namespace", other.workload.namespace),
                ("pod", other.spec.pod),
                ("container", other.container),
                ("service", service.as_str()),
                ("instance", other.instance),
            ];
            (Role::Other(number), single(other.workload.name, &service, &labels))
        })
        .collect();
    for (role, namespace, name, pod, instance) in [
        (
            Role::TrustyJava,
            FRAUD.namespace,
            "trustyai-service",
            "trustyai-service-6b5d8f9c7-2hgqx",
            "10.129.0.51:8080",
        ),
        (
            Role::TrustyPython,
            FRAUD.namespace,
            "trustyai-service-py",
            "trustyai-service-py-7f8c6d5b9-mz4kt",
            "10.129.0.52:8080",
        ),
        (
            Role::DriftDetector,
            FRAUD.namespace,
            "drift-detector",
            "drift-detector-5c7b9d8f6-q7w2v",
            "10.129.0.53:8001",
        ),
        (
            Role::Guardrails,
            "llm-prod",
            "guardrails-detectors",
            "guardrails-detectors-8d9f6c7b5-x5n8r",
            "10.129.0.54:8000",
        ),
        (
            Role::LoadTest,
            "llm-tests",
            "llm-load-test-exporter",
            "llm-load-test-exporter-69c8b7d5f-t3p6j",
            "10.129.0.55:8080",
        ),
    ] {
        let labels = [
            ("namespace", namespace),
            ("pod", pod),
            ("container", name),
            ("service", name),
            ("instance", instance),
        ];
        let mut process = single(name, name, &labels);
        if role == Role::LoadTest {
            for job in &mut process.jobs {
                job.interval_s = LOAD_TEST_INTERVAL_S;
            }
        }
        all.push((role, process));
    }
    // Outside the cluster: no namespace, no pod.
    let labels = [("instance", "rhelai-01.example.com:9100")];
    all.push((Role::Host, single("rhelai-01", "rhel-ai-hosts", &labels)));
    all
}
