//! One panel in Grafana's words.

use super::model::{
    Color, Custom, DataSource, Defaults, FieldConfig, GrafanaPanel, Legend, Mode, Options, Reduce, Stacking, Step,
    Target, Thresholds, Tooltip,
};
use crate::export::bands::{self, Band};
use crate::export::bound::BoundQuery;
use crate::export::layout::Place;
use crate::export::{Order, description};
use crate::model::{Kind, Panel, Unit};

pub(super) fn panel(
    id: usize,
    panel: &Panel,
    queries: Vec<BoundQuery>,
    place: Place,
    order: &Order<'_>,
) -> GrafanaPanel {
    GrafanaPanel {
        id,
        kind: match panel.kind {
            Kind::Line | Kind::Area => "timeseries",
            Kind::Stat => "stat",
            Kind::Bar => "bargauge",
        },
        title: panel.title.clone(),
        description: description(panel),
        datasource: DataSource::VARIABLE,
        grid_pos: place.into(),
        field_config: FieldConfig {
            defaults: Defaults {
                unit: unit(panel.unit),
                min: matches!(panel.unit, Unit::Ratio | Unit::Percent).then_some(0.0),
                color: Color {
                    mode: match panel.kind {
                        Kind::Line | Kind::Area => "palette-classic",
                        Kind::Stat | Kind::Bar => "thresholds",
                    },
                },
                thresholds: Thresholds {
                    mode: "absolute",
                    steps: steps(panel),
                },
                custom: custom(panel.kind, bands::any(panel)),
            },
            overrides: [],
        },
        options: options(panel),
        targets: queries
            .into_iter()
            .enumerate()
            .map(|(index, query)| target(index, query, panel, order))
            .collect(),
    }
}

fn target(index: usize, query: BoundQuery, panel: &Panel, order: &Order<'_>) -> Target {
    let letter = u8::try_from(index).ok().and_then(|index| b'A'.checked_add(index));
    Target {
        ref_id: letter
            .filter(u8::is_ascii_uppercase)
            .map_or_else(|| format!("Q{index}"), |letter| char::from(letter).to_string()),
        datasource: DataSource::VARIABLE,
        editor_mode: "code",
        expr: query.expr,
        legend_format: query.legend,
        // In this format Grafana takes what is in the lower buckets off a bucket's count.
        format: if panel.kind == Kind::Bar {
            "heatmap"
        } else {
            "time_series"
        },
        instant: query.instant,
        range: !query.instant,
        interval: format!("{}s", order.scrape_interval_s),
    }
}

/// Grafana wants the steps ascending, the first without a value.
fn steps(panel: &Panel) -> Vec<Step> {
    let step = |band: Band| Step {
        value: band.from,
        color: band.color,
    };
    bands::of(panel).into_iter().map(step).collect()
}

fn custom(kind: Kind, has_thresholds: bool) -> Option<Custom> {
    let stacked = match kind {
        Kind::Stat | Kind::Bar => return None,
        Kind::Area => true,
        Kind::Line => false,
    };
    Some(Custom {
        draw_style: "line",
        line_width: 1,
        fill_opacity: if stacked { 30 } else { 0 },
        show_points: "never",
        // A gap is news.
        span_nulls: false,
        stacking: Stacking {
            mode: if stacked { "normal" } else { "none" },
            group: "A",
        },
        thresholds_style: Mode {
            mode: if has_thresholds { "line" } else { "off" },
        },
    })
}

fn options(panel: &Panel) -> Options {
    let last = Reduce {
        calcs: ["lastNotNull"],
        fields: "",
        values: false,
    };
    match panel.kind {
        Kind::Line | Kind::Area => Options::TimeSeries {
            legend: Legend {
                display_mode: "list",
                placement: "bottom",
                show_legend: true,
                calcs: [],
            },
            tooltip: Tooltip {
                mode: "multi",
                sort: "desc",
            },
        },
        Kind::Stat => Options::Stat {
            reduce_options: last,
            orientation: "auto",
            color_mode: "value",
            graph_mode: if panel.is_total() { "none" } else { "area" },
            justify_mode: "auto",
            text_mode: "auto",
        },
        Kind::Bar => Options::BarGauge {
            reduce_options: last,
            orientation: "horizontal",
            display_mode: "basic",
            value_mode: "color",
            show_unfilled: true,
        },
    }
}

/// Grafana's ids of units; what it has none for gets the word after the number.
pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::None | Unit::Requests | Unit::Tokens | Unit::Pods | Unit::Gpus | Unit::Count => "short",
        Unit::RequestsPerSecond => "reqps",
        Unit::TokensPerSecond => "suffix: tokens/s",
        Unit::PerSecond => "cps",
        Unit::Seconds => "s",
        Unit::Milliseconds => "ms",
        Unit::Microseconds => "µs",
        Unit::Ratio => "percentunit",
        Unit::Percent => "percent",
        Unit::Bytes => "bytes",
        Unit::Mebibytes => "mbytes",
        Unit::BytesPerSecond => "binBps",
        Unit::Celsius => "celsius",
        Unit::Watts => "watt",
        Unit::WattHours => "watth",
        Unit::Millijoules => "suffix: mJ",
        Unit::Hertz => "hertz",
        Unit::Megahertz => "suffix: MHz",
        Unit::Cores => "suffix: cores",
    }
}
