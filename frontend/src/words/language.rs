//! The languages that there are words in, and which of them a reader gets.

/// In the order of the choice that the page offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    Spanish,
    French,
    Japanese,
    Korean,
    Chinese,
}

impl Language {
    pub const ALL: [Self; 6] = [
        Self::English,
        Self::Spanish,
        Self::French,
        Self::Japanese,
        Self::Korean,
        Self::Chinese,
    ];

    /// Its folder in `assets/locales`, and its tag on the page.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Japanese => "ja",
            Self::Korean => "ko",
            Self::Chinese => "zh",
        }
    }

    /// As its own readers call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
            Self::French => "Français",
            Self::Japanese => "日本語",
            Self::Korean => "한국어",
            Self::Chinese => "中文",
        }
    }

    /// Of a tag such as `fr` or `zh-CN`; `None` for a language without words here.
    pub fn of(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(first))
    }

    /// The first of the reader's wishes that can be met, else English.
    pub fn choose<S: AsRef<str>>(wishes: impl IntoIterator<Item = S>) -> Self {
        let mut known = wishes.into_iter().filter_map(|tag| Self::of(tag.as_ref()));
        known.next().unwrap_or(Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wish_that_can_be_met_counts_and_an_unknown_language_is_english() {
        for (wishes, language) in [
            (&["fr-CA", "en"][..], Language::French),
            (&["tlh", "zh-Hans-CN"], Language::Chinese),
            (&["KO_kr"], Language::Korean),
            (&["tlh", ""], Language::English),
            (&[], Language::English),
        ] {
            assert_eq!(Language::choose(wishes), language, "{wishes:?}");
        }
    }
}
