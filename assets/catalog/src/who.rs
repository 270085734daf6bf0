//! Who is who: which pods and served names a choice of models or of workloads means. Pure: it reads the labels of series
//! that exist and asks nobody.
//!
//! A served name, a workload (an InferenceService or LLMInferenceService) and its pods have three names. Metrics of an
//! engine carry the served name, metrics of a container only the pod, and none carries the workload: so a choice is
//! carried over to whichever label a metric has.

use std::collections::BTreeSet;

use crate::model::{Catalog, Panel};
use crate::models::{ServedModel, served_candidates, served_models};
use crate::promql::{LabelValue, Vars};
use crate::resolve::{Candidate, Sighting};

/// The variable for the name of an InferenceService or LLMInferenceService; no metric has a label for it.
pub const WORKLOAD: &str = "workload";
const MODEL: &str = "model";
const POD: &str = "pod";
/// More names than this make a matcher that some proxy on the way refuses.
const MOST_PODS: usize = 300;

/// The chosen models and workloads, by every name that metrics know them by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Namespace and name.
    pods: BTreeSet<(String, String)>,
    /// As the engines name them; a chosen name that is none of theirs, too, since others may know it.
    models: BTreeSet<String>,
    /// As requests name them: an adapter has a name of its own there.
    asked: BTreeSet<String>,
    /// The adapters that were chosen, each with the model that it adapts.
    adapters: BTreeSet<(String, String)>,
}

/// How a panel is asked for what is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Narrowed {
    To(Vars),
    /// Nothing here is what was chosen.
    Nothing,
}

/// What must be looked for so that a choice can be carried over; nothing where nothing is chosen.
pub fn who_candidates(catalog: &Catalog, vars: &Vars) -> Vec<Candidate> {
    if !is_chosen(vars, MODEL) && !is_chosen(vars, WORKLOAD) {
        return Vec::new();
    }
    served_candidates(catalog)
}

/// What narrows the question what exists: neither models nor workloads, because an adapter is no model to its engine.
/// [`Who::concerns`] narrows its answer.
pub fn who_vars(vars: &Vars) -> Vars {
    let mut wide = vars.clone();
    wide.set(MODEL, []);
    wide.set(WORKLOAD, []);
    wide
}

fn is_chosen(vars: &Vars, variable: &str) -> bool {
    !vars.get(variable).is_empty()
}

fn is_meant(vars: &Vars, variable: &str, name: &str) -> bool {
    let chosen = vars.get(variable);
    chosen.is_empty() || chosen.iter().any(|value| value.as_str() == name)
}

/// Which of the page's variables one metric has a label for.
struct Has {
    model: bool,
    pod: bool,
}

impl Who {
    pub fn new(catalog: &Catalog, sightings: &[Sighting], vars: &Vars) -> Self {
        let meant = |served: &ServedModel| {
            let is_named = is_meant(vars, MODEL, &served.model);
            (is_named || served.adapters.iter().any(|adapter| is_meant(vars, MODEL, adapter)))
                && is_meant(vars, WORKLOAD, &served.workload)
                && is_meant(vars, "namespace", &served.namespace)
        };
        let chosen: BTreeSet<String> = vars.get(MODEL).iter().map(|model| model.as_str().to_owned()).collect();
        let mut who = Self {
            pods: BTreeSet::new(),
            models: chosen.clone(),
            asked: chosen,
            adapters: BTreeSet::new(),
        };
        for served in served_models(catalog, sightings).into_iter().filter(meant) {
            if is_meant(vars, MODEL, &served.model) {
                who.asked.insert(served.model.clone());
                who.asked.extend(served.adapters);
            } else {
                let chosen = served
                    .adapters
                    .into_iter()
                    .filter(|adapter| is_meant(vars, MODEL, adapter));
                who.adapters
                    .extend(chosen.map(|adapter| (adapter, served.model.clone())));
            }
            who.models.insert(served.model);
            who.pods
                .extend(served.pods.into_iter().map(|pod| (served.namespace.clone(), pod)));
        }
        who
    }

    /// How to read this panel where an adapter is chosen: its engine counts it under the model that it adapts.
    pub fn remarks(&self, catalog: &Catalog, panel: &Panel) -> Vec<String> {
        let tells = catalog
            .family(panel.family.as_str())
            .is_some_and(|family| family.asked_names);
        let all = self.adapters.iter().filter(|_| !tells);
        all.map(|(adapter, model)| {
            format!("Counts all of {model}: its engine does not tell its adapter {adapter} apart.")
        })
        .collect()
    }

