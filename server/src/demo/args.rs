//! The command line of `servelens demo`.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Run a simulated model-serving fleet, a real Prometheus that scrapes it, and Servelens on top.
///
/// Prints `ready http://ADDR` when the page can be opened. The first start makes a day of history, which takes a minute or
/// two; later ones take seconds.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Address and port of the page; loopback only, because nobody signs in.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8477")]
    pub(super) listen: SocketAddr,
    /// Directory with the built page, as `cargo xtask build` leaves it [default: dist beside the program, or one folder above].
    #[arg(long, value_name = "DIR", env = "SERVELENS_ASSETS", default_value_os_t = page_beside(), hide_default_value = true)]
    pub(super) assets: PathBuf,
    /// The simulation's seed: the same seed, the same traffic.
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub(super) seed: u64,
    /// Folder for the history's blocks [default: servelens/demo in the user's cache folder].
    #[arg(long, value_name = "DIR")]
    pub(super) cache: Option<PathBuf>,
    /// Prometheus's binary, or the folder with it and promtool [default: from PATH].
    #[arg(long, value_name = "PATH", env = "SERVELENS_PROMETHEUS")]
    pub(super) prometheus: Option<OsString>,
    /// Address and port of the simulated exporters; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(super) fleet_listen: SocketAddr,
    /// Address and port of Prometheus; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(super) prometheus_listen: SocketAddr,
    /// Write the addresses of all parts to this file, as JSON, before `ready`.
    #[arg(long, value_name = "FILE")]
    pub(super) addresses: Option<PathBuf>,
    /// End when standard input is closed, so that the demo ends with the program that started it.
    #[arg(long)]
    pub(super) exit_with_stdin: bool,
}

/// Where `cargo xtask build` leaves the page of the program that it has built.
fn page_beside() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let folders = program.ancestors().skip(1).take(2);
    let mut pages = folders.map(|folder| folder.join("dist"));
    pages
        .find(|page| page.is_dir())
        .unwrap_or_else(|| PathBuf::from("dist"))
}
