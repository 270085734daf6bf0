//! The pages: each one is a dashboard of the catalogue. Four have a tab of their own.

/// Ordered by nothing: the tabs' order is [`Page::TABS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    Overview,
    Models,
    Routing,
    Gpus,
    /// Any other dashboard, by its id. Whether it exists only the catalogue knows.
    Board(String),
}

/// The board of objectives, by the id of its dashboard.
pub const SLOS: &str = "slos";

impl Page {
    pub const TABS: [Self; 4] = [Self::Overview, Self::Models, Self::Routing, Self::Gpus];

    /// `None` where the segment cannot be the id of a dashboard.
    pub fn parse(segment: &str) -> Option<Self> {
        let tab = Self::TABS.into_iter().find(|page| page.segment() == segment);
        let is_id = segment.starts_with(|c: char| c.is_ascii_lowercase())
            && segment
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.'));
        tab.or_else(|| is_id.then(|| Self::Board(segment.to_owned())))
    }

    /// In the address, and the catalogue's id of the page's dashboard.
    pub fn segment(&self) -> &str {
        match self {
            Self::Overview => "overview",
            Self::Models => "models",
            Self::Routing => "routing",
            Self::Gpus => "gpus",
            Self::Board(id) => id,
        }
    }

    /// A tab's words; a board's stand in the catalogue.
    pub fn title(&self) -> &str {
        match self {
            Self::Overview => "Overview",
            Self::Models => "Models",
            Self::Routing => "Routing",
            Self::Gpus => "GPUs",
            Self::Board(id) => id,
        }
    }

    /// The navigation's group whose boards go deeper into what this tab shows.
    pub fn group(&self) -> &str {
        match self {
            Self::Overview => "Platform",
            Self::Models => "Models and runtimes",
            Self::Routing => "Routing",
            Self::Gpus => "Accelerators",
            Self::Board(_) => "",
        }
    }
}
