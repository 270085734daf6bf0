//! `/api/v1/series` (which series exist) and `/api/v1/label/…/values` (a list of strings).

use std::{collections::BTreeMap, marker::PhantomData};

use catalog::resolve::Sighting;

use super::{Decoded, envelope};
use crate::error::Fault;

/// Every series that was seen, its name apart from its labels.
pub fn sightings(body: &[u8]) -> Result<Decoded<Vec<Sighting>>, Fault> {
    let decoded = envelope::read(body, PhantomData::<Option<Vec<BTreeMap<String, String>>>>)?;
    let data = decoded
        .data
        .unwrap_or_default()
        .into_iter()
        .filter_map(Sighting::new)
        .collect();
    Ok(Decoded {
        data,
        warnings: decoded.warnings,
    })
}

/// A plain list; `null` counts as empty.
pub fn strings(body: &[u8]) -> Result<Decoded<Vec<String>>, Fault> {
    let decoded = envelope::read(body, PhantomData::<Option<Vec<String>>>)?;
    Ok(Decoded {
        data: decoded.data.unwrap_or_default(),
        warnings: decoded.warnings,
    })
}
