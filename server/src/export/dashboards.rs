//! Dashboards as another program's files.

use catalog::export::{Export, ExportError as Cause, Order, perses};
use catalog::resolve::Choices;
use catalog::{Catalog, Dashboard, Panel};

use super::args::{ApiVersion, DashboardArgs, PersesArgs};
use super::{ExportError, Made, live};

pub async fn export(
    catalog: &Catalog,
    args: &DashboardArgs,
    to: impl Fn(&Order<'_>) -> Result<Export, Cause>,
) -> Result<Made, ExportError> {
    let dashboards = chosen(catalog, &args.dashboards)?;
    let choices = if args.live.from_live {
        let panels: Vec<&Panel> = dashboards
            .iter()
            .flat_map(|dashboard| &dashboard.panels)
            .filter_map(|id| catalog.panel(id.as_str()))
            .collect();
        live::choices(catalog, &panels, &args.live).await?
    } else {
        Choices::for_files(catalog, catalog.panels())
    };
    let order = Order {
        catalog,
        choices: &choices,
        dashboards,
        servelens_url: args.servelens_url.as_deref().map(|url| url.trim_end_matches('/')),
        scrape_interval_s: args.scrape_interval,
    };
    let export = to(&order).map_err(|cause| ExportError::Failed(cause.to_string()))?;
    Ok(Made {
        what: "panels",
        count: export.panels,
        export,
    })
}

pub async fn perses(catalog: &Catalog, args: &PersesArgs) -> Result<Made, ExportError> {
    let settings = perses::Settings {
        project: &args.project,
        datasource: args.datasource.as_deref(),
        api: match args.api_version {
            ApiVersion::V1Alpha1 => perses::ApiVersion::V1Alpha1,
            ApiVersion::V1Alpha2 => perses::ApiVersion::V1Alpha2,
        },
    };
    export(catalog, &args.dashboards, |order| perses::export(order, settings)).await
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
