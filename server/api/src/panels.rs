//! `POST /api/panels`: a whole dashboard in one request; each panel's answer comes as soon as it is ready.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ApiError, Frame};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelsRequest {
    pub panels: Vec<String>,
    /// Variable name (`namespace`, `model`, `pod`, …) to the values chosen; no entry or an empty list: all.
    #[serde(default)]
    pub vars: BTreeMap<String, Vec<String>>,
    /// Unix seconds.
    pub from: i64,
    /// Unix seconds, after `from`.
    pub to: i64,
    /// Width of one chart in device-independent pixels; sets the step.
    pub width: u32,
}

/// The five looks of a panel, and the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelState {
    Ok,
    /// The metric is not there in this range and scope.
    NoSamples,
    /// The metric is there, and nothing happened that a ratio or a quantile could be made of.
    NoTraffic,
    /// The caller may not see it.
    Denied,
    /// Nobody can tell, e.g. because a store did not answer.
    Unknown,
    Error,
}

/// What a panel's limit, which lies at no bound of the histogram's buckets, is held against instead; in the panel's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HeldLimit {
    /// As the panel has it.
    pub at: f64,
    pub held: Held,
    /// The nearest bound; where it cannot be measured the first or the last one.
    pub bound: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// At the bound.
    Snapped,
    /// Nowhere: every value up to the first bound looks alike.
    BelowFirst,
    /// Nowhere: every value beyond the last bound looks alike.
    AboveLast,
}

/// The event with which a metric appears that is not there yet, though its exporter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitsFor {
    FirstRequest,
    FirstError,
}

/// Where a concept's numbers came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub concept: String,
    pub metric: String,
    /// Which versions of the exporter write this name, where that is known, e.g. `vLLM < 0.12`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub versions: String,
    /// How many pods this name was chosen for.
    pub workloads: usize,
    /// The scrape jobs of those pods, sorted: `namespace/monitor` for a PodMonitor, else a service's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitors: Vec<String>,
    /// The first 50 of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<SourcePod>,
}

/// A pod, or an instance outside of Kubernetes, and the scrape jobs that bring a source's series from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePod {
    pub namespace: String,
    pub pod: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitors: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelAnswer {
    pub panel: String,
    pub state: PanelState,
    /// The rate window that was used, in seconds; absent where the panel has no rate.
    pub window_s: Option<u32>,
    /// Seconds between two samples of the slowest source, as they are; absent where nobody can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacing_s: Option<u32>,
    /// Whether the window is wider than the range asks for, because samples are so far apart.
    #[serde(default, skip_serializing_if = "is_false")]
    pub widened: bool,
    /// Unix seconds: of the range's part before that the store holds nothing of the dashboard, so that it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins: Option<i64>,
    pub sources: Vec<Source>,
    pub frames: Vec<Frame>,
    pub warnings: Vec<String>,
    pub error: Option<ApiError>,
    /// Who uses the device of a frame; only of charts of GPUs and the like, and only where something tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<Joined>,
    /// Limits of the panel that the histogram behind it cannot tell apart from their neighbours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<HeldLimit>,
    /// Why there is nothing to show, where that has a look of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<WaitsFor>,
    /// Why there is nothing to show, where more is known than that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Which pods use the device that a frame shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Index into the answer's frames.
    pub frame: usize,
    pub by: JoinedBy,
    /// None: nobody uses it.
    pub pods: Vec<JoinedPod>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedPod {
    pub namespace: String,
    pub pod: String,
    /// Served names; none where metrics do not tell.
    pub models: Vec<String>,
}

/// How sure it is, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinedBy {
    /// The exporter's own pod label.
    Exporter,
    /// The one pod on the node that requested such a device.
    Request,
    /// They are on the same node: each of them may use it.
    Node,
}

impl Joined {
    /// For a legend: models where they are known, else pods, and a question mark where it is not sure.
    pub fn short(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for pod in &self.pods {
            let models = pod.models.iter().map(String::as_str);
            let own = pod.models.is_empty().then_some(pod.pod.as_str());
            for name in models.chain(own) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        match (names.as_slice(), self.by) {
            ([], _) => "unused".to_owned(),
            (names, JoinedBy::Node) => format!("{}?", names.join(" or ")),
            (names, JoinedBy::Exporter | JoinedBy::Request) => names.join(" + "),
        }
    }

    /// For the details: pods with their models, and what it rests on.
    pub fn long(&self) -> String {
        let pods: Vec<String> = self
            .pods
            .iter()
            .map(|pod| match pod.models.as_slice() {
                [] => pod.pod.clone(),
                models => format!("{} ({})", pod.pod, models.join(", ")),
            })
            .collect();
        match (pods.as_slice(), self.by) {
            ([], _) => "no pod, by the exporter's label".to_owned(),
            (pods, JoinedBy::Exporter) => format!("{}, by the exporter's label", pods.join(" and ")),
            (pods, JoinedBy::Request) => format!("{}, by its request", pods.join(" and ")),
            (pods, JoinedBy::Node) => format!("{}: only the node is known", pods.join(" or ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_is_said_short_and_long_with_how_sure_it_is() {
        let check = |by, pods: &[(&str, &[&str])], short: &str, long: &str| {
            let pods = pods.iter().map(|(pod, models)| JoinedPod {
                namespace: "n".to_owned(),
                pod: (*pod).to_owned(),
                models: models.iter().map(|&model| model.to_owned()).collect(),
            });
            let joined = Joined {
                frame: 0,
                by,
                pods: pods.collect(),
            };
            assert_eq!((joined.short().as_str(), joined.long().as_str()), (short, long));
        };
        check(JoinedBy::Exporter, &[], "unused", "no pod, by the exporter's label");
        check(
            JoinedBy::Exporter,
            &[("a-0", &["m"]), ("a-1", &["m"]), ("job", &[])],
            "m + job",
            "a-0 (m) and a-1 (m) and job, by the exporter's label",
        );
        check(
            JoinedBy::Request,
            &[("a-0", &["m", "l"])],
            "m + l",
            "a-0 (m, l), by its request",
        );
        check(
            JoinedBy::Node,
            &[("a-0", &["m"]), ("b-0", &["n"])],
            "m or n?",
            "a-0 (m) or b-0 (n): only the node is known",
        );
    }
}

/// One record of the streamed answer.
#[allow(
    clippy::large_enum_variant,
    reason = "a record is made once and moved once; a box would only add an allocation"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Record {
    Panel(PanelAnswer),
    /// `{"done":true}`, the last one: without it the answer was cut short.
    Done {
        done: bool,
    },
}
