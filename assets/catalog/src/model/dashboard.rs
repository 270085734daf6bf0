//! A dashboard: the panels of one page, in reading order.

use super::{DashboardId, PanelId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dashboard {
    pub id: DashboardId,
    pub title: String,
    /// One sentence: which question it answers.
    pub tells: String,
    pub panels: Vec<PanelId>,
    /// Where it stands in the navigation, one of [`GROUPS`]; empty: a main page, or a dashboard that nobody has placed.
    pub group: String,
    /// Headings with the place in `panels` of the first panel under each, ascending. A panel that is put between two
    /// others so falls under their heading by itself.
    pub headings: Vec<(String, usize)>,
}

/// The groups of the navigation, in its order.
pub const GROUPS: [&str; 4] = ["Models and runtimes", "Routing", "Accelerators", "Platform"];

impl Dashboard {
    /// Every heading with its panels. Panels before the first heading stand under none.
    pub fn sections(&self) -> impl Iterator<Item = (&str, &[PanelId])> {
        let ends = self.headings.iter().skip(1).map(|(_, at)| *at);
        let ends = ends.chain(std::iter::once(self.panels.len()));
        let leading = self
            .headings
            .first()
            .map(|(_, at)| ("", 0, *at))
            .filter(|(_, _, end)| *end > 0);
        let named = self
            .headings
            .iter()
            .zip(ends)
            .map(|((title, at), end)| (title.as_str(), *at, end));
        leading
            .into_iter()
            .chain(named)
            .map(|(title, at, end)| (title, self.panels.get(at..end).unwrap_or_default()))
    }
}
