//! Grafana's classic dashboards, as `dashboards/*.json` of a provider or the import page take them.

mod model;
mod panel;

use model::{Annotations, Current, DataSource, GrafanaDashboard, Link, Templating, Time, VariableModel, VariableQuery};

use super::bound::{Dialect, queries};
use super::layout::Flow;
use super::{Export, ExportError, Order, Outcome, slug, variables};
use crate::model::{Dashboard, Kind, Panel};

/// The version of the classic model that these files are written in; Grafana brings it up to its own when it loads them.
const SCHEMA_VERSION: u32 = 39;

const DIALECT: Dialect = Dialect {
    window: "$__rate_interval",
    range: "$__range",
    variables: None,
};

/// One file for each dashboard.
pub fn export(order: &Order<'_>) -> Result<Export, ExportError> {
    let mut export = Export::default();
    for dashboard in &order.dashboards {
        let model = one(order, dashboard, &mut export)?;
        if !model.panels.is_empty() {
            export.file(format!("{}.json", dashboard.id), &model)?;
        }
    }
    Ok(export)
}

fn one(order: &Order<'_>, dashboard: &Dashboard, export: &mut Export) -> Result<GrafanaDashboard, ExportError> {
    let mut shown: Vec<&Panel> = Vec::new();
    let mut panels = Vec::new();
    let mut flow = Flow::default();
    for panel in dashboard
        .panels
        .iter()
        .filter_map(|id| order.catalog.panel(id.as_str()))
    {
        let queries = queries(order, panel, &DIALECT)?;
        if queries.is_empty() {
            export.note(dashboard, panel, Outcome::Dropped, "none of its metrics exists here");
            continue;
        }
        if panel.kind == Kind::Bar {
            export.note(
                dashboard,
                panel,
                Outcome::Changed,
                "drawn as a bar gauge, whose bars lie on their side",
            );
        }
        shown.push(panel);
        let place = flow.place(panel.kind);
        panels.push(panel::panel(panels.len() + 1, panel, queries, place, order));
        export.panels += 1;
    }
    let links = order.servelens_url.map(|url| link(url, dashboard));
    Ok(GrafanaDashboard {
        id: None,
        uid: slug(dashboard.id.as_str()),
        title: format!("Servelens / {}", dashboard.title),
        description: dashboard.tells.clone(),
        tags: vec!["servelens"],
        timezone: "browser",
        editable: true,
        graph_tooltip: 1,
        schema_version: SCHEMA_VERSION,
        version: 1,
        refresh: "30s",
        time: Time {
            from: "now-1h",
            to: "now",
        },
        templating: Templating {
            list: variable_list(order, &shown),
        },
        annotations: Annotations { list: [] },
        links: links.into_iter().collect(),
        panels,
    })
}

fn variable_list(order: &Order<'_>, shown: &[&Panel]) -> Vec<VariableModel> {
    let mut list = vec![VariableModel {
        kind: "datasource",
        name: "datasource".to_owned(),
        label: "Data source".to_owned(),
        query: VariableQuery::Plugin("prometheus"),
        ..VariableModel::default()
    }];
    for variable in variables::of(order, shown, &DIALECT) {
        let (query, regex) = match variable.labels.as_slice() {
            [label] => (format!("label_values({}, {label})", variable.selector()), None),
            _ => (
                format!("query_result({})", variable.values()),
                Some(r#"/value="([^"]+)"/"#),
            ),
        };
        list.push(VariableModel {
            kind: "query",
            name: variable.name,
            label: variable.title,
            datasource: Some(DataSource::VARIABLE),
            query: VariableQuery::Prometheus {
                query,
                ref_id: "StandardVariableQuery",
            },
            regex,
            // On every change of the range: what ran in it is what can be chosen.
            refresh: Some(2),
            sort: Some(1),
            multi: Some(true),
            include_all: Some(true),
            // Not `.+`: a GPU that nobody holds has no namespace and still belongs to all.
            all_value: Some(".*"),
            current: Some(Current {
                selected: true,
                text: ["All"],
                value: ["$__all"],
            }),
        });
    }
    list
}

fn link(url: &str, dashboard: &Dashboard) -> Link {
    Link {
        kind: "link",
        title: "Open in Servelens",
        url: format!(
            "{url}/servelens/{}?from=${{__from:date:seconds}}&to=${{__to:date:seconds}}",
            dashboard.id
        ),
        icon: "external link",
        tooltip: "The same charts, with the reason where one is empty",
        tags: [],
        as_dropdown: false,
        target_blank: true,
        include_vars: false,
        keep_time: false,
    }
}
