//! The one question that measures: which buckets exist, at a few instants of the range.

use std::collections::{BTreeMap, BTreeSet};

use super::quantile;
use crate::model::{Catalog, Panel, Part};
use crate::promql::{LabelValue, Matcher, Vars, bound, selector};
use crate::resolve::Choices;

/// How many instants to ask at, spread over the range: an engine that ran for an eighth of it is seen. Each instant costs
/// what an instant query does, so the probe is cheap beside a chart's hundreds.
pub const INSTANTS: u32 = 9;

/// PromQL for a range query over [`INSTANTS`] instants; `None` where these panels leave nothing to measure.
pub fn probe(catalog: &Catalog, panels: &[&Panel], choices: &Choices, vars: &Vars) -> Option<String> {
    let arms = buckets(catalog, panels, choices, vars);
    (!arms.is_empty()).then(|| arms.join(" or "))
}

/// What restricts the names, one list for each alternative, and the names.
type Group = (Vec<Vec<Matcher>>, BTreeSet<String>);

/// `group by (__name__, le, …)` of every bucket behind a quantile, by all the labels that any quantile keeps apart.
fn buckets(catalog: &Catalog, panels: &[&Panel], choices: &Choices, vars: &Vars) -> Vec<String> {
    let mut labels = BTreeSet::new();
    // Names that the variables restrict in the same way share a selector.
    let mut groups: BTreeMap<Vec<String>, Group> = BTreeMap::new();
    for query in panels.iter().flat_map(|panel| &panel.queries) {
        let Some(quantile) = quantile(&query.expr) else {
            continue;
        };
        let Some(concept) = catalog
            .concept(&quantile.concept)
            .filter(|c| choices.has(c.id.as_str()))
        else {
            continue;
        };
        labels.extend(quantile.by);
        let choice = choices.of(catalog, concept);
        let mut alternatives = bound(&choice.labels, vars);
        for matchers in &mut alternatives {
            matchers.extend(concept.only.iter().cloned());
        }
        let key = alternatives.iter().map(|matchers| selector("", matchers)).collect();
        let names = choice
            .sources
            .iter()
            .map(|source| format!("{}{}", source.name, Part::Bucket.suffix()));
        groups
            .entry(key)
            .or_insert_with(|| (alternatives, BTreeSet::new()))
            .1
            .extend(names);
    }
    let mut by = vec!["__name__".to_owned(), "le".to_owned()];
    by.extend(labels);
    let by = by.join(", ");
    let mut arms: Vec<String> = Vec::new();
    for (alternatives, names) in groups.into_values() {
        let names: Vec<_> = names.into_iter().map(LabelValue::new).collect();
        for matchers in alternatives {
            let mut all = vec![
                Matcher::any_of("__name__", &names),
                Matcher::none_of("le", &[LabelValue::new("+Inf")]),
            ];
            all.extend(matchers);
            // A set operator overlooks the name of a series unless it is asked by name.
            let on = if arms.is_empty() {
                String::new()
            } else {
                format!("on ({by}) ")
            };
            arms.push(format!("{on}group by ({by}) ({})", selector("", &all)));
        }
    }
    arms
}
