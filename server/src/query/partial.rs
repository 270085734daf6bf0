//! The honest state of a panel: a number, or the reason why there is none.

use std::collections::BTreeSet;

use catalog::{Catalog, First, Kind, Panel, resolve::ChosenSource};
use server_api::{Frame, HeldLimit, Joined, PanelAnswer, PanelState, Source, SourcePod, WaitsFor, is_absent};

use super::{is_denied, plan::Plan};
use crate::error::{Fault, clip};

/// Warnings are the upstream's text: shown, and so kept short.
const LONGEST_WARNING: usize = 300;
const MOST_WARNINGS: usize = 10;
/// Of one source; who has more is told their number.
const MOST_PODS: usize = 50;

/// What all of a panel's queries gave.
pub struct Found<'a> {
    pub panel: &'a Panel,
    /// Of its rates.
    pub window_s: u32,
    /// Between two samples of its slowest source, where that is known.
    pub spacing_s: Option<u32>,
    pub sources: Vec<ChosenSource>,
    /// No query could be made, because none of the names exists here.
    pub missing: bool,
    pub frames: Vec<Frame>,
    /// Doubts: what may be missing because the upstream could not look everywhere.
    pub warnings: Vec<String>,
    /// How to read what is there; of an empty chart there is nothing to read.
    pub remarks: Vec<String>,
    pub joined: Vec<Joined>,
    pub limits: Vec<HeldLimit>,
    pub waits_for: Option<First>,
    pub notes: Vec<String>,
    /// What is wrong with the histogram behind an empty chart, where something was counted: then nobody doubts that it is
    /// empty, and the store's own words do not say why.
    pub bucketless: Option<String>,
}

impl Found<'_> {
    /// Whether there is no number at all.
    pub fn is_empty(&self) -> bool {
        let mut values = self.frames.iter().flat_map(|frame| &frame.values);
        values.all(|value| is_absent(*value))
    }
}

pub fn answer(catalog: &Catalog, id: &str, found: Found<'_>, plan: &Plan) -> PanelAnswer {
    let state = state(&found);
    let Found {
        panel,
        window_s,
        spacing_s,
        sources,
        frames,
        mut warnings,
        remarks,
        joined,
        limits,
        waits_for,
        mut notes,
        bucketless,
        ..
    } = found;
    notes.extend(bucketless);
    if !matches!(state, PanelState::NoSamples | PanelState::Unknown) {
        warnings.extend(remarks);
    }
    warnings.sort();
    warnings.dedup();
    PanelAnswer {
        panel: id.to_owned(),
        state,
        window_s: panel.uses_window().then_some(window_s),
        spacing_s,
        widened: panel.uses_window() && window_s > plan.grid.window_s,
        begins: plan.begins,
        sources: sources.into_iter().map(|source| told(catalog, source)).collect(),
        frames,
        warnings: warnings
            .iter()
            .take(MOST_WARNINGS)
            .map(|warning| clip(warning, LONGEST_WARNING))
            .collect(),
        error: None,
        joined,
        limits,
        waits_for: waits_for
            .filter(|_| state == PanelState::NoSamples)
            .map(|first| match first {
                First::Request => WaitsFor::FirstRequest,
                First::Error => WaitsFor::FirstError,
            }),
        // Of a chart with something on it there is nothing to explain.
        notes: if state == PanelState::NoSamples {
            notes
        } else {
            Vec::new()
        },
    }
}

pub fn told(catalog: &Catalog, source: ChosenSource) -> Source {
    let concept = catalog.concept(source.concept.as_str());
    let versions = concept.and_then(|concept| concept.versions_of(&source.metric));
    let monitors = source.monitors().into_iter().map(str::to_owned).collect();
    let pod = |((namespace, pod), jobs): ((String, String), BTreeSet<String>)| SourcePod {
        namespace,
        pod,
        monitors: jobs.into_iter().collect(),
    };
    Source {
        concept: source.concept.to_string(),
        workloads: source.pods.len(),
        monitors,
        versions: versions.unwrap_or_default().to_owned(),
        metric: source.metric,
        pods: source.pods.into_iter().take(MOST_PODS).map(pod).collect(),
    }
}

pub fn failed(id: &str, fault: &Fault, request_id: &str) -> PanelAnswer {
    PanelAnswer {
        panel: id.to_owned(),
        state: if is_denied(fault) {
            PanelState::Denied
        } else {
            PanelState::Error
        },
        window_s: None,
        spacing_s: None,
        widened: false,
        begins: None,
        sources: Vec::new(),
        frames: Vec::new(),
        warnings: Vec::new(),
        error: Some(fault.to_api(request_id)),
        joined: Vec::new(),
        limits: Vec::new(),
        waits_for: None,
        notes: Vec::new(),
    }
}

/// * nothing there, and nobody doubts it or the reason is known: no samples;
/// * nothing there, and the upstream warns that it could not look everywhere: unknown;
/// * something there, but only 0/0 or an empty distribution: no traffic.
fn state(found: &Found<'_>) -> PanelState {
    let mut values = found
        .frames
        .iter()
        .flat_map(|frame| &frame.values)
        .filter(|value| !is_absent(**value));
    let nothing = found.missing || values.clone().next().is_none();
    if nothing {
        return if found.warnings.is_empty() || found.bucketless.is_some() {
            PanelState::NoSamples
        } else {
            PanelState::Unknown
        };
    }
    let no_traffic = match found.panel.kind {
        Kind::Bar => values.all(|value| value.is_nan() || *value == 0.0),
        Kind::Line | Kind::Area | Kind::Stat => values.all(|value| value.is_nan()),
    };
    if no_traffic {
        PanelState::NoTraffic
    } else {
        PanelState::Ok
    }
}

/// As in the answer; a label of the server's own metrics.
pub fn name(state: PanelState) -> &'static str {
    match state {
        PanelState::Ok => "ok",
        PanelState::NoSamples => "no_samples",
        PanelState::NoTraffic => "no_traffic",
        PanelState::Denied => "denied",
        PanelState::Unknown => "unknown",
        PanelState::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found_is_unknown_only_where_the_upstream_doubts_it() {
        let catalog = Catalog::embedded().unwrap();
        let check = |warnings: &[&str], remarks: &[&str], expect| {
            let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
            let found = Found {
                panel: catalog.panel("gpu.utilization").unwrap(),
                window_s: 120,
                spacing_s: None,
                sources: Vec::new(),
                missing: true,
                frames: Vec::new(),
                warnings: own(warnings),
                remarks: own(remarks),
                joined: Vec::new(),
                limits: Vec::new(),
                waits_for: None,
                notes: vec!["The exporter does not collect it.".to_owned()],
                bucketless: None,
            };
            assert_eq!(state(&found), expect, "{warnings:?} {remarks:?}");
        };
        let ours = "Not narrowed by model: these metrics do not tell it apart.";
        check(&[], &[], PanelState::NoSamples);
        check(&[], &[ours], PanelState::NoSamples);
        check(&["no StoreAPIs matched for this query"], &[ours], PanelState::Unknown);
    }
}
