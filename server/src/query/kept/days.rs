//! What of range queries cannot change any more, a piece for each day.
//!
//! A value of a range query depends on its own instant alone, so that pieces asked at different times make one answer as
//! long as they lie on one grid. A piece holds a run of instants of one UTC day without a gap.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use server_api::{Frame, is_absent};

use super::{
    fresh::Weigh as _,
    sheet::{Sheet, end},
};
use crate::{
    identity::CallerKey,
    query::{decode::Columns, eyes::EyesKey},
};

const DAY_S: i64 = 86_400;
/// Younger samples may still come: a scrape on its way, a rule that is worked out late, the marker of a target that is
/// gone (Prometheus writes it after two intervals).
const SETTLES_S: i64 = 180;
/// A store that was away has left a hole without a word: it heals within this time.
const KEPT: Duration = Duration::from_secs(3_600);
const EACH: usize = 256;

/// One query's grid for one caller: all its days lie on the same instants.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    pub eyes: EyesKey,
    pub expr: Arc<str>,
    pub step: u32,
}

/// A run of instants and what was found on it.
#[derive(Debug, PartialEq)]
pub struct Part {
    pub columns: Columns,
    pub frames: Vec<Frame>,
}

pub struct Days(Cache<(Line, i64), Arc<Part>>);

impl Days {
    #[must_use]
    pub fn new(most: u64) -> Days {
        let cache = Cache::builder()
            .max_capacity(most)
            .weigher(|(line, _): &(Line, i64), part: &Arc<Part>| {
                u32::try_from(EACH + line.expr.len() + part.frames.bytes()).unwrap_or(u32::MAX)
            })
            .time_to_live(KEPT)
            .support_invalidation_closures()
            .build();
        Days(cache)
    }

    /// What is known of the columns' days; each part begins at or before the first instant that is wanted of its day.
    #[must_use]
    pub fn find(&self, line: &Line, columns: Columns) -> Vec<Arc<Part>> {
        days(columns)
            .into_iter()
            .filter_map(|(day, wanted)| {
                let part = self.0.get(&(line.clone(), day))?;
                let has_some = part.columns.start <= wanted.start && end(part.columns) >= wanted.start;
                has_some.then_some(part)
            })
            .collect()
    }

    /// Keeps what of an answer is settled at `now`, joined with what is known.
    pub fn keep(&self, line: &Line, asked: Columns, frames: &[Frame], now: i64) {
        let Some(settled) = settled(asked, frames, now) else {
            return;
        };
        for (day, part) in days(settled) {
            let key = (line.clone(), day);
            let known = self.0.get(&key);
            let joined = match &known {
                Some(known) => match join(known.columns, part) {
                    Some(joined) => joined,
                    // Two looks at one day that do not touch: the later one is the one that is looked at again.
                    None if known.columns.start > part.start => continue,
                    None => part,
                },
                None => part,
            };
            let mut sheet = Sheet::new(joined);
            if let Some(known) = &known {
                sheet.put(&known.frames);
            }
            sheet.put(frames);
            let part = Part {
                columns: joined,
                frames: sheet.frames(0),
            };
            self.0.insert(key, Arc::new(part));
        }
    }

    pub fn forget(&self, caller: CallerKey) {
        // Fails only without the support that `new` asks for.
        let _ = self.0.invalidate_entries_if(move |(line, _), _| line.eyes.0 == caller);
    }
}

/// The last instant of an answer that [`Days::keep`] keeps.
#[must_use]
pub fn last_settled(asked: Columns, frames: &[Frame], now: i64) -> Option<i64> {
    settled(asked, frames, now).map(end)
}

/// The runs of instants that no part covers, neighbours as one.
#[must_use]
pub fn missing(columns: Columns, parts: &[Arc<Part>]) -> Vec<Columns> {
    let mut missing: Vec<Columns> = Vec::new();
    for (_, wanted) in days(columns) {
        let covers = |part: &&Arc<Part>| part.columns.start <= wanted.start && end(part.columns) >= wanted.start;
        let from = match parts.iter().find(covers) {
            Some(part) => end(part.columns).saturating_add(i64::from(wanted.step)),
            None => wanted.start,
        };
        if from > end(wanted) {
            continue;
        }
        let run = run(from, end(wanted), wanted.step);
        match missing.last_mut() {
            Some(last) if end(*last).saturating_add(i64::from(last.step)) == run.start => last.len += run.len,
            _ => missing.push(run),
        }
    }
    missing
}

/// Both ends included.
fn run(start: i64, end: i64, step: u32) -> Columns {
    let steps = (end - start).div_euclid(i64::from(step.max(1)));
    Columns {
        start,
        step,
        len: usize::try_from(steps + 1).unwrap_or(0),
    }
}

/// The columns of each UTC day, in their order.
fn days(columns: Columns) -> Vec<(i64, Columns)> {
    let mut days = Vec::new();
    let (mut start, last, step) = (columns.start, end(columns), columns.step.max(1));
    while columns.len > 0 && start <= last {
        let day = start.div_euclid(DAY_S);
        let left = (day + 1) * DAY_S - 1 - start;
        let part = run(start, last.min(start + left - left.rem_euclid(i64::from(step))), step);
        days.push((day, part));
        start = end(part) + i64::from(step);
    }
    days
}

