//! The settings as they are typed: flags and the TOML file share one list, so that no name exists in only one.

use std::path::PathBuf;

use serde::Deserialize;

const AFTER_HELP: &str = "\
Every option can also be set by an environment variable (--cluster-url: SERVELENS_CLUSTER_URL) or in the file of \
--config (cluster-url = \"https://…\"). A flag wins over the environment, the environment over the file.

Exit codes: 0 good; 2 wrong use or configuration; 3 could not finish.";

/// Serve the page, the console plugin and the API.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct ServeArgs {
    /// TOML file with any of the options below, under the same names.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub layer: Layer,
}

/// One source's settings, unread. `None`: this source does not say.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Layer {
    /// Address and port of the page and the API [default: 127.0.0.1:8477].
    #[arg(long, value_name = "ADDR", help_heading = "Listening")]
    pub listen: Option<String>,
    /// Address and port of the server's own metrics [default: 127.0.0.1:8478].
    #[arg(long, value_name = "ADDR", help_heading = "Listening")]
    pub metrics_listen: Option<String>,
    /// How long to accept requests after readiness has failed, e.g. 5s behind a Service [default: 0s].
    #[arg(long, value_name = "DURATION", help_heading = "Listening")]
    pub shutdown_delay: Option<String>,

    /// PEM file with the certificate (and its chain) of both ports; read again when it changes [default: plain HTTP].
    #[arg(long, value_name = "FILE", help_heading = "Listening")]
    pub tls_cert_file: Option<String>,
    /// PEM file with its private key; read again when it changes.
    #[arg(long, value_name = "FILE", help_heading = "Listening")]
    pub tls_key_file: Option<String>,
    /// Oldest TLS version: 1.2 or 1.3 [default: 1.2].
    #[arg(long, value_name = "VERSION", help_heading = "Listening")]
    pub tls_min_version: Option<String>,
    /// Cipher suites by IANA's names between commas, the preferred first [default: all that are safe].
    #[arg(long, value_name = "NAMES", help_heading = "Listening")]
    pub tls_ciphers: Option<String>,

    /// Directory with the built page, as `cargo xtask build` leaves it. Required.
    #[arg(long, value_name = "DIR", help_heading = "Page and plugin")]
    pub assets: Option<String>,
    /// Folder with own dashboards: *.toml like the shipped ones, read again when they change [default: none].
    #[arg(long, value_name = "DIR", help_heading = "Page and plugin")]
    pub dashboards: Option<String>,
    /// Shape of the plugin manifest: legacy (OpenShift 4.14) or standard (4.15 and later) [default: standard].
    #[arg(long, value_name = "SHAPE", help_heading = "Page and plugin")]
    pub manifest_shape: Option<String>,
    /// Where the console's own addresses begin, e.g. /console/; the standard manifest needs it [default: /].
    #[arg(long, value_name = "PATH", help_heading = "Page and plugin")]
    pub console_base_path: Option<String>,
    /// What the plugin adds to the console: all, none, or some of pages, tabs, overview, details, alerts with commas
    /// between them [default: all].
    #[arg(long, value_name = "WHICH", help_heading = "Page and plugin")]
    pub plugin_extensions: Option<String>,

    /// How a caller is known: bearer (token in Authorization), session (sign-in of its own, or a token) or demo
    /// (everybody, loopback only) [default: bearer].
    #[arg(long, value_name = "MODE", help_heading = "Callers")]
    pub identity: Option<String>,
    /// Where browsers reach this server, e.g. https://servelens.apps.example.com. Required for session.
    #[arg(long, value_name = "URL", help_heading = "Sign-in (--identity session)")]
    pub public_url: Option<String>,
    /// OpenID Connect issuer [default: OpenShift's own OAuth server, found through --kube-url].
    #[arg(long, value_name = "URL", help_heading = "Sign-in (--identity session)")]
    pub issuer_url: Option<String>,
    /// PEM file that the issuer's certificate is checked against [default: the one of --ca-file].
    #[arg(long, value_name = "FILE", help_heading = "Sign-in (--identity session)")]
    pub issuer_ca_file: Option<String>,
    /// Name of this client at the issuer [default: servelens].
    #[arg(long, value_name = "ID", help_heading = "Sign-in (--identity session)")]
    pub client_id: Option<String>,
    /// File with the client's secret, where the issuer asks for one.
    #[arg(long, value_name = "FILE", help_heading = "Sign-in (--identity session)")]
    pub client_secret_file: Option<String>,
    /// File with the keys of the cookies: 32 random bytes in base64 a line, the newest first. Required for session.
    #[arg(long, value_name = "FILE", help_heading = "Sign-in (--identity session)")]
    pub session_key_file: Option<String>,
    /// What to ask the issuer for [default: user:full of OpenShift, openid profile email of others].
    #[arg(long, value_name = "WORDS", help_heading = "Sign-in (--identity session)")]
    pub session_scopes: Option<String>,
    /// Which of an OpenID issuer's tokens goes to the metrics store: access or id [default: access].
    #[arg(long, value_name = "WHICH", help_heading = "Sign-in (--identity session)")]
    pub session_token: Option<String>,
    /// Claim that lists the namespaces a user may see (* for all), where the store is a plain Prometheus that lets
    /// everybody see everything [default: none, the store decides].
    #[arg(long, value_name = "CLAIM", help_heading = "Sign-in (--identity session)")]
    pub namespaces_claim: Option<String>,

    /// What answers queries: thanos (OpenShift's Thanos Querier) or prometheus [default: thanos].
    #[arg(long, value_name = "KIND", help_heading = "Metrics store")]
    pub upstream: Option<String>,
    /// Address of its cluster-wide API, without /api/v1 [default with thanos: OpenShift's, port 9091].
    #[arg(long, value_name = "URL", help_heading = "Metrics store")]
    pub cluster_url: Option<String>,
    /// Address of the API for single namespaces, without /api/v1 [default with thanos: OpenShift's, port 9092].
    #[arg(long, value_name = "URL", help_heading = "Metrics store")]
    pub tenancy_url: Option<String>,
    /// Address of the API for rules and alerts of single namespaces [default with thanos: OpenShift's, port 9093].
    #[arg(long, value_name = "URL", help_heading = "Metrics store")]
    pub rules_url: Option<String>,
    /// Address of the cluster's API server [default with thanos: https://kubernetes.default.svc].
    #[arg(long, value_name = "URL", help_heading = "Metrics store")]
    pub kube_url: Option<String>,
    /// PEM file that the API server's certificate is checked against [default: that of --ca-file].
    #[arg(long, value_name = "FILE", help_heading = "Metrics store")]
    pub kube_ca_file: Option<String>,
    /// PEM file that the store's certificate is checked against; required for https.
    #[arg(long, value_name = "FILE", help_heading = "Metrics store")]
    pub ca_file: Option<String>,
    /// Longest time for connecting to the store or the API server [default: 1s].
    #[arg(long, value_name = "DURATION", help_heading = "Metrics store")]
    pub connect_timeout: Option<String>,
    /// Longest time for one query, from sending it to the last byte [default: 25s].
    #[arg(long, value_name = "DURATION", help_heading = "Metrics store")]
    pub upstream_timeout: Option<String>,
    /// Time between two scrapes of the store; the smallest step of a chart [default: 30s].
    #[arg(long, value_name = "DURATION", help_heading = "Metrics store")]
    pub scrape_interval: Option<String>,

    /// Memory for answers that serve their caller again, e.g. 64MiB; 0 keeps none [default: 128MiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub cache_size: Option<String>,
    /// How long an answer serves its caller before the store is asked anew, at most 30s [default: 30s].
    #[arg(long, value_name = "DURATION", help_heading = "Limits")]
    pub refresh: Option<String>,
    /// Most open connections of a port; further ones wait [default: 1024].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_connections: Option<String>,
    /// Longest head of a request, the address included [default: 16KiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub max_header_size: Option<String>,
    /// Most headers of a request [default: 64].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_headers: Option<String>,
    /// Longest time for a TLS handshake, and for a request's head [default: 5s].
    #[arg(long, value_name = "DURATION", help_heading = "Limits")]
    pub header_timeout: Option<String>,
    /// How long a connection is kept between two requests [default: 1m].
    #[arg(long, value_name = "DURATION", help_heading = "Limits")]
    pub idle_timeout: Option<String>,
    /// How long a client may take nothing of its answer [default: 15s].
    #[arg(long, value_name = "DURATION", help_heading = "Limits")]
    pub write_timeout: Option<String>,
    /// Longest body of a request [default: 64KiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub max_body: Option<String>,
    /// Longest time for a request's whole body [default: 10s].
    #[arg(long, value_name = "DURATION", help_heading = "Limits")]
    pub body_timeout: Option<String>,
    /// Questions that are with the store at once [default: 64].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_queries: Option<String>,
    /// Of them, those of one caller [default: 16].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_caller_queries: Option<String>,
    /// Questions that wait; further ones are refused [default: 4096].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_waiting: Option<String>,
    /// Of them, those of one caller [default: 512].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_caller_waiting: Option<String>,
    /// How long a question waits before it is refused [default: 4s].
    #[arg(long, value_name = "DURATION", help_heading = "Limits")]
    pub queue_timeout: Option<String>,
    /// Checks, plans, applies and removals of the monitoring that run at once [default: 12].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_setups: Option<String>,
    /// Of them, those of one caller [default: 3].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_caller_setups: Option<String>,
    /// Longest answer of the store [default: 32MiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub max_answer: Option<String>,
    /// Texts of long answers that are read, all together [default: 96MiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub max_reading: Option<String>,
    /// What answers become while they are decoded, all together [default: 96MiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub max_decoding: Option<String>,
    /// Answers of panels that nobody has taken yet, all together [default: 64MiB].
    #[arg(long, value_name = "SIZE", help_heading = "Limits")]
    pub max_unread: Option<String>,
    /// Most series of one query of a panel [default: 5000].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_series: Option<String>,
    /// Most points of each series, at most 11000 [default: 11000].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_points: Option<String>,
    /// Most values of one query of a panel, all series together [default: 2000000].
    #[arg(long, value_name = "NUMBER", help_heading = "Limits")]
    pub max_values: Option<String>,

    /// Form of the log lines on standard error: text or json [default: text].
    #[arg(long, value_name = "FORMAT", help_heading = "Log")]
    pub log_format: Option<String>,
    /// Which lines: error, warn, info, debug, trace, or a filter such as info,server=debug [default: info].
    #[arg(long, value_name = "FILTER", help_heading = "Log")]
    pub log_level: Option<String>,
}
