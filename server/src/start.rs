//! From a configuration to a running server, and back to nothing.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use catalog::Catalog;
use prometheus_client::metrics::gauge::Gauge;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    app::App,
    config::{ConfigFaults, IdentityMode, ServeConfig},
    listener::{self, Certificates, Port},
    own::Served,
    route,
};

/// Why the server did not start. `Display` says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Faults(#[from] ConfigFaults),
    #[error("the configuration has a fault: {0}")]
    Configuration(String),
    #[error("cannot listen on {addr}: {cause}; end the program that uses the port, or choose another with {flag}")]
    Listen {
        addr: SocketAddr,
        flag: &'static str,
        cause: io::Error,
    },
    #[error("the server could not start: {0}; report this")]
    Failed(String),
}

impl StartError {
    /// The fixed name of the fault, for tools.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            StartError::Faults(_) | StartError::Configuration(_) => "bad_configuration",
            StartError::Listen { cause, .. } if cause.kind() == io::ErrorKind::AddrInUse => "port_in_use",
            StartError::Listen { .. } => "cannot_listen",
            StartError::Failed(_) => "start_failed",
        }
    }

    /// 2: wrong use or configuration, a port in use included. 3: could not finish.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            StartError::Faults(_) | StartError::Configuration(_) | StartError::Listen { .. } => 2,
            StartError::Failed(_) => 3,
        }
    }
}

/// A server that answers.
pub struct Running {
    /// Where the page and the API are; the port is the real one where 0 was asked for.
    pub addr: SocketAddr,
    pub metrics_addr: SocketAddr,
    pub(crate) app: Arc<App>,
    /// Of both ports, where they are encrypted.
    #[cfg(test)]
    pub(crate) certificates: Option<Arc<Certificates>>,
    shutdown_delay: Duration,
    stop: watch::Sender<bool>,
    listeners: [JoinHandle<()>; 2],
}

impl Running {
    /// Readiness fails first; after the configured delay no more requests are taken, and those in flight finish.
    pub async fn stop(self) {
        self.app.not_ready_any_more();
        tokio::time::sleep(self.shutdown_delay).await;
        self.stop.send_replace(true);
        for listener in self.listeners {
            if let Err(cause) = listener.await {
                tracing::error!(%cause, "a listener ended in a panic");
            }
        }
    }
}

/// Starts with the catalogue that ships with the program, and with the own files that the configuration names.
pub async fn start(config: ServeConfig) -> Result<Running, StartError> {
    let catalog = match &config.dashboards {
        Some(folder) if !folder.is_dir() => {
            let folder = folder.display();
            let fault = format!("--dashboards {folder} is no folder; give one that holds *.toml, or leave it out");
            return Err(StartError::Configuration(fault));
        }
        Some(folder) => Served::with_folder(folder.clone()).map_err(StartError::Failed)?,
        None => {
            let catalog = Catalog::embedded().map_err(|cause| StartError::Failed(cause.to_string()))?;
            Served::fixed(catalog).map_err(StartError::Failed)?
        }
    };
    start_serving(config, catalog).await
}

/// Starts with another catalogue.
pub async fn start_with(config: ServeConfig, catalog: Catalog) -> Result<Running, StartError> {
    start_serving(config, Served::fixed(catalog).map_err(StartError::Failed)?).await
}

async fn start_serving(config: ServeConfig, catalog: Served) -> Result<Running, StartError> {
    let app = Arc::new(App::new(&config, catalog)?);
    let refused = &app.metrics.certificate_refused;
    let certificates = config.tls.as_ref().map(|tls| Certificates::new(tls, refused.clone()));
    let certificates = certificates.transpose().map_err(StartError::Configuration)?;
    let acceptor = certificates.as_ref().map(Certificates::acceptor);
    let port = Port {
        limits: config.limits.connections,
        tls: acceptor.transpose().map_err(StartError::Configuration)?,
        connections: app.metrics.connections.clone(),
    };
    let metrics_port = Port {
        connections: Gauge::default(),
        ..port.clone()
    };
    let bind = async |addr, flag| {
        let bound = listener::bind(addr).await;
        bound.map_err(|cause| StartError::Listen { addr, flag, cause })
    };
    let page = bind(config.listen, "--listen").await?;
    let metrics = bind(config.metrics_listen, "--metrics-listen").await?;
    let (addr, metrics_addr) = (page.addr, metrics.addr);
    warn_of_clear_text(&config);
    let (stop, stopped) = watch::channel(false);
    let listeners = [
        listener::serve(page, route::router(Arc::clone(&app)), port, stopped.clone()),
        listener::serve(
            metrics,
            route::metrics_router(Arc::clone(&app)),
            metrics_port,
            stopped.clone(),
        ),
    ];
    if let Some(certificates) = &certificates {
        tokio::spawn(Arc::clone(certificates).watch(stopped.clone()));
    }
    let watching = Arc::clone(&app);
    tokio::spawn(async move { watching.catalog.watch(stopped).await });
    tracing::info!(%addr, %metrics_addr, identity = %config.identity, upstream = %config.upstream.kind, "serving");
    Ok(Running {
        addr,
        metrics_addr,
        app,
        #[cfg(test)]
        certificates,
        shutdown_delay: config.shutdown_delay,
        stop,
        listeners,
    })
}

/// Starts, serves until SIGTERM or SIGINT, and stops.
pub async fn run(config: ServeConfig) -> Result<(), StartError> {
    let running = start(config).await?;
    let asked = listener::asked_to_stop().await;
    asked.map_err(|cause| StartError::Failed(format!("signals cannot be heard: {cause}")))?;
    tracing::info!("asked to stop");
    running.stop().await;
    Ok(())
}

fn warn_of_clear_text(config: &ServeConfig) {
    let url = &config.upstream.cluster_url;
    let host = url.host().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if config.identity == IdentityMode::Bearer && url.scheme_str() == Some("http") && !local {
        tracing::warn!("callers' tokens go to the metrics store unencrypted; use https in cluster-url");
    }
}
