//! The catalogue as typed data: what a file says once it has been read and checked.
//!
//! Nothing here parses, binds or resolves; a value of these types is already valid.

mod catalog;
mod concept;
mod dashboard;
mod family;
mod ids;
mod panel;
mod unit;

pub use catalog::Catalog;
pub use concept::{Concept, MetricType, Part};
pub use dashboard::Dashboard;
pub use family::{Family, Serves};
pub use ids::{BadId, ConceptId, DashboardId, FamilyId, PanelId};
pub use panel::{Kind, Level, Panel, Query, Threshold};
pub use unit::Unit;
