//! Worlds as Prometheus blocks: written as OpenMetrics, made by promtool, kept in the rig's cache by their content.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

use super::{Series, World};
use tests::rig::paths;

/// How a server writes a histogram's bounds when it scrapes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bounds {
    /// As the exporter wrote them: Prometheus 2.
    AsWritten,
    /// As OpenMetrics floats, `1.0` for `1`: Prometheus 3.
    Floats,
}

/// A folder whose subfolders are the world's blocks.
pub fn blocks(world: &World, bounds: Bounds) -> Result<PathBuf> {
    let root = paths::cache()?.join("proof-worlds");
    fs::create_dir_all(&root)?;
    let folder = root.join(format!("{}-{}", world.name, digest(world, bounds)));
    if folder.is_dir() {
        return Ok(folder);
    }
    let fresh = tempfile::tempdir_in(&root)?;
    let text = fresh.path().join("world.om");
    write(world, bounds, &text)?;
    let out = fresh.path().join("out");
    let made = Command::new(paths::promtool())
        // Few blocks: each is made by a pass over the whole text.
        .args([
            "tsdb",
            "create-blocks-from",
            "--max-block-duration=2160h",
            "openmetrics",
            "--quiet",
        ])
        .args([&text, &out])
        .env("TMPDIR", fresh.path())
        .output()
        .context("running promtool: `cargo xtask setup` installs it")?;
    ensure!(
        made.status.success(),
        "promtool refuses {}: {}{}",
        world.name,
        String::from_utf8_lossy(&made.stdout),
        String::from_utf8_lossy(&made.stderr)
    );
    // Moved into place when it is whole; another run may have been faster.
    match fs::rename(&out, &folder) {
        Err(_) if folder.is_dir() => {}
        moved => moved.context("moving the blocks into place")?,
    }
    Ok(folder)
}

/// Hard links of all blocks below `data`, a Prometheus's own folder: what it deletes there stays in the cache.
pub fn link(blocks: &Path, data: &Path) -> Result<()> {
    for entry in fs::read_dir(blocks)? {
        let entry = entry?;
        let to = data.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&to)?;
            link(&entry.path(), &to)?;
        } else {
            fs::hard_link(entry.path(), &to).or_else(|_| fs::copy(entry.path(), &to).map(drop))?;
        }
    }
    Ok(())
}

fn digest(world: &World, bounds: Bounds) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{bounds:?}"));
    for (name, series) in world.all() {
        hash.update(name);
        for (label, value) in &series.labels {
            hash.update(label);
            hash.update([0]);
            hash.update(value);
            hash.update([0]);
        }
        for (at, value) in &series.points {
            hash.update(at.to_le_bytes());
            hash.update(value.to_bits().to_le_bytes());
        }
    }
    hash.finalize()
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn write(world: &World, bounds: Bounds, path: &Path) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    for (name, series) in world.all() {
        let head = head(name, series, bounds);
        for (at, value) in &series.points {
            writeln!(out, "{head} {} {at}", number(*value))?;
        }
    }
    out.write_all(b"# EOF\n")?;
    out.flush()?;
    Ok(())
}

fn head(name: &str, series: &Series, bounds: Bounds) -> String {
    let mut labels: BTreeMap<&str, String> = series
        .labels
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    if let Some(le) = labels.get_mut("le")
        && bounds == Bounds::Floats
    {
        *le = float(le);
    }
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, value)| {
            let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
            format!("{name}=\"{value}\"")
        })
        .collect();
    format!("{name}{{{}}}", labels.join(","))
}

fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        value => value.to_string(),
    }
}

/// A bound as Go's shortest float in the form that Prometheus 3 keeps.
fn float(le: &str) -> String {
    let Ok(value) = le.parse::<f64>() else {
        return le.to_owned();
    };
    if value.is_infinite() {
        return le.to_owned();
    }
    let exponent = if value == 0.0 {
        0
    } else {
        value.abs().log10().floor() as i32
    };
    if !(-4..6).contains(&exponent) {
        let text = format!("{value:e}");
        let (digits, power) = text.split_once('e').unwrap();
        let (sign, power) = power.strip_prefix('-').map_or(('+', power), |power| ('-', power));
        return format!("{digits}e{sign}{power:0>2}");
    }
    let text = value.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}
