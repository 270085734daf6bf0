//! What really happened, for tests to compare with what is shown: exact events in (from, to], kept apart from the
//! exporters' statistics so that one can check the other. Nothing here is ever exposed as a metric.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::engine::step::Step;
use super::load::Reason;
use super::timeline::{Between, Gauge, Log};

/// Exact events in (from, to]; Unix seconds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    pub from: f64,
    pub to: f64,
    /// By the workload's name, e.g. `granite-33-8b`.
    pub workloads: BTreeMap<String, WorkloadTruth>,
    /// By the name of the LLMInferenceService whose router it is.
    pub routers: BTreeMap<String, RouterTruth>,
    /// By `node/gpu` or `node/gpu/instance`.
    pub gpus: BTreeMap<String, GpuTruth>,
    /// By the pod's name; what its main container took of the node.
    pub containers: BTreeMap<String, ContainerTruth>,
    /// By the autoscaler's name.
    pub autoscalers: BTreeMap<String, AutoscalerTruth>,
    /// By the gateway's name.
    #[serde(default)]
    pub gateways: BTreeMap<String, GatewayTruth>,
    /// By the alias of the proxy's key.
    #[serde(default)]
    pub keys: BTreeMap<String, KeyTruth>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GatewayTruth {
    /// By response code.
    pub responses: BTreeMap<String, u64>,
    /// Seconds, one for each response.
    pub duration_s: Vec<f64>,
    /// Tokens in and out of answered requests, by subscription.
    pub tokens: BTreeMap<String, u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyTruth {
    pub team: String,
    pub answered: u64,
    /// Refused, failed and lost.
    pub failed: u64,
    pub prompt_tokens: u64,
    pub generation_tokens: u64,
    pub spend_usd: f64,
    /// Seconds, one for each answered request.
    pub latency_s: Vec<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkloadTruth {
    pub namespace: String,
    /// The name that clients ask for.
    pub model: String,
    pub pods: BTreeMap<String, PodTruth>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PodTruth {
    /// Requests that reached the engine; refused ones are in `rejected` only.
    pub arrived: u64,
    /// Ended requests by reason: stop, length, abort, error.
    pub finished: BTreeMap<String, u64>,
    /// Refused with a client error before they reached the engine.
    pub rejected: u64,
    /// In the engine when its process died: no metric counts their end.
    pub lost: u64,
    /// Waiting or running at `to`.
    pub in_flight: u64,
    pub preemptions: u64,
    /// Of requests whose first token fell into the time, prompts whole, cached part included.
    pub prompt_tokens: u64,
    pub generation_tokens: u64,
    /// Seconds, one for each first token.
    pub ttft_s: Vec<f64>,
    /// Seconds, one for each ended request.
    pub e2e_s: Vec<f64>,
    pub queue_s: Vec<f64>,
    /// Time-averages of the gauges; `mean_kv_usage` is a ratio.
    pub mean_running: f64,
    pub mean_waiting: f64,
    pub mean_kv_usage: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RouterTruth {
    pub namespace: String,
    pub requests: u64,
    /// Requests by the pod that was chosen.
    pub picks: BTreeMap<String, u64>,
    /// Routed requests that were lost with their replica.
    pub errors: u64,
    /// Seconds, one for each decision.
    pub decision_s: Vec<f64>,
    pub mean_ready_pods: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GpuTruth {
    /// 0 to 1, averaged over the exporter's samples.
    pub mean_busy: f64,
    pub mean_power_w: f64,
    pub xid_errors: Vec<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContainerTruth {
    pub namespace: String,
    pub cpu_s: f64,
    /// Time-average of the working set.
    pub mean_memory_bytes: f64,
    pub received_bytes: f64,
    pub sent_bytes: f64,
    /// 0 without a limit of CPU.
    pub cpu_periods: f64,
    pub cpu_periods_throttled: f64,
    pub restarts: u64,
    /// Share of the time in which it was ready.
    pub mean_ready: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AutoscalerTruth {
    pub namespace: String,
    pub mean_desired: f64,
}

/// The records of one pod.
#[derive(Debug)]
pub struct PodLog {
    pub arrived: Log<()>,
    pub rejected: Log<()>,
    pub lost: Log<()>,
    pub preempted: Log<()>,
    pub finished: Log<Reason>,
    pub prompt_tokens: Log<u64>,
    pub first_tokens: Log<()>,
    /// Finished spans by their end: the tokens generated beside first ones.
    pub spans: Log<Step>,
    pub ttft: Log<f64>,
    pub e2e: Log<f64>,
    pub queue: Log<f64>,
    pub running: Gauge,
    pub waiting: Gauge,
    pub kv: Gauge,
}

impl PodLog {
    pub fn new(origin: f64) -> Self {
        Self {
            arrived: Log::default(),
            rejected: Log::default(),
            lost: Log::default(),
            preempted: Log::default(),
            finished: Log::default(),
            prompt_tokens: Log::default(),
            first_tokens: Log::default(),
            spans: Log::default(),
            ttft: Log::default(),
            e2e: Log::default(),
            queue: Log::default(),
            running: Gauge::new(origin, Between::Hold),
            waiting: Gauge::new(origin, Between::Hold),
            kv: Gauge::new(origin, Between::Line),
        }
    }

    /// `open` is the span under way; `in_flight` is the caller's, who knows the present.
    pub fn truth(&self, from: f64, to: f64, open: Option<&Step>, in_flight: u64) -> PodTruth {
        let mut finished: BTreeMap<String, u64> = Reason::ALL
            .into_iter()
            .map(|reason| (reason.name().to_owned(), 0))
            .collect();
        for (_, reason) in self.finished.within(from, to) {
            *finished.entry(reason.name().to_owned()).or_default() += 1;
        }
        // A span that ends after `to` may have begun before it: spans do not overlap, so one more is enough.
        let spans = self
            .spans
            .within(from, to)
            .chain(self.spans.within(to, f64::INFINITY).take(1));
        let spanned: u64 = spans
            .map(|(_, step)| step)
            .chain(open)
            .map(|step| step.tokens_within(from, to))
            .sum();
        let samples = |log: &Log<f64>| log.within(from, to).map(|(_, value)| *value).collect();
        PodTruth {
            arrived: self.arrived.within(from, to).count() as u64,
            finished,
            rejected: self.rejected.within(from, to).count() as u64,
            lost: self.lost.within(from, to).count() as u64,
            in_flight,
            preemptions: self.preempted.within(from, to).count() as u64,
            prompt_tokens: self.prompt_tokens.within(from, to).map(|(_, tokens)| tokens).sum(),
            generation_tokens: spanned + self.first_tokens.within(from, to).count() as u64,
            ttft_s: samples(&self.ttft),
            e2e_s: samples(&self.e2e),
            queue_s: samples(&self.queue),
            mean_running: self.running.mean(from, to).unwrap_or(0.0),
            mean_waiting: self.waiting.mean(from, to).unwrap_or(0.0),
            mean_kv_usage: self.kv.mean(from, to).unwrap_or(0.0),
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        for log in [
            &mut self.arrived,
            &mut self.rejected,
            &mut self.lost,
            &mut self.preempted,
            &mut self.first_tokens,
        ] {
            log.forget_before(at);
        }
        for log in [&mut self.ttft, &mut self.e2e, &mut self.queue] {
            log.forget_before(at);
        }
        self.finished.forget_before(at);
        self.prompt_tokens.forget_before(at);
        self.spans.forget_before(at);
        for gauge in [&mut self.running, &mut self.waiting, &mut self.kv] {
            gauge.forget_before(at);
        }
    }
}
