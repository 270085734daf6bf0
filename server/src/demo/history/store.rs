//! The cache folder: finished blocks of the simulated past, shared by every demo of this user with the same seed.
//!
//! ```text
//! <root>/lock                       held while run folders are made and swept
//! <root>/run-XXXXXX/                one running demo: `lock` (held as long as it lives) and Prometheus's `data`
//! <root>/<key>/lock                 held while this history is extended
//! <root>/<key>/meta.json            when the simulation begins
//! <root>/<key>/blocks/<from>-<to>/  Prometheus blocks of that span, and `made.json`
//! <root>/<key>/tmp-XXXXXX/          a span in the making
//! ```
//! A span appears by a rename, so it is whole or absent. Prometheus gets hard links: what it deletes there stays here.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::plan::Span;
use crate::demo::addresses::write_whole;
use crate::demo::error::DemoError;

/// Raised whenever what is written for the same simulation changes.
const FORMAT: u32 = 1;

/// A simulation older than this is begun anew: walking through it again would take longer than its blocks are worth.
const MAX_AGE_S: i64 = 48 * 3600;

/// When the simulation began; the same for every demo that uses this folder.
#[derive(Debug, Serialize, Deserialize, PartialEq)]
pub struct Meta {
    pub seed: u64,
    /// Unix seconds.
    pub origin: i64,
}

/// What is known of one finished span.
#[derive(Debug, Serialize, Deserialize)]
pub struct Made {
    pub samples: u64,
    pub digest: String,
    /// All block files together: a file cut short by a crash shows here.
    pub bytes: u64,
}

#[derive(Debug)]
pub struct Piece {
    pub span: Span,
    pub made: Made,
    pub path: PathBuf,
}

/// Held until dropped, or until the process ends in whatever way.
pub struct Lock {
    _file: File,
}

pub struct Store {
    folder: PathBuf,
    seed: u64,
}

/// `--cache`, else `$XDG_CACHE_HOME/servelens/demo`, else `~/.cache/servelens/demo`.
pub fn root(given: Option<PathBuf>, xdg: Option<OsString>, home: Option<OsString>) -> Result<PathBuf, DemoError> {
    if let Some(root) = given {
        return Ok(root);
    }
    // The XDG specification has relative paths ignored.
    let xdg = xdg.map(PathBuf::from).filter(|path| path.is_absolute());
    let home = home
        .filter(|home| !home.is_empty())
        .map(|home| PathBuf::from(home).join(".cache"));
    xdg.or(home)
        .map(|cache| cache.join("servelens").join("demo"))
        .ok_or(DemoError::CacheUnknown)
}

impl Store {
    /// The folder of this seed's history, made if it is not there.
    pub fn open(root: &Path, seed: u64) -> Result<Self, DemoError> {
        let key = Sha256::digest(format!("{seed} {FORMAT} {}", env!("CARGO_PKG_VERSION")));
        let key: String = key.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let folder = root.join(key);
        fs::create_dir_all(folder.join("blocks")).map_err(unusable(&folder))?;
        Ok(Self { folder, seed })
    }

    /// Waits for other demos that extend the same history, and says so once.
    pub async fn lock(&self) -> Result<Lock, DemoError> {
        let waiting = || eprintln!("Another demo prepares the same history; waiting for it.");
        let lock = lock(&self.folder.join("lock"), waiting).await?;
        self.sweep();
        Ok(lock)
    }

    /// What a killed demo left half made.
    fn sweep(&self) {
        for (name, path) in entries(&self.folder) {
            if name.starts_with("tmp-") {
                let _ = fs::remove_dir_all(path);
            }
        }
    }

    /// The simulation's beginning; a new one, `span_s` before `now`, where there is none, it is too old, or the clock was set
    /// back before it.
    pub fn origin(&self, now: i64, span_s: i64) -> Result<i64, DemoError> {
        let meta: Option<Meta> = read(&self.folder.join("meta.json"));
        if let Some(meta) = meta
            && meta.seed == self.seed
            && (meta.origin..=meta.origin + MAX_AGE_S.max(2 * span_s)).contains(&now)
        {
            return Ok(meta.origin);
        }
        self.forget()?;
        // Every scrape interval in use divides five minutes.
        let origin = (now - span_s).div_euclid(300) * 300;
        let path = self.folder.join("meta.json");
        write_whole(
            &path,
            &Meta {
                seed: self.seed,
                origin,
            },
        )
        .map_err(unusable(&path))?;
        Ok(origin)
    }

    /// Drops every block and the origin. Demos that run keep their links.
    pub fn forget(&self) -> Result<(), DemoError> {
        let blocks = self.folder.join("blocks");
        let meta = self.folder.join("meta.json");
        for gone in [fs::remove_file(&meta), fs::remove_dir_all(&blocks)] {
            gone.or_else(|error| {
                if error.kind() == io::ErrorKind::NotFound {
                    Ok(())
                } else {
                    Err(error)
                }
            })
            .map_err(unusable(&self.folder))?;
        }
        fs::create_dir_all(&blocks).map_err(unusable(&blocks))
    }

