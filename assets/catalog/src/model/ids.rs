//! The names of things in the catalogue, one type each, so that a panel's id is never taken for a concept's.

use std::borrow::Borrow;
use std::fmt;

/// An id that the catalogue does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an id: use lower-case letters, digits, '_' and '.', beginning with a letter")]
pub struct BadId(pub String);

fn checked(text: &str) -> Result<String, BadId> {
    let good = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.');
    if good {
        Ok(text.to_owned())
    } else {
        Err(BadId(text.to_owned()))
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Lower-case letters, digits, `_` and `.`, beginning with a letter.
            pub fn new(text: &str) -> Result<Self, BadId> {
                checked(text).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }
    };
}

id!(
    /// E.g. `vllm.ttft`: stable, it stands in addresses and exports.
    PanelId
);
id!(
    /// E.g. `kv_cache_usage`: one thing that is measured, whatever its name is here.
    ConceptId
);
id!(
    /// E.g. `vllm`: what one kind of exporter offers.
    FamilyId
);
id!(
    /// E.g. `overview`: the page of that name.
    DashboardId
);
id!(
    /// E.g. `errors`: one row of the board of objectives.
    SloId
);
