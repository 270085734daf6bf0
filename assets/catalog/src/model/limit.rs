//! What a limit of an alert may be set to: a latency can only be compared with a bound of its histogram's buckets.

use super::{Catalog, Limit};

/// Each text is the reason and, after a semicolon, the next step.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LimitError {
    #[error("{0} is not a number to compare with; write a finite one")]
    NotFinite(f64),
    #[error(
        "{value} cannot be measured: the first bucket of {concept} ends at {first}, and below it every value looks alike; use {first} or more, or give the exporter finer buckets"
    )]
    BelowFirst { value: f64, concept: String, first: f64 },
    #[error(
        "{value} cannot be measured: the last bucket of {concept} ends at {last}, and no quantile is ever above it; use less than {last}"
    )]
    AboveLast { value: f64, concept: String, last: f64 },
    #[error(
        "{value} is not a bound of the buckets of {concept}, so a quantile near it is a guess; use {below} or {above}"
    )]
    Between {
        value: f64,
        concept: String,
        below: f64,
        above: f64,
    },
}

impl Limit {
    /// Whether the rule can be compared with `value`.
    pub fn check(&self, catalog: &Catalog, value: f64) -> Result<(), LimitError> {
        if !value.is_finite() {
            return Err(LimitError::NotFinite(value));
        }
        let Some(concept) = &self.bounds_of else { return Ok(()) };
        let bounds = catalog.buckets(concept.as_str());
        let (Some(&first), Some(&last)) = (bounds.first(), bounds.last()) else {
            return Ok(());
        };
        let concept = concept.to_string();
        if value < first {
            return Err(LimitError::BelowFirst { value, concept, first });
        }
        if value >= last {
            return Err(LimitError::AboveLast { value, concept, last });
        }
        let below = bounds.iter().copied().rfind(|bound| *bound <= value).unwrap_or(first);
        let above = bounds.iter().copied().find(|bound| *bound > value).unwrap_or(last);
        if below < value {
            return Err(LimitError::Between {
                value,
                concept,
                below,
                above,
            });
        }
        Ok(())
    }
}
