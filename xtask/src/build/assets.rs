//! Names each asset by its content, writes it with its gzip and brotli forms, and lists all in `asset-manifest.json`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use catalog::{Catalog, export::overview};
use flate2::{Compression, GzBuilder};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::compile::Bound;
use super::{script, template};
use crate::place::Place;

/// Logical name of the one style sheet.
const STYLES: &str = "servelens.css";

/// Starts the page at its own URL: a file of its own, because the page's Content-Security-Policy allows no script in the HTML.
const BOOT: (&str, &str) = ("standalone.js", "frontend/standalone.js");

/// What the plugin adds to the console's own cards; the entry loads it when it is first needed.
const EXTENSIONS: (&str, &str) = ("extensions.js", "assets/plugin/extensions.js");

/// Files of the page that are not hashed: the console asks for the entry by this name.
const TEMPLATES: [(&str, &str); 2] = [
    ("index.html", "frontend/index.html"),
    ("plugin-entry.js", "assets/plugin/plugin-entry.js"),
];

/// Bytes as written, and as sent to a browser that takes the encoding.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Sizes {
    pub raw: usize,
    pub gzip: usize,
    pub brotli: usize,
}

/// `asset-manifest.json`.
#[derive(Serialize)]
struct Manifest<'a> {
    version: &'a str,
    /// Logical name → path with the hash in it.
    files: BTreeMap<String, String>,
    sizes: BTreeMap<String, Sizes>,
}

/// Writes the whole content of `dist/` into `out`; gives the sizes of all assets together.
pub fn write(place: &Place, bound: &Bound, out: &Path) -> Result<Sizes> {
    let mut manifest = Manifest {
        version: &place.version,
        files: BTreeMap::new(),
        sizes: BTreeMap::new(),
    };
    fs::create_dir_all(out.join("assets"))?;

    // Inside out: what a file refers to must have its name before the file itself can be hashed.
    let wasm = add(&mut manifest, out, Bound::WASM, &bound.wasm)?;
    let mut glue = bound.glue.replace(Bound::WASM, file_name(&wasm));
    for (name, text) in &bound.snippets {
        let path = add(&mut manifest, out, &name.replace('/', "-"), text.as_bytes())?;
        // Only the import statement: the same text further down is the key by which the module itself asks for it.
        let before = format!("from \"./snippets/{name}\"");
        if !glue.contains(&before) {
            bail!("the glue has no import {before}: wasm-bindgen has changed how it names snippets");
        }
        glue = glue.replace(&before, &format!("from \"./{}\"", file_name(&path)));
    }
    add(&mut manifest, out, Bound::GLUE, glue.as_bytes())?;
    add(&mut manifest, out, STYLES, styles(place)?.as_bytes())?;
    for (name, source) in [BOOT, EXTENSIONS] {
        let text = filled(place, &manifest, source)?;
        add(&mut manifest, out, name, text.as_bytes())?;
    }

    for (name, source) in TEMPLATES {
        let text = filled(place, &manifest, source)?;
        let sizes = write_all_forms(&out.join(name), text.as_bytes())?;
        manifest.sizes.insert(name.to_owned(), sizes);
    }
    locales(place, out)?;
    fs::write(
        out.join("asset-manifest.json"),
        serde_json::to_string_pretty(&manifest)? + "\n",
    )?;

    let total = manifest.sizes.values().fold(Sizes::default(), |sum, one| Sizes {
        raw: sum.raw + one.raw,
        gzip: sum.gzip + one.gzip,
        brotli: sum.brotli + one.brotli,
    });
    Ok(total)
}

/// The template at `source`, with the names that the assets have got so far.
fn filled(place: &Place, manifest: &Manifest<'_>, source: &str) -> Result<String> {
    let source = place.root.join(source);
    let text = fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    let mut values = manifest.files.clone();
    values.insert("version".to_owned(), place.version.clone());
    values.insert("overview".to_owned(), overview()?);
    let filled = template::fill(&text, &values).with_context(|| format!("in {}", source.display()))?;
    if source.extension().is_some_and(|ending| ending == "js") {
        return script::slim(&filled).with_context(|| format!("in {}", source.display()));
    }
    Ok(filled)
}

/// What the console's own cards ask, from the catalogue; JSON is JavaScript.
fn overview() -> Result<String> {
    let catalog = Catalog::embedded()?;
    Ok(serde_json::to_string(&overview::overview(&catalog)?)?)
}

/// The words of each language, by names that the console knows. They are not counted: English, with which a page is
/// measured, needs none.
fn locales(place: &Place, out: &Path) -> Result<()> {
    let root = place.root.join("assets").join("locales");
    for file in super::inputs::files_under(&root)? {
        let to = out.join("locales").join(file.strip_prefix(&root)?);
        fs::create_dir_all(to.parent().context("a file of words stands in a folder")?)?;
        // Sorted and indented for who reads them; sent without the white space.
        let words: BTreeMap<String, String> = serde_json::from_slice(&fs::read(&file)?)
            .with_context(|| format!("{} is no object of texts", file.display()))?;
        write_all_forms(&to, &serde_json::to_vec(&words)?)?;
    }
    Ok(())
}

/// The tokens first: the rules use them.
fn styles(place: &Place) -> Result<String> {
    let folder = place.root.join("assets").join("styles");
    let mut all = String::new();
    for name in ["tokens.css", STYLES] {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        all.push_str(&script::slim(&text).with_context(|| format!("in {}", path.display()))?);
    }
    Ok(all)
}

/// `servelens.css` → `assets/servelens.<hash>.css`, written in all forms.
fn add(manifest: &mut Manifest<'_>, out: &Path, name: &str, bytes: &[u8]) -> Result<String> {
    let (stem, extension) = name.rsplit_once('.').context("an asset's name needs an extension")?;
    // 12 hex digits: 48 bits, of which two versions of one file will never share all.
    let hash: String = hex(&Sha256::digest(bytes)).chars().take(12).collect();
    let path = format!("assets/{stem}.{hash}.{extension}");
    manifest
        .sizes
        .insert(path.clone(), write_all_forms(&out.join(&path), bytes)?);
    manifest.files.insert(name.to_owned(), path.clone());
    Ok(path)
}

fn write_all_forms(path: &Path, bytes: &[u8]) -> Result<Sizes> {
    let (gzip, brotli) = (gzip(bytes)?, brotli(bytes)?);
    fs::write(path, bytes)?;
    fs::write(with_suffix(path, ".gz"), &gzip)?;
    fs::write(with_suffix(path, ".br"), &brotli)?;
    Ok(Sizes {
        raw: bytes.len(),
        gzip: gzip.len(),
        brotli: brotli.len(),
    })
}

fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The smallest that gzip gives.
pub fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    // No time stamp: the same page gives the same bytes.
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let best = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &best)?;
    Ok(out)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
