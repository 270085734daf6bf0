//! From one series' samples to a number at an instant.

/// What differs between generations of Prometheus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// A range holds what is later than its start; before 3.0 what is exactly at its start, too.
    pub left_open: bool,
    /// The counter's zero is looked at after the gap to the range's start is judged; before 3.x it came first.
    pub zero_last: bool,
    /// How old the current value may be, in seconds.
    pub lookback: i64,
}

type Points = [(i64, f64)];

impl Rules {
    fn inside<'a>(&self, points: &'a Points, at: i64, span: i64) -> &'a Points {
        let start = at - span;
        let from = points.partition_point(|(time, _)| if self.left_open { *time <= start } else { *time < start });
        let to = points.partition_point(|(time, _)| *time <= at);
        points.get(from..to).unwrap_or_default()
    }

    /// The current value.
    pub fn now(&self, points: &Points, at: i64) -> Option<f64> {
        self.inside(points, at, self.lookback).last().map(|(_, value)| *value)
    }

    /// All values within the span made one; where there is none, the current value.
    pub fn within(&self, points: &Points, at: i64, span: i64, join: impl Fn(&[f64]) -> f64) -> Option<f64> {
        let inside: Vec<f64> = self.inside(points, at, span).iter().map(|(_, value)| *value).collect();
        if inside.is_empty() {
            return self.now(points, at);
        }
        Some(join(&inside))
    }

    /// The latest value within the span.
    pub fn last(&self, points: &Points, at: i64, span: i64) -> Option<f64> {
        self.inside(points, at, span).last().map(|(_, value)| *value)
    }

    /// The mean of all values within the span.
    pub fn mean(&self, points: &Points, at: i64, span: i64) -> Option<f64> {
        let inside = self.inside(points, at, span);
        let sum: f64 = inside.iter().map(|(_, value)| value).sum();
        (!inside.is_empty()).then(|| sum / inside.len() as f64)
    }

    /// Of the current value, in seconds.
    pub fn age(&self, points: &Points, at: i64) -> Option<f64> {
        let last = self.inside(points, at, self.lookback).last()?;
        Some((at - last.0) as f64)
    }

    /// How often the value is another one than just before.
    pub fn changes(&self, points: &Points, at: i64, span: i64) -> Option<f64> {
        let inside = self.inside(points, at, span);
        let changed = inside.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
        (!inside.is_empty()).then_some(changed as f64)
    }

    /// Of the straight line that fits the samples within the span best, per second.
    pub fn slope(&self, points: &Points, at: i64, span: i64) -> Option<f64> {
        let inside = self.inside(points, at, span);
        let count = inside.len() as f64;
        if inside.len() < 2 {
            return None;
        }
        let mean_at = inside.iter().map(|(time, _)| (time - at) as f64).sum::<f64>() / count;
        let mean = inside.iter().map(|(_, value)| value).sum::<f64>() / count;
        let (mut both, mut alone) = (0.0, 0.0);
        for (time, value) in inside {
            let off = (time - at) as f64 - mean_at;
            both += off * (value - mean);
            alone += off * off;
        }
        Some(both / alone)
    }

    /// A counter's growth within the span, carried on to the span's ends where the samples come near them.
    pub fn increase(&self, points: &Points, at: i64, span: i64) -> Option<f64> {
        let inside = self.inside(points, at, span);
        let (&(first_at, first), &(last_at, _)) = (inside.first()?, inside.last()?);
        if inside.len() < 2 {
            return None;
        }
        // A value below the one before is a counter that began again at zero.
        let grown: f64 = inside
            .windows(2)
            .map(|pair| {
                if pair[1].1 < pair[0].1 {
                    pair[1].1
                } else {
                    pair[1].1 - pair[0].1
                }
            })
            .sum();
        let covered = (last_at - first_at) as f64;
        let spacing = covered / (inside.len() - 1) as f64;
        let near = spacing * 1.1;
        let mut before = (first_at - (at - span)) as f64;
        let mut after = (at - last_at) as f64;
        let to_zero = (grown > 0.0 && first >= 0.0).then(|| covered * (first / grown));
        let cut = |before: f64| to_zero.map_or(before, |to_zero| before.min(to_zero));
        if !self.zero_last {
            before = cut(before);
        }
        if before >= near {
            before = spacing / 2.0;
        }
        if self.zero_last {
            before = cut(before);
        }
        if after >= near {
            after = spacing / 2.0;
        }
        Some(grown * (covered + before + after) / covered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Rules = Rules {
        left_open: false,
        zero_last: false,
        lookback: 59,
    };
    const NEW: Rules = Rules {
        left_open: true,
        zero_last: true,
        lookback: 59,
    };

    #[test]
    fn a_range_holds_its_start_before_prometheus_3_only() {
        let points = [(0, 1.0), (30, 2.0), (60, 4.0)];
        assert_eq!(OLD.increase(&points, 60, 60), Some(3.0));
        assert_eq!(
            NEW.increase(&points, 60, 60),
            Some(4.0),
            "2 in 30 s, and as much before"
        );
        assert_eq!((OLD.last(&points, 60, 0), NEW.last(&points, 60, 0)), (Some(4.0), None));
    }

    #[test]
    fn a_counter_that_begins_again_adds_what_it_has_reached() {
        let points = [(0, 10.0), (30, 12.0), (60, 3.0)];
        assert_eq!(OLD.increase(&points, 60, 60), Some(5.0));
        assert_eq!(OLD.increase(&points[..1], 60, 60), None, "one sample tells no growth");
    }

    #[test]
    fn a_counter_is_not_carried_on_below_zero() {
        // 1 at 20 s grows by 3 in 30 s: it was zero at 10 s.
        let points = [(20, 1.0), (50, 4.0)];
        for rules in [OLD, NEW] {
            assert_eq!(rules.increase(&points, 50, 50), Some(4.0), "{rules:?}");
        }
        // Far from the start, the old rule cuts first and then has no gap that is too wide.
        let points = [(200, 1.0), (230, 4.0)];
        assert_eq!(OLD.increase(&points, 230, 230), Some(4.0));
        assert_eq!(NEW.increase(&points, 230, 230), Some(4.0));
    }

    #[test]
    fn a_step_without_a_scrape_keeps_the_current_value() {
        let highest = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::max);
        let points = [(0, 9.0), (30, 2.0), (60, 4.0)];
        assert_eq!(NEW.within(&points, 60, 60, highest), Some(4.0));
        assert_eq!(
            OLD.within(&points, 60, 60, highest),
            Some(9.0),
            "with what is at its start"
        );
        assert_eq!(
            NEW.within(&points, 100, 40, highest),
            Some(4.0),
            "nothing after 60, and 4 holds"
        );
        assert_eq!(NEW.within(&points, 119, 40, highest), None, "4 is too old");
    }

    #[test]
    fn a_slope_is_that_of_the_best_line() {
        assert_eq!(OLD.slope(&[(0, 1.0), (30, 4.0), (60, 7.0)], 60, 60), Some(0.1));
        assert_eq!(OLD.slope(&[(0, 0.0), (30, 6.0), (60, 0.0)], 60, 60), Some(0.0));
        assert_eq!(
            NEW.slope(&[(0, 1.0), (30, 4.0)], 30, 30),
            None,
            "one sample has no slope"
        );
    }

    #[test]
    fn the_current_value_ages() {
        let points = [(0, 7.0)];
        assert_eq!((OLD.now(&points, 59), NEW.now(&points, 59)), (Some(7.0), None));
        assert_eq!((OLD.now(&points, 60), NEW.now(&points, 58)), (None, Some(7.0)));
        assert_eq!(OLD.changes(&[(0, 1.0), (9, 1.0), (18, 2.0)], 18, 20), Some(1.0));
    }
}
