//! Which parts of the plugin a console gets.

use std::collections::BTreeSet;

/// A part that can be left away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PluginPart {
    /// Navigation and the pages themselves; there with any other part.
    Pages,
    /// Beside the console's own tabs.
    Tabs,
    /// Charts and counts on the overview of the cluster and of projects.
    Overview,
    /// Live numbers on an object's page.
    Details,
    /// Firing alerts, with a link to the page that shows each.
    Alerts,
}

impl PluginPart {
    pub const ALL: [PluginPart; 5] = [
        PluginPart::Pages,
        PluginPart::Tabs,
        PluginPart::Overview,
        PluginPart::Details,
        PluginPart::Alerts,
    ];

    fn name(self) -> &'static str {
        match self {
            PluginPart::Pages => "pages",
            PluginPart::Tabs => "tabs",
            PluginPart::Overview => "overview",
            PluginPart::Details => "details",
            PluginPart::Alerts => "alerts",
        }
    }

    /// The console's flag that is set while the part is wanted.
    pub fn flag(self) -> &'static str {
        match self {
            PluginPart::Pages => "SERVELENS_PAGES",
            PluginPart::Tabs => "SERVELENS_TABS",
            PluginPart::Overview => "SERVELENS_OVERVIEW",
            PluginPart::Details => "SERVELENS_DETAILS",
            PluginPart::Alerts => "SERVELENS_ALERTS",
        }
    }

    /// Whether the console itself asks its own metrics store for this part.
    pub fn asks_the_console(self) -> bool {
        matches!(self, PluginPart::Overview | PluginPart::Alerts)
    }
}

/// The wanted parts; empty: the plugin is there and adds nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginExtensions(BTreeSet<PluginPart>);

impl PluginExtensions {
    pub fn all() -> Self {
        Self(PluginPart::ALL.into())
    }

    pub fn none() -> Self {
        Self(BTreeSet::new())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, part: PluginPart) -> bool {
        self.0.contains(&part)
    }

    /// `all`, `none`, or names with commas between them.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "all" => return Ok(Self::all()),
            "none" => return Ok(Self::none()),
            _ => {}
        }
        let mut parts = BTreeSet::from([PluginPart::Pages]);
        for name in text.split(',').map(str::trim) {
            let part = PluginPart::ALL.into_iter().find(|part| part.name() == name);
            parts.insert(part.ok_or_else(|| {
                let names = PluginPart::ALL.map(PluginPart::name).join(", ");
                format!("give all, none, or some of: {names}")
            })?);
        }
        Ok(Self(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_chosen_by_name_and_bring_the_pages_along() {
        let check = |text: &str, expect: Result<&[PluginPart], ()>| {
            let got = PluginExtensions::parse(text);
            let parts = got.map(|extensions| extensions.0.into_iter().collect::<Vec<_>>());
            assert_eq!(parts.map_err(drop), expect.map(<[_]>::to_vec), "{text}");
        };
        check("all", Ok(&PluginPart::ALL));
        check("none", Ok(&[]));
        check("pages", Ok(&[PluginPart::Pages]));
        check(
            "alerts, tabs",
            Ok(&[PluginPart::Pages, PluginPart::Tabs, PluginPart::Alerts]),
        );
        check("tabs,all", Err(()));
        check("everything", Err(()));
    }
}
