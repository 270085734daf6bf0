//! What is remembered of the past so that tests can ask for exact truth: records with a time, and gauges as functions of
//! time. Records come in the order of time; old ones are dropped on request.

/// Records in the order of time.
#[derive(Debug, Clone)]
pub struct Log<T> {
    records: Vec<(f64, T)>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self { records: Vec::new() }
    }
}

impl<T> Log<T> {
    pub fn push(&mut self, at: f64, record: T) {
        self.records.push((at, record));
    }

    /// The records in (from, to].
    pub fn within(&self, from: f64, to: f64) -> impl Iterator<Item = (f64, &T)> + '_ {
        let start = self.records.partition_point(|(at, _)| *at <= from);
        let end = self.records.partition_point(|(at, _)| *at <= to);
        self.records
            .iter()
            .take(end)
            .skip(start)
            .map(|(at, record)| (*at, record))
    }

    /// The last record up to and with this instant.
    pub fn latest(&self, at: f64) -> Option<&T> {
        let end = self.records.partition_point(|(time, _)| *time <= at);
        self.records.get(end.checked_sub(1)?).map(|(_, record)| record)
    }

    pub fn forget_before(&mut self, at: f64) {
        let old = self.records.partition_point(|(time, _)| *time < at);
        self.records.drain(..old);
    }
}

/// A gauge over time, known at the instants where it was noted.
#[derive(Debug, Clone)]
pub struct Gauge {
    points: Vec<(f64, f64)>,
    between: Between,
}

/// What holds between two noted instants.
#[derive(Debug, Clone, Copy)]
pub enum Between {
    /// The earlier value.
    Hold,
    /// A straight line.
    Line,
}

impl Gauge {
    pub fn new(at: f64, between: Between) -> Self {
        Self {
            points: vec![(at, 0.0)],
            between,
        }
    }

    pub fn note(&mut self, at: f64, value: f64) {
        let unchanged = self.points.last().is_some_and(|(_, last)| *last == value);
        if !(unchanged && matches!(self.between, Between::Hold)) {
            self.points.push((at, value));
        }
    }

    /// The time-average over (from, to]; the last noted value holds after it. None where nothing is known.
    pub fn mean(&self, from: f64, to: f64) -> Option<f64> {
        let first = self.points.first()?.0.max(from);
        if to <= first {
            return None;
        }
        let start = self.points.partition_point(|(at, _)| *at <= first).saturating_sub(1);
        let mut area = 0.0;
        let mut points = self.points.iter().skip(start).peekable();
        while let Some(&(at, value)) = points.next() {
            if at >= to {
                break;
            }
            let next = points.peek().copied().copied();
            let (left, right) = (at.max(first), next.map_or(to, |(next, _)| next.min(to)));
            let height = match (self.between, next) {
                (Between::Line, Some((next_at, next_value))) if next_at > at => {
                    let slope = (next_value - value) / (next_at - at);
                    value + slope * ((left + right) / 2.0 - at)
                }
                _ => value,
            };
            area += height * (right - left).max(0.0);
        }
        Some(area / (to - first))
    }

    /// At this instant; the last noted value holds after it, and nothing is 0.
    pub fn at(&self, at: f64) -> f64 {
        let next = self.points.partition_point(|(time, _)| *time <= at);
        let Some(&(left, value)) = next.checked_sub(1).and_then(|last| self.points.get(last)) else {
            return 0.0;
        };
        match (self.between, self.points.get(next)) {
            (Between::Line, Some(&(right, then))) => value + (then - value) * (at - left) / (right - left),
            _ => value,
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        // The last point before the cut still says what holds at the cut.
        let old = self.points.partition_point(|(time, _)| *time < at).saturating_sub(1);
        self.points.drain(..old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gives_what_lies_after_from_up_to_and_with_to() {
        let mut log = Log::default();
        for at in 1..=4 {
            log.push(f64::from(at), at);
        }
        let within = |log: &Log<i32>, from, to| log.within(from, to).map(|(_, record)| *record).collect::<Vec<_>>();
        assert_eq!(within(&log, 1.0, 3.0), [2, 3]);
        assert_eq!(within(&log, 4.0, 9.0), [0; 0]);
        assert_eq!(
            (log.latest(0.9), log.latest(3.0), log.latest(9.0)),
            (None, Some(&3), Some(&4))
        );
        log.forget_before(3.0);
        assert_eq!(within(&log, 0.0, 9.0), [3, 4]);
    }

    #[test]
    fn the_mean_of_a_gauge_follows_what_holds_between_its_points() {
        let check = |between, from, to, expect: Option<f64>| {
            let mut gauge = Gauge::new(0.0, between);
            gauge.note(10.0, 4.0);
            gauge.note(20.0, 0.0);
            assert_eq!(gauge.mean(from, to), expect, "{between:?} {from} {to}");
            gauge.forget_before(from);
            assert_eq!(gauge.mean(from, to), expect, "{between:?} {from} {to} after forgetting");
        };
        let at = |between, at| {
            let mut gauge = Gauge::new(0.0, between);
            gauge.note(10.0, 4.0);
            gauge.note(20.0, 0.0);
            gauge.at(at)
        };
        let instants = [-1.0, 5.0, 10.0, 15.0, 30.0];
        assert_eq!(instants.map(|now| at(Between::Hold, now)), [0.0, 0.0, 4.0, 4.0, 0.0]);
        assert_eq!(instants.map(|now| at(Between::Line, now)), [0.0, 2.0, 4.0, 2.0, 0.0]);
        check(Between::Hold, 0.0, 20.0, Some(2.0));
        check(Between::Hold, 15.0, 25.0, Some(2.0));
        check(Between::Line, 0.0, 20.0, Some(2.0));
        check(Between::Line, 10.0, 15.0, Some(3.0));
        check(Between::Line, 30.0, 40.0, Some(0.0));
        check(Between::Hold, 5.0, 5.0, None);
    }
}
