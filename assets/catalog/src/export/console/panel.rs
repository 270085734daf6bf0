//! One panel in the console's words.

use super::model::{Axis, Chart, FieldOptions, Legend, Options, Panel as Model, Step, Target};
use crate::export::bound::BoundQuery;
use crate::export::{bands, description, units};
use crate::model::{Kind, Panel, Unit};

pub(super) fn panel(id: usize, panel: &Panel, queries: Vec<BoundQuery>) -> Model {
    let is_number = panel.kind == Kind::Stat;
    let chart = if is_number { number(panel) } else { graph(panel) };
    let title = match format(panel.unit, is_number) {
        SHORT if !is_number => units::titled(&panel.title, panel.unit),
        _ => panel.title.clone(),
    };
    let target = |(index, query): (usize, BoundQuery)| Target {
        ref_id: format!("Q{index}"),
        expr: query.expr,
        legend_format: query.legend,
        instant: is_number,
    };
    Model {
        id,
        chart,
        title,
        description: description(panel),
        span: if is_number { 3 } else { 6 },
        targets: queries.into_iter().enumerate().map(target).collect(),
    }
}

fn graph(panel: &Panel) -> Chart {
    let axis = |show| Axis {
        format: format(panel.unit, false),
        show,
    };
    Chart::Graph {
        stack: panel.kind == Kind::Area,
        legend: Legend { show: true },
        yaxes: [axis(true), axis(false)],
    }
}

fn number(panel: &Panel) -> Chart {
    let step = |band: bands::Band| Step {
        value: band
            .from
            .map_or_else(|| "-Infinity".to_owned(), |from| from.to_string()),
        color: band.color,
    };
    let format = format(panel.unit, true);
    let word = Some(units::word(panel.unit)).filter(|word| format == SHORT && !word.is_empty());
    Chart::SingleStat {
        format,
        decimals: if matches!(panel.unit, Unit::Requests | Unit::Tokens | Unit::Pods | Unit::Gpus) {
            0
        } else {
            2
        },
        postfix: word.map(|word| format!(" {word}")).unwrap_or_default(),
        value_name: "current",
        options: bands::any(panel).then(|| Options {
            field_options: FieldOptions {
                thresholds: bands::of(panel).into_iter().map(step).collect(),
            },
        }),
    }
}

/// A bare number.
const SHORT: &str = "short";

/// The console's units; its numbers know fewer than its graphs.
fn format(unit: Unit, is_number: bool) -> &'static str {
    match unit {
        Unit::Seconds if !is_number => "s",
        Unit::Milliseconds if !is_number => "ms",
        Unit::Ratio => "percentunit",
        Unit::Bytes => "bytes",
        Unit::BytesPerSecond => "Bps",
        _ => SHORT,
    }
}
