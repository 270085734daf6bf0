//! `cargo xtask build`: the page's files into `dist/`, and the server.
//!
//! compile to WebAssembly → bind → optimise → name by content → compress → fill in templates → swap in.
//! Skips the page when nothing that it is made of has changed.

mod assets;
mod compile;
mod glue;
mod inputs;
mod publish;
mod script;
mod template;

use std::fs;

use anyhow::Result;

pub use assets::{gzip, hex};
pub use inputs::files_under;

use crate::place::Place;
use crate::program;
use crate::progress::{Step, say};
use crate::scrap::Scrap;
use crate::setup::Toolchain;

/// File in `dist/` that holds the inputs' fingerprint. The server serves no dot files.
const INPUTS: &str = ".inputs";

/// Builds page and server.
pub fn run(place: &Place, toolchain: &Toolchain) -> Result<()> {
    page(place, toolchain)?;
    server(place)
}

/// Builds the page, unless `dist/` already holds what these inputs give.
pub fn page(place: &Place, toolchain: &Toolchain) -> Result<()> {
    let fingerprint = inputs::fingerprint(place, toolchain)?;
    let dist = place.dist();
    if fs::read_to_string(dist.join(INPUTS)).is_ok_and(|known| known == fingerprint) {
        say(&format!("page: unchanged, in {}", dist.display()));
        return Ok(());
    }
    say("page: compiling to WebAssembly");
    let module = compile::module(place, toolchain)?;

    let step = Step::start("page: binding and optimising");
    let work = Scrap::folder_in(&place.target, ".page-")?;
    let bound = compile::bind(&module, work.path())?;
    step.done(&format!("{} KiB of WebAssembly", bound.wasm.len() / 1024));

    let step = Step::start("page: naming and compressing");
    let fresh = publish::Fresh::beside(&dist)?;
    let sizes = assets::write(place, &bound, fresh.path())?;
    fs::write(fresh.path().join(INPUTS), fingerprint)?;
    fresh.swap_in(&dist)?;
    step.done(&format!(
        "{} KiB by brotli, in {}",
        sizes.brotli.div_ceil(1024),
        dist.display()
    ));
    Ok(())
}

/// Builds the server's program.
pub fn server(place: &Place) -> Result<()> {
    say("server: compiling");
    let built = program::build(place, "servelens")?;
    say(&format!("server: {}", built.display()));
    Ok(())
}
