//! `[[panel]]`.

use super::{Checker, raw};
use crate::model::{Catalog, FamilyId, Kind, Level, Panel, PanelId, Query, Threshold, Unit};
use crate::promql::Template;

pub(super) fn add(catalog: &mut Catalog, raw: &raw::Panel, check: &mut Checker<'_>) {
    let Some(id) = check.id(&raw.id, PanelId::new) else {
        return;
    };
    if catalog.panel_at.contains_key(&id) {
        return check.duplicate(&raw.id, "panel", &id);
    }
    let owner = format!("the panel {id}");
    let title = check.filled(&raw.title, "title", &owner);
    let tells = check.filled(&raw.tells, "tells", &owner);
    let when_bad = check.filled(&raw.when_bad, "when_bad", &owner);
    let unit = Unit::parse(raw.unit.get_ref()).filter(|unit| unit.is_for_panels());
    let unit = check.word(&raw.unit, "unit of panels", unit, &super::units(Unit::is_for_panels));
    let kind = check.word(&raw.kind, "kind", Kind::parse(raw.kind.get_ref()), Kind::NAMES);
    for line in raw.covers.iter().filter(|line| !is_requirement(line.get_ref())) {
        check.fault(
            line,
            format!("{:?} is not a requirement line", line.get_ref()),
            "write it like S0.17",
        );
    }
    if raw.queries.get_ref().is_empty() {
        check.fault(
            &raw.queries,
            format!("{owner} has no query"),
            "add { expr = \"…\", legend = \"…\" }",
        );
    }
    let queries = queries(catalog, raw, &owner, check);
    let (floors, thresholds): (Vec<_>, Vec<_>) = raw.thresholds.iter().partition(|threshold| threshold.below);
    let thresholds = levels(&thresholds, |last, at| last < at, ("rise", "ascending"), &owner, check);
    let floors = levels(&floors, |last, at| last > at, ("fall", "descending"), &owner, check);
    let (Some(unit), Some(kind), Some(family)) = (unit, kind, family(catalog, &queries)) else {
        return;
    };
    let covers = raw.covers.iter().map(|line| line.get_ref().clone()).collect();
    catalog.panel_at.insert(id.clone(), catalog.panels.len());
    catalog.panels.push(Panel {
        id,
        family,
        title,
        tells,
        when_bad,
        unit,
        kind,
        covers,
        queries,
        thresholds,
        floors,
    });
}

/// The sound ones; the others have left a fault.
fn queries(catalog: &Catalog, raw: &raw::Panel, owner: &str, check: &mut Checker<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    for query in raw.queries.get_ref() {
        if let Some(reason) = legend_fault(query.legend.get_ref()) {
            check.fault(
                &query.legend,
                format!("the legend of {owner} {reason}"),
                "write {label} with a label's name",
            );
        }
        let template = Template::parse(query.expr.get_ref()).and_then(|expr| {
            expr.check_types(|concept| catalog.concept(concept).map(|concept| concept.metric_type))?;
            Ok(expr)
        });
        match template {
            Ok(expr) => queries.push(Query {
                expr,
                legend: query.legend.get_ref().clone(),
            }),
            Err(error) => check.error(&query.expr, owner, &error),
        }
    }
    queries
}

/// Each one worse than the one before it: `worse` compares their values, `words` are for who mixed them up.
fn levels(
    raw: &[&raw::Threshold],
    worse: impl Fn(f64, f64) -> bool,
    words: (&str, &str),
    owner: &str,
    check: &mut Checker<'_>,
) -> Vec<Threshold> {
    let mut levels: Vec<Threshold> = Vec::new();
    for threshold in raw {
        let at = *threshold.at.get_ref();
        if !at.is_finite() || levels.last().is_some_and(|last| !worse(last.at, at)) {
            let (verb, order) = words;
            let below = if threshold.below { " with below = true" } else { "" };
            check.fault(
                &threshold.at,
                format!("the thresholds{below} of {owner} do not {verb}"),
                format!("list numbers in {order} order"),
            );
        }
        let level = Level::parse(threshold.level.get_ref());
        if let Some(level) = check.word(&threshold.level, "level", level, "warning, critical") {
            levels.push(Threshold { at, level });
        }
    }
    levels
}

fn family(catalog: &Catalog, queries: &[Query]) -> Option<FamilyId> {
    let placeholder = queries.iter().flat_map(|query| query.expr.placeholders()).next()?;
    catalog
        .concept(&placeholder.concept)
        .map(|concept| concept.family.clone())
}

/// `S` digits `.` digits.
pub(super) fn is_requirement(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    text.strip_prefix('S')
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(chapter, line)| digits(chapter) && digits(line))
}

pub(crate) fn legend_fault(legend: &str) -> Option<&'static str> {
    let mut rest = legend;
    while let Some(at) = rest.find(['{', '}']) {
        let (_, from) = rest.split_at(at);
        let Some((label, after)) = from.strip_prefix('{').and_then(|inside| inside.split_once('}')) else {
            return Some("has a brace without its partner");
        };
        if !crate::promql::is_label_name(label) {
            return Some("has braces around something that is no label");
        }
        rest = after;
    }
    None
}
