//! The command lines of setting up.

use std::path::PathBuf;

use super::settings::Layer;

const EXIT_CODES: &str = "\
Exit codes: 0 good; 1 it found something, or it differs; 2 wrong use or configuration; 3 could not finish, and says from
where the next run goes on.";

/// What every command of setting up takes.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Args {
    /// How the cluster is reached, and as whom [default: KUBECONFIG, else the home folder's, else the pod's account].
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// TOML file with any of the options below; flags win over it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// Do it without asking.
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub layer: Layer,
}

/// Where metrics can be asked, each model's targets are checked too.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct CheckArgs {
    #[command(flatten)]
    pub common: Args,
    #[command(flatten)]
    pub doors: Doors,
}

#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct VerifyArgs {
    #[command(flatten)]
    pub common: Args,
    #[command(flatten)]
    pub doors: Doors,
    /// Seconds to wait for series that have not come yet.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600))]
    pub wait: u64,
}

/// Where the cluster's metrics are asked.
#[derive(Debug, Clone, clap::Args)]
pub struct Doors {
    /// Metrics of all namespaces; outside the cluster the address of a Route [default: port 9091 of thanos-querier inside
    /// the cluster; check asks no metrics where neither is given].
    #[arg(long, value_name = "URL")]
    cluster_url: Option<String>,
    /// Metrics of single namespaces [default: port 9092 of it].
    #[arg(long, value_name = "URL")]
    tenancy_url: Option<String>,
    /// PEM certificates that both are checked against.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

const CLUSTER_URL: &str = "https://thanos-querier.openshift-monitoring.svc.cluster.local:9091";
const TENANCY_URL: &str = "https://thanos-querier.openshift-monitoring.svc.cluster.local:9092";

impl Doors {
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.cluster_url.is_some() || self.tenancy_url.is_some()
    }

    #[must_use]
    pub fn cluster_url(&self) -> &str {
        self.cluster_url.as_deref().unwrap_or(CLUSTER_URL)
    }

    #[must_use]
    pub fn tenancy_url(&self) -> &str {
        self.tenancy_url.as_deref().unwrap_or(TENANCY_URL)
    }
}

#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct RenderArgs {
    /// A cluster to look at for workloads that nobody scrapes [default: none is asked].
    #[arg(long, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// TOML file with any of the options below; flags win over it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub layer: Layer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    Text,
    Json,
}
