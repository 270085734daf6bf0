//! A real Prometheus that holds the worlds and nothing else: it scrapes nothing, so nothing moves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use anyhow::{Context as _, Result, anyhow};
use tempfile::TempDir;

use super::calc::Rules;
use super::world::World;
use super::world::blocks::{self, Bounds};
use tests::rig::child::{self, Tied};
use tests::rig::go_tool::PROMETHEUS_3;
use tests::rig::{http, paths, serve, wait};

/// The demo's: blocks hold no staleness markers, and what was lost must vanish when it vanishes.
const LOOKBACK_S: i64 = 59;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    /// Debian's, as `promtool` is.
    Two,
    /// Built from its Go module.
    Three,
}

impl Generation {
    pub fn rules(self) -> Rules {
        Rules {
            left_open: self == Self::Three,
            zero_last: self == Self::Three,
            lookback: LOOKBACK_S,
        }
    }

    fn bounds(self) -> Bounds {
        match self {
            Self::Two => Bounds::AsWritten,
            Self::Three => Bounds::Floats,
        }
    }

    fn program(self) -> Result<PathBuf> {
        match self {
            Self::Two => Ok(paths::prometheus()),
            Self::Three => PROMETHEUS_3.path(),
        }
    }
}

#[derive(Debug)]
struct Store {
    url: String,
    _data: TempDir,
    _child: Mutex<Tied>,
}

/// Started once, by whoever comes first.
type Cell = &'static OnceLock<Result<Store, String>>;

/// The base address of the one Prometheus of this generation that holds these worlds; it ends with this process.
pub async fn store(generation: Generation, worlds: &[&World]) -> Result<String> {
    store_of("all", generation, worlds).await
}

/// As [`store`], for one who counts what is asked of it.
pub async fn store_of(owner: &str, generation: Generation, worlds: &[&World]) -> Result<String> {
    static STORES: Mutex<BTreeMap<(Generation, String), Cell>> = Mutex::new(BTreeMap::new());
    let names: Vec<_> = std::iter::once(owner)
        .chain(worlds.iter().map(|world| world.name.as_str()))
        .collect();
    let cell = *STORES
        .lock()
        .expect("nobody panics while holding it")
        .entry((generation, names.join(" ")))
        .or_insert_with(|| Box::leak(Box::default()));
    let started = cell.get_or_init(|| start(generation, worlds).map_err(|fault| format!("{fault:#}")));
    let store = started
        .as_ref()
        .map_err(|fault| anyhow!("Prometheus did not start: {fault}"))?;
    wait::until(
        "Prometheus is ready",
        async || http::get(&format!("{}/-/ready", store.url)).await,
        |answer| answer.status.is_success(),
    )
    .await?;
    Ok(store.url.clone())
}

fn start(generation: Generation, worlds: &[&World]) -> Result<Store> {
    let data = tempfile::tempdir()?;
    for world in worlds {
        blocks::link(&blocks::blocks(world, generation.bounds())?, data.path())?;
    }
    let config = data.path().join("prometheus.yml");
    std::fs::write(&config, "{}\n")?;
    let address = format!("127.0.0.1:{}", serve::free_port()?);
    let flag = |name: &str, path: &Path| format!("--{name}={}", path.display());
    let flags = [
        flag("config.file", &config),
        flag("storage.tsdb.path", data.path()),
        format!("--web.listen-address={address}"),
        format!("--query.lookback-delta={LOOKBACK_S}s"),
        "--storage.tsdb.retention.time=100y".to_owned(),
        // Equal limits: the blocks stay as they are.
        "--storage.tsdb.min-block-duration=2h".to_owned(),
        "--storage.tsdb.max-block-duration=2h".to_owned(),
        "--log.level=error".to_owned(),
    ];
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let child = child::start_kept(&generation.program()?, &flags, &[]).context("starting Prometheus")?;
    Ok(Store {
        url: format!("http://{address}"),
        _data: data,
        _child: Mutex::new(child),
    })
}
