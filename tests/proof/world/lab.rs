//! The lab: every metric of the catalogue, whether or not the simulated fleet shows it, on small made-up targets whose
//! numbers look like chance. Names, types, labels and bounds come from the facts about the exporters.

use std::collections::{BTreeMap, BTreeSet};

use catalog::Catalog;
use serde::Deserialize;

use super::lab_values::{MORE, Target, absent, fixed, targets, values};
use super::{Dice, Labels, Series, World, labels};

const START: i64 = 1_749_000_600;
const SCRAPE: i64 = 30;
const SCRAPES: i64 = 100;
/// Leaves room for the longest window before it.
pub const RANGE: (i64, i64) = (START + 20 * SCRAPE, START + 80 * SCRAPE);
/// The first target of each family is started anew at this scrape, the second is not seen during these.
const RESTART: i64 = 47;
const GONE: std::ops::Range<i64> = 30..36;

#[derive(Deserialize)]
struct Facts {
    metric: Vec<Fact>,
    buckets: BTreeMap<String, BTreeMap<String, Vec<f64>>>,
}

#[derive(Deserialize, Clone)]
struct Fact {
    family: String,
    name: String,
    r#type: String,
    labels: Vec<String>,
    also: Option<String>,
    #[serde(default)]
    renamed: BTreeMap<String, String>,
}

fn facts() -> Facts {
    toml::from_str(include_str!("../../fixtures/metrics/facts.toml")).unwrap()
}

/// What [`super::bounds`] tells.
pub fn facts_bounds(metric: &str, old: bool) -> Vec<f64> {
    let buckets = facts().buckets;
    let of_old = buckets
        .get("vllm_v0")
        .filter(|_| old)
        .and_then(|family| family.get(metric));
    let any = buckets
        .iter()
        .filter(|(family, _)| *family != "vllm_v0")
        .find_map(|(_, family)| family.get(metric));
    of_old
        .or(any)
        .unwrap_or_else(|| panic!("no bounds of {metric}"))
        .clone()
}

pub fn lab(catalog: &Catalog) -> World {
    let Facts { metric, buckets } = facts();
    let known: BTreeSet<&str> = catalog
        .concepts()
        .flat_map(|concept| concept.names.iter().map(String::as_str))
        .collect();
    let mut world = World::new("lab");
    let mut done = BTreeSet::new();
    for mut fact in metric.iter().flat_map(generations).chain(more()) {
        // Kubernetes' own exporters tell of the same pods.
        if matches!(fact.family.as_str(), "kube_state" | "cadvisor" | "scheduler") {
            fact.family = "kube".to_owned();
        }
        if !known.contains(fact.name.as_str()) || !done.insert((fact.family.clone(), fact.name.clone())) {
            continue;
        }
        let bounds = buckets.get(&fact.family).and_then(|family| {
            family
                .get(&fact.name)
                .or_else(|| fact.also.as_ref().and_then(|also| family.get(also)))
        });
        let bounds = bounds.cloned().unwrap_or_else(|| vec![0.1, 0.5, 1.0, 5.0, 10.0, 50.0]);
        let targets = targets().filter(|target| target.family == fact.family);
        for (number, target) in targets.enumerate() {
            for shown in sets(&fact, target) {
                series(&mut world, &fact, &bounds, number, &shown);
            }
        }
    }
    world
}

/// The metric, and the same under the newer name that the exporter writes beside it.
fn generations(fact: &Fact) -> Vec<Fact> {
    let mut both = vec![fact.clone()];
    if let Some(also) = &fact.also {
        let labels = fact
            .labels
            .iter()
            .map(|label| fact.renamed.get(label).unwrap_or(label).clone());
        both.push(Fact {
            name: also.clone(),
            labels: labels.collect(),
            also: Some(fact.name.clone()),
            ..fact.clone()
        });
    }
    both
}

fn more() -> impl Iterator<Item = Fact> {
    MORE.iter().map(|(family, kind, name, labels)| Fact {
        family: (*family).to_owned(),
        name: (*name).to_owned(),
        r#type: (*kind).to_owned(),
        labels: labels.split_whitespace().map(str::to_owned).collect(),
        also: None,
        renamed: BTreeMap::new(),
    })
}