    /// The finished spans, oldest first. One that is not whole is removed.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces: Vec<_> = entries(&self.folder.join("blocks"))
            .filter_map(|(name, path)| {
                let piece = open_piece(&name, &path);
                if piece.is_none() {
                    let _ = fs::remove_dir_all(&path);
                }
                piece
            })
            .collect();
        pieces.sort_by_key(|piece| piece.span);
        pieces
    }

    /// A folder to make a span in, beside the finished ones, so that `keep` is a rename.
    pub fn workshop(&self) -> Result<TempDir, DemoError> {
        tempfile::Builder::new()
            .prefix("tmp-")
            .tempdir_in(&self.folder)
            .map_err(unusable(&self.folder))
    }

    /// Moves the blocks in `from` into the cache.
    pub fn keep(&self, span: Span, from: &Path, samples: u64, digest: String) -> Result<Piece, DemoError> {
        let path = self.folder.join("blocks").join(format!("{}-{}", span.from, span.to));
        let made = Made {
            samples,
            digest,
            bytes: size_of(from).map_err(unusable(from))?,
        };
        write_whole(&from.join("made.json"), &made).map_err(unusable(from))?;
        // Only a span that was found broken can stand here.
        let _ = fs::remove_dir_all(&path);
        fs::rename(from, &path).map_err(unusable(&path))?;
        Ok(Piece { span, made, path })
    }
}

fn open_piece(name: &str, path: &Path) -> Option<Piece> {
    let (from, to) = name.split_once('-')?;
    let span = Span {
        from: from.parse().ok()?,
        to: to.parse().ok()?,
    };
    let made: Made = read(&path.join("made.json"))?;
    (size_of(path).ok()? == made.bytes).then(|| Piece {
        span,
        made,
        path: path.to_owned(),
    })
}

/// The bytes of all block files below `folder`, `made.json` not counted.
fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for (name, path) in entries(folder) {
        let metadata = fs::metadata(&path)?;
        if metadata.is_dir() {
            bytes += size_of(&path)?;
        } else if name != "made.json" {
            bytes += metadata.len();
        }
    }
    Ok(bytes)
}

/// Waits for the lock at `path`; `waiting` is called once if that takes more than a moment.
pub async fn lock(path: &Path, waiting: impl FnOnce()) -> Result<Lock, DemoError> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(unusable(path))?;
    let mut waiting = Some(waiting);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(TryLockError::Error(reason)) => return Err(unusable(path)(reason)),
            Err(TryLockError::WouldBlock) => {
                if let Some(waiting) = waiting.take() {
                    waiting();
                }
                // There is no notice for a freed file lock that could be cancelled.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Takes the lock at `path` if nobody holds it.
pub fn try_lock(path: &Path) -> Option<Lock> {
    let file = File::options().create(true).append(true).open(path).ok()?;
    file.try_lock().ok().map(|()| Lock { _file: file })
}

pub fn entries(folder: &Path) -> impl Iterator<Item = (String, PathBuf)> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
}

pub fn read<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

pub fn unusable(path: &Path) -> impl FnOnce(io::Error) -> DemoError + use<> {
    let path = path.to_owned();
    move |reason| DemoError::CacheUnusable { path, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_given_one_or_the_users_cache() {
        let check = |given: Option<&str>, xdg: Option<&str>, home: Option<&str>, expect: &str| {
            let found = root(
                given.map(PathBuf::from),
                xdg.map(OsString::from),
                home.map(OsString::from),
            );
            assert_eq!(
                found.map_or_else(|error| error.code().to_owned(), |path| path.display().to_string()),
                expect
            );
        };
        check(Some("mine"), Some("/x"), Some("/h"), "mine");
        check(None, Some("/x"), Some("/h"), "/x/servelens/demo");
        check(None, Some("relative"), Some("/h"), "/h/.cache/servelens/demo");
        check(None, None, Some("/h"), "/h/.cache/servelens/demo");
        check(None, None, Some(""), "cache_unknown");
    }

    #[test]
    fn the_origin_stays_until_it_is_two_days_old() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path(), 7).unwrap();
        let day = 24 * 3600;
        let now = 1_800_000_123;
        let first = store.origin(now, day).unwrap();
        assert_eq!(first, 1_800_000_000 - day);
        assert_eq!(store.origin(first + 2 * day, day).unwrap(), first);
        let second = store.origin(first + 2 * day + 1, day).unwrap();
        assert_eq!(second, first + day);
        assert_eq!(
            store.origin(first - day, day).unwrap(),
            first - 2 * day,
            "the clock was set back"
        );
        assert_eq!(
            Store::open(root.path(), 8).unwrap().origin(now, day).unwrap(),
            first,
            "another seed, another folder"
        );
    }

    #[test]
    fn a_span_that_a_crash_cut_short_is_not_used() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path(), 7).unwrap();
        let workshop = store.workshop().unwrap();
        let out = workshop.path().join("out");
        fs::create_dir_all(out.join("B/chunks")).unwrap();
        fs::write(out.join("B/chunks/000001"), [1; 100]).unwrap();
        let kept = store.keep(Span { from: 0, to: 7200 }, &out, 5, "d".into()).unwrap();
        assert_eq!(
            store.pieces().iter().map(|piece| piece.made.bytes).collect::<Vec<_>>(),
            [100]
        );
        fs::write(kept.path.join("B/chunks/000001"), [1; 99]).unwrap();
        assert_eq!(store.pieces().len(), 0);
        assert!(!kept.path.exists());
    }

    #[tokio::test]
    async fn two_demos_do_not_make_the_same_history_at_once() {
        let root = tempfile::tempdir().unwrap();
        let store = Store::open(root.path(), 7).unwrap();
        let first = store.lock().await.unwrap();
        assert!(try_lock(&store.folder.join("lock")).is_none());
        let (told, waits) = tokio::sync::oneshot::channel();
        let path = store.folder.join("lock");
        let second = tokio::spawn(async move { lock(&path, || told.send(()).unwrap()).await.map(drop) });
        waits.await.unwrap();
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap().unwrap();
    }
}
