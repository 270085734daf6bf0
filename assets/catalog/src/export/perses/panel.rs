//! One panel in Perses's words.

use super::model::{
    Axis, Chart, DatasourceRef, Display, Format, Kinded, Legend, PanelSpec, PrometheusQuery, Query, Sparkline, Step,
    Thresholds, Visual,
};
use crate::export::bound::BoundQuery;
use crate::export::{bands, description, units};
use crate::model::{Kind, Panel, Unit};

pub(super) fn panel(
    panel: &Panel,
    queries: Vec<BoundQuery>,
    datasource: &Option<DatasourceRef>,
    scrape_interval_s: u32,
) -> Kinded<PanelSpec> {
    let is_known = format(panel.unit).unit != DECIMAL;
    let plugin = match panel.kind {
        // Only the title can tell the unit of a number; a chart has an axis for it.
        Kind::Stat | Kind::Bar => Kinded {
            kind: "StatChart",
            spec: Chart::Stat {
                calculation: "last-number",
                format: format(panel.unit),
                thresholds: thresholds(panel),
                sparkline: (!panel.is_total()).then_some(Sparkline { width: 1.0 }),
            },
        },
        Kind::Line | Kind::Area => Kinded {
            kind: "TimeSeriesChart",
            spec: Chart::TimeSeries {
                legend: Legend {
                    position: "bottom",
                    mode: "list",
                },
                y_axis: Axis {
                    format: format(panel.unit),
                    label: Some(units::word(panel.unit)).filter(|word| !is_known && !word.is_empty()),
                    min: matches!(panel.unit, Unit::Ratio | Unit::Percent).then_some(0.0),
                },
                thresholds: thresholds(panel),
                visual: visual(panel.kind == Kind::Area),
            },
        },
    };
    let name = match panel.kind {
        Kind::Stat if !is_known => units::titled(&panel.title, panel.unit),
        _ => panel.title.clone(),
    };
    let query = |query: BoundQuery| Kinded {
        kind: "TimeSeriesQuery",
        spec: Query {
            plugin: Kinded {
                kind: "PrometheusTimeSeriesQuery",
                spec: PrometheusQuery {
                    datasource: datasource.clone(),
                    query: query.expr,
                    series_name_format: query.legend,
                    min_step: format!("{scrape_interval_s}s"),
                },
            },
        },
    };
    Kinded {
        kind: "Panel",
        spec: PanelSpec {
            display: Display {
                name,
                description: description(panel),
            },
            plugin,
            queries: queries.into_iter().map(query).collect(),
        },
    }
}

fn visual(stacked: bool) -> Visual {
    Visual {
        display: "line",
        line_width: 1.0,
        area_opacity: if stacked { 0.3 } else { 0.0 },
        stack: stacked.then_some("all"),
        // A gap is news.
        connect_nulls: false,
    }
}

fn thresholds(panel: &Panel) -> Option<Thresholds> {
    let bands = bands::of(panel);
    let lowest = bands.first().filter(|_| bands::any(panel))?;
    Some(Thresholds {
        mode: "absolute",
        default_color: lowest.color,
        steps: bands
            .iter()
            .filter_map(|band| {
                Some(Step {
                    value: band.from?,
                    color: band.color,
                })
            })
            .collect(),
    })
}

const DECIMAL: &str = "decimal";

/// Perses's units; a plain number for what it has none.
fn format(unit: Unit) -> Format {
    let unit = match unit {
        Unit::Seconds => "seconds",
        Unit::Milliseconds => "milliseconds",
        Unit::Ratio => "percent-decimal",
        Unit::Percent => "percent",
        Unit::Bytes => "bytes",
        Unit::BytesPerSecond => "bytes/sec",
        Unit::RequestsPerSecond => "requests/sec",
        Unit::PerSecond => "counts/sec",
        _ => DECIMAL,
    };
    Format {
        unit,
        // Times and percentages have no short form.
        short_values: matches!(unit, DECIMAL | "bytes" | "bytes/sec" | "requests/sec" | "counts/sec"),
    }
}
