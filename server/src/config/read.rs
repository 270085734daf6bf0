//! From three sources of text to one [`ServeConfig`], or to all of its faults.

use super::{
    CacheConfig, ConfigFaults, FrontConfig, IdentityMode, Layer, LogConfig, LogFormat, ManifestShape, PluginExtensions,
    ServeConfig, SessionConfig, SessionToken, UpstreamConfig, UpstreamKind, file::File, value,
};
use crate::identity::Identity;

/// Loopback: nobody else reaches a server that was started without thinking.
const DEFAULT_LISTEN: &str = "127.0.0.1:8477";
const DEFAULT_METRICS_LISTEN: &str = "127.0.0.1:8478";
/// In a terminal Ctrl-C should be immediate; behind a Service some seconds let the endpoints forget us.
const DEFAULT_SHUTDOWN_DELAY: &str = "0s";
/// OpenShift 4.15 and later; only the 4.14 overlay asks for the other.
const DEFAULT_MANIFEST_SHAPE: &str = "standard";
const DEFAULT_CONSOLE_BASE_PATH: &str = "/";
const DEFAULT_PLUGIN_EXTENSIONS: &str = "all";
/// Every query carries the caller's own token.
const DEFAULT_IDENTITY: &str = "bearer";
const DEFAULT_CLIENT_ID: &str = "servelens";
/// What OAuth means for the doors of others; an id token is for us.
const DEFAULT_SESSION_TOKEN: &str = "access";
const DEFAULT_UPSTREAM: &str = "thanos";
/// The cluster-wide port of OpenShift's Thanos Querier.
const THANOS_QUERIER: &str = "https://thanos-querier.openshift-monitoring.svc.cluster.local:9091";
/// Its port for single namespaces, and the one for their rules and alerts.
const TENANCY: &str = "https://thanos-querier.openshift-monitoring.svc.cluster.local:9092";
const RULES: &str = "https://thanos-querier.openshift-monitoring.svc.cluster.local:9093";
/// The API server as every pod finds it.
const KUBE: &str = "https://kubernetes.default.svc";
/// OpenShift's cluster monitoring scrapes every 30 s.
const DEFAULT_SCRAPE_INTERVAL: &str = "30s";
/// A week of a 40-panel board is some 10 MiB: a dozen such boards, beside max-reading, max-decoding and max-unread in a container of 512 MiB.
const DEFAULT_CACHE_SIZE: &str = "128MiB";
/// Cluster monitoring scrapes every 30 s: asking sooner shows nothing new.
const DEFAULT_REFRESH: &str = "30s";
const DEFAULT_LOG_FORMAT: &str = "text";
const DEFAULT_LOG_LEVEL: &str = "info";

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;
/// The file's name and text, or why it could not be had.
type FileText = Result<Option<(String, String)>, String>;

/// Pure: the same three sources give the same answer.
pub fn read(flags: &Layer, environment: Environment<'_>, file: FileText) -> Result<ServeConfig, ConfigFaults> {
    let mut faults = Vec::new();
    let file = match file {
        Ok(None) => None,
        Ok(Some((name, text))) => Some(File::read(name, &text, &mut faults)),
        Err(fault) => {
            faults.push(fault);
            Some(File::lost())
        }
    };
    let mut reader = Reader::of(flags, environment, file.as_ref());
    reader.faults = faults;
    let config = reader.config();
    match config {
        Some(config) if reader.faults.is_empty() => Ok(config),
        _ => Err(ConfigFaults(reader.faults)),
    }
}

pub(super) struct Reader<'a> {
    flags: &'a Layer,
    environment: Environment<'a>,
    file: Option<&'a File>,
    pub(super) faults: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(flags: &'a Layer, environment: Environment<'a>, file: Option<&'a File>) -> Reader<'a> {
        Reader {
            flags,
            environment,
            file,
            faults: Vec::new(),
        }
    }
}

