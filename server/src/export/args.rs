//! The command line of `servelens export`.

use std::path::PathBuf;

use super::live::LiveArgs;

const EXIT_CODES: &str = "Exit codes: 0 good, whatever the report says; 2 wrong use; 3 could not write.";

const OF_DASHBOARDS: &str = "\
A file cannot look at a cluster: its queries hold every name that a metric has had, the newest first, so that each pod
is read from one of them and never from two. With --from-live they hold the names that the store has now.

Exit codes: 0 good, whatever the report says; 2 wrong use; 3 could not write.";

/// Write the dashboards and the alert rules as files for another program.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The program that will read them.
    #[command(subcommand)]
    pub target: Target,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Target {
    /// Grafana's classic JSON model, one file for each dashboard.
    #[command(after_help = OF_DASHBOARDS)]
    Grafana(DashboardArgs),
    /// Perses dashboards, as its own files and as objects of its operator.
    #[command(after_help = OF_DASHBOARDS)]
    Perses(PersesArgs),
    /// `ConfigMap` objects for Observe > Dashboards of the OpenShift console.
    #[command(after_help = OF_DASHBOARDS)]
    ConsoleDashboard(DashboardArgs),
    /// `PrometheusRule` objects with the alerts and the objectives' burn rates, for a cluster.
    #[command(after_help = EXIT_CODES)]
    PrometheusRule(ClusterArgs),
    /// A `prometheus.yaml` and its rule file, for one RHEL AI host with a Prometheus of its own.
    #[command(after_help = EXIT_CODES)]
    Prometheus(HostArgs),
}

impl Target {
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Grafana(_) => "grafana",
            Self::Perses(_) => "perses",
            Self::ConsoleDashboard(_) => "console-dashboard",
            Self::PrometheusRule(_) => "prometheus-rule",
            Self::Prometheus(_) => "prometheus",
        }
    }

    #[must_use]
    pub fn place(&self) -> &Place {
        match self {
            Self::Grafana(args) | Self::ConsoleDashboard(args) => &args.place,
            Self::Perses(args) => &args.dashboards.place,
            Self::PrometheusRule(args) => &args.place,
            Self::Prometheus(args) => &args.place,
        }
    }
}

/// Where the files and the report go.
#[derive(Debug, Clone, clap::Args)]
pub struct Place {
    /// Folder for the files; made where it is missing.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

#[derive(Debug, Clone, clap::Args)]
pub struct DashboardArgs {
    #[command(flatten)]
    pub place: Place,
    /// Only this dashboard; may be given several times [default: all].
    #[arg(long = "dashboard", value_name = "ID")]
    pub dashboards: Vec<String>,
    /// Address of Servelens, for links from each dashboard to the same one there.
    #[arg(long, value_name = "URL", value_parser = address)]
    pub servelens_url: Option<String>,
    /// Seconds between two scrapes of the store; a rate looks back over four of them or more.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub scrape_interval: u32,
    #[command(flatten)]
    pub live: LiveArgs,
}

#[derive(Debug, Clone, clap::Args)]
pub struct PersesArgs {
    #[command(flatten)]
    pub dashboards: DashboardArgs,
    /// Project of the dashboards; for objects it is the namespace.
    #[arg(long, value_name = "NAME", default_value = "servelens", value_parser = namespace)]
    pub project: String,
    /// Prometheus data source of Perses by its name [default: the one that is Perses's default].
    #[arg(long, value_name = "NAME")]
    pub datasource: Option<String>,
    /// Version of the objects; older operators know v1alpha1 alone.
    #[arg(long, value_enum, default_value_t = ApiVersion::V1Alpha2)]
    pub api_version: ApiVersion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub enum ApiVersion {
    V1Alpha1,
    V1Alpha2,
}

/// What every form of the rules takes.
#[derive(Debug, Clone, clap::Args)]
pub struct RuleArgs {
    /// Where the runbooks are published; a page's name and .md are put behind it [default: the project's own].
    #[arg(long, value_name = "URL", value_parser = address)]
    pub runbook_url: Option<String>,
    /// Address of Servelens, or of the console that shows its pages, for a link from each alert.
    #[arg(long, value_name = "URL", value_parser = address)]
    pub servelens_url: Option<String>,
    /// Label put on every alert, e.g. team=ai; may be given several times.
    #[arg(long = "label", value_name = "NAME=VALUE", value_parser = label)]
    pub labels: Vec<(String, String)>,
    /// Limit of one alert, e.g. SlowFirstToken.slowest=20; the runbooks list them; may be given several times.
    #[arg(long = "limit", value_name = "ALERT.LIMIT=NUMBER", value_parser = limit)]
    pub limits: Vec<(String, f64)>,
}

#[derive(Debug, Clone, clap::Args)]
pub struct ClusterArgs {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Namespace that serves models; may be given several times [default: the objects name none].
    #[arg(long = "namespace", value_name = "NAMESPACE", value_parser = namespace)]
    pub namespaces: Vec<String>,
    /// Namespace of the GPU exporter, where the rules about GPUs go.
    #[arg(long, value_name = "NAMESPACE", default_value = "nvidia-gpu-operator", value_parser = namespace)]
    pub gpu_namespace: String,
    /// Where the rules about a service go, e.g. gateway=my-ingress; may be given several times [default: where it usually is].
    #[arg(long = "service-namespace", value_name = "GROUP=NAMESPACE", value_parser = placed)]
    pub services: Vec<(String, String)>,
}

#[derive(Debug, Clone, clap::Args)]
pub struct HostArgs {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Name or IP address of the host, as this Prometheus reaches it.
    #[arg(long, value_name = "HOST", default_value = "localhost", value_parser = host)]
    pub host: String,
    /// Value of the label `cluster` on all that leaves this Prometheus.
    #[arg(long, value_name = "NAME", default_value = "rhel-ai")]
    pub cluster: String,
    /// Value of the label `environment` on all that leaves this Prometheus.
    #[arg(long, value_name = "NAME", default_value = "production")]
    pub environment: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    Text,
    Json,
}

/// It becomes a link that somebody clicks on.
fn address(text: &str) -> Result<String, String> {
    let good = text.starts_with("https://") || text.starts_with("http://");
    if good && !text.contains(['"', ' ', '?', '#', '$', '{', '}']) {
        Ok(text.to_owned())
    } else {
        Err("give an http or https address without ? and #".to_owned())
    }
}

/// It becomes a folder's name.
fn namespace(text: &str) -> Result<String, String> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = text.len() <= 63
        && text.chars().all(|c| inner(c) || c == '-')
        && text.starts_with(inner)
        && text.ends_with(inner);
    if good {
        Ok(text.to_owned())
    } else {
        Err("give a namespace: lower-case letters, digits and dashes".to_owned())
    }
}

/// A port is put behind it.
fn host(text: &str) -> Result<String, String> {
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Ok(format!("[{text}]"));
    }
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if !text.is_empty() && text.chars().all(good) {
        Ok(text.to_owned())
    } else {
        Err("give a host name or an IP address without a port".to_owned())
    }
}

fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn placed(text: &str) -> Result<(String, String), String> {
    let (group, place) = text.split_once('=').ok_or("write it as group=namespace")?;
    Ok((group.to_owned(), namespace(place)?))
}

fn limit(text: &str) -> Result<(String, f64), String> {
    let wrong = || "write it as Alert.limit=number".to_owned();
    let (name, number) = text.split_once('=').ok_or_else(wrong)?;
    let number: f64 = number.parse().map_err(|_| wrong())?;
    Ok((name.to_owned(), number))
}
