//! From Rust to an optimised WebAssembly module and its JavaScript glue.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::glue;
use crate::child;
use crate::place::Place;
use crate::setup::{TARGET, Toolchain};

/// Stem of the page's files: `servelens.js`, `servelens_bg.wasm`.
const STEM: &str = "servelens";

/// Features that rustc's target has by itself and every browser of the last four years knows.
/// Named one by one: `--all-features` also turns on proposals that Chromium refuses ("Invalid import kind").
const FEATURES: [&str; 5] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
];

/// Module and glue as wasm-bindgen names them, before they get names by content.
pub struct Bound {
    pub wasm: Vec<u8>,
    pub glue: String,
    /// Path under `snippets/` → JavaScript that a dependency brings along.
    pub snippets: BTreeMap<String, String>,
}

impl Bound {
    pub const GLUE: &str = "servelens.js";
    pub const WASM: &str = "servelens_bg.wasm";
}

/// Compiles the crate `frontend`; gives the path of the raw module.
pub fn module(place: &Place, toolchain: &Toolchain) -> Result<PathBuf> {
    let mut fetch = toolchain.cargo();
    fetch
        .args(["fetch", "--quiet", "--target", TARGET])
        .current_dir(&place.root);
    child::run(&mut fetch)?;

    let mut cargo = toolchain.cargo();
    cargo
        .args([
            "build",
            "--package",
            "frontend",
            "--lib",
            "--profile",
            "wasm-release",
            "--target",
            TARGET,
            "--config",
        ])
        .arg(flags()?)
        .env("CARGO_TARGET_DIR", place.wasm_target())
        .current_dir(&place.root);
    child::run(&mut cargo)?;
    Ok(place
        .wasm_target()
        .join(TARGET)
        .join("wasm-release")
        .join("frontend.wasm"))
}

/// Leptos' own switch: attributes and children of views are boxed instead of each view being a type of its own, for which
/// all of its machinery would be compiled anew. A tenth less to send.
const ERASED: &str = "\"--cfg=erase_components\"";

/// Cargo configuration that keeps this machine's paths out of the panic messages (the same sources give the same bytes
/// everywhere, and fewer), and makes views small.
fn flags() -> Result<OsString> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let sources = home.context("HOME is not set")?.join("registry").join("src");
    let mut folders: Vec<PathBuf> = match fs::read_dir(&sources) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => Vec::new(),
    };
    folders.sort();
    let mut flags: Vec<String> = folders
        .iter()
        .map(|folder| format!("\"--remap-path-prefix={}=crates\"", folder.display()))
        .collect();
    flags.push(ERASED.to_owned());
    Ok(format!("target.{TARGET}.rustflags=[{}]", flags.join(",")).into())
}

/// wasm-bindgen as a library (its version is in `Cargo.lock`), then wasm-opt.
pub fn bind(module: &Path, work: &Path) -> Result<Bound> {
    let out = work.join("bound");
    Bindgen::new()
        .input_bytes(STEM, without_reference_types(&fs::read(module)?)?)
        .web(true)
        .and_then(|bindgen| {
            // The glue finds the module beside itself, so that `init()` alone is enough.
            bindgen
                .typescript(false)
                .remove_name_section(true)
                .omit_default_module_path(false)
                .generate(&out)
        })
        .context("wasm-bindgen refuses the module")?;

    let glue = fs::read_to_string(out.join(Bound::GLUE))?;
    if glue.contains("__wbindgen_externref_xform__") {
        bail!("the module still asks wasm-bindgen for reference types: see without_reference_types");
    }
    let (module, glue) = glue::shorten(&fs::read(out.join(Bound::WASM))?, &glue)?;
    let bound = work.join("bound.wasm");
    fs::write(&bound, module)?;

    let small = work.join("small.wasm");
    let mut optimise = Command::new("wasm-opt");
    optimise
        .arg(bound)
        .arg("-o")
        .arg(&small)
        // After the first round control flow is made anew, and two more rounds work on that: 3.5 KiB less to send.
        .args([
            "-Oz",
            "--flatten",
            "--rereloop",
            "-Oz",
            "-Oz",
            "--strip-debug",
            "--strip-producers",
        ])
        // rustc puts the stack first and lets it grow down: nothing is ever at the first kilobyte's addresses, and so
        // small offsets can move from sums into loads and stores.
        .arg("--low-memory-unused");
    child::run(optimise.args(FEATURES))?;

    Ok(Bound {
        wasm: fs::read(&small)?,
        glue,
        snippets: snippets(&out.join("snippets"))?,
    })
}

/// The module without reference types, so that wasm-bindgen keeps JavaScript's values in the glue: Debian 12's wasm-opt
/// (108) does not know the `table.fill` that wasm-bindgen writes otherwise, and exports the wrong one of two tables.
///
/// The feature is marked as not used. What is left of it is one question that the runtime asks whenever it drops a value
/// (which is the first slot that is not fixed?) and that only the other mode answers: here it gets its answer.
fn without_reference_types(module: &[u8]) -> Result<Vec<u8>> {
    /// wasm-bindgen's glue keeps 1,024 slots for its stack, then `undefined`, `null`, `true` and `false`.
    const FIXED_SLOTS: i32 = 1024 + 4;
    let mut module = walrus::Module::from_buffer(module)?;
    let import = module
        .imports
        .find("__wbindgen_externref_xform__", "__wbindgen_externref_statics_end")
        .map(|id| module.imports.get(id).kind.clone());
    if let Some(walrus::ImportKind::Function(function)) = import {
        module.replace_imported_func(function, |(body, _)| {
            body.i32_const(FIXED_SLOTS);
        })?;
    }
    let mut bytes = module.emit_wasm();
    // Prefix, length and name, as the section `target_features` holds them.
    const USED: &[u8] = b"+\x0freference-types";
    if let Some(at) = bytes.windows(USED.len()).rposition(|window| window == USED)
        && let Some(prefix) = bytes.get_mut(at)
    {
        *prefix = b'-';
    }
    Ok(bytes)
}

fn snippets(root: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    if !root.exists() {
        return Ok(found);
    }
    for path in super::inputs::files_under(root)? {
        let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        if text.contains("from './") || text.contains("from '../") {
            bail!("snippet {name} imports another file: assets::write would have to rename that import too");
        }
        found.insert(name, text);
    }
    Ok(found)
}
