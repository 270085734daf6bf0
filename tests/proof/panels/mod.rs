//! What each panel must show, written by hand from what it says it tells and from the facts about its metrics, never from
//! its PromQL. One line or two for each panel; a panel that is in no list and has no reason in [`NOT_PROVEN`] fails the tests.

mod accelerators;
mod epp;
mod gpu;
mod hosts;
mod mlserver;
mod overview;
mod ovms;
mod quality;
mod resources;
mod vllm;
mod vllm_more;
mod way_in;

use super::calc::{Look, Vector};

/// One vector for each of the panel's queries, in their order.
pub struct Proof {
    pub panel: &'static str,
    pub expect: fn(&Look<'_>) -> Vec<Vector>,
}

const fn proof(panel: &'static str, expect: fn(&Look<'_>) -> Vec<Vector>) -> Proof {
    Proof { panel, expect }
}

pub fn proofs() -> impl Iterator<Item = &'static Proof> {
    [
        vllm::PROOFS,
        vllm_more::PROOFS,
        epp::PROOFS,
        gpu::PROOFS,
        accelerators::PROOFS,
        ovms::PROOFS,
        mlserver::PROOFS,
        resources::PROOFS,
        way_in::PROOFS,
        quality::PROOFS,
        hosts::PROOFS,
        overview::PROOFS,
    ]
    .into_iter()
    .flatten()
}

/// Panels, by id or by the part before the dot, that have no proof, and why.
pub const NOT_PROVEN: &[(&str, &str)] = &[];

/// The median, and what one in twenty and one in a hundred exceed; a distribution of its own for each value of `by`.
fn percentiles(look: &Look<'_>, names: &[&str], by: &[&str]) -> Vec<Vector> {
    [0.5, 0.95, 0.99]
        .into_iter()
        .map(|quantile| percentile(look, names, by, quantile))
        .collect()
}

fn percentile(look: &Look<'_>, names: &[&str], by: &[&str], quantile: f64) -> Vector {
    let with_bounds: Vec<&str> = by.iter().copied().chain(["le"]).collect();
    look.quantile(&look.buckets(names).rate().sum(&with_bounds), quantile)
}

/// What is added up, divided by how many it was.
fn mean(look: &Look<'_>, names: &[&str], by: &[&str]) -> Vector {
    look.total(names).rate().sum(by).per(&look.count(names).rate().sum(by))
}

/// How many observations of the whole range fell into each bucket; each model has buckets of its own.
fn distribution(look: &Look<'_>, names: &[&str], by: &[&str]) -> Vec<Vector> {
    let with_bounds: Vec<&str> = by.iter().copied().chain(["le"]).collect();
    vec![look.buckets(names).growth_of_range().sum(&with_bounds).apart()]
}

/// A failure that was never counted is zero failures, where the requests are counted.
fn none_is_zero(failures: Vector, all: &Vector) -> Vector {
    failures.or(&all.times(0.0))
}
