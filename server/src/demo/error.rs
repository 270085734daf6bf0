//! What can keep the demo from running: one code, one sentence and one next step for each.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::StartError;

/// How to get Prometheus (with promtool, which every one of these packages holds).
pub(super) const INSTALL: &str = "install it with one of `sudo apt-get install -y prometheus`, \
`sudo dnf install -y golang-github-prometheus` or `brew install prometheus`, \
or set SERVELENS_PROMETHEUS to the binary or its folder";

/// Why the demo did not start, or ended by itself. `Display` is one sentence and the next step.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("{what} was not found. Next: {INSTALL}.")]
    PrometheusMissing { what: String },
    #[error("{binary} is no Prometheus that the demo knows: it must be 2.40 to 3.x, and `--version` said {said:?}. Next: {INSTALL}.", binary = binary.display())]
    PrometheusUnknownVersion { binary: PathBuf, said: String },
    #[error(
        "--{flag} {addr} is no loopback address, and the demo asks nobody to sign in. Next: use 127.0.0.1 or [::1] with --{flag}."
    )]
    NotLoopback { flag: &'static str, addr: SocketAddr },
    #[error(
        "{addr} is in use already. Next: end the program that listens there, or pick another address with --{flag}."
    )]
    PortInUse { flag: &'static str, addr: SocketAddr },
    #[error("The demo cannot listen on {addr}: {reason}. Next: pick another address with --{flag}.")]
    CannotListen {
        flag: &'static str,
        addr: SocketAddr,
        reason: io::Error,
    },
    #[error("The user's cache folder is unknown. Next: set HOME, or name a folder with --cache.")]
    CacheUnknown,
    #[error("{path} cannot be used as cache: {reason}. Next: free space or fix its rights, or name another folder with --cache.", path = path.display())]
    CacheUnusable { path: PathBuf, reason: io::Error },
    #[error(
        "The history of the last day could not be made: {reason}. Next: run the demo again; finished hours are kept."
    )]
    HistoryFailed { reason: String },
    #[error(
        "Prometheus did not become ready: {reason}. Next: run the demo again, or try another Prometheus with SERVELENS_PROMETHEUS."
    )]
    PrometheusFailed { reason: String },
    #[error("Prometheus ended by itself: {reason}. Next: run the demo again.")]
    PrometheusEnded { reason: String },
    #[error("The simulated fleet stopped answering: {reason}. Next: run the demo again.")]
    FleetFailed { reason: String },
    #[error("{path} cannot be written: {reason}. Next: name a file in a folder that exists with --addresses.", path = path.display())]
    AddressesUnwritable { path: PathBuf, reason: io::Error },
    #[error("The demo cannot hear the end of its run: {reason}. Next: run it again.")]
    SignalsUnavailable { reason: io::Error },
    #[error(transparent)]
    Server(#[from] StartError),
}

impl DemoError {
    /// The fixed name of the fault, for tests and tools.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PrometheusMissing { .. } => "prometheus_missing",
            Self::PrometheusUnknownVersion { .. } => "prometheus_unknown_version",
            Self::NotLoopback { .. } => "demo_not_loopback",
            Self::PortInUse { .. } => "port_in_use",
            Self::CannotListen { .. } => "cannot_listen",
            Self::CacheUnknown => "cache_unknown",
            Self::CacheUnusable { .. } => "cache_unusable",
            Self::HistoryFailed { .. } => "history_failed",
            Self::PrometheusFailed { .. } => "prometheus_failed",
            Self::PrometheusEnded { .. } => "prometheus_ended",
            Self::FleetFailed { .. } => "fleet_failed",
            Self::AddressesUnwritable { .. } => "addresses_unwritable",
            Self::SignalsUnavailable { .. } => "signals_unavailable",
            Self::Server(error) => error.code(),
        }
    }

    /// 2: wrong use or set-up, nothing was started. 3: it started and could not finish.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::PrometheusMissing { .. }
            | Self::PrometheusUnknownVersion { .. }
            | Self::NotLoopback { .. }
            | Self::PortInUse { .. }
            | Self::CannotListen { .. }
            | Self::CacheUnknown
            | Self::CacheUnusable { .. }
            | Self::AddressesUnwritable { .. } => 2,
            Self::HistoryFailed { .. }
            | Self::PrometheusFailed { .. }
            | Self::PrometheusEnded { .. }
            | Self::FleetFailed { .. }
            | Self::SignalsUnavailable { .. } => 3,
            Self::Server(error) => error.exit_code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: DemoError, code: &str, exit_code: u8, text: &str) {
        assert_eq!(
            (error.code(), error.exit_code(), error.to_string().as_str()),
            (code, exit_code, text)
        );
    }

    #[test]
    fn a_missing_prometheus_names_the_command_for_each_packager() {
        check(
            DemoError::PrometheusMissing {
                what: "The program `prometheus`".into(),
            },
            "prometheus_missing",
            2,
            "The program `prometheus` was not found. Next: install it with one of `sudo apt-get install -y prometheus`, \
             `sudo dnf install -y golang-github-prometheus` or `brew install prometheus`, or set SERVELENS_PROMETHEUS \
             to the binary or its folder.",
        );
    }

    #[test]
    fn a_taken_port_names_the_flag_that_moves_it() {
        check(
            DemoError::PortInUse {
                flag: "listen",
                addr: ([127, 0, 0, 1], 8477).into(),
            },
            "port_in_use",
            2,
            "127.0.0.1:8477 is in use already. Next: end the program that listens there, or pick another address with \
             --listen.",
        );
    }
}