impl Reader<'_> {
    /// `None` when at least one setting is missing or wrong; the faults say which.
    fn config(&mut self) -> Option<ServeConfig> {
        let listen = self.setting("listen", |l| &l.listen, Some(DEFAULT_LISTEN), value::address);
        let metrics_listen = self.setting(
            "metrics-listen",
            |l| &l.metrics_listen,
            Some(DEFAULT_METRICS_LISTEN),
            value::address,
        );
        let tls = self.tls();
        let shutdown_delay = self.setting(
            "shutdown-delay",
            |l| &l.shutdown_delay,
            Some(DEFAULT_SHUTDOWN_DELAY),
            value::duration,
        );
        let assets = self.setting("assets", |l| &l.assets, None, value::path);
        let dashboards = self.optional("dashboards", |l| &l.dashboards, value::path);
        let manifest_shape = self.setting(
            "manifest-shape",
            |l| &l.manifest_shape,
            Some(DEFAULT_MANIFEST_SHAPE),
            ManifestShape::parse,
        );
        let console_base_path = self.setting(
            "console-base-path",
            |l| &l.console_base_path,
            Some(DEFAULT_CONSOLE_BASE_PATH),
            value::base_path,
        );
        let plugin_extensions = self.setting(
            "plugin-extensions",
            |l| &l.plugin_extensions,
            Some(DEFAULT_PLUGIN_EXTENSIONS),
            PluginExtensions::parse,
        );
        let identity = self.setting("identity", |l| &l.identity, Some(DEFAULT_IDENTITY), IdentityMode::parse);
        if let (Some(mode), Some(listen)) = (identity, listen)
            && !self.may_hide("listen", |l| &l.listen)
            && let Err(fault) = Identity::check(mode, listen)
        {
            self.faults.push(fault);
        }
        let session = (identity == Some(IdentityMode::Session)).then(|| self.session());
        let upstream = self.upstream();
        self.claim(identity);
        let cache = self.cache();
        let limits = self.limits();
        let scrape_interval_s = self.setting(
            "scrape-interval",
            |l| &l.scrape_interval,
            Some(DEFAULT_SCRAPE_INTERVAL),
            value::interval_s,
        );
        let format = self.setting(
            "log-format",
            |l| &l.log_format,
            Some(DEFAULT_LOG_FORMAT),
            LogFormat::parse,
        );
        let level = self.setting("log-level", |l| &l.log_level, Some(DEFAULT_LOG_LEVEL), value::filter);
        Some(ServeConfig {
            listen: listen?,
            metrics_listen: metrics_listen?,
            tls: tls?,
            assets: assets?,
            dashboards,
            manifest_shape: manifest_shape?,
            console_base_path: console_base_path?,
            plugin_extensions: plugin_extensions?,
            identity: identity?,
            session: match session {
                Some(session) => Some(session?),
                None => None,
            },
            upstream: upstream?,
            cache: cache?,
            limits: limits?,
            scrape_interval_s: scrape_interval_s?,
            shutdown_delay: shutdown_delay?,
            log: LogConfig {
                format: format?,
                level: level?,
            },
        })
    }

    fn session(&mut self) -> Option<SessionConfig> {
        let public_url = self.setting("public-url", |l| &l.public_url, None, value::issuer);
        let issuer_url = self.optional("issuer-url", |l| &l.issuer_url, value::issuer);
        let kube_url = self.setting("kube-url", |l| &l.kube_url, Some(KUBE), value::issuer);
        let issuer_ca_file = self.optional("issuer-ca-file", |l| &l.issuer_ca_file, value::path);
        let ca_file = self.optional("ca-file", |l| &l.ca_file, value::path);
        let client_id = self.setting(
            "client-id",
            |l| &l.client_id,
            Some(DEFAULT_CLIENT_ID),
            |text| Ok(text.to_owned()),
        );
        let client_secret_file = self.optional("client-secret-file", |l| &l.client_secret_file, value::path);
        let key_file = self.setting("session-key-file", |l| &l.session_key_file, None, value::path);
        let scopes = self.optional("session-scopes", |l| &l.session_scopes, |text| Ok(text.to_owned()));
        let token = self.setting(
            "session-token",
            |l| &l.session_token,
            Some(DEFAULT_SESSION_TOKEN),
            SessionToken::parse,
        );
        let namespaces_claim = self.optional("namespaces-claim", |l| &l.namespaces_claim, |text| Ok(text.to_owned()));
        Some(SessionConfig {
            public_url: public_url?,
            issuer_url,
            kube_url: kube_url?,
            issuer_ca_file: issuer_ca_file.or(ca_file),
            client_id: client_id?,
            client_secret_file,
            key_file: key_file?,
            scopes,
            token: token?,
            namespaces_claim,
        })
    }

    /// A claim decides only where an OpenID issuer signs users in and nobody else looks at a namespace.
    fn claim(&mut self, identity: Option<IdentityMode>) {
        let Some((_, source)) = self.find("namespaces-claim", |l| &l.namespaces_claim) else {
            return;
        };
        let upstream = self.find("upstream", |l| &l.upstream).map(|(text, _)| text);
        let issuer = self.find("issuer-url", |l| &l.issuer_url);
        let hides = self.may_hide("upstream", |l| &l.upstream)
            || self.may_hide("issuer-url", |l| &l.issuer_url)
            || self.may_hide("identity", |l| &l.identity);
        let right =
            identity == Some(IdentityMode::Session) && upstream.as_deref() == Some("prometheus") && issuer.is_some();
        if !hides && !right {
            self.faults.push(format!(
                "{source}: a claim decides only with --identity session, --issuer-url and --upstream prometheus; \
                 elsewhere the cluster says who may see what"
            ));
        }
    }

    fn cache(&mut self) -> Option<CacheConfig> {
        let bytes = self.setting("cache-size", |l| &l.cache_size, Some(DEFAULT_CACHE_SIZE), value::bytes);
        let refresh = self.setting("refresh", |l| &l.refresh, Some(DEFAULT_REFRESH), value::refresh);
        Some(CacheConfig {
            bytes: bytes?,
            refresh: refresh?,
        })
    }

    fn upstream(&mut self) -> Option<UpstreamConfig> {
        let kind = self.setting("upstream", |l| &l.upstream, Some(DEFAULT_UPSTREAM), UpstreamKind::parse);
        let default_url = (kind == Some(UpstreamKind::Thanos)).then_some(THANOS_QUERIER);
        let cluster_url = match kind {
            // Nobody knows yet whether it may be left out.
            None => self.optional("cluster-url", |l| &l.cluster_url, value::url),
            Some(_) => self.setting("cluster-url", |l| &l.cluster_url, default_url, value::url),
        };
        let front = self.front(kind);
        let https = cluster_url
            .as_ref()
            .is_some_and(|url| url.scheme_str() == Some("https"));
        let ca_file = self.optional("ca-file", |l| &l.ca_file, value::path);
        let unsure = self.may_hide("cluster-url", |l| &l.cluster_url) || self.may_hide("ca-file", |l| &l.ca_file);
        if https && ca_file.is_none() && !unsure {
            self.faults.push(
                "--ca-file is missing: an https store's certificate is checked against this PEM file only".to_owned(),
            );
        }
        let connect_timeout = self.limit("connect-timeout", |l| &l.connect_timeout, value::deadline);
        let timeout = self.limit("upstream-timeout", |l| &l.upstream_timeout, value::deadline);
        Some(UpstreamConfig {
            kind: kind?,
            cluster_url: cluster_url?,
            front: front?,
            ca_file,
            connect_timeout: connect_timeout?,
            timeout: timeout?,
        })
    }

    /// `Some(None)`: a plain Prometheus has no front, and settings of one are a fault.
    fn front(&mut self, kind: Option<UpstreamKind>) -> Option<Option<FrontConfig>> {
        if kind == Some(UpstreamKind::Prometheus) {
            self.only_with_thanos("tenancy-url", |l| &l.tenancy_url);
            self.only_with_thanos("rules-url", |l| &l.rules_url);
            self.only_with_thanos("kube-url", |l| &l.kube_url);
            self.only_with_thanos("kube-ca-file", |l| &l.kube_ca_file);
            return Some(None);
        }
        let tenancy_url = self.setting("tenancy-url", |l| &l.tenancy_url, Some(TENANCY), value::url);
        let rules_url = self.setting("rules-url", |l| &l.rules_url, Some(RULES), value::url);
        let kube_url = self.setting("kube-url", |l| &l.kube_url, Some(KUBE), value::url);
        let kube_ca_file = self.optional("kube-ca-file", |l| &l.kube_ca_file, value::path);
        Some(Some(FrontConfig {
            tenancy_url: tenancy_url?,
            rules_url: rules_url?,
            kube_url: kube_url?,
            kube_ca_file,
        }))
    }

    fn only_with_thanos(&mut self, name: &str, field: fn(&Layer) -> &Option<String>) {
        if let Some((_, source)) = self.find(name, field) {
            self.faults.push(format!(
                "{source}: only --upstream thanos has such a front; leave it out"
            ));
        }
    }

    pub(super) fn setting<T>(
        &mut self,
        name: &str,
        field: fn(&Layer) -> &Option<String>,
        default: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.find(name, field).is_none() {
            if self.unusable(name) {
                return None;
            }
            if default.is_none() {
                if !self.may_hide(name, field) {
                    self.faults.push(format!(
                        "--{name} is missing: give it as a flag, as {} or in the file",
                        variable(name)
                    ));
                }
                return None;
            }
        }
        let (text, source) = self
            .find(name, field)
            .unwrap_or_else(|| (default.unwrap_or_default().to_owned(), format!("--{name}")));
        self.parse(&text, &source, parse)
    }

    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        field: fn(&Layer) -> &Option<String>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (text, source) = self.find(name, field)?;
        self.parse(&text, &source, parse)
    }

    pub(super) fn fault(&mut self, text: &str) {
        self.faults.push(text.to_owned());
    }

    pub(super) fn parse<T>(
        &mut self,
        text: &str,
        source: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        parse(text)
            .map_err(|hint| self.faults.push(format!("{source}: {hint}")))
            .ok()
    }

    /// The winning text and where it came from. An empty text counts as not given: manifests leave variables empty.
    pub(super) fn find(&self, name: &str, field: fn(&Layer) -> &Option<String>) -> Option<(String, String)> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        if let Some(text) = given(field(self.flags)) {
            return Some((text, format!("--{name}")));
        }
        let variable = variable(name);
        if let Some(text) = given(&(self.environment)(&variable)) {
            return Some((text, variable));
        }
        let file = self.file?;
        given(field(&file.layer)).map(|text| (text, format!("{}: {name}", file.name)))
    }

    /// Whether the file has the setting, with a value that is told as a fault already.
    fn unusable(&self, name: &str) -> bool {
        self.file.is_some_and(|file| file.unusable.contains(name))
    }

    /// Whether a setting that is found nowhere may stand in a part of the file that could not be read: then neither
    /// its absence nor its default is a fault.
    pub(super) fn may_hide(&self, name: &str, field: fn(&Layer) -> &Option<String>) -> bool {
        self.find(name, field).is_none() && (self.unusable(name) || self.file.is_some_and(|file| !file.whole))
    }
}

fn variable(name: &str) -> String {
    format!("SERVELENS_{}", name.to_ascii_uppercase().replace('-', "_"))
}
