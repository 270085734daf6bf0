//! `servelens import`: reads another program's dashboard, says what becomes of each panel, and writes a file for the folder of
//! own dashboards.
//!
//! `catalog::import` decides; here files are read, written and reported.

mod report;

use std::path::{Path, PathBuf};

use catalog::Catalog;
use catalog::import::{Fate, Ground, Imported, grafana};

use crate::own;

const AFTER_HELP: &str = "\
What is written shows on the page with `servelens serve --dashboards DIR`. Other files in the folder are read first: an
imported panel may use what they define.

Exit codes: 0 all panels came over, changed or not; 1 at least one was dropped; 2 wrong use, or a file that is no
dashboard; 3 could not write.";

/// Bring another program's dashboard over.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub source: Source,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Source {
    /// A dashboard of Grafana, exported as JSON.
    #[command(after_help = AFTER_HELP)]
    Grafana(FileArgs),
}

#[derive(Debug, Clone, clap::Args)]
pub struct FileArgs {
    /// The dashboard's JSON.
    pub file: PathBuf,
    /// Folder of own dashboards, where the TOML is written; without it only the report is made.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = crate::export::Output::Text)]
    pub output: crate::export::Output,
}

/// Why nothing was brought over. `Display` says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("{file}: {cause}")]
    Use { file: String, cause: String },
    #[error("{path} cannot be written: {cause}; make it writable or choose another folder with --out")]
    Write { path: String, cause: std::io::Error },
    #[error("the import failed: {0}; report this")]
    Failed(String),
}

impl ImportError {
    /// 2: wrong use. 3: could not finish.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Use { .. } => 2,
            Self::Write { .. } | Self::Failed(_) => 3,
        }
    }
}

/// A dashboard is text of some hundred kilobytes; what is larger is something else.
const MAX_BYTES: u64 = 16 << 20;

/// The report for standard output, and whether a panel was dropped.
pub fn run(args: &Args) -> Result<(String, bool), ImportError> {
    let Source::Grafana(args) = &args.source;
    let wrong = |cause: String| ImportError::Use {
        file: args.file.display().to_string(),
        cause,
    };
    let text = read(&args.file).map_err(wrong)?;
    let folder = args.out.clone();
    let made = own::with_stack(move || import(folder.as_deref(), &text));
    let imported = made.map_err(ImportError::Failed)?.map_err(wrong)?;
    let written = match &args.out {
        Some(folder) if !imported.text.is_empty() => Some(write(folder, &imported)?),
        _ => None,
    };
    let dropped = imported.panels.iter().any(|panel| panel.fate == Fate::Dropped);
    let report = match args.output {
        crate::export::Output::Text => report::text(&imported, written.as_deref()),
        crate::export::Output::Json => {
            report::json(&imported, written.as_deref()).map_err(|cause| ImportError::Failed(cause.to_string()))?
        }
    };
    Ok((report, dropped))
}

fn read(file: &Path) -> Result<String, String> {
    let unread = |cause: std::io::Error| format!("it cannot be read: {cause}; give a dashboard's JSON");
    if std::fs::metadata(file).map_err(unread)?.len() > MAX_BYTES {
        return Err("it is larger than 16 MiB; give one dashboard's JSON".to_owned());
    }
    std::fs::read_to_string(file).map_err(unread)
}

fn import(folder: Option<&Path>, text: &str) -> Result<Imported, String> {
    let id = catalog::import::grafana_id(text).map_err(|cause| cause.to_string())?;
    let others = other_files(folder, &format!("{id}.toml"));
    let layered = |more: &[(&str, &str)]| {
        let mut files: Vec<_> = others
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        files.extend(more);
        Catalog::embedded_with(&files, &own::judge)
    };
    let catalog = layered(&[]).map_err(|cause| cause.to_string())?.catalog;
    let ground = Ground {
        catalog: &catalog,
        layered: &|name, text| layered(&[(name, text)]),
    };
    grafana(&ground, text).map_err(|cause| cause.to_string())
}

/// What the folder has but for the file that is about to be written again.
fn other_files(folder: Option<&Path>, but: &str) -> Vec<(String, String)> {
    let texts = folder
        .filter(|folder| folder.is_dir())
        .map(own::texts)
        .unwrap_or_default();
    texts.into_iter().filter(|(name, _)| name != but).collect()
}

fn write(folder: &Path, imported: &Imported) -> Result<PathBuf, ImportError> {
    let path = folder.join(format!("{}.toml", imported.id));
    let fault = |cause| ImportError::Write {
        path: path.display().to_string(),
        cause,
    };
    std::fs::create_dir_all(folder).map_err(fault)?;
    std::fs::write(&path, &imported.text).map_err(fault)?;
    Ok(path)
}
