//! What Servelens charts: families of exporters, concepts with all the names they have had, panels and dashboards; which
//! of those names exist here; and how a panel becomes PromQL.
//!
//! Pure: no I/O, no clock, no environment, no async, no HTTP, no DOM. It compiles for the host and for wasm32. Foreign
//! text (a label value that a user or a cluster gave) gets into PromQL through [`promql::LabelValue`] only.
//!
//! The way of a panel: [`resolve::candidates`] → [`resolve::match_selectors`] (one series request) →
//! [`resolve::choose`] → [`promql::bind`].

#[cfg(feature = "export")]
pub mod export;
#[cfg(all(feature = "export", feature = "parse"))]
pub mod import;
pub mod join;
pub mod measure;
pub mod model;
pub mod models;
pub mod promql;
#[cfg(feature = "parse")]
pub mod read;
pub mod resolve;
#[cfg(test)]
mod tests;
pub mod who;

pub use model::{
    Alert, AlertGroup, Catalog, Concept, ConceptId, Dashboard, DashboardId, Family, FamilyId, First, Kind, Level,
    MetricType, Objective, Panel, PanelId, Query, Threshold, Unit,
};
#[cfg(feature = "parse")]
pub use read::CatalogError;
