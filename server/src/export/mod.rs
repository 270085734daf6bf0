//! `servelens export`: writes the catalogue's dashboards and rules as another program's files and says what is not in them.
//!
//! The files are made by `catalog::export`; here they are only chosen, written and reported.

mod args;
mod dashboards;
mod live;
mod report;
mod rules;

use std::path::Path;

use catalog::Catalog;
use catalog::export::{Export, console, grafana};

pub use args::{Args, Output, Target};

/// Why nothing, or not everything, was written. `Display` says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("{0}")]
    Use(String),
    #[error("{path} cannot be written: {cause}; make it writable or choose another folder with --out")]
    Write { path: String, cause: std::io::Error },
    #[error("{0}; nothing was written")]
    Live(String),
    #[error("the export failed: {0}; report this")]
    Failed(String),
}

impl ExportError {
    /// 2: wrong use. 3: could not finish.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Use(_) => 2,
            Self::Write { .. } | Self::Live(_) | Self::Failed(_) => 3,
        }
    }
}

/// The files of one target, not yet written.
struct Made {
    export: Export,
    /// What the files hold, in the plural.
    what: &'static str,
    count: usize,
}

/// Writes the files and returns the report for standard output.
pub async fn run(args: &Args) -> Result<String, ExportError> {
    let catalog = Catalog::embedded().map_err(|cause| ExportError::Failed(cause.to_string()))?;
    let made = match &args.target {
        Target::Grafana(args) => dashboards::export(&catalog, args, grafana::export).await?,
        Target::Perses(args) => dashboards::perses(&catalog, args).await?,
        Target::ConsoleDashboard(args) => dashboards::export(&catalog, args, console::export).await?,
        Target::PrometheusRule(args) => rules::of_cluster(&catalog, args)?,
        Target::Prometheus(args) => rules::of_host(&catalog, args)?,
    };
    let place = args.target.place();
    write(&place.out, &made.export)?;
    match place.output {
        Output::Text => Ok(report::text(args.target.as_str(), &place.out, &made)),
        Output::Json => {
            report::json(args.target.as_str(), &made).map_err(|cause| ExportError::Failed(cause.to_string()))
        }
    }
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
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(fault(parent))?;
        }
        std::fs::write(&path, &file.text).map_err(fault(&path))?;
    }
    Ok(())
}
