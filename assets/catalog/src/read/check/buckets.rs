//! `[[buckets]]`.

use super::{Checker, raw_rules};
use crate::model::{Catalog, MetricType};

pub(super) fn add(catalog: &mut Catalog, raw: &raw_rules::Buckets, check: &mut Checker<'_>) {
    let id = raw.concept.get_ref();
    let Some(concept) = catalog.concept(id).filter(|c| c.metric_type == MetricType::Histogram) else {
        let reason = format!("there is no histogram {id:?}");
        return check.fault(&raw.concept, reason, "name a [[concept]] of that type");
    };
    let bounds = raw.bounds.get_ref();
    let rising = bounds.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    if bounds.is_empty() || !rising || bounds.iter().any(|bound| !bound.is_finite()) {
        let reason = format!("the bounds of {id} do not rise");
        return check.fault(&raw.bounds, reason, "list finite numbers in ascending order");
    }
    let concept = concept.id.clone();
    if catalog.buckets.insert(concept, bounds.clone()).is_some() {
        check.duplicate(&raw.concept, "list of buckets for", id);
    }
}
