//! What can be wrong with a demo, found before anything slow begins.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;
use catalog::Catalog;

use super::addresses::Addresses;
use super::args::Args;
use super::error::DemoError;
use super::history;
use super::listen::claim;
use super::prometheus::{self, Programs, Surroundings};
use crate::StartError;
use crate::app::App;
use crate::config::{
    CacheConfig, IdentityMode, Limits, LogConfig, LogFormat, ManifestShape, PluginExtensions, ServeConfig,
    UpstreamConfig, UpstreamKind,
};
use crate::own::Served;

/// What can be wrong before anything slow begins.
pub struct Checked {
    pub programs: Programs,
    pub root: PathBuf,
    pub servelens: TcpListener,
    pub fleet: TcpListener,
}

/// Claims the addresses and looks at everything that the arguments name. What it returns holds the claims.
pub async fn check(args: &Args) -> Result<Checked, DemoError> {
    let servelens = claim("listen", args.listen)?;
    let fleet = claim("fleet-listen", args.fleet_listen)?;
    drop(claim(prometheus::FLAG, args.prometheus_listen)?);
    // Reads the page's files, so that a wrong --assets is told before the history is made.
    let catalog = Catalog::embedded().map_err(|error| StartError::Failed(error.to_string()))?;
    let catalog = Served::fixed(catalog).map_err(StartError::Failed)?;
    App::new(
        &serve_config(args.listen, args.assets.clone(), args.prometheus_listen)?,
        catalog,
    )?;
    let surroundings = Surroundings {
        chosen: args.prometheus.clone(),
        path: std::env::var_os("PATH"),
    };
    let programs = prometheus::find(&surroundings).await?;
    if let Some(path) = &args.addresses {
        Addresses::make_way(path)?;
    }
    let root = history::root(
        args.cache.clone(),
        std::env::var_os("XDG_CACHE_HOME"),
        std::env::var_os("HOME"),
    )?;
    Ok(Checked {
        programs,
        root,
        servelens,
        fleet,
    })
}

/// How Servelens runs in the demo.
pub fn serve_config(listen: SocketAddr, assets: PathBuf, prometheus: SocketAddr) -> Result<ServeConfig, DemoError> {
    let cluster_url = Uri::builder()
        .scheme("http")
        .authority(prometheus.to_string())
        .path_and_query("/")
        .build();
    Ok(ServeConfig {
        listen,
        metrics_listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: None,
        assets,
        dashboards: None,
        manifest_shape: ManifestShape::Standard,
        console_base_path: "/".to_owned(),
        plugin_extensions: PluginExtensions::all(),
        identity: IdentityMode::Demo,
        session: None,
        upstream: UpstreamConfig {
            kind: UpstreamKind::Prometheus,
            cluster_url: cluster_url.map_err(|error| StartError::Failed(error.to_string()))?,
            front: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(1),
            timeout: Duration::from_secs(25),
        },
        cache: CacheConfig {
            bytes: 128 << 20,
            refresh: Duration::from_secs(30),
        },
        limits: Limits::usual().map_err(StartError::Faults)?,
        scrape_interval_s: 30,
        shutdown_delay: Duration::ZERO,
        log: log(),
    })
}

/// Warnings only: standard error is for the progress and the addresses.
pub fn log() -> LogConfig {
    LogConfig {
        format: LogFormat::Text,
        level: "warn".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    /// A folder that passes for a built page.
    fn page() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("assets")).unwrap();
        for name in ["index.html", "plugin-entry.js", "asset-manifest.json"] {
            std::fs::write(folder.path().join(name), "{}").unwrap();
        }
        folder
    }

    /// Checks with these arguments on top of good ones; says the code and the exit code.
    async fn fault(arguments: &[&str]) -> Option<(&'static str, u8)> {
        let (page, cache) = (page(), tempfile::tempdir().unwrap());
        let (page, cache) = (page.path().to_str().unwrap(), cache.path().to_str().unwrap());
        let mut line = vec!["demo", "--cache", cache];
        for (flag, value) in [("--listen", "127.0.0.1:0"), ("--assets", page)] {
            if !arguments.contains(&flag) {
                line.extend([flag, value]);
            }
        }
        line.extend(arguments);
        let args = Line::try_parse_from(line).unwrap().args;
        check(&args).await.err().map(|error| (error.code(), error.exit_code()))
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_before_the_history_is_made() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = other.local_addr().unwrap().to_string();
        assert_eq!(fault(&[]).await, None);
        assert_eq!(fault(&["--listen", &taken]).await, Some(("port_in_use", 2)));
        assert_eq!(fault(&["--fleet-listen", &taken]).await, Some(("port_in_use", 2)));
        assert_eq!(fault(&["--prometheus-listen", &taken]).await, Some(("port_in_use", 2)));
        assert_eq!(fault(&["--listen", "0.0.0.0:0"]).await, Some(("demo_not_loopback", 2)));
        assert_eq!(
            fault(&["--assets", "/no/such/folder"]).await,
            Some(("bad_configuration", 2))
        );
        assert_eq!(
            fault(&["--addresses", "/no/such/folder/file"]).await,
            Some(("addresses_unwritable", 2))
        );
        assert_eq!(
            fault(&["--prometheus", "/no/such/prometheus"]).await,
            Some(("prometheus_missing", 2))
        );
    }
}
