//! A silent case proves something only if the rule looks at its series. So each rule is broken, and its case must notice.

use anyhow::Result;
use catalog::Catalog;
use catalog::export::prometheus_rule::{Rule, groups};

use super::{Wanted, cases, prepare, run, said, settings};

/// The expression without what decides: no comparison with a number, `absent` turned round, `unless` turned round.
fn broken(expr: &str) -> String {
    let expr = expr.replace("absent(", "group(").replace("unless on", "and on");
    let mut out: Vec<&str> = Vec::new();
    let mut words = expr.split(' ').peekable();
    while let Some(word) = words.next() {
        let compares = matches!(word, ">" | "<" | ">=" | "<=" | "==" | "!=");
        let number = |next: &&str| next.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        match words.next_if(|next| compares && number(next)) {
            // What stands right behind the number stays: a bracket, a comma, a new line.
            Some(next) => out.push(next.trim_start_matches(|c: char| c.is_ascii_digit() || ".-e".contains(c))),
            None => out.push(word),
        }
    }
    out.join(" ")
}

#[test]
fn a_rule_without_its_condition_is_caught_by_its_silent_case() -> Result<()> {
    let mut catalog = Catalog::embedded()?;
    let cases = cases()?;
    catalog.suppress_nothing();
    let mut groups = groups(&catalog, &settings(&cases))?;
    for group in &mut groups {
        for rule in &mut group.rules {
            if let Rule::Alert { expr, lasting, .. } = rule {
                *expr = broken(expr);
                *lasting = None;
            }
        }
    }
    let folder = tempfile::tempdir()?;
    let files = prepare(folder.path(), &groups, &cases, Wanted::Silence)?;
    let output = said(&run(folder.path(), &["test", "rules"], &files)?);
    let missed: Vec<_> = cases
        .iter()
        .filter(|case| !output.contains(&format!("alertname: {},", case.alert)))
        .map(|case| case.alert.as_str())
        .collect();
    assert_eq!(missed, [""; 0], "not caught:\n{output}");
    Ok(())
}

#[test]
fn a_rule_that_is_never_suppressed_fires_in_each_of_its_suppressed_cases() -> Result<()> {
    let mut catalog = Catalog::embedded()?;
    let all = cases()?;
    for alert in catalog.alerts() {
        let cases = all
            .iter()
            .find(|case| case.alert == alert.name)
            .map_or(0, |case| case.suppressed.len());
        assert_eq!(cases, alert.unless.len(), "{}: a case for each `unless`", alert.name);
    }
    catalog.suppress_nothing();
    let groups = groups(&catalog, &settings(&all))?;
    let folder = tempfile::tempdir()?;
    let files = prepare(folder.path(), &groups, &all, Wanted::Suppression)?;
    let output = said(&run(folder.path(), &["test", "rules"], &files)?);
    for case in &all {
        let found = output.matches(&format!("alertname: {},", case.alert)).count();
        assert_eq!(found, case.suppressed.len(), "{}:\n{output}", case.alert);
    }
    Ok(())
}
