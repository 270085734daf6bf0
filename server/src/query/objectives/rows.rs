//! From the answers of all windows to one row for each set of labels.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Objective, export::prometheus_rule::BURNS, measure::Bounds};
use server_api::{Frame, SloRow, is_absent, slos::Burn};

use super::{BUDGET_S, Cell, reading::reading};

/// What each window's question gave.
pub type Found = BTreeMap<Cell, Vec<Frame>>;

/// More rows than this are no board.
const MOST_ROWS: usize = 500;

type Labels = BTreeMap<String, String>;

pub fn rows(slo: &Objective, found: &Found, bounds: impl Fn(&Labels) -> Bounds) -> Vec<SloRow> {
    let whom: BTreeSet<&Labels> = found
        .values()
        .flatten()
        .filter(|frame| value(frame).is_some())
        .map(|frame| &frame.labels)
        .collect();
    let of = |cell: Cell, labels: &Labels| {
        let frames = found.get(&cell)?;
        value(frames.iter().find(|frame| frame.labels == *labels)?)
    };
    let share = |window_s: u32, labels: &Labels| of(Cell::Bad(window_s), labels).filter(|share| share.is_finite());
    let mut rows: Vec<SloRow> = whom
        .into_iter()
        .map(|labels| {
            let bounds = bounds(labels);
            let burn = |window_s| share(window_s, labels).map(|share| share / slo.budget);
            SloRow {
                labels: labels.clone(),
                now: of(Cell::Now, labels).map(|value| reading(slo, value, &bounds)),
                range: of(Cell::Range, labels).map(|value| reading(slo, value, &bounds)),
                budget_left: burn(BUDGET_S).map(|used| 1.0 - used),
                burns: if slo.bad.is_some() { burns(burn) } else { Vec::new() },
            }
        })
        .collect();
    rows.sort_by(|a, b| b.state().cmp(&a.state()).then_with(|| a.labels.cmp(&b.labels)));
    rows.truncate(MOST_ROWS);
    rows
}

fn burns(rate: impl Fn(u32) -> Option<f64>) -> Vec<Burn> {
    BURNS
        .iter()
        .map(|pair| {
            let (long, short) = (rate(pair.long_s), rate(pair.short_s));
            let above = |rate: Option<f64>| rate.is_some_and(|rate| rate > pair.rate);
            Burn {
                long_s: pair.long_s,
                short_s: pair.short_s,
                long,
                short,
                limit: pair.rate,
                severity: pair.severity.as_str().to_owned(),
                burning: above(long) && above(short),
            }
        })
        .collect()
}

fn value(frame: &Frame) -> Option<f64> {
    frame.values.last().copied().filter(|value| !is_absent(*value))
}

#[cfg(test)]
mod tests {
    use catalog::Catalog;
    use server_api::SloState;

    use super::*;

    fn frames(values: &[(&str, f64)]) -> Vec<Frame> {
        values
            .iter()
            .map(|(model, value)| Frame {
                labels: [("model_name".to_owned(), (*model).to_owned())].into(),
                values: vec![*value],
                ..Frame::default()
            })
            .collect()
    }

    #[test]
    fn each_model_has_a_row_the_worst_first_with_its_budget_and_its_burn_rates() {
        let catalog = Catalog::embedded().unwrap();
        let slo = catalog.slos().find(|slo| slo.id.as_str() == "errors").unwrap();
        let mut found = Found::from([
            (Cell::Now, frames(&[("calm", 0.0), ("bad", 0.02), ("idle", f64::NAN)])),
            (Cell::Range, frames(&[("calm", 0.0005), ("bad", 0.004), ("gone", 0.0)])),
            (
                Cell::Bad(BUDGET_S),
                frames(&[("calm", 0.0005), ("bad", 0.003), ("idle", 0.0)]),
            ),
        ]);
        for pair in BURNS {
            found.insert(
                Cell::Bad(pair.short_s),
                frames(&[("calm", 0.0), ("bad", 0.02), ("idle", f64::NAN)]),
            );
            found.insert(Cell::Bad(pair.long_s), frames(&[("calm", 0.0), ("bad", 0.0045)]));
        }
        let rows = rows(slo, &found, |_| Bounds::default());
        let short: Vec<_> = rows
            .iter()
            .map(|row| {
                let burning: Vec<_> = row.burns.iter().map(|burn| burn.burning).collect();
                (row.labels["model_name"].as_str(), row.state(), row.budget_left, burning)
            })
            .collect();
        let calm = vec![false; 4];
        assert_eq!(
            short,
            [
                // 20 times too fast over six hours, which are the long window of one pair and the short one of another, and
                // 4.5 times over a day; in the hour not the 14 times that its pair wants.
                ("bad", SloState::Critical, Some(-2.0), vec![false, true, true, true]),
                ("calm", SloState::Ok, Some(0.5), calm.clone()),
                ("gone", SloState::Ok, None, calm.clone()),
                ("idle", SloState::NoTraffic, Some(1.0), calm),
            ]
        );
        assert_eq!((rows[0].burns[0].long, rows[3].burns[0].short), (Some(4.5), None));
    }
}
