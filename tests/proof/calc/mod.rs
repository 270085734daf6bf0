//! The arithmetic of Prometheus, written anew from its documentation: small parts that know nothing of PromQL's text.
//!
//! An expectation begins with [`Look`], picks raw series by name and label ([`Pick`]), makes a vector of each series'
//! samples around each instant, and goes on with [`Vector`]. One source answers for each workload at each instant.

mod histogram;
mod over;
mod pick;
mod vector;

pub use over::Rules;
pub use pick::Pick;
pub use vector::Vector;

use super::world::World;

/// What is looked at: a world at some instants.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    pub world: &'a World,
    /// Unix seconds.
    pub at: Vec<i64>,
    /// Of rates, in seconds.
    pub window: i64,
    /// Seconds from one instant to the next, where scrapes fall in between.
    pub step: Option<i64>,
    /// The whole range, in seconds.
    pub range: i64,
    /// As the page's variables: label and the values that are meant.
    pub only: Vec<(&'static str, Vec<String>)>,
    pub rules: Rules,
    /// Moves every quantile by so much of itself: where exactly half of the observations lie below a bound, the last bit of
    /// a sum decides which bucket has the median, and both are right.
    pub nudge: f64,
}

impl<'a> Look<'a> {
    /// One thing that is measured, by all the names it has had, newest first; each may stand behind `kserve_`.
    pub fn of(&'a self, names: &[&str]) -> Pick<'a> {
        self.part(names, "")
    }

    /// A histogram's cumulative counts.
    pub fn buckets(&'a self, names: &[&str]) -> Pick<'a> {
        self.part(names, "_bucket")
    }

    /// What was added up in a histogram or a summary.
    pub fn total(&'a self, names: &[&str]) -> Pick<'a> {
        self.part(names, "_sum")
    }

    /// How many observations a histogram or a summary has.
    pub fn count(&'a self, names: &[&str]) -> Pick<'a> {
        self.part(names, "_count")
    }

    pub fn quantile(&self, buckets: &Vector, quantile: f64) -> Vector {
        buckets.quantile(quantile * (1.0 + self.nudge))
    }

    fn part(&'a self, names: &[&str], suffix: &str) -> Pick<'a> {
        let forms = names
            .iter()
            .flat_map(|name| [format!("{name}{suffix}"), format!("kserve_{name}{suffix}")]);
        let pick = Pick::new(self, forms.map(|name| self.world.named(&name).iter().collect()));
        self.only.iter().fold(pick, |pick, (label, values)| {
            pick.having(label, move |value| values.iter().any(|meant| meant == value))
        })
    }
}
