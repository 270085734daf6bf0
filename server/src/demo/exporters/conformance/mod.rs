//! Compares what every simulated endpoint exposes with the facts about the real exporter of that version, kept in
//! `tests/fixtures/metrics/facts.toml`. A difference that is not in `ALLOWED` fails, and so does an allowed one that has
//! gone.

mod allowed;
mod facts;

use std::collections::{BTreeMap, BTreeSet};

use self::allowed::ALLOWED;
use self::facts::{Expected, expected, facts};
use super::family::{Family, Kind};
use crate::demo::sim::Fleet;

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
        Kind::Summary => "summary",
        Kind::Unknown => "untyped",
    }
}

fn labels_of(family: &Family) -> BTreeSet<String> {
    let names = family
        .samples
        .iter()
        .flat_map(|sample| &sample.labels)
        .map(|(name, _)| name.to_string());
    names.filter(|name| name != "le").collect()
}

/// The upper bounds as they are written, of the family's first child.
fn bounds_of(family: &Family) -> Vec<String> {
    let buckets = family.samples.iter().take_while(|sample| sample.suffix == "_bucket");
    let le = buckets.filter_map(|sample| sample.labels.iter().find(|(name, _)| name == "le"));
    le.map(|(_, value)| value.to_string()).collect()
}

fn differences(endpoint: &str, exposed: &[Family], expected: &Expected) -> Vec<String> {
    let mut found = Vec::new();
    let mut note = |what: String| found.push(format!("{endpoint}: {what}"));
    let shown: BTreeMap<&str, &Family> = exposed
        .iter()
        .filter(|family| !family.samples.is_empty())
        .map(|family| (family.name.as_str(), family))
        .collect();
    for (name, metric) in &expected.metrics {
        let Some(family) = shown.get(name.as_str()) else {
            if metric.there {
                note(format!("lacks {name}"));
            }
            continue;
        };
        if !metric.there {
            note(format!("has {name}, which this version does not expose by default"));
        }
        if kind_name(family.kind) != metric.kind {
            note(format!("{name} is a {}, not a {}", kind_name(family.kind), metric.kind));
        }
        let ours = labels_of(family);
        for label in metric.labels.difference(&ours) {
            note(format!("{name} lacks label {label}"));
        }
        for label in ours.difference(&metric.labels) {
            note(format!("{name} has label {label}"));
        }
        if family.kind == Kind::Histogram {
            let written = bounds_of(family);
            let numbers: Vec<f64> = written.iter().map(|le| le.parse().unwrap()).collect();
            match &metric.bounds {
                Some(bounds) if numbers == bounds.iter().copied().chain([f64::INFINITY]).collect::<Vec<_>>() => {}
                Some(bounds) => note(format!("{name} has bounds {written:?}, not {bounds:?}")),
                None => note(format!("{name} has bounds that no fact knows")),
            }
            // Python writes every bound as a float, Go and C++ do not.
            let python = !matches!(endpoint, "granite-33-8b-epp" | "nomic-embed-text" | "inference-gateway");
            if written
                .iter()
                .any(|le| le != "+Inf" && le.contains('.') != python && numbers.iter().all(|n| n.fract() == 0.0))
            {
                note(format!("{name} writes its bounds unlike its language: {written:?}"));
            }
        }
    }
    for (name, family) in &shown {
        let base = name
            .strip_suffix("_created")
            .map(|base| (base.to_owned(), format!("{base}_total")));
        match base.filter(|(base, total)| shown.contains_key(base.as_str()) || shown.contains_key(total.as_str())) {
            Some(_) if expected.created && family.kind == Kind::Gauge => {}
            None if expected.metrics.contains_key(*name) => {}
            _ => note(format!("has {name}, which no fact knows")),
        }
        let companion = format!(
            "{}_created",
            if family.kind == Kind::Counter {
                name.trim_end_matches("_total")
            } else {
                name
            }
        );
        let wants = matches!(family.kind, Kind::Counter | Kind::Histogram | Kind::Summary)
            && *name != "process_cpu_seconds_total";
        if expected.created && wants && !shown.contains_key(companion.as_str()) {
            note(format!("lacks {companion}"));
        }
    }
    found
}

