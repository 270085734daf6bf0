//! The pages: each one is a dashboard of the catalogue. Four have a tab of their own.

use crate::words::key;

/// Ordered by nothing: the tabs' order is [`Page::TABS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    Overview,
    Models,
    Routing,
    Gpus,
    /// What the caller may see and why: no dashboard, and no tab.
    Access,
    /// Setting up the monitoring: no dashboard either.
    Setup,
    /// Any other dashboard, by its id. Whether it exists only the catalogue knows.
    Board(String),
}

/// The board of objectives, by the id of its dashboard.
pub const SLOS: &str = "slos";

impl Page {
    pub const TABS: [Self; 4] = [Self::Overview, Self::Models, Self::Routing, Self::Gpus];

    /// `None` where the segment cannot be the id of a dashboard.
    pub fn parse(segment: &str) -> Option<Self> {
        let known = Self::TABS.into_iter().chain([Self::Access, Self::Setup]);
        let own = known.into_iter().find(|page| page.segment() == segment);
        let is_id = segment.starts_with(|c: char| c.is_ascii_lowercase())
            && segment
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.'));
        own.or_else(|| is_id.then(|| Self::Board(segment.to_owned())))
    }

    /// In the address, and the catalogue's id of the page's dashboard.
    pub fn segment(&self) -> &str {
        match self {
            Self::Overview => "overview",
            Self::Models => "models",
            Self::Routing => "routing",
            Self::Gpus => "gpus",
            Self::Access => "access",
            Self::Setup => "setup",
            Self::Board(id) => id,
        }
    }

    /// A tab's words in English; a board's stand in the catalogue.
    pub fn title(&self) -> &str {
        match self {
            Self::Overview => key("Overview"),
            Self::Models => key("Models"),
            Self::Routing => key("Routing"),
            Self::Gpus => key("GPUs"),
            Self::Access => key("What you can see and why"),
            Self::Setup => key("Setup"),
            Self::Board(id) => id,
        }
    }

    /// The navigation's group whose boards go deeper into what this tab shows.
    pub fn group(&self) -> &str {
        match self {
            Self::Overview => key("Platform"),
            Self::Models => key("Models and runtimes"),
            Self::Routing => key("Routing"),
            Self::Gpus => key("Accelerators"),
            Self::Access | Self::Setup | Self::Board(_) => "",
        }
    }
}