/// The first instants of an answer, up to the last one with a value that has had its time.
///
/// What comes after the last value is not kept: a store that is away, or one whose clock is behind ours, shows nothing.
fn settled(columns: Columns, frames: &[Frame], now: i64) -> Option<Columns> {
    let shown = |frame: &Frame| frame.values.iter().rposition(|value| !is_absent(*value));
    let seen = frames.iter().filter_map(shown).max()?;
    let old = now.saturating_sub(SETTLES_S).saturating_sub(columns.start);
    let old = usize::try_from(old.div_euclid(i64::from(columns.step.max(1)))).ok()?;
    Some(Columns {
        len: columns.len.min(seen + 1).min(old.saturating_add(1)),
        ..columns
    })
}

/// Both runs as one, when nothing lies between them.
fn join(a: Columns, b: Columns) -> Option<Columns> {
    let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
    let touches = second.start <= end(first).saturating_add(i64::from(first.step));
    touches.then(|| run(first.start, end(first).max(end(second)), first.step))
}

#[cfg(test)]
mod tests {
    use server_api::ABSENT;

    use super::*;

    fn columns(start: i64, len: usize) -> Columns {
        Columns {
            start,
            step: 3_600,
            len,
        }
    }

    fn part(start: i64, len: usize) -> Arc<Part> {
        Arc::new(Part {
            columns: columns(start, len),
            frames: Vec::new(),
        })
    }

    #[test]
    fn a_range_is_split_where_a_day_begins() {
        let check = |wanted: Columns, expect: &[(i64, i64, usize)]| {
            let got: Vec<_> = days(wanted)
                .iter()
                .map(|(day, part)| (*day, part.start, part.len))
                .collect();
            assert_eq!(got, expect);
        };
        check(columns(0, 24), &[(0, 0, 24)]);
        check(columns(22 * 3_600, 4), &[(0, 79_200, 2), (1, DAY_S, 2)]);
        check(columns(-3_600, 2), &[(-1, -3_600, 1), (0, 0, 1)]);
        check(columns(0, 0), &[]);
        // A step that does not fit into a day: no instant is lost or doubled.
        let odd = Columns {
            start: 0,
            step: 50_000,
            len: 4,
        };
        check(odd, &[(0, 0, 2), (1, 100_000, 2)]);
    }

    #[test]
    fn what_no_part_covers_is_asked_in_as_few_questions_as_can_be() {
        let check = |parts: &[Arc<Part>], expect: &[(i64, usize)]| {
            let got: Vec<_> = missing(columns(0, 72), parts)
                .iter()
                .map(|run| (run.start, run.len))
                .collect();
            assert_eq!(got, expect);
        };
        check(&[], &[(0, 72)]);
        check(&[part(0, 24), part(DAY_S, 24)], &[(2 * DAY_S, 24)]);
        check(
            &[part(0, 24), part(DAY_S, 24), part(2 * DAY_S, 20)],
            &[(2 * DAY_S + 72_000, 4)],
        );
        check(&[part(DAY_S, 24)], &[(0, 24), (2 * DAY_S, 24)]);
        // One that begins too late is no help.
        check(&[part(3_600, 23), part(DAY_S, 24), part(2 * DAY_S, 24)], &[(0, 24)]);
        check(&[part(0, 24), part(DAY_S, 24), part(2 * DAY_S, 24)], &[]);
    }

    #[test]
    fn only_what_was_seen_and_has_had_its_time_is_settled() {
        let frame = |values: Vec<f64>| Frame {
            step: 3_600,
            values,
            ..Frame::default()
        };
        let check = |frames: &[Frame], now: i64, expect: Option<usize>| {
            assert_eq!(settled(columns(0, 4), frames, now).map(|settled| settled.len), expect);
        };
        let full = [frame(vec![1.0; 4])];
        check(&full, 1_000_000, Some(4));
        check(&full, 3 * 3_600 + SETTLES_S, Some(4));
        check(&full, 3 * 3_600 + SETTLES_S - 1, Some(3));
        check(&full, SETTLES_S - 1, None);
        check(&[frame(vec![1.0, 1.0, ABSENT, ABSENT])], 1_000_000, Some(2));
        check(&[frame(vec![ABSENT; 4])], 1_000_000, None);
        check(&[], 1_000_000, None);
    }

    #[test]
    fn runs_that_touch_become_one() {
        let check = |a: (i64, usize), b: (i64, usize), expect: Option<(i64, usize)>| {
            let joined = join(columns(a.0, a.1), columns(b.0, b.1));
            assert_eq!(joined.map(|run| (run.start, run.len)), expect);
        };
        check((0, 2), (7_200, 1), Some((0, 3)));
        check((7_200, 1), (0, 2), Some((0, 3)));
        check((0, 5), (3_600, 1), Some((0, 5)));
        check((0, 1), (7_200, 1), None);
    }
}
