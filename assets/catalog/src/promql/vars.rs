//! The page's variables and what is chosen for each.

use std::collections::BTreeMap;

use super::LabelValue;

/// Variable name (`namespace`, `model`, …) to the chosen values; no entry or no value means all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Vars(BTreeMap<String, Vec<LabelValue>>);

impl Vars {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sorted and without repeats, so that the same choice always gives the same PromQL.
    pub fn set(&mut self, variable: &str, values: impl IntoIterator<Item = LabelValue>) {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort();
        values.dedup();
        self.0.insert(variable.to_owned(), values);
    }

    /// The chosen values; empty where all are meant.
    pub fn get(&self, variable: &str) -> &[LabelValue] {
        self.0.get(variable).map_or(&[], Vec::as_slice)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
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
