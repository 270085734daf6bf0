//! The pages that exist; each one is a dashboard of the catalogue.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Overview,
    Models,
    Routing,
    Gpus,
}

impl Page {
    /// In the order of the tabs.
    pub const ALL: [Self; 4] = [Self::Overview, Self::Models, Self::Routing, Self::Gpus];

    pub fn parse(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.segment() == segment)
    }

    /// In the address, and the catalogue's id of the page's dashboard.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Models => "models",
            Self::Routing => "routing",
            Self::Gpus => "gpus",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Models => "Models",
            Self::Routing => "Routing",
            Self::Gpus => "GPUs",
        }
    }
}
