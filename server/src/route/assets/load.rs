//! Reads the directory once.

use std::{collections::BTreeMap, ffi::OsStr, fs, path::Path};

use axum::http::HeaderValue;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{Asset, Assets, Variant, conditional::etag_of, encoding::Encoding};

/// Far above any build of the page; keeps a wrong `--assets` from filling the memory.
const MOST_BYTES: u64 = 64 << 20;
/// Without these there is no page.
const NEEDED: [&str; 3] = ["index.html", "plugin-entry.js", "asset-manifest.json"];

/// The console's languages, each with a folder of words.
const LANGUAGES: [&str; 6] = ["en", "es", "fr", "ja", "ko", "zh"];

/// The types are exact, because browsers are told not to guess, and WebAssembly streams only as its own.
fn content_type(name: &str) -> Option<&'static str> {
    Some(match Path::new(name).extension().and_then(OsStr::to_str)? {
        "css" => "text/css",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

pub fn load(directory: &Path) -> Result<Assets, String> {
    let hint = "build the page with `cargo xtask build`, or give its directory";
    let shown = directory.display();
    let mut raw = BTreeMap::new();
    let mut left = MOST_BYTES;
    let mut folders = vec![
        (directory.to_path_buf(), String::new()),
        (directory.join("assets"), "assets/".to_owned()),
    ];
    let locales = LANGUAGES.map(|tag| (directory.join("locales").join(tag), format!("locales/{tag}/")));
    // A page without words is whole: it speaks English.
    folders.extend(locales.into_iter().filter(|(folder, _)| folder.is_dir()));
    for (folder, prefix) in folders {
        read_folder(&folder, &prefix, &mut left, &mut raw)
            .map_err(|cause| format!("--assets {shown}: {} cannot be read: {cause}; {hint}", folder.display()))?;
    }
    if let Some(missing) = NEEDED.iter().find(|name| !raw.contains_key(**name)) {
        return Err(format!("--assets {shown}: there is no {missing}; {hint}"));
    }
    let mut whole = Sha256::new();
    let mut files = BTreeMap::new();
    for (name, bytes) in &raw {
        let Some(content_type) = content_type(name) else {
            continue;
        };
        whole.update(name);
        whole.update(Sha256::digest(bytes));
        let variants = [Encoding::Plain, Encoding::Brotli, Encoding::Gzip]
            .into_iter()
            .filter_map(|encoding| {
                let bytes = raw.get(&format!("{name}{}", encoding.suffix()))?.clone();
                let etag = etag_of(&bytes, encoding);
                Some(Variant { encoding, bytes, etag })
            });
        let asset = Asset {
            content_type: HeaderValue::from_static(content_type),
            variants: variants.collect(),
        };
        files.insert(name.clone(), asset);
    }
    let build_hash = hex(whole.finalize().get(..8).unwrap_or_default());
    Ok(Assets { files, build_hash })
}

fn read_folder(
    folder: &Path,
    prefix: &str,
    left: &mut u64,
    into: &mut BTreeMap<String, Bytes>,
) -> Result<(), std::io::Error> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Follows links: a mounted ConfigMap is made of them. What they point to was chosen by who mounted it.
        let facts = fs::metadata(entry.path())?;
        let name = entry.file_name();
        let (true, Some(name)) = (facts.is_file(), name.to_str()) else {
            continue;
        };
        let plain = name.trim_end_matches(".br").trim_end_matches(".gz");
        if content_type(plain).is_none() {
            tracing::debug!(file = name, "not served: no content type is known for it");
            continue;
        }
        *left = left
            .checked_sub(facts.len())
            .ok_or_else(|| std::io::Error::other("holds more than 64 MiB"))?;
        into.insert(format!("{prefix}{name}"), Bytes::from(fs::read(entry.path())?));
    }
    Ok(())
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
