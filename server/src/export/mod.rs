//! `servelens export`: writes the catalogue's dashboards as another program's files and says what is not in them.
//!
//! The files are made by `catalog::export`; here they are only chosen, written and reported.

mod args;
mod report;

use std::path::Path;

use catalog::export::{Export, Order, grafana};
use catalog::resolve::Choices;
use catalog::{Catalog, Dashboard};

pub use args::{Args, Output, Target};

/// Why nothing, or not everything, was written. `Display` says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("{0}")]
    Use(String),
    #[error("{path} cannot be written: {cause}; make it writable or choose another folder with --out")]
    Write { path: String, cause: std::io::Error },
    #[error("the export failed: {0}; report this")]
    Failed(String),
}

impl ExportError {
    /// 2: wrong use. 3: could not finish.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Use(_) => 2,
            Self::Write { .. } | Self::Failed(_) => 3,
        }
    }
}

/// Writes the files and returns the report for standard output.
pub fn run(args: &Args) -> Result<String, ExportError> {
    let catalog = Catalog::embedded().map_err(|cause| ExportError::Failed(cause.to_string()))?;
    let dashboards = chosen(&catalog, &args.dashboards)?;
    let choices = Choices::for_files(&catalog, catalog.panels());
    let order = Order {
        catalog: &catalog,
        choices: &choices,
        dashboards,
        servelens_url: args.servelens_url.as_deref().map(|url| url.trim_end_matches('/')),
        scrape_interval_s: args.scrape_interval,
    };
    let made = match args.target {
        Target::Grafana => grafana::export(&order),
    };
    let export = made.map_err(|cause| ExportError::Failed(cause.to_string()))?;
    write(&args.out, &export)?;
    match args.output {
        Output::Text => Ok(report::text(args.target, &args.out, &export)),
        Output::Json => report::json(args.target, &export).map_err(|cause| ExportError::Failed(cause.to_string())),
    }
}

fn chosen<'a>(catalog: &'a Catalog, ids: &[String]) -> Result<Vec<&'a Dashboard>, ExportError> {
    if ids.is_empty() {
        return Ok(catalog.dashboards().collect());
    }
    let unknown = |id: &String| {
        let known: Vec<_> = catalog.dashboards().map(|dashboard| dashboard.id.as_str()).collect();
        ExportError::Use(format!("there is no dashboard {id:?}; choose of {}", known.join(", ")))
    };
    ids.iter()
        .map(|id| catalog.dashboard(id).ok_or_else(|| unknown(id)))
        .collect()
}

/// Other files in the folder stay as they are.
fn write(folder: &Path, export: &Export) -> Result<(), ExportError> {
    let fault = |path: &Path| {
        let path = path.display().to_string();
        move |cause| ExportError::Write { path, cause }
    };
    std::fs::create_dir_all(folder).map_err(fault(folder))?;
    for file in &export.files {
        let path = folder.join(&file.name);
        std::fs::write(&path, &file.text).map_err(fault(&path))?;
    }
    Ok(())
}
