//! What the host's script hands to `mount`.

use serde::Deserialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Inside the OpenShift console: it owns the address, the theme and the session.
    Console,
    /// At a URL of its own.
    Standalone,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Standalone => "standalone",
        }
    }
}

/// Fields that a later host adds are ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Options {
    pub host: Kind,
    /// Before `/api/…`, e.g. `/api/proxy/plugin/servelens/backend`.
    #[serde(default)]
    pub base: String,
    /// The host's current address, path and query.
    #[serde(default)]
    pub path: String,
    /// The page is a part of another, a tab, whose heading and title are the host's.
    #[serde(default)]
    pub embedded: bool,
    /// A selector of namespaces stands in the host already.
    #[serde(default)]
    pub chooser: bool,
}

impl Options {
    pub fn parse(json: &str) -> Result<Self, String> {
        server_api::lean::from_slice(json.as_bytes())
            .map_err(|_| format!("Servelens cannot read its mount options: {json}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_a_wrong_host_is_named() {
        assert_eq!(
            Options::parse(
                r#"{"host":"console","base":"/b","path":"/servelens","embedded":true,"chooser":true,"later":1}"#
            ),
            Ok(Options {
                host: Kind::Console,
                base: "/b".into(),
                path: "/servelens".into(),
                embedded: true,
                chooser: true
            })
        );
        assert_eq!(
            Options::parse(r#"{"host":"standalone"}"#).map(|options| options.host),
            Ok(Kind::Standalone)
        );
        let fault = Options::parse(r#"{"host":"grafana"}"#).unwrap_err();
        assert!(fault.contains("mount options") && fault.contains("grafana"), "{fault}");
    }
}
