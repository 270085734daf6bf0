//! Series side by side on one grid, put together from pieces of it.

use std::collections::BTreeMap;

use server_api::{ABSENT, Frame, is_absent};

use crate::query::decode::Columns;

/// The last instant of columns that are not empty.
#[must_use]
pub fn end(columns: Columns) -> i64 {
    let steps = i64::try_from(columns.len.saturating_sub(1)).unwrap_or(i64::MAX);
    columns
        .start
        .saturating_add(steps.saturating_mul(i64::from(columns.step)))
}

/// Sorted by their labels, as Prometheus sorts the series of a range query.
pub struct Sheet {
    columns: Columns,
    series: BTreeMap<BTreeMap<String, String>, Vec<f64>>,
}

impl Sheet {
    #[must_use]
    pub fn new(columns: Columns) -> Sheet {
        Sheet {
            columns,
            series: BTreeMap::new(),
        }
    }

    /// Writes what of the frames lies on the sheet over what is there. The frames' instants are instants of its grid.
    pub fn put(&mut self, frames: &[Frame]) {
        let Columns { start, step, len } = self.columns;
        for frame in frames {
            // How far the frame begins after (or before) the sheet does.
            let places = (frame.start - start).div_euclid(i64::from(step.max(1)));
            let before = usize::try_from(-places).unwrap_or(0);
            let after = usize::try_from(places).unwrap_or(0);
            let Some(values) = frame.values.get(before..).filter(|values| !values.is_empty()) else {
                continue;
            };
            if after >= len {
                continue;
            }
            if !self.series.contains_key(&frame.labels) {
                self.series.insert(frame.labels.clone(), vec![ABSENT; len]);
            }
            let column = self
                .series
                .get_mut(&frame.labels)
                .and_then(|column| column.get_mut(after..));
            for (place, value) in column.into_iter().flatten().zip(values) {
                *place = *value;
            }
        }
    }

    /// As a query would answer: a series without any sample is not there.
    #[must_use]
    pub fn frames(self, query: usize) -> Vec<Frame> {
        let Columns { start, step, .. } = self.columns;
        self.series
            .into_iter()
            .filter(|(_, values)| !values.iter().all(|value| is_absent(*value)))
            .map(|(labels, values)| Frame {
                query,
                labels,
                start,
                step,
                values,
                ..Frame::default()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(pod: &str, start: i64, values: &[f64]) -> Frame {
        Frame {
            labels: [("pod".to_owned(), pod.to_owned())].into(),
            start,
            step: 10,
            values: values.to_vec(),
            ..Frame::default()
        }
    }

    #[test]
    fn pieces_are_put_at_their_instants_and_what_lies_outside_is_left() {
        let mut sheet = Sheet::new(Columns {
            start: 100,
            step: 10,
            len: 4,
        });
        sheet.put(&[frame("b", 80, &[1.0, 2.0, 3.0]), frame("gone", 70, &[1.0, 2.0])]);
        sheet.put(&[frame("a", 120, &[7.0, 8.0, 9.0]), frame("b", 110, &[4.0])]);
        sheet.put(&[frame("later", 140, &[1.0]), frame("empty", 100, &[ABSENT])]);
        let shown: Vec<_> = sheet
            .frames(2)
            .into_iter()
            .map(|frame| {
                assert_eq!((frame.query, frame.start, frame.step), (2, 100, 10));
                let values: Vec<_> = frame.values.into_iter().map(|v| (!is_absent(v)).then_some(v)).collect();
                (frame.labels["pod"].clone(), values)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("a".to_owned(), vec![None, None, Some(7.0), Some(8.0)]),
                ("b".to_owned(), vec![Some(3.0), Some(4.0), None, None]),
            ]
        );
    }

    #[test]
    fn the_last_instant_of_one_column_is_its_first() {
        let columns = |len| Columns {
            start: 100,
            step: 10,
            len,
        };
        assert_eq!([0, 1, 2].map(|len| end(columns(len))), [100, 100, 110]);
    }
}
