//! `--addresses FILE`: where everything listens, for a test rig that started the demo on free ports.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::DemoError;

/// The base addresses, without a trailing slash.
#[derive(Debug, Serialize)]
pub struct Addresses {
    pub servelens: String,
    pub prometheus: String,
    /// `/truth`, `/processes` and `/<process>/metrics` are below it.
    pub fleet: String,
    /// Servelens's own metrics.
    pub metrics: String,
}

impl Addresses {
    pub fn new(servelens: SocketAddr, prometheus: SocketAddr, fleet: SocketAddr, metrics: SocketAddr) -> Self {
        let url = |addr: SocketAddr| format!("http://{addr}");
        Self {
            servelens: url(servelens),
            prometheus: url(prometheus),
            fleet: url(fleet),
            metrics: url(metrics),
        }
    }

    /// Removes what an earlier demo wrote there, and makes sure that this one will be able to.
    pub fn make_way(path: &Path) -> Result<(), DemoError> {
        let _ = std::fs::remove_file(path);
        let unwritable = |reason| DemoError::AddressesUnwritable {
            path: PathBuf::from(path),
            reason,
        };
        tempfile::NamedTempFile::new_in(folder(path))
            .map(drop)
            .map_err(unwritable)
    }

    /// The file appears whole or not at all, so that a reader may wait for it.
    pub fn write(&self, path: &Path) -> Result<(), DemoError> {
        write_whole(path, self).map_err(|reason| DemoError::AddressesUnwritable {
            path: PathBuf::from(path),
            reason,
        })
    }
}

/// Writes `value` as JSON beside `path` and moves it there.
pub fn write_whole(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
    serde_json::to_writer_pretty(&mut file, value)?;
    file.write_all(b"\n")?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_names_the_four_bases() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("addresses.json");
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Addresses::new(at(8477), at(1), at(2), at(3)).write(&path).unwrap();
        insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @r#"
        {
          "servelens": "http://127.0.0.1:8477",
          "prometheus": "http://127.0.0.1:1",
          "fleet": "http://127.0.0.1:2",
          "metrics": "http://127.0.0.1:3"
        }
        "#);
        Addresses::make_way(&path).unwrap();
        assert!(!path.exists(), "nobody reads the addresses of an earlier demo");
        let error = Addresses::new(at(1), at(1), at(1), at(1))
            .write(&folder.path().join("no/such"))
            .unwrap_err();
        assert_eq!((error.code(), error.exit_code()), ("addresses_unwritable", 2));
    }
}
