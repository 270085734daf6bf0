//! From the files' text to data that holds together. Families come first, then concepts, panels and dashboards, so
//! that each may refer to what another file has.

mod alert;
mod alert_text;
mod buckets;
mod concept;
mod dashboard;
mod family;
mod panel;
mod slo;

#[cfg(feature = "export")]
pub(crate) use panel::legend_fault;

use std::collections::BTreeSet;
use std::fmt::Display;

use toml::Spanned;

use super::places::Places;
use super::{Fault, raw, raw_rules};
use crate::model::{BadId, Catalog, Unit};

pub(super) type Read<'a> = (Places<'a>, raw::File);

/// The files from `own` on replace panels, dashboards and objectives of the files before them that have the same ids.
pub(super) fn catalog(files: &[Read<'_>], own: usize, faults: &mut Vec<Fault>) -> Catalog {
    let mut catalog = Catalog::default();
    let mine = files.get(own..).unwrap_or_default();
    let mine = |ids: fn(&raw::File) -> Vec<&str>| mine.iter().flat_map(|(_, file)| ids(file)).collect::<BTreeSet<_>>();
    let replaced_panels = mine(|file| file.panel.iter().map(|panel| panel.id.get_ref().as_str()).collect());
    let replaced_dashboards = mine(|file| file.dashboard.iter().map(|board| board.id.get_ref().as_str()).collect());
    let replaced_slos = mine(|file| file.slo.iter().map(|slo| slo.id.get_ref().as_str()).collect());
    let stands = |index: usize, id: &str, replaced: &BTreeSet<&str>| index >= own || !replaced.contains(id);
    for (places, file) in files {
        file.family
            .iter()
            .for_each(|raw| family::add(&mut catalog, raw, &mut Checker { places, faults }));
    }
    for (places, file) in files {
        file.concept
            .iter()
            .for_each(|raw| concept::add(&mut catalog, raw, &mut Checker { places, faults }));
    }
    for (index, (places, file)) in files.iter().enumerate() {
        file.family
            .iter()
            .for_each(|raw| family::add_serves(&mut catalog, raw, &mut Checker { places, faults }));
        file.family
            .iter()
            .for_each(|raw| family::add_alive(&mut catalog, raw, &mut Checker { places, faults }));
        file.family
            .iter()
            .for_each(|raw| family::add_devices(&mut catalog, raw, &mut Checker { places, faults }));
        file.panel
            .iter()
            .filter(|raw| stands(index, raw.id.get_ref(), &replaced_panels))
            .for_each(|raw| panel::add(&mut catalog, raw, &mut Checker { places, faults }));
    }
    let written: BTreeSet<&str> = files
        .iter()
        .flat_map(|(_, file)| &file.panel)
        .map(|panel| panel.id.get_ref().as_str())
        .collect();
    for (index, (places, file)) in files.iter().enumerate() {
        for raw in &file.dashboard {
            if stands(index, raw.id.get_ref(), &replaced_dashboards) {
                dashboard::add(&mut catalog, raw, &written, &mut Checker { places, faults });
            }
        }
    }
    // A page that was replaced keeps its place.
    let ids = files.iter().flat_map(|(_, file)| &file.dashboard);
    let ids: Vec<&str> = ids.map(|board| board.id.get_ref().as_str()).collect();
    catalog
        .dashboards
        .sort_by_key(|board| ids.iter().position(|id| *id == board.id.as_str()));
    for (places, file) in files {
        let check = &mut Checker { places, faults };
        file.buckets
            .iter()
            .for_each(|raw| buckets::add(&mut catalog, raw, check));
        file.alert_group
            .iter()
            .for_each(|raw| alert::add_group(&mut catalog, raw, check));
    }
    for (index, (places, file)) in files.iter().enumerate() {
        let check = &mut Checker { places, faults };
        file.alert
            .iter()
            .for_each(|raw| alert::add(&mut catalog, raw, &written, check));
        file.slo
            .iter()
            .filter(|raw| stands(index, raw.id.get_ref(), &replaced_slos))
            .for_each(|raw| slo::add(&mut catalog, raw, &written, check));
    }
    // So does an objective.
    let ids = files.iter().flat_map(|(_, file)| &file.slo);
    let ids: Vec<&str> = ids.map(|slo| slo.id.get_ref().as_str()).collect();
    catalog
        .slos
        .sort_by_key(|slo| ids.iter().position(|id| *id == slo.id.as_str()));
    catalog
}

/// Collects faults with their places.
pub(super) struct Checker<'a> {
    places: &'a Places<'a>,
    faults: &'a mut Vec<Fault>,
}

impl Checker<'_> {
    fn fault<T>(&mut self, at: &Spanned<T>, reason: impl Into<String>, next_step: impl Into<String>) {
        self.faults.push(self.places.at(at, reason, next_step));
    }

    fn id<I>(&mut self, text: &Spanned<String>, new: impl Fn(&str) -> Result<I, BadId>) -> Option<I> {
        match new(text.get_ref()) {
            Ok(id) => Some(id),
            Err(BadId(bad)) => {
                self.fault(
                    text,
                    format!("{bad:?} is not an id"),
                    "use lower-case letters, digits, '_' and '.', beginning with a letter",
                );
                None
            }
        }
    }

    /// `kind` and `id` name the thing that was there before.
    fn duplicate<T>(&mut self, at: &Spanned<T>, kind: &str, id: impl Display) {
        self.fault(
            at,
            format!("there is already a {kind} {:?}", id.to_string()),
            "give one of the two another id",
        );
    }

    /// Text that must say something.
    fn filled(&mut self, text: &Spanned<String>, key: &str, owner: &str) -> String {
        if text.get_ref().trim().is_empty() {
            self.fault(text, format!("the {key} of {owner} is empty"), "write one sentence");
        }
        text.get_ref().clone()
    }

    /// One of a few words.
    fn word<T>(&mut self, text: &Spanned<String>, what: &str, known: Option<T>, all: &str) -> Option<T> {
        if known.is_none() {
            self.fault(
                text,
                format!("there is no {what} {:?}", text.get_ref()),
                format!("use one of: {all}"),
            );
        }
        known
    }

    /// An error whose text is the reason and, after a semicolon, the next step.
    fn error<T>(&mut self, at: &Spanned<T>, owner: &str, error: &impl Display) {
        let text = error.to_string();
        let (reason, next_step) = text.split_once("; ").unwrap_or((&text, "correct the query"));
        self.fault(at, format!("{owner}: {reason}"), next_step);
    }
}

fn units(which: impl Fn(Unit) -> bool) -> String {
    let names: Vec<_> = Unit::all().filter(|unit| which(*unit)).map(Unit::as_str).collect();
    names.join(", ")
}
