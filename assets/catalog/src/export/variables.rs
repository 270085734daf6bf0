//! The variables of a dashboard: those that narrow at least one of its panels, and what lists their values.

use std::collections::{BTreeMap, BTreeSet};

use super::{Order, bound::Dialect};
use crate::model::{Concept, Panel};
use crate::promql::{LabelValue, Matcher, Op, selector};

pub(super) struct Variable {
    pub name: String,
    pub title: String,
    /// The labels that carry it, the one of most families first; never empty.
    pub labels: Vec<String>,
    /// Of series that have at least one of them.
    matchers: Vec<Matcher>,
}

impl Variable {
    /// Series that have at least one of the labels.
    pub fn selector(&self) -> String {
        selector("", &self.matchers)
    }

    /// PromQL whose answer has each value in the label `value`, whichever label carries it.
    pub fn values(&self) -> String {
        let arms: Vec<_> = self
            .labels
            .iter()
            .map(|label| {
                let mut matchers = self.matchers.clone();
                matchers.push(Matcher::present(label));
                let series = selector("", &matchers);
                format!(r#"label_replace({series}, "value", "$1", "{label}", "(.+)")"#)
            })
            .collect();
        format!("group by (value) ({})", arms.join(" or "))
    }
}

/// The page's first two variables, then the rest by name.
const FIRST: [&str; 3] = ["namespace", "model", "pod"];

pub(super) fn of(order: &Order<'_>, panels: &[&Panel], dialect: &Dialect) -> Vec<Variable> {
    let concepts: Vec<&Concept> = concepts(order, panels);
    let mut names: Vec<&str> = order.catalog.variables().into_iter().collect();
    names.retain(|name| dialect.offers(name));
    names.sort_by_key(|name| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
    let mut found: Vec<Variable> = Vec::new();
    for name in names {
        let mut carriers: BTreeMap<String, usize> = BTreeMap::new();
        let mut first: Vec<String> = Vec::new();
        let mut series = BTreeSet::new();
        let mut families = BTreeSet::new();
        for concept in &concepts {
            let choice = order.choices.of(order.catalog, concept);
            let Some(labels) = choice.labels.get(name).filter(|labels| !labels.is_empty()) else {
                continue;
            };
            // One concept of each family lists what all of them have.
            if !families.insert(&concept.family) {
                continue;
            }
            for label in labels {
                *carriers.entry(label.clone()).or_default() += 1;
                if !first.contains(label) {
                    first.push(label.clone());
                }
            }
            series.extend(choice.sources.iter().map(|source| concept.representative(&source.name)));
        }
        if series.is_empty() {
            continue;
        }
        first.sort_by_key(|label| std::cmp::Reverse(carriers.get(label).copied().unwrap_or(0)));
        let series: Vec<_> = series.into_iter().map(LabelValue::new).collect();
        let mut matchers = vec![Matcher::any_of("__name__", &series)];
        // Of the chosen namespaces only, where one label carries them.
        if let Some(namespace) = found.iter().find(|variable| variable.name == "namespace")
            && let [label] = namespace.labels.as_slice()
        {
            matchers.push(Matcher::fixed(label, Op::Match, &LabelValue::new("$namespace")));
        }
        found.push(Variable {
            name: name.to_owned(),
            title: title(name),
            labels: first,
            matchers,
        });
    }
    found
}

fn concepts<'a>(order: &Order<'a>, panels: &[&Panel]) -> Vec<&'a Concept> {
    let mut seen = BTreeSet::new();
    panels
        .iter()
        .flat_map(|panel| &panel.queries)
        .flat_map(|query| query.expr.placeholders())
        .filter(|placeholder| seen.insert(placeholder.concept.as_str()))
        .filter_map(|placeholder| order.catalog.concept(&placeholder.concept))
        .collect()
}

fn title(name: &str) -> String {
    if name == "gpu" {
        return "GPU".to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
