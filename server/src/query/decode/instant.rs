//! An instant query's vector, and a distribution made of one.

use std::{collections::BTreeMap, marker::PhantomData};

use serde::Deserialize;
use server_api::Frame;

use super::{Columns, Decoded, column::SampleValue, envelope};
use crate::error::Fault;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vector {
    result_type: String,
    result: Vec<Element>,
}

/// One series at one instant.
#[derive(Deserialize)]
pub struct Element {
    pub metric: BTreeMap<String, String>,
    value: Option<(f64, SampleValue)>,
}

impl Element {
    /// `None` for a native histogram.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        self.value.as_ref().map(|(_, SampleValue(value))| *value)
    }
}

/// One instant's series, in the order they came.
pub fn vector(body: &[u8]) -> Result<Decoded<Vec<Element>>, Fault> {
    let decoded = envelope::read(body, PhantomData::<Vector>)?;
    if decoded.data.result_type != "vector" {
        return Err(Fault::UpstreamNotPrometheus("the result is no vector".to_owned()));
    }
    Ok(Decoded {
        data: decoded.data.result,
        warnings: decoded.warnings,
    })
}

/// Bound, the bound as it was written, cumulative count.
type Bucket = (f64, String, f64);

/// Cumulative `le` buckets to the count of each bucket alone, bounds ascending: one frame of one value for each.
///
/// Series that differ in another label than `le` may have other bounds (two versions of one engine have), so each is taken
/// apart by itself before they are added: differences of a sum over unlike bounds would count what is not there. A count
/// below zero comes from buckets that were scraped while they changed; it is shown as zero.
pub fn buckets(body: &[u8], query: usize, at: Columns) -> Result<Decoded<Vec<Frame>>, Fault> {
    let Decoded { data, warnings } = vector(body)?;
    let mut distributions: BTreeMap<BTreeMap<String, String>, Vec<Bucket>> = BTreeMap::new();
    for element in data {
        let Some(cumulative) = element.number() else {
            continue;
        };
        let mut labels = element.metric;
        let le = labels.remove("le");
        let bound = le
            .as_deref()
            .and_then(|le| le.parse::<f64>().ok())
            .filter(|bound| !bound.is_nan());
        let (Some(le), Some(bound)) = (le, bound) else {
            return Err(Fault::CatalogFault("a bucket has no bound `le`".to_owned()));
        };
        distributions.entry(labels).or_default().push((bound, le, cumulative));
    }
    // By bound, since `1` and `1.0` are the same one.
    let mut added: Vec<Bucket> = distributions.into_values().flat_map(apart).collect();
    added.sort_by(|(a, ..), (b, ..)| a.total_cmp(b));
    added.dedup_by(|(bound, _, count), (kept, _, sum)| {
        let same = bound == kept;
        if same {
            *sum += *count;
        }
        same
    });
    let frames = added.into_iter().map(|(_, le, count)| Frame {
        query,
        labels: [("le".to_owned(), le)].into(),
        start: at.start,
        step: at.step,
        values: vec![count],
        ..Frame::default()
    });
    Ok(Decoded {
        data: frames.collect(),
        warnings,
    })
}

/// One distribution's cumulative counts to the count of each bucket alone.
fn apart(mut buckets: Vec<Bucket>) -> Vec<Bucket> {
    buckets.sort_by(|(a, ..), (b, ..)| a.total_cmp(b));
    let mut below = 0.0;
    for (_, _, count) in &mut buckets {
        let cumulative = *count;
        *count = f64::max(0.0, cumulative - below);
        below = f64::max(below, cumulative);
    }
    buckets
}
