//! The catalogue that is served: what ships with the program, with an administrator's own files laid over it.
//!
//! The folder is read again and again, because a mounted ConfigMap changes by swapping links, which no watch of a file
//! sees. A request keeps the catalogue that it began with. A broken file never takes away what works.

mod folder;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use catalog::{Catalog, read::Fault};
use promql_guard::{STACK_BYTES, Wall};
use tokio::sync::watch;

use crate::route::catalog_answer;
use folder::Texts;

/// A changed ConfigMap takes the kubelet up to a minute or two; this adds little to it.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// One state of the catalogue, whole.
#[derive(Debug)]
pub struct Loaded {
    pub catalog: Arc<Catalog>,
    /// `GET /api/catalog`, made once.
    pub answer: Bytes,
}

/// The catalogue as it is now.
#[derive(Debug)]
pub struct Served {
    now: watch::Sender<Arc<Loaded>>,
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    folder: PathBuf,
    /// What `now` was made of.
    texts: tokio::sync::Mutex<Texts>,
}

impl Served {
    /// A catalogue that never changes.
    pub fn fixed(catalog: Catalog) -> Result<Self, String> {
        Ok(Self {
            now: watch::Sender::new(Arc::new(loaded(catalog, &[])?)),
            own: None,
        })
    }

    /// The shipped one, with the files of the folder laid over it.
    pub fn with_folder(folder: PathBuf) -> Result<Self, String> {
        let texts = folder::read(&folder);
        Ok(Self {
            now: watch::Sender::new(Arc::new(layered(&texts)?)),
            own: Some(Own {
                folder,
                texts: tokio::sync::Mutex::new(texts),
            }),
        })
    }

    pub fn now(&self) -> Arc<Loaded> {
        Arc::clone(&self.now.borrow())
    }

    /// Reads the folder again; true where something has changed.
    pub async fn look(&self) -> Result<bool, String> {
        let Some(own) = &self.own else { return Ok(false) };
        let mut known = own.texts.lock().await;
        let (folder, before) = (own.folder.clone(), known.clone());
        let read = tokio::task::spawn_blocking(move || {
            let texts = folder::read(&folder);
            match texts == before {
                true => Ok(None),
                false => layered(&texts).map(|loaded| Some((texts, loaded))),
            }
        });
        let read = read.await.map_err(|cause| cause.to_string())?;
        let Some((texts, loaded)) = read? else {
            return Ok(false);
        };
        *known = texts;
        self.now.send_replace(Arc::new(loaded));
        Ok(true)
    }

    /// Looks until the server stops.
    pub async fn watch(&self, mut stopped: watch::Receiver<bool>) {
        if self.own.is_none() {
            return;
        }
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            if let Err(fault) = self.look().await {
                tracing::error!("the own dashboards could not be read again: {fault}");
            }
        }
    }
}

/// Runs what judges queries: their parser wants more stack than a runtime's threads have.
pub fn with_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let thread = std::thread::Builder::new()
        .name("own-dashboards".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(work)
        .map_err(|cause| format!("no thread for reading dashboards: {cause}"))?;
    thread.join().map_err(|_| "reading dashboards panicked".to_owned())
}

/// The folder's readable files.
pub fn texts(folder: &Path) -> BTreeMap<String, String> {
    folder::read(folder).files
}

fn layered(texts: &Texts) -> Result<Loaded, String> {
    let texts = texts.clone();
    with_stack(move || {
        let files: Vec<_> = texts
            .files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let layered = Catalog::embedded_with(&files, &judge).map_err(|fault| fault.to_string())?;
        let mut faults = texts.faults;
        faults.extend(layered.faults);
        faults.sort();
        tell(files.len(), &faults);
        loaded(layered.catalog, &faults)
    })?
}

fn loaded(catalog: Catalog, faults: &[Fault]) -> Result<Loaded, String> {
    let answer = catalog_answer(&catalog, faults).map_err(|cause| cause.to_string())?;
    Ok(Loaded {
        catalog: Arc::new(catalog),
        answer,
    })
}

/// Whether Prometheus would take it. The wall is asked for a label that nobody uses, so that only the query counts.
pub fn judge(text: &str) -> Result<(), String> {
    let wall = Wall::new("servelens_own", ["x".to_owned()]).map_err(|refusal| refusal.to_string())?;
    match wall.confine(text) {
        Ok(_) => Ok(()),
        Err(refusal) => Err(refusal.to_string().trim_end_matches('.').to_owned()),
    }
}

fn tell(files: usize, faults: &[Fault]) {
    for fault in faults {
        let Fault {
            file,
            line,
            reason,
            next_step,
        } = fault;
        tracing::warn!(%file, line, next_step, "an own dashboard is left out: {reason}");
    }
    tracing::info!(files, faults = faults.len(), "own dashboards read");
}
