//! The objects that the settings ask for: the same settings always give the same objects, byte for byte.
//!
//! Knows no cluster. What depends on what a cluster already has (monitors for gaps, edits of its own configuration) is told
//! to it as facts, or is decided in `plan`.

mod boards;
mod grafana;
mod grafana_access;
pub mod monitors;
mod rules;

use catalog::Catalog;
pub use grafana_access::readers;

use super::object::Object;
use super::settings::{GrafanaView, Settings};

/// Why no objects could be made; a fault of the program, not of the settings.
#[derive(Debug, thiserror::Error)]
#[error("the objects could not be made: {0}; report this")]
pub struct MakeError(pub String);

/// Everything that the settings alone decide, in the order in which it is made.
pub fn objects(settings: &Settings) -> Result<Vec<Object>, MakeError> {
    let catalog = Catalog::embedded().map_err(|cause| MakeError(cause.to_string()))?;
    let mut objects = Vec::new();
    if settings.grafana.view != GrafanaView::Off {
        objects.extend(grafana_access::objects(settings));
        objects.extend(grafana::objects(settings, &catalog)?);
    }
    if settings.rules {
        objects.extend(rules::objects(settings, &catalog)?);
    }
    if settings.console_dashboards {
        objects.extend(boards::console(settings, &catalog)?);
    }
    objects.sort_by_key(|object| object.phase);
    Ok(objects)
}

/// The name of an object of this installation; the default one keeps the names that the documentation has.
fn own_name(settings: &Settings, name: &str) -> String {
    match name.strip_prefix("servelens-") {
        Some(rest) => format!("{}-{rest}", settings.instance),
        None => format!("{}-{name}", settings.instance),
    }
}
