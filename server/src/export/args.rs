//! The command line of `servelens export`.

use std::path::PathBuf;

const AFTER_HELP: &str = "\
A file cannot look at a cluster: its queries hold every name that a metric has had, the newest first, so that each pod
is read from one of them and never from two.

Exit codes: 0 good, whatever the report says; 2 wrong use; 3 could not write.";

/// Write the dashboards as files for another program.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The program that will show them.
    pub target: Target,
    /// Folder for the files; made where it is missing.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Only this dashboard; may be given several times [default: all].
    #[arg(long = "dashboard", value_name = "ID")]
    pub dashboards: Vec<String>,
    /// Address of Servelens, for links from each dashboard to the same one there.
    #[arg(long, value_name = "URL", value_parser = address)]
    pub servelens_url: Option<String>,
    /// Seconds between two scrapes of the store; a rate looks back over four of them or more.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub scrape_interval: u32,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// Grafana's classic JSON model, one file for each dashboard.
    Grafana,
}

impl Target {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Grafana => "grafana",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    Text,
    Json,
}

/// It becomes a link that somebody clicks on.
fn address(text: &str) -> Result<String, String> {
    let good = text.starts_with("https://") || text.starts_with("http://");
    if good && !text.contains(['"', ' ', '?', '#', '$']) {
        Ok(text.to_owned())
    } else {
        Err("give an http or https address without ? and #".to_owned())
    }
}
