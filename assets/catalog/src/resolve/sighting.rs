//! One series that exists, as `/api/v1/series` answers, told in the words of whoever scrapes a pod itself.
//!
//! OpenShift AI's second pipeline, an OpenTelemetry collector, scrapes the same pods and is scraped in turn. Its series
//! carry the collector's namespace and pod, and the engine's under other labels: here they are put back, so that both
//! pipelines mean one workload.

use std::collections::BTreeMap;

/// The label that only the collector writes: the pod that was scraped.
pub(crate) const COLLECTED_POD: &str = "k8s_pod_name";
/// Where the collector's series hold the namespace of that pod.
pub(crate) const COLLECTED_NAMESPACE: &str = "exported_namespace";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    /// `__name__`.
    pub series: String,
    /// The other labels; `namespace` and `pod` are those of the pod that was scraped first.
    pub labels: BTreeMap<String, String>,
}

impl Sighting {
    /// From a series' labels; `None` for one without a name.
    pub fn new(mut labels: BTreeMap<String, String>) -> Option<Self> {
        let series = labels.remove("__name__")?;
        for (from, to) in [(COLLECTED_POD, "pod"), (COLLECTED_NAMESPACE, "namespace")] {
            let is_collected = labels.get(COLLECTED_POD).is_some_and(|pod| !pod.is_empty());
            if let Some(scraped) = labels.get(from).filter(|_| is_collected).cloned() {
                labels.insert(to.to_owned(), scraped);
            }
        }
        Some(Self { series, labels })
    }

    pub(crate) fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }

    /// Whether the second pipeline brought it.
    pub(super) fn is_collected(&self) -> bool {
        !self.label(COLLECTED_POD).is_empty()
    }

    /// Namespace and pod; namespace and instance where there is no pod.
    pub(super) fn workload(&self) -> Workload<'_> {
        let pod = self.label("pod");
        (
            self.label("namespace"),
            if pod.is_empty() { self.label("instance") } else { pod },
        )
    }
}

pub(super) type Workload<'a> = (&'a str, &'a str);

/// The labels of the second pipeline that carry the page's variables.
pub(crate) fn collected(mut labels: BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    for (variable, label) in [("namespace", COLLECTED_NAMESPACE), ("pod", COLLECTED_POD)] {
        if let Some(carriers) = labels.get_mut(variable) {
            *carriers = vec![label.to_owned()];
        }
    }
    labels
}
