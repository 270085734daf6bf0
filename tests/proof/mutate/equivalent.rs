//! Changes that change nothing, each with the reason.

use super::Mutant;

/// Every change that fits all of it.
pub struct Same {
    /// Empty: any panel.
    pub panels: &'static [&'static str],
    /// What stands in the query.
    pub within: &'static str,
    /// How the change begins, as [`Mutant::change`] says it.
    pub change: &'static str,
    pub why: &'static str,
}

impl Same {
    pub fn covers(&self, mutant: &Mutant) -> bool {
        (self.panels.is_empty() || self.panels.contains(&mutant.panel.as_str()))
            && mutant.expr.contains(self.within)
            && mutant.change.starts_with(self.change)
    }
}

pub const EQUIVALENT: &[Same] = &[
    Same {
        panels: &[],
        within: "histogram_quantile(",
        change: "sum to avg",
        why: "all buckets of a distribution have as many series, and a quantile does not change with the scale",
    },
    Same {
        panels: &[],
        within: "0 * sum",
        change: "sum to max (1)",
        why: "it only says for which series the zero stands, and nothing times zero is zero",
    },
    Same {
        panels: &[],
        within: "0 * sum",
        change: "sum to avg (1)",
        why: "it only says for which series the zero stands, and nothing times zero is zero",
    },
    Same {
        panels: &["vllm.failed", "vllm.error_ratio"],
        within: "0 * sum",
        change: "requests_finished to generation_tokens (1)",
        why: "both counters exist for the same models, and nothing times zero is zero",
    },
    Same {
        panels: &["mlserver.failed"],
        within: "0 * sum",
        change: "mlserver_requests to mlserver_failures (1)",
        why: "the total of all models has failures in both worlds, so the zero is not asked for; mlserver.failures shows the same by model",
    },
    Same {
        panels: &["epp.flow_wait"],
        within: "histogram_quantile(",
        change: "0.99 to 0.95",
        why: "both are above the last bound in the worlds, where a quantile is that bound",
    },
    Same {
        panels: &["epp.request_size", "epp.output_tokens"],
        within: "histogram_quantile(0.99",
        change: "sum to max (0)",
        why: "both are above the last bound in the worlds, where a quantile is that bound",
    },
    Same {
        panels: &["disagg.post_time"],
        within: "histogram_quantile(0.99",
        change: "nixl_post_time to nixl_bytes",
        why: "both are above the last bound in the worlds, where a quantile is that bound",
    },
    Same {
        panels: &["epp.prefix_entries"],
        within: "epp_prefix_entries",
        change: "max to",
        why: "the exporter has one series of it for each pod",
    },
    Same {
        panels: &["epp.poll_errors"],
        within: "epp_poll_errors",
        change: "sum to",
        why: "the exporter has one series of it for each pod",
    },
    Same {
        panels: &["mlserver.queues"],
        within: "_queue",
        change: "sum to",
        why: "the exporter has one series of it for each pod",
    },
    Same {
        panels: &["gpu.nvlink"],
        within: "gpu_nvlink",
        change: "max to",
        why: "the exporter tells it once for each card that has it",
    },
    Same {
        panels: &["gpu.memory_bandwidth", "overview.gpus_busy"],
        within: "or on (Hostname, gpu)",
        change: "max to",
        why: "the exporter tells it once for each card that has it",
    },
    Same {
        panels: &["gpu.utilization"],
        within: "gpu_utilization",
        change: "without by GPU_I_",
        why: "a card in slices has no utilisation, and the others have no slices",
    },
    Same {
        panels: &["gpu.memory_bandwidth"],
        within: "gpu_memory_copy",
        change: "without by GPU_I_",
        why: "a card in slices has no copy utilisation, and the others have no slices",
    },
    Same {
        panels: &["host.disk"],
        within: "fstype!~",
        change: "without fstype!~",
        why: "the other side of the division still leaves out what is no disk",
    },
    Same {
        panels: &[
            "load_tests.total_requests",
            "load_tests.total_failures",
            "load_tests.failure_rate_percent",
        ],
        within: "changes(",
        change: "load_test_response_time_mean to load_test_response_time_p80",
        why: "a run changes all its numbers at once, and all have changed within the range",
    },
    Same {
        panels: &["resources.gpus"],
        within: "pod_phase",
        change: "max to min (0)",
        why: "a pod has one series for each phase",
    },
    Same {
        panels: &["resources.accelerators"],
        within: "pod_phase",
        change: "max to min (1)",
        why: "a pod has one series for each phase",
    },
    Same {
        panels: &["vllm.prompt_length", "vllm.generation_length"],
        within: "increase(",
        change: "without by model_name",
        why: "all engines of the worlds have the same bounds, so that adding first gives the same",
    },
    Same {
        panels: &["vllm.replicas", "ovms.replicas"],
        within: "count by",
        change: "count to sum (1)",
        why: "the inner count is not looked at by the outer one",
    },
];
