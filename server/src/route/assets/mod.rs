//! The built page: read into memory at start, served from there, so that no request ever names a file.
//!
//! A request's path is only compared with the names found at start: there is nothing to traverse.

mod conditional;
mod encoding;
mod load;
mod serve;

use std::{collections::BTreeMap, path::Path};

use axum::http::HeaderValue;
use bytes::Bytes;
use encoding::Encoding;

pub use conditional::{etag, not_modified};
pub use serve::{asset, asset_manifest, entry, index, locale};

/// Every file of the built page by its name below the directory, e.g. `assets/servelens.1a2b.js`.
pub struct Assets {
    files: BTreeMap<String, Asset>,
    /// Changes when any file does.
    pub build_hash: String,
}

struct Asset {
    content_type: HeaderValue,
    /// The plain one always; the others where the build has made them.
    variants: Vec<Variant>,
}

struct Variant {
    encoding: Encoding,
    bytes: Bytes,
    etag: HeaderValue,
}

impl Assets {
    /// The error is one sentence with the next step, for the person who starts the server.
    pub fn load(directory: &Path) -> Result<Assets, String> {
        load::load(directory)
    }

    fn get(&self, name: &str) -> Option<&Asset> {
        self.files.get(name)
    }
}
