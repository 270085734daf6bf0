//! What every request shares. Nothing in it belongs to a caller.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    StartError,
    cluster::Cluster,
    config::{Limits, ServeConfig},
    identity::Identity,
    own::Served,
    plugin::Plugin,
    query::{Gate, Guard, Kept, Known, Room},
    route::Assets,
    telemetry::Metrics,
    upstream::Upstream,
};

pub struct App {
    pub assets: Assets,
    pub plugin: Plugin,
    pub catalog: Served,
    pub identity: Identity,
    pub upstream: Arc<Upstream>,
    /// Says who may ask what; `None` where everybody asks one store.
    pub cluster: Option<Cluster>,
    pub gate: Gate,
    /// Before the engine that sets up the cluster.
    pub setups: Gate,
    pub room: Room,
    pub guard: Guard,
    /// What has been measured of the upstream's data.
    pub known: Known,
    /// Answers that serve their caller again.
    pub kept: Kept,
    pub metrics: Arc<Metrics>,
    pub limits: Limits,
    /// Whether this server's own ports are encrypted.
    pub is_https: bool,
    pub scrape_interval_s: u32,
    ready: AtomicBool,
    /// How far a test has set the clock forward.
    #[cfg(test)]
    pub jumped: std::sync::atomic::AtomicI64,
}

impl App {
    /// Reads the page's files and the certificates; opens no socket.
    pub fn new(config: &ServeConfig, catalog: Served) -> Result<App, StartError> {
        let metrics = Arc::new(Metrics::new());
        let identity = Identity::new(config).map_err(StartError::Configuration)?;
        let assets = Assets::load(&config.assets).map_err(StartError::Configuration)?;
        let upstream = Upstream::new(&config.upstream, config.limits.answers.bytes, Arc::clone(&metrics))
            .map_err(StartError::Configuration)?;
        let cluster = Cluster::new(config).map_err(StartError::Configuration)?;
        Ok(App {
            plugin: Plugin::new(config, &assets.build_hash).map_err(StartError::Configuration)?,
            assets,
            catalog,
            identity,
            upstream: Arc::new(upstream),
            cluster,
            gate: Gate::new(config.limits.queries, metrics.queries.clone(), Arc::clone(&metrics)),
            setups: Gate::new(config.limits.setups, metrics.setups.clone(), Arc::clone(&metrics)),
            room: Room::new(&config.limits, Arc::clone(&metrics)),
            guard: Guard::start().map_err(|cause| StartError::Failed(format!("the guard's threads: {cause}")))?,
            known: Known::default(),
            kept: Kept::new(config.cache),
            metrics,
            limits: config.limits,
            is_https: config.tls.is_some(),
            scrape_interval_s: config.scrape_interval_s,
            ready: AtomicBool::new(true),
            #[cfg(test)]
            jumped: std::sync::atomic::AtomicI64::new(0),
        })
    }

    /// False as soon as the server has been asked to stop.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    pub fn not_ready_any_more(&self) {
        self.ready.store(false, Ordering::Relaxed);
    }

    /// Unix seconds, as the machine's clock has them. Waits and time-outs never use it: it may jump.
    pub fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        #[cfg(test)]
        let now = now.saturating_add(self.jumped.load(Ordering::Relaxed));
        now
    }
}
