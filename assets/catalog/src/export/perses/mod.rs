//! Perses dashboards: as Perses's own files, and as `PersesDashboard` objects for its operator.

mod model;
mod panel;

use std::collections::BTreeMap;

use model::{
    Dashboard as Model, DatasourceRef, Display, Grid, GridDisplay, GridItem, Kinded, Link, ListVariable, Metadata,
    Object, ObjectMeta, ObjectSpec, Reference, Spec, Values,
};

use super::bound::{Dialect, queries};
use super::layout::Flow;
use super::{Export, ExportError, Order, Outcome, sections, slug, variables};
use crate::model::{Dashboard, Kind, Panel};

const DIALECT: Dialect = Dialect {
    window: "$__rate_interval",
    range: "$__range",
    variables: None,
};

/// What only Perses wants to know.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    /// Of Perses; in a cluster the namespace is the project.
    pub project: &'a str,
    /// A Prometheus data source by its name; `None`: the project's or the installation's default.
    pub datasource: Option<&'a str>,
    pub api: ApiVersion,
}

/// Of the operator's objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiVersion {
    /// Older operators know this one alone.
    V1Alpha1,
    V1Alpha2,
}

/// For each dashboard `<id>.json`, and `objects/<id>.yaml` with the same in it.
pub fn export(order: &Order<'_>, settings: Settings<'_>) -> Result<Export, ExportError> {
    let mut export = Export::default();
    for dashboard in &order.dashboards {
        let spec = one(order, settings, dashboard, &mut export)?;
        if spec.panels.is_empty() {
            continue;
        }
        let name = slug(dashboard.id.as_str());
        let object = Object {
            api_version: match settings.api {
                ApiVersion::V1Alpha1 => "perses.dev/v1alpha1",
                ApiVersion::V1Alpha2 => "perses.dev/v1alpha2",
            },
            kind: "PersesDashboard",
            metadata: ObjectMeta {
                name: &name,
                namespace: settings.project,
                labels: BTreeMap::from([("app.kubernetes.io/part-of", "servelens")]),
            },
            spec: match settings.api {
                ApiVersion::V1Alpha1 => ObjectSpec::Plain(&spec),
                ApiVersion::V1Alpha2 => ObjectSpec::Config { config: &spec },
            },
        };
        export.yaml_file(format!("objects/{}.yaml", dashboard.id), &object)?;
        let model = Model {
            kind: "Dashboard",
            metadata: Metadata {
                name: &name,
                project: settings.project,
            },
            spec: &spec,
        };
        export.file(format!("{}.json", dashboard.id), &model)?;
    }
    Ok(export)
}

fn one(
    order: &Order<'_>,
    settings: Settings<'_>,
    dashboard: &Dashboard,
    export: &mut Export,
) -> Result<Spec, ExportError> {
    let datasource = DatasourceRef::named(settings.datasource);
    let mut shown: Vec<&Panel> = Vec::new();
    let mut panels = BTreeMap::new();
    let mut layouts = Vec::new();
    for (title, ids) in sections(dashboard) {
        let mut flow = Flow::default();
        let mut items = Vec::new();
        for panel in ids.iter().filter_map(|id| order.catalog.panel(id.as_str())) {
            let queries = queries(order, panel, &DIALECT)?;
            if queries.is_empty() {
                export.note(dashboard, panel, Outcome::Dropped, "none of its metrics exists here");
                continue;
            }
            if panel.kind == Kind::Bar {
                let reason = "Perses has no chart for the buckets of a classic histogram";
                export.note(dashboard, panel, Outcome::Dropped, reason);
                continue;
            }
            let key = panel.id.as_str().replace('.', "_");
            items.push(GridItem::new(flow.place(panel.kind), Reference::to(&key)));
            panels.insert(key, panel::panel(panel, queries, &datasource, order.scrape_interval_s));
            shown.push(panel);
            export.panels += 1;
        }
        if !items.is_empty() {
            let title = title.to_owned();
            layouts.push(Kinded {
                kind: "Grid",
                spec: Grid {
                    display: (!title.is_empty()).then_some(GridDisplay { title }),
                    items,
                },
            });
        }
    }
    Ok(Spec {
        display: Display {
            name: format!("Servelens / {}", dashboard.title),
            description: dashboard.tells.clone(),
        },
        variables: variable_list(order, &shown, &datasource),
        panels,
        layouts,
        duration: "1h",
        refresh_interval: "30s",
        links: order
            .servelens_url
            .map(|url| link(url, dashboard))
            .into_iter()
            .collect(),
    })
}

fn variable_list(order: &Order<'_>, shown: &[&Panel], datasource: &Option<DatasourceRef>) -> Vec<Kinded<ListVariable>> {
    let mut list = Vec::new();
    for variable in variables::of(order, shown, &DIALECT) {
        let plugin = match variable.labels.as_slice() {
            [label] => Kinded {
                kind: "PrometheusLabelValuesVariable",
                spec: Values::Label {
                    datasource: datasource.clone(),
                    label_name: label.clone(),
                    matchers: [variable.selector()],
                },
            },
            _ => Kinded {
                kind: "PrometheusPromQLVariable",
                spec: Values::Query {
                    datasource: datasource.clone(),
                    expr: variable.values(),
                    label_name: "value",
                },
            },
        };
        list.push(Kinded {
            kind: "ListVariable",
            spec: ListVariable {
                name: variable.name,
                display: Display {
                    name: variable.title,
                    description: String::new(),
                },
                allow_all_value: true,
                allow_multiple: true,
                // Not `.+`: a GPU that nobody holds has no namespace and still belongs to all.
                custom_all_value: ".*",
                default_value: ["$__all"],
                sort: "alphabetical-asc",
                plugin,
            },
        });
    }
    list
}

fn link(url: &str, dashboard: &Dashboard) -> Link {
    Link {
        name: "Open in Servelens",
        url: format!("{url}/servelens/{}", dashboard.id),
        tooltip: "The same charts, with the reason where one is empty",
        target_blank: true,
    }
}
