//! The simulation as a whole: it repeats itself, it obeys the laws that tie its numbers together, nothing is lost, and
//! every scripted incident can be seen in what is exposed.

mod cluster;
mod incidents;
mod laws;

use std::collections::BTreeMap;

use super::{Family, Fleet, PodTruth, Truth};

/// A midnight, UTC.
pub const MIDNIGHT: f64 = 1_763_769_600.0;
pub const HOUR: f64 = 3600.0;

pub fn fleet_at(seed: u64, at: f64) -> Fleet {
    let mut fleet = Fleet::new(seed, MIDNIGHT as i64);
    fleet.advance_to(at);
    fleet
}

/// What the process of this name shows.
pub fn scrape(fleet: &Fleet, process: &str) -> Option<Vec<Family>> {
    fleet.scrape(
        fleet
            .processes()
            .iter()
            .position(|known| known.name == process)
            .unwrap(),
    )
}

/// The sum over the series of this name whose labels include these.
pub fn value(families: &[Family], series: &str, labels: &[(&str, &str)]) -> f64 {
    let mut found = false;
    let mut sum = 0.0;
    for family in families {
        for sample in &family.samples {
            let named = series.strip_prefix(family.name.as_str()) == Some(sample.suffix);
            if named
                && labels
                    .iter()
                    .all(|(n, v)| sample.labels.iter().any(|(name, value)| name == n && value == v))
            {
                found = true;
                sum += sample.value;
            }
        }
    }
    assert!(found, "no series {series} with {labels:?}");
    sum
}

pub fn pod<'a>(truth: &'a Truth, workload: &str, number: usize) -> &'a PodTruth {
    truth.workloads[workload].pods.values().nth(number).unwrap()
}

/// Everything exposed at this instant, as one comparable value.
fn exposition(fleet: &Fleet) -> BTreeMap<String, Option<Vec<Family>>> {
    let names = fleet.processes().iter().map(|process| process.name.clone());
    names
        .enumerate()
        .map(|(number, name)| (name, fleet.scrape(number)))
        .collect()
}

#[test]
fn the_same_seed_and_origin_give_the_same_fleet_and_another_seed_another() {
    let at = MIDNIGHT + 12.0 * HOUR;
    let (one, two, other) = (fleet_at(5, at), fleet_at(5, at), fleet_at(6, at));
    assert!(exposition(&one) == exposition(&two));
    assert!(one.truth(MIDNIGHT, at) == two.truth(MIDNIGHT, at));
    assert!(exposition(&one) != exposition(&other));
}

#[test]
fn how_often_the_fleet_is_looked_at_changes_nothing_that_happens() {
    let at = MIDNIGHT + 9.0 * HOUR;
    let once = fleet_at(5, at);
    let mut often = fleet_at(5, MIDNIGHT);
    let mut now = MIDNIGHT;
    while now < at {
        now += 7.3;
        often.advance_to(now.min(at));
    }
    let count = |truth: &Truth| {
        let pods = truth.workloads.values().flat_map(|workload| workload.pods.values());
        pods.map(|pod| {
            (
                pod.arrived,
                pod.finished.clone(),
                pod.generation_tokens,
                pod.ttft_s.clone(),
            )
        })
        .collect::<Vec<_>>()
    };
    assert!(count(&once.truth(MIDNIGHT, at)) == count(&often.truth(MIDNIGHT, at)));
    // Earlier instants are no change.
    often.advance_to(MIDNIGHT);
    assert_eq!(often.now(), at);
}

#[test]
fn forgetting_drops_old_truth_and_touches_nothing_else() {
    let at = MIDNIGHT + 12.0 * HOUR;
    let mut fleet = fleet_at(5, at);
    let (before, recent) = (exposition(&fleet), fleet.truth(at - HOUR, at));
    assert!(pod(&fleet.truth(MIDNIGHT, at - HOUR), "granite-33-8b", 0).arrived > 1000);
    fleet.forget_before(at - HOUR);
    assert!(exposition(&fleet) == before);
    assert!(fleet.truth(at - HOUR, at) == recent);
    let forgotten = fleet.truth(MIDNIGHT, at - HOUR - 1.0);
    assert_eq!(pod(&forgotten, "granite-33-8b", 0).arrived, 0);
    assert_eq!(forgotten.routers["granite-33-8b"].requests, 0);
}

#[test]
fn truth_is_additive_and_survives_the_wire() {
    let fleet = fleet_at(5, MIDNIGHT + 3.0 * HOUR);
    let tokens = |from, to| pod(&fleet.truth(from, to), "mistral-7b", 0).generation_tokens;
    let cut = MIDNIGHT + HOUR + 0.123;
    let end = MIDNIGHT + 3.0 * HOUR;
    assert_eq!(tokens(MIDNIGHT, cut) + tokens(cut, end), tokens(MIDNIGHT, end));
    let truth = fleet.truth(cut, end);
    let wired: Truth = serde_json::from_value(serde_json::to_value(&truth).unwrap()).unwrap();
    let onto_the_wire = |truth: &Truth| serde_json::to_value(truth).unwrap();
    assert!(onto_the_wire(&wired) == onto_the_wire(&truth));
    assert_eq!(fleet.truth(cut, end + HOUR).to, end);
}

#[test]
fn process_names_are_safe_in_paths_and_no_two_scrapes_share_job_and_instance() {
    let fleet = Fleet::new(1, MIDNIGHT as i64);
    let mut names: Vec<_> = fleet.processes().iter().map(|process| process.name.clone()).collect();
    assert!(
        names
            .iter()
            .all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
    );
    let mut targets = Vec::new();
    for process in fleet.processes() {
        for job in &process.jobs {
            let instance = job.labels.iter().find(|(name, _)| name == "instance").unwrap();
            targets.push((job.job.clone(), instance.1.clone()));
        }
    }
    for list in [names.len(), targets.len()] {
        assert!(list >= 9);
    }
    names.sort();
    names.dedup();
    targets.sort();
    targets.dedup();
    assert_eq!((names.len(), targets.len()), (35, 38));
}
