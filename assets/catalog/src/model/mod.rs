//! The catalogue as typed data: what a file says once it has been read and checked.
//!
//! Nothing here parses, binds or resolves; a value of these types is already valid.

mod alert;
mod catalog;
mod concept;
mod dashboard;
mod family;
mod ids;
mod limit;
mod panel;
mod slo;
mod span;
mod unit;

#[cfg(feature = "export")]
pub(crate) use alert::replaced;
pub use alert::{Alert, AlertGroup, Home, Limit, Severity, Unless};
pub use catalog::Catalog;
pub use concept::{Concept, First, MetricType, Part};
pub use dashboard::{Dashboard, GROUPS};
pub use family::{Adapters, Devices, Family, Serves};
pub use ids::{BadId, ConceptId, DashboardId, FamilyId, PanelId, SloId};
pub use limit::LimitError;
pub use panel::{Kind, Level, Panel, Query, Threshold};
pub use slo::{Better, Objective, State};
pub use span::{seconds_of, span_text};
pub use unit::Unit;
