//! The one question that measures: which buckets exist, how often is scraped and since when, at a few instants of the
//! range.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::OVER;
use super::quantile;
use super::spacing::SPANS_S;
use crate::model::{Catalog, Panel, Part};
use crate::promql::{LabelValue, Matcher, Vars, bound, selector};
use crate::resolve::{COLLECTED_POD, Choices, Job, Pipeline, collected};

/// How many instants to ask at, spread over the range: an engine that ran for a sixteenth of it is seen. Each instant costs
/// what an instant query does, so the probe is cheap beside a chart's hundreds.
pub const INSTANTS: u32 = 17;
/// With more jobs than these a list of them is dearer than asking for all.
const MOST_JOBS: usize = 100;

/// PromQL for a range query over [`INSTANTS`] instants that are `step_s` seconds apart; `None` where these panels leave
/// nothing to measure.
pub fn probe(catalog: &Catalog, panels: &[&Panel], choices: &Choices, vars: &Vars, step_s: u32) -> Option<String> {
    let (by, mut arms) = buckets(catalog, panels, choices, vars);
    arms.extend(scrapes(&choices.jobs(panels), step_s));
    let by = by.join(", ");
    // A set operator overlooks the name of a series unless it is asked by name.
    let joined = arms.join(&format!(" or on ({by}, job, namespace, {OVER}) "));
    (!arms.is_empty()).then_some(joined)
}

/// How many scrapes of each job there were over some spans. Where the instants are far apart, also over all that lies
/// between two of them: no sample of the range is overlooked.
fn scrapes(jobs: &BTreeSet<Job<'_>>, step_s: u32) -> Vec<String> {
    if jobs.is_empty() {
        return Vec::new();
    }
    let named: BTreeSet<&str> = jobs.iter().map(|job| job.name).collect();
    let named: Vec<_> = named.into_iter().map(LabelValue::new).collect();
    let up = match named.len() {
        ..=MOST_JOBS => selector("up", &[Matcher::any_of("job", &named)]),
        _ => "up".to_owned(),
    };
    let whole = SPANS_S.iter().all(|span| step_s > *span).then_some(step_s);
    let count = |span: u32| {
        format!(
            r#"label_replace(max by (job, namespace) (count_over_time({up}[{span}s])), "{OVER}", "{span}", "job", ".*")"#
        )
    };
    SPANS_S.into_iter().chain(whole).map(count).collect()
}

/// What restricts the names, one list for each alternative, and the names.
type Group = (Vec<Vec<Matcher>>, BTreeSet<String>);

/// `group by (__name__, le, …)` of every bucket behind a quantile, by all the labels that any quantile keeps apart; and
/// these labels.
fn buckets(catalog: &Catalog, panels: &[&Panel], choices: &Choices, vars: &Vars) -> (Vec<String>, Vec<String>) {
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
        if choice
            .sources
            .iter()
            .any(|source| source.pipeline == Pipeline::Collected)
        {
            let of_collector = bound(&collected(choice.labels.clone()), vars).into_iter();
            alternatives.extend(of_collector.map(|mut matchers| {
                matchers.push(Matcher::present(COLLECTED_POD));
                matchers
            }));
        }
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
    let mut arms: Vec<String> = Vec::new();
    for (alternatives, names) in groups.into_values() {
        let names: Vec<_> = names.into_iter().map(LabelValue::new).collect();
        for matchers in alternatives {
            let mut all = vec![
                Matcher::any_of("__name__", &names),
                Matcher::none_of("le", &[LabelValue::new("+Inf")]),
            ];
            all.extend(matchers);
            arms.push(format!("group by ({}) ({})", by.join(", "), selector("", &all)));
        }
    }
    (by, arms)
}
