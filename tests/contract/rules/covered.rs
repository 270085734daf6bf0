//! `assets/catalog/alert_coverage.toml`: each known alert of the source systems stands there once, with rules or a reason.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use catalog::Catalog;
use catalog::export::prometheus_rule::{Rule, RuleSettings, groups};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    own: Vec<String>,
    rules: BTreeMap<String, Vec<String>>,
    missing: BTreeMap<String, Vec<String>>,
}

fn coverage() -> Result<Coverage> {
    Ok(toml::from_str(include_str!(
        "../../../assets/catalog/alert_coverage.toml"
    ))?)
}

#[test]
fn each_known_alert_has_a_rule_or_a_reason() -> Result<()> {
    let Coverage { own, rules, missing } = coverage()?;
    let mut known: Vec<&String> = rules.values().flatten().chain(missing.values().flatten()).collect();
    assert_eq!(known.len(), 114, "alerts of the source systems");
    known.sort();
    let twice: Vec<_> = known.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "twice: {twice:?}");
    assert!(
        missing.keys().all(|reason| reason.split(' ').count() > 5),
        "a reason is a sentence"
    );
    let named: BTreeSet<String> = rules.into_keys().chain(own).collect();
    let mut there = BTreeSet::new();
    for group in groups(&Catalog::embedded()?, &RuleSettings::default())? {
        for rule in group.rules {
            if let Rule::Alert { alert, .. } = rule {
                there.insert(alert);
            }
        }
    }
    assert_eq!(named, there, "left: in the table, right: the rules");
    Ok(())
}

#[test]
fn each_line_of_the_requirements_on_alerts_is_covered() -> Result<()> {
    let catalog = Catalog::embedded()?;
    let alerts = catalog.alerts().flat_map(|alert| &alert.covers);
    let covered: BTreeSet<&String> = alerts.chain(catalog.slos().flat_map(|slo| &slo.covers)).collect();
    for line in 17..=23 {
        assert!(covered.contains(&format!("S3.{line}")), "S3.{line}");
    }
    Ok(())
}
