//! An installation's own files, laid over the shipped ones: they add panels, dashboards and
//! objectives, or replace those of the same id.
//!
//! A file with a fault is left out whole and the rest still works: nothing in it can take the shipped pages away.

use std::collections::BTreeSet;

use super::check::{self, Read};
use super::{CatalogError, Fault, toml_of};
use crate::model::Catalog;
use crate::promql::{self, Vars};
use crate::resolve::Choices;

/// The whole of what is served, and what is wrong with the own files that are not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Layered {
    pub catalog: Catalog,
    pub faults: Vec<Fault>,
}

impl Catalog {
    /// `judge` says of a bound query why Prometheus would refuse it: whether something is PromQL is not known here.
    ///
    /// Fails only where the shipped files themselves have faults.
    #[cfg(feature = "embedded")]
    pub fn embedded_with(
        own: &[(&str, &str)],
        judge: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<Layered, CatalogError> {
        Self::layered(super::EMBEDDED, own, judge)
    }

    /// As [`Self::embedded_with`], over other files.
    pub fn layered(
        shipped: &[(&str, &str)],
        own: &[(&str, &str)],
        judge: &dyn Fn(&str) -> Result<(), String>,
    ) -> Result<Layered, CatalogError> {
        let mut faults = Vec::new();
        let mut files = toml_of(shipped, &mut faults);
        if !faults.is_empty() {
            return Err(CatalogError { faults });
        }
        let shipped = files.len();
        files.extend(toml_of(own, &mut faults));
        // A file that refers to one that was left out is left out in the next round; so there is an end.
        loop {
            let mut found = Vec::new();
            let catalog = check::catalog(&files, shipped, &mut found);
            if found.is_empty() {
                for file in files.iter().skip(shipped) {
                    judged(&catalog, file, judge, &mut found);
                }
            }
            if found.is_empty() {
                faults.sort();
                return Ok(Layered { catalog, faults });
            }
            let broken: BTreeSet<String> = found.iter().map(|fault| fault.file.clone()).collect();
            let before = files.len();
            let mut index = 0;
            files.retain(|(places, _)| {
                index += 1;
                index <= shipped || !broken.contains(places.file())
            });
            if files.len() == before {
                return Err(CatalogError { faults: found });
            }
            faults.extend(found);
        }
    }
}

fn judged(catalog: &Catalog, file: &Read<'_>, judge: &dyn Fn(&str) -> Result<(), String>, faults: &mut Vec<Fault>) {
    let (places, raw) = file;
    // Any range and width would do.
    let Ok(grid) = promql::grid(0, 86_400, 600, 30) else {
        return;
    };
    for raw in &raw.slo {
        let Some(panel) = catalog
            .slos()
            .find(|slo| slo.id.as_str() == raw.id.get_ref())
            .and_then(|slo| slo.as_panel(catalog))
        else {
            continue;
        };
        let choices = Choices::newest(catalog, [&panel]);
        for (query, raw) in std::iter::once(&raw.value).chain(&raw.bad).enumerate() {
            let bound = promql::bind(catalog, &panel, query, &choices, &Vars::new(), &grid);
            if let Err(reason) = verdict(&bound, judge) {
                let reason = format!("the objective {}: {reason}", panel.id);
                faults.push(places.at(raw, reason, "correct the query"));
            }
        }
    }
    for raw in &raw.panel {
        let Some(panel) = catalog.panel(raw.id.get_ref()) else {
            continue;
        };
        let choices = Choices::newest(catalog, [panel]);
        for (query, raw) in raw.queries.get_ref().iter().enumerate() {
            let bound = promql::bind(catalog, panel, query, &choices, &Vars::new(), &grid);
            if let Err(reason) = verdict(&bound, judge) {
                let reason = format!("the panel {}: {reason}", panel.id);
                faults.push(places.at(&raw.expr, reason, "correct the query"));
            }
        }
    }
}

fn verdict(
    bound: &Result<Option<String>, promql::BindError>,
    judge: &dyn Fn(&str) -> Result<(), String>,
) -> Result<(), String> {
    match bound {
        Ok(Some(text)) => judge(text),
        Ok(None) => Ok(()),
        Err(fault) => Err(fault.to_string()),
    }
}