/// Every set of labels that the metric has on this target, as they are after the scrape.
fn sets(fact: &Fact, target: &Target) -> BTreeSet<Labels> {
    let of_target = labels(target.labels);
    let mut all = BTreeSet::new();
    for shown in target.shows {
        let mut sets = vec![Labels::new()];
        let given = labels(shown);
        let mut names = fact.labels.clone();
        if given.contains_key("hostname") {
            names
                .iter_mut()
                .filter(|name| *name == "Hostname")
                .for_each(|name| *name = "hostname".to_owned());
        }
        for name in &names {
            let one = given.get(name).map(String::as_str);
            let one = one.as_slice();
            let each = if one.is_empty() {
                values(&fact.family, &fact.name, name)
            } else {
                one
            };
            sets = sets
                .iter()
                .flat_map(|set| {
                    each.iter().map(move |value| {
                        let mut set = set.clone();
                        if !value.is_empty() {
                            set.insert(name.clone(), (*value).to_owned());
                        }
                        set
                    })
                })
                .collect();
        }
        for set in sets {
            let mut merged = of_target.clone();
            merged.insert("job".to_owned(), format!("{}-metrics", fact.family));
            for (name, value) in set {
                let name = if of_target.contains_key(&name) {
                    format!("exported_{name}")
                } else {
                    name
                };
                merged.insert(name, value);
            }
            if !absent(&fact.name, &|name| merged.get(name).cloned().unwrap_or_default()) {
                all.insert(merged);
            }
        }
    }
    all
}

/// Gauges that stay as they are until something happens.
fn sticky(name: &str) -> bool {
    name.contains("XID") || name.starts_with("llm_load_test_")
}

fn series(world: &mut World, fact: &Fact, bounds: &[f64], number: usize, labels: &Labels) {
    let mut dice = Dice::of(&format!("{}{labels:?}", fact.name));
    let instants = (0..SCRAPES).filter(|scrape| number != 1 || !GONE.contains(scrape));
    let add = |world: &mut World, suffix: &str, le: Option<String>, points: Vec<(i64, f64)>| {
        let mut labels = labels.clone();
        labels.extend(le.map(|le| ("le".to_owned(), le)));
        world.add(&format!("{}{suffix}", fact.name), Series { labels, points });
    };
    let restarts = number == 0;
    match fact.r#type.as_str() {
        "gauge" => {
            let (level, sticky) = (dice.roll() * 90.0 + 1.0, sticky(&fact.name));
            let mut value = level;
            let always = fixed(&fact.name, &|name| labels.get(name).cloned().unwrap_or_default());
            let points = instants.map(|scrape| {
                if !sticky || dice.roll() < 0.2 {
                    value = level * (0.5 + dice.roll());
                }
                (START + scrape * SCRAPE, always.unwrap_or(value))
            });
            add(world, "", None, points.collect());
        }
        "counter" => {
            let pace = dice.whole(40) as u32 + 1;
            let mut value = dice.whole(900);
            let points = instants.map(|scrape| {
                value = if restarts && scrape == RESTART { 0.0 } else { value } + dice.whole(pace + 1);
                (START + scrape * SCRAPE, value)
            });
            add(world, "", None, points.collect());
        }
        kind => {
            let whole = matches!(fact.family.as_str(), "ovms" | "epp" | "gateway");
            let text = |bound: f64| if whole { bound.to_string() } else { format!("{bound:?}") };
            let weights: Vec<f64> = (0..=bounds.len()).map(|_| dice.roll().powi(3)).collect();
            let mut counts = vec![0.0; bounds.len() + 1];
            let (mut sum, mut lines) = (0.0, vec![Vec::new(); bounds.len() + 1]);
            let (mut sums, mut all) = (Vec::new(), Vec::new());
            for scrape in instants {
                let at = START + scrape * SCRAPE;
                if restarts && scrape == RESTART {
                    counts.iter_mut().for_each(|count| *count = 0.0);
                    sum = 0.0;
                }
                let mut cumulative = 0.0;
                for (index, count) in counts.iter_mut().enumerate() {
                    let new = (weights[index] * dice.roll() * 12.0).floor();
                    *count += new;
                    cumulative += *count;
                    let bound = bounds.get(index).or(bounds.last()).copied().unwrap_or(1.0);
                    sum += new * bound * (0.4 + 0.6 * dice.roll());
                    lines[index].push((at, cumulative));
                }
                sums.push((at, sum));
                all.push((at, cumulative));
            }
            if kind == "histogram" {
                let bounds = bounds.iter().map(|bound| text(*bound)).chain(["+Inf".to_owned()]);
                for (le, points) in bounds.zip(lines) {
                    add(world, "_bucket", Some(le), points);
                }
            }
            add(world, "_sum", None, sums);
            add(world, "_count", None, all);
        }
    }
}
