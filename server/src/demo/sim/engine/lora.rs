//! Which LoRA adapters run and which wait, as an engine reports them: every pair that there ever was stays, with the time
//! of its latest report. Only the youngest one holds.

use std::collections::{BTreeMap, BTreeSet};

use super::seq::Seq;

/// `--max-loras`, as it stands in the label.
pub const MOST: &str = "2";

/// Unix seconds of the latest report, by the names that ran and waited then, each joined by commas.
#[derive(Debug, Clone, Default)]
pub struct Reports(BTreeMap<(String, String), f64>);

impl Reports {
    pub fn note<'a>(
        &mut self,
        adapters: &[&'static str],
        running: impl IntoIterator<Item = &'a Seq>,
        waiting: impl IntoIterator<Item = &'a Seq>,
        now: f64,
    ) {
        self.0.insert((names(adapters, running), names(adapters, waiting)), now);
    }

    /// Running, waiting, time.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, f64)> {
        self.0
            .iter()
            .map(|((running, waiting), at)| (running.as_str(), waiting.as_str(), *at))
    }
}

/// Requests that begin alike are one application's, which asks for one adapter, or for the model itself.
pub fn of(adapters: &[&'static str], group: u16) -> Option<&'static str> {
    let place = usize::from(group) % (adapters.len() + 1);
    adapters.get(place).copied()
}

fn names<'a>(adapters: &[&'static str], requests: impl IntoIterator<Item = &'a Seq>) -> String {
    let of = |seq: &Seq| of(adapters, seq.request.group);
    let names: BTreeSet<&str> = requests.into_iter().filter_map(of).collect();
    names.into_iter().collect::<Vec<_>>().join(",")
}