/// Differences that say the same of many families in one line.
fn summed_up(difference: &str) -> String {
    let (endpoint, what) = difference.split_once(": ").unwrap();
    if what.starts_with("DCGM_") && what.contains(" lacks label GPU_I_") {
        format!("{endpoint}: lacks MIG labels")
    } else if let Some((field, label)) = what.split_once("_UTIL lacks label ")
        && field.starts_with("DCGM_FI_DEV_")
        && matches!(label, "container" | "namespace" | "pod")
    {
        format!("{endpoint}: utilisation lacks workload labels")
    } else {
        difference.to_owned()
    }
}

#[test]
fn every_endpoint_exposes_what_its_version_does_or_the_difference_has_a_reason() {
    let facts = facts();
    let origin = 1_763_769_600;
    let mut fleet = Fleet::new(11, origin);
    // Past the loss of a replica, so that the router has seen errors.
    fleet.advance_to(origin as f64 + 13.0 * 3600.0);
    let mut found = BTreeSet::new();
    for (number, process) in fleet.processes().iter().enumerate() {
        let families = fleet.scrape(number).unwrap();
        let differences = differences(&process.name, &families, &expected(&facts, &process.name));
        found.extend(differences.iter().map(|difference| summed_up(difference)));
    }
    let allowed: BTreeSet<String> = ALLOWED
        .iter()
        .flat_map(|(endpoints, what, _)| endpoints.split(' ').map(move |endpoint| format!("{endpoint}: {what}")))
        .collect();
    let unexplained: Vec<_> = found.difference(&allowed).collect();
    let gone: Vec<_> = allowed.difference(&found).collect();
    assert!(unexplained.is_empty(), "differences without a reason: {unexplained:#?}");
    assert!(gone.is_empty(), "allowed differences that are no more: {gone:#?}");
}

#[test]
fn a_wrong_type_label_bound_or_name_is_noticed() {
    let facts = facts();
    let mut fleet = Fleet::new(11, 1_763_769_600);
    fleet.advance_to(1_763_769_600.0 + 600.0);
    let check = |spoil: &dyn Fn(&mut Vec<Family>), expect: &str| {
        let clean = fleet.scrape(0).unwrap();
        let mut families = clean.clone();
        spoil(&mut families);
        let expected = expected(&facts, "granite-33-8b-0");
        let before = differences("v", &clean, &expected);
        let after = differences("v", &families, &expected);
        let new: Vec<_> = after
            .into_iter()
            .filter(|difference| !before.contains(difference))
            .collect();
        assert_eq!(new, [format!("v: {expect}")]);
    };
    let find = |families: &mut Vec<Family>, name: &str| families.iter().position(|family| family.name == name).unwrap();
    let waiting = "vllm:num_requests_waiting";
    check(
        &|f| {
            let at = find(f, waiting);
            f.remove(at);
        },
        "lacks vllm:num_requests_waiting",
    );
    check(
        &|f| {
            let at = find(f, waiting);
            f[at].kind = Kind::Unknown;
        },
        "vllm:num_requests_waiting is a untyped, not a gauge",
    );
    check(
        &|f| {
            let at = find(f, waiting);
            f[at].samples[0].labels.remove(0);
        },
        "vllm:num_requests_waiting lacks label engine",
    );
    check(
        &|f| f.push(Family::single(Kind::Gauge, "vllm:made_up", "", &[], 1.0)),
        "has vllm:made_up, which no fact knows",
    );
    check(
        &|f| {
            f.push(Family::single(
                Kind::Gauge,
                "vllm:gpu_cache_usage_perc",
                "",
                &[("engine", "0"), ("model_name", "m")],
                1.0,
            ));
        },
        "has vllm:gpu_cache_usage_perc, which this version does not expose by default",
    );
    check(
        &|f| {
            let at = find(f, "vllm:prompt_tokens_created");
            f.remove(at);
        },
        "lacks vllm:prompt_tokens_created",
    );
    check(
        &|f| {
            let at = find(f, "http_request_duration_seconds");
            f[at].samples.remove(0);
        },
        "http_request_duration_seconds has bounds [\"0.5\", \"1.0\", \"+Inf\"], not [0.1, 0.5, 1.0]",
    );
}
