//! What `servelens serve` is told: flags over `SERVELENS_<NAME>` over one TOML file.
//!
//! Reading is pure (`read`), so that every rule is tested without a process; all faults are reported at once, each
//! with where its value came from. Nothing else in the server reads the environment or the configuration file.

mod file;
mod flags;
mod limits;
mod plugin;
mod read;
#[cfg(test)]
mod tests;
mod tls;
mod value;

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

use axum::http::Uri;

pub use flags::{Layer, ServeArgs};
pub use limits::{AnswerLimits, BodyLimits, ConnectionLimits, Limits, QueryLimits, RoomLimits};
pub use plugin::{PluginExtensions, PluginPart};
pub use read::read;
pub use tls::{TlsConfig, provider};
pub use value::url;

/// Everything the server needs to know before it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeConfig {
    /// The page and the API.
    pub listen: SocketAddr,
    /// The server's own metrics, apart so that they need no sign-in and reach no user.
    pub metrics_listen: SocketAddr,
    /// Of both; `None`: plain HTTP.
    pub tls: Option<TlsConfig>,
    /// The directory `cargo xtask build` fills.
    pub assets: PathBuf,
    /// An administrator's own panels and dashboards.
    pub dashboards: Option<PathBuf>,
    pub manifest_shape: ManifestShape,
    /// Where the console's own addresses begin, with a slash at both ends.
    pub console_base_path: String,
    pub plugin_extensions: PluginExtensions,
    pub identity: IdentityMode,
    /// With [`IdentityMode::Session`] only.
    pub session: Option<SessionConfig>,
    pub upstream: UpstreamConfig,
    pub cache: CacheConfig,
    pub limits: Limits,
    /// Seconds between two scrapes; the smallest step, and a quarter of the rate window.
    pub scrape_interval_s: u32,
    /// How long the server still accepts after its readiness has failed.
    pub shutdown_delay: Duration,
    pub log: LogConfig,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamConfig {
    pub kind: UpstreamKind,
    /// Where the cluster-wide API is, without `/api/v1`.
    pub cluster_url: Uri,
    /// OpenShift's other ports and the API server that says who may use which; `None`: one store for everybody.
    pub front: Option<FrontConfig>,
    /// PEM certificates that the upstream's own is checked against; needed for https.
    pub ca_file: Option<PathBuf>,
    /// For the store and for the API server.
    pub connect_timeout: Duration,
    /// From sending a query to the last byte of its answer.
    pub timeout: Duration,
}

/// What is kept of answers, for the caller that got them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheConfig {
    /// All answers together; 0 keeps none.
    pub bytes: u64,
    /// How long an answer is given again before the store is asked anew; also how long a right that was taken away
    /// can still show what was seen before.
    pub refresh: Duration,
}

/// OpenShift's monitoring front beside its cluster-wide port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontConfig {
    /// Where single namespaces are asked, without `/api/v1`.
    pub tenancy_url: Uri,
    /// Where rules and alerts of single namespaces are asked, without `/api/v1`.
    pub rules_url: Uri,
    /// The cluster's API server.
    pub kube_url: Uri,
    /// What its certificate is checked against; else the store's.
    pub kube_ca_file: Option<PathBuf>,
}

/// Sign-in of the standalone address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionConfig {
    /// Where browsers reach this server: the issuer sends them back there.
    pub public_url: Uri,
    /// An OpenID Connect issuer; without it OpenShift's own server, found through `kube_url`.
    pub issuer_url: Option<Uri>,
    /// The cluster's API.
    pub kube_url: Uri,
    /// PEM certificates that the issuer's (and the API's) own is checked against; needed for https.
    pub issuer_ca_file: Option<PathBuf>,
    pub client_id: String,
    /// A file, never a flag: flags stand in process lists.
    pub client_secret_file: Option<PathBuf>,
    /// 32 random bytes in base64 a line; the same file for all replicas.
    pub key_file: PathBuf,
    pub scopes: Option<String>,
    pub token: SessionToken,
    /// The claim that lists the namespaces whose metrics a user may read; `None`: the store decides.
    pub namespaces_claim: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogConfig {
    pub format: LogFormat,
    /// A filter as `tracing` reads it: `info`, or `info,server=debug`.
    pub level: String,
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            fn parse(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(format!("choose one of: {}", [$($text),+].join(", "))),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $text),+ })
            }
        }
    };
}

choice!(
    /// Which plugin manifest is served; told by the deployer, because no request names the console's version.
    ManifestShape {
        /// OpenShift 4.14.
        Legacy = "legacy",
        /// OpenShift 4.15 and later.
        Standard = "standard",
    }
);
choice!(
    /// How the server knows who is calling.
    IdentityMode {
        /// The token in `Authorization`, as the console's proxy sends it.
        Bearer = "bearer",
        /// An encrypted cookie, made by signing in here; a bearer token is taken, too.
        Session = "session",
        /// Everybody is the demo user; loopback only.
        Demo = "demo",
    }
);
choice!(
    /// The oldest version of TLS that the server's own ports speak.
    TlsVersion {
        V12 = "1.2",
        V13 = "1.3",
    }
);
choice!(
    /// Which of an OpenID issuer's tokens goes to the metrics store.
    SessionToken {
        Access = "access",
        Id = "id",
    }
);
choice!(UpstreamKind {
    /// OpenShift's Thanos Querier.
    Thanos = "thanos",
    /// One plain Prometheus.
    Prometheus = "prometheus",
});
choice!(LogFormat {
    Text = "text",
    Json = "json",
});

/// Every fault of a configuration, in the order of the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigFaults(pub Vec<String>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = if self.0.len() == 1 { "fault" } else { "faults" };
        write!(f, "the configuration has {} {many}:", self.0.len())?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  - {fault}"))
    }
}

/// Reads the file that the flags name, then everything else.
pub fn load(args: &ServeArgs) -> Result<ServeConfig, ConfigFaults> {
    let environment = |name: &str| std::env::var(name).ok();
    let path = args.config.clone().or_else(|| {
        environment("SERVELENS_CONFIG")
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    });
    let file = match path {
        None => Ok(None),
        Some(path) => match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some((path.display().to_string(), text))),
            Err(cause) => Err(format!("--config {}: cannot be read: {cause}", path.display())),
        },
    };
    read(&args.layer, &environment, file)
}
