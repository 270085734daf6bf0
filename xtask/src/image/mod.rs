//! `cargo xtask image`: the container image as an OCI archive, without a container engine; the same sources and the same
//! compiler give the same bytes.
//!
//! The image holds one static program, the page's files and the licence: no shell, no library, no package. It must never
//! hold what differs from one build to the next: times, owners, this machine's paths.

mod archive;
mod layer;
mod program;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::build;
use crate::place::Place;
use crate::progress::say;
use crate::setup::{self, Need};

/// What the command is told.
#[derive(clap::Args)]
pub struct Options {
    /// Where the archive goes [default: servelens-<version>-<architecture>.oci.tar in the target folder].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the image's files into this folder instead of an archive: what the Containerfile does.
    #[arg(long, value_name = "DIR", conflicts_with = "out")]
    rootfs: Option<PathBuf>,
    /// A static program that was built before [default: builds it].
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// The page, as `cargo xtask build` leaves it [default: builds it].
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,
}

/// Builds what is not given, and writes the image.
pub fn run(place: &Place, options: Options) -> Result<()> {
    let page = match options.page {
        Some(page) => page,
        None => {
            let toolchain = setup::run(place, Need::Build)?;
            build::page(place, &toolchain)?;
            place.dist()
        }
    };
    let program = match options.program {
        Some(program) => program,
        None => program::build(place)?,
    };
    let architecture = program::check(&program)?;
    let files = layer::files(&program, &page, &place.root.join("LICENSE"))?;
    if let Some(folder) = options.rootfs {
        layer::unpack(&files, &folder)?;
        say(&format!("image: its files are in {}", folder.display()));
        return Ok(());
    }
    let name = format!("servelens-{}-{architecture}.oci.tar", place.version);
    let out = options.out.unwrap_or_else(|| place.target.join(name));
    let archive = archive::write(&files, architecture, &place.version)?;
    fs::write(&out, &archive).with_context(|| format!("cannot write {}", out.display()))?;
    say(&format!(
        "image: {} ({} KiB). To push it: skopeo copy oci-archive:{} docker://<registry>/servelens:{}",
        out.display(),
        archive.len() / 1024,
        out.display(),
        place.version
    ));
    Ok(())
}
