//! The whole catalogue, found by id.

use std::collections::{BTreeMap, BTreeSet};

use super::{Alert, AlertGroup, Concept, ConceptId, Dashboard, Family, FamilyId, Objective, Panel, PanelId};
use crate::promql::Vars;

/// Everything in it refers to things in it: [`Catalog::parse`] refuses the rest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catalog {
    pub(crate) families: BTreeMap<FamilyId, Family>,
    pub(crate) concepts: BTreeMap<ConceptId, Concept>,
    pub(crate) panels: Vec<Panel>,
    pub(crate) panel_at: BTreeMap<PanelId, usize>,
    pub(crate) dashboards: Vec<Dashboard>,
    pub(crate) alert_groups: Vec<AlertGroup>,
    pub(crate) alerts: Vec<Alert>,
    pub(crate) slos: Vec<Objective>,
    pub(crate) buckets: BTreeMap<ConceptId, Vec<f64>>,
}

impl Catalog {
    pub fn panel(&self, id: &str) -> Option<&Panel> {
        self.panels.get(*self.panel_at.get(id)?)
    }

    /// In the order of the files.
    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.panels.iter()
    }

    /// In the order of the files, which is the order of the pages.
    pub fn dashboards(&self) -> impl Iterator<Item = &Dashboard> {
        self.dashboards.iter()
    }

    pub fn dashboard(&self, id: &str) -> Option<&Dashboard> {
        self.dashboards.iter().find(|dashboard| dashboard.id == *id)
    }

    /// By id.
    pub fn families(&self) -> impl Iterator<Item = &Family> {
        self.families.values()
    }

    pub fn family(&self, id: &str) -> Option<&Family> {
        self.families.get(id)
    }

    /// By id.
    pub fn concepts(&self) -> impl Iterator<Item = &Concept> {
        self.concepts.values()
    }

    pub fn concept(&self, id: &str) -> Option<&Concept> {
        self.concepts.get(id)
    }

    /// In the order of the files.
    pub fn alert_groups(&self) -> impl Iterator<Item = &AlertGroup> {
        self.alert_groups.iter()
    }

    /// In the order of the files.
    pub fn alerts(&self) -> impl Iterator<Item = &Alert> {
        self.alerts.iter()
    }

    /// Forgets every `unless`: for the proof that each of them silences something.
    pub fn suppress_nothing(&mut self) {
        self.alerts.iter_mut().for_each(|alert| alert.unless.clear());
    }

    pub fn alert(&self, name: &str) -> Option<&Alert> {
        self.alerts.iter().find(|alert| alert.name == name)
    }

    /// In the order of the board.
    pub fn slos(&self) -> impl Iterator<Item = &Objective> {
        self.slos.iter()
    }

    /// The finite bucket bounds of a histogram, ascending; empty where nobody wrote them down.
    pub fn buckets(&self, concept: &str) -> &[f64] {
        self.buckets.get(concept).map_or(&[], Vec::as_slice)
    }

    /// The first page that shows the panel.
    pub fn page_of(&self, panel: &PanelId) -> Option<&Dashboard> {
        self.dashboards.iter().find(|page| page.panels.contains(panel))
    }

    /// The page variables that restrict at least one family, e.g. `namespace`, `model`.
    pub fn variables(&self) -> BTreeSet<&str> {
        self.families
            .values()
            .flat_map(|family| family.labels.keys().map(String::as_str))
            .collect()
    }

    /// The variables in use that do not narrow all of this panel, because metrics of it carry no such label.
    pub fn unheeded<'a>(&self, panel: &Panel, vars: &'a Vars) -> BTreeSet<&'a str> {
        let concepts: Vec<_> = panel
            .queries
            .iter()
            .flat_map(|query| query.expr.placeholders())
            .filter_map(|placeholder| self.concepts.get(placeholder.concept.as_str()))
            .map(|concept| self.labels_of(concept))
            .collect();
        vars.names()
            .filter(|variable| !vars.get(variable).is_empty())
            .filter(|variable| concepts.iter().any(|labels| !labels.contains_key(*variable)))
            .collect()
    }

    /// Which label carries each page variable in this concept's series, the preferred label first.
    pub(crate) fn labels_of(&self, concept: &Concept) -> BTreeMap<String, Vec<String>> {
        let mut labels = self
            .families
            .get(&concept.family)
            .map(|family| family.labels.clone())
            .unwrap_or_default();
        labels.retain(|variable, _| !concept.unlabelled.contains(variable));
        labels
    }

    /// Every series name that could hold this concept, the best first: a newer name before an older one, and of
    /// one name the plain form before a prefixed one.
    pub(crate) fn names_of(&self, concept: &Concept) -> Vec<String> {
        let prefixes: &[String] = self
            .families
            .get(&concept.family)
            .map_or(&[], |family| &family.prefixes);
        let forms = |name: &String| {
            let prefixed = prefixes
                .iter()
                .map(move |prefix| format!("{prefix}{name}"))
                .collect::<Vec<_>>();
            std::iter::once(name.clone()).chain(prefixed)
        };
        concept.names.iter().flat_map(forms).collect()
    }
}
