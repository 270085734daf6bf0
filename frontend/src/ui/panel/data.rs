//! The picture's numbers as a table: newest first, a column for each line.

use std::sync::Arc;

use chart::{Kind, sorted};
use leptos::prelude::*;

use crate::{
    host::BrowserClock,
    state::{Plot, Shown},
    ui::part,
    words::{counted, forms, t, t_with},
};

/// More rows than this nobody reads; then they are picked at equal distances, and the caption says so.
const ROWS: usize = 120;

#[component]
pub fn Data(title: String, #[prop(into)] shown: Signal<Option<Arc<Shown>>>) -> impl IntoView {
    let name = t_with("{{what}} as a table", &[("what", &title)]);
    view! {
        <div class="sl-data" role="region" aria-label=name tabindex="0">
            {part(move || shown.with(|shown| shown.as_ref().map(|shown| table(&shown.plot, &title))).into_any())}
        </div>
    }
    .into_any()
}

fn table(plot: &Plot, title: &str) -> AnyView {
    if plot.kind == Kind::Bar {
        return bars(plot, title);
    }
    let all = instants(plot);
    let every = all.len().div_ceil(ROWS).max(1);
    let shown = picked(plot, &all, every);
    let heads: Vec<AnyView> = plot
        .lines
        .iter()
        .map(|line| view! { <th scope="col" translate="no">{line.name.clone()}</th> }.into_any())
        .collect();
    let row = |unix: i64| {
        let cells: Vec<AnyView> = plot
            .lines
            .iter()
            .map(|line| {
                let text = line
                    .at(unix)
                    .map_or_else(|| "–".to_owned(), |value| line.say(plot.unit, value));
                view! { <td translate="no">{text}</td> }.into_any()
            })
            .collect();
        view! { <tr><th scope="row" translate="no">{BrowserClock.instant(unix)}</th>{cells}</tr> }.into_any()
    };
    let note = (every > 1).then(|| {
        counted(
            forms(
                "{{shown}} of {{count}} sample, evenly spaced",
                "{{shown}} of {{count}} samples, evenly spaced",
            ),
            all.len(),
            &[("shown", &shown.len().to_string())],
        )
    });
    let rows: Vec<AnyView> = shown.into_iter().map(row).collect();
    view! {
        <table class="sl-numbers">
            <caption>{title.to_owned()} {note.map(|text| format!(" ({text})"))}</caption>
            <thead>
                <tr>
                    <th scope="col">{t("Time")}</th>
                    {heads}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn bars(plot: &Plot, title: &str) -> AnyView {
    let rows: Vec<AnyView> = plot
        .bars
        .iter()
        .map(|(label, value)| {
            let value = plot.say(*value);
            view! { <tr><th scope="row" translate="no">{label.clone()}</th><td translate="no">{value}</td></tr> }
                .into_any()
        })
        .collect();
    view! {
        <table class="sl-numbers">
            <caption>{title.to_owned()}</caption>
            <thead>
                <tr>
                    <th scope="col">{t("Range")}</th>
                    <th scope="col">{t("Value")}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

/// Each `every`th of `all` instants, newest first, and the newest of each line: the legend's numbers are among the table's.
fn picked(plot: &Plot, all: &[i64], every: usize) -> Vec<i64> {
    let spaced = all.iter().rev().step_by(every).copied();
    let newest = plot.lines.iter().filter_map(|line| line.last().map(|(unix, _)| unix));
    let mut picked = sorted(&spaced.chain(newest).collect::<Vec<_>>(), |a, b| b.cmp(a));
    picked.dedup();
    picked
}

/// Every instant of any line that has a value there, oldest first.
fn instants(plot: &Plot) -> Vec<i64> {
    let of = |line: &crate::state::Line| -> Vec<i64> {
        let (start, step) = (line.start, i64::from(line.step));
        let with = line.values.iter().zip(0_i64..).filter(|(value, _)| !value.is_nan());
        with.map(|(_, at)| start + at * step).collect()
    };
    let all: Vec<i64> = plot.lines.iter().flat_map(of).collect();
    let mut all = sorted(&all, Ord::cmp);
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Line;

    #[test]
    fn instants_are_those_of_all_lines_without_gaps_and_repeats() {
        let line = |start, values: &[f64]| Line {
            name: String::new(),
            color: 0,
            start,
            step: 60,
            values: values.to_vec(),
            above: vec![],
            below: None,
            few: None,
        };
        let plot = Plot {
            lines: vec![line(0, &[1.0, f64::NAN, 2.0]), line(120, &[1.0, f64::INFINITY])],
            ..Plot::default()
        };
        let all = instants(&plot);
        assert_eq!(all, [0, 120, 180]);
        assert_eq!(picked(&plot, &all, 1), [180, 120, 0]);
        assert_eq!(picked(&plot, &all, 2), [180, 120, 0], "the first line's newest stays");
        let one = Plot {
            lines: vec![line(0, &[1.0, 2.0, 3.0])],
            ..Plot::default()
        };
        assert_eq!(picked(&one, &instants(&one), 2), [120, 0]);
    }
}
