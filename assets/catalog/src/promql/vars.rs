//! The page's variables and what is chosen for each.

use std::collections::BTreeMap;

use super::LabelValue;

/// Variable name (`namespace`, `model`, …) to the chosen values; no entry or no value means all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Vars {
    chosen: BTreeMap<String, Vec<LabelValue>>,
    deferred: BTreeMap<String, String>,
}

impl Vars {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sorted and without repeats, so that the same choice always gives the same PromQL.
    pub fn set(&mut self, variable: &str, values: impl IntoIterator<Item = LabelValue>) {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort();
        values.dedup();
        self.chosen.insert(variable.to_owned(), values);
    }

    /// The chosen values; empty where all are meant.
    pub fn get(&self, variable: &str) -> &[LabelValue] {
        self.chosen.get(variable).map_or(&[], Vec::as_slice)
    }

    /// The choice is left to whoever runs the query: `reference` is that program's own variable, e.g. `$namespace`,
    /// which becomes a regular expression before Prometheus sees it.
    #[cfg(feature = "export")]
    pub(crate) fn defer(&mut self, variable: &str, reference: &str) {
        self.deferred.insert(variable.to_owned(), reference.to_owned());
    }

    pub(crate) fn deferred(&self, variable: &str) -> Option<&str> {
        self.deferred.get(variable).map(String::as_str)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.chosen.keys().map(String::as_str)
    }
}

impl<V: IntoIterator<Item = String>> FromIterator<(String, V)> for Vars {
    fn from_iter<I: IntoIterator<Item = (String, V)>>(entries: I) -> Self {
        let mut vars = Self::new();
        for (variable, values) in entries {
            vars.set(&variable, values.into_iter().map(LabelValue::new));
        }
        vars
    }
}
