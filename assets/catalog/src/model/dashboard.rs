//! A dashboard: the panels of one page, in reading order.

use super::{DashboardId, PanelId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    pub id: DashboardId,
    pub title: String,
    /// One sentence: which question it answers.
    pub tells: String,
    pub panels: Vec<PanelId>,
}