    /// Whether a series is of what is chosen. Those of devices all are: `catalog::join` tells whose they are.
    pub fn concerns(&self, catalog: &Catalog, candidate: &Candidate, sighting: &Sighting, vars: &Vars) -> bool {
        let Some(family) = catalog
            .family(candidate.family.as_str())
            .filter(|family| family.devices.is_none())
        else {
            return true;
        };
        let carried = |variable: &str| {
            let labels = candidate.labels.get(variable)?;
            labels
                .iter()
                .map(|label| sighting.label(label))
                .find(|value| !value.is_empty())
        };
        let names = if family.asked_names { &self.asked } else { &self.models };
        let model = !is_chosen(vars, MODEL) || carried(MODEL).is_none_or(|model| names.contains(model));
        let of_others = |pod| !self.has(sighting.label("namespace"), pod);
        model && !(is_chosen(vars, WORKLOAD) && carried(POD).is_some_and(of_others))
    }

    /// The pods of the choice, as namespace and name.
    pub fn has(&self, namespace: &str, pod: &str) -> bool {
        self.pods.contains(&(namespace.to_owned(), pod.to_owned()))
    }

    pub fn is_empty(&self) -> bool {
        self.pods.is_empty()
    }

    /// The variables of one panel. Charts of devices are not asked narrowed: `catalog::join` knows their pods better than
    /// their exporter's labels do.
    pub fn narrow(&self, catalog: &Catalog, panel: &Panel, vars: &Vars) -> Narrowed {
        let (model, workload) = (is_chosen(vars, MODEL), is_chosen(vars, WORKLOAD));
        let metrics = metrics(catalog, panel);
        if shows_devices(catalog, panel) {
            return Narrowed::To(vars.clone());
        }
        let vars = &self.named(catalog, panel, vars);
        if !workload && metrics.iter().all(|has| has.model || !model) {
            return Narrowed::To(vars.clone());
        }
        if self.is_empty() {
            // A model that only a router knows has no pods, and its other metrics stay as wide as they are.
            return if workload {
                Narrowed::Nothing
            } else {
                Narrowed::To(vars.clone())
            };
        }
        let mut narrowed = vars.clone();
        if metrics.iter().any(|has| has.pod) && self.pods.len() <= MOST_PODS {
            let names = self.pods.iter().map(|(_, pod)| pod.as_str());
            let pods: Vec<_> = names
                .filter(|pod| is_meant(vars, POD, pod))
                .map(LabelValue::new)
                .collect();
            if pods.is_empty() {
                return Narrowed::Nothing;
            }
            narrowed.set(POD, pods);
        }
        if workload && metrics.iter().any(|has| !has.pod && has.model) {
            narrowed.set(
                MODEL,
                self.names(catalog, panel)
                    .iter()
                    .map(|name| LabelValue::new(name.as_str())),
            );
        }
        Narrowed::To(narrowed)
    }

    /// The chosen models under the names that the panel's metrics know them by.
    fn named(&self, catalog: &Catalog, panel: &Panel, vars: &Vars) -> Vars {
        let mut named = vars.clone();
        let names = self.names(catalog, panel);
        if is_chosen(vars, MODEL) && !self.is_empty() && !names.is_empty() {
            named.set(MODEL, names.iter().map(|name| LabelValue::new(name.as_str())));
        }
        named
    }

    fn names(&self, catalog: &Catalog, panel: &Panel) -> &BTreeSet<String> {
        match catalog.family(panel.family.as_str()) {
            Some(family) if family.asked_names => &self.asked,
            _ => &self.models,
        }
    }

    /// The variables in use that do not narrow all of this panel.
    pub fn unheeded<'a>(&self, catalog: &Catalog, panel: &Panel, vars: &'a Vars) -> BTreeSet<&'a str> {
        let mut unheeded = catalog.unheeded(panel, vars);
        if shows_devices(catalog, panel) {
            return unheeded;
        }
        let nothing = self.is_empty() && is_chosen(vars, WORKLOAD);
        let pods = (1..=MOST_PODS).contains(&self.pods.len());
        if nothing || metrics(catalog, panel).iter().all(|has| has.model || has.pod && pods) {
            unheeded.remove(MODEL);
            unheeded.remove(WORKLOAD);
        }
        unheeded
    }
}

fn shows_devices(catalog: &Catalog, panel: &Panel) -> bool {
    let family = catalog.family(panel.family.as_str());
    family.is_some_and(|family| family.devices.is_some())
}

fn metrics(catalog: &Catalog, panel: &Panel) -> Vec<Has> {
    let placeholders = panel.queries.iter().flat_map(|query| query.expr.placeholders());
    placeholders
        .filter_map(|placeholder| catalog.concept(&placeholder.concept))
        .map(|concept| {
            let labels = catalog.labels_of(concept);
            Has {
                model: labels.contains_key(MODEL),
                pod: labels.contains_key(POD),
            }
        })
        .collect()
}
