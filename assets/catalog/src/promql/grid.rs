//! The instants that a range is asked at, and the window of its rates.

/// Prometheus refuses a range query with more points than this for each series.
pub const MAX_POINTS: u64 = 11_000;

/// A rate needs two samples; four intervals still hold two when one scrape is late and one is lost.
const WINDOW_SCRAPES: u32 = 4;

/// All in seconds; `start` and `end` are Unix times and whole multiples of `step`, so that a second look at the same
/// range asks for the same instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grid {
    pub start: i64,
    pub end: i64,
    pub step: u32,
    /// Of every `[$window]`.
    pub window_s: u32,
}

impl Grid {
    /// How many instants there are, both ends included.
    pub fn points(&self) -> u64 {
        u64::try_from((self.end - self.start) / i64::from(self.step.max(1))).unwrap_or(0) + 1
    }

    /// Whether no scrape falls between two instants: what a gauge is at an instant is then all that is known of the step.
    pub fn is_as_fine_as_scrapes(&self) -> bool {
        u64::from(self.step) * u64::from(WINDOW_SCRAPES) <= u64::from(self.window_s)
    }

    /// For what is sampled every `spacing_s` seconds: with a wider window where this one would not hold samples enough.
    #[must_use]
    pub fn of_spacing(self, spacing_s: u32) -> Self {
        Self {
            window_s: self.window_s.max(spacing_s.saturating_mul(WINDOW_SCRAPES)),
            ..self
        }
    }

    /// The length of every `[$range]`: what the whole grid covers, and one step where it is a single instant.
    pub fn range_s(&self) -> u64 {
        u64::try_from(self.end - self.start)
            .unwrap_or(0)
            .max(u64::from(self.step))
    }
}

/// Each text names the fault and what to ask instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GridError {
    #[error("the range ends at {to} and starts at {from}: its end must be after its start")]
    Reversed { from: i64, to: i64 },
    #[error(
        "{points} points for each series are more than {MAX_POINTS}: ask for a shorter range or fewer pixels than {width_px}"
    )]
    TooManyPoints { points: u64, width_px: u32 },
    #[error("a chart is at least 1 pixel wide")]
    NoWidth,
    #[error("the scrape interval is at least 1 second")]
    NoScrapeInterval,
    #[error("the range from {from} to {to} is longer than a hundred years: times are Unix seconds, not milliseconds")]
    OutOfReach { from: i64, to: i64 },
}

/// A hundred years: beyond it someone sent milliseconds.
const REACH_S: i64 = 100 * 366 * 86_400;

/// One instant for each pixel or fewer, never closer together than scrapes are.
///
/// `from` and `to` are Unix seconds, `width_px` is in device-independent pixels.
pub fn grid(from: i64, to: i64, width_px: u32, scrape_interval_s: u32) -> Result<Grid, GridError> {
    if width_px == 0 {
        return Err(GridError::NoWidth);
    }
    if scrape_interval_s == 0 {
        return Err(GridError::NoScrapeInterval);
    }
    if to <= from {
        return Err(GridError::Reversed { from, to });
    }
    let range = to
        .checked_sub(from)
        .filter(|range| *range <= REACH_S)
        .ok_or(GridError::OutOfReach { from, to })?;
    let scrape = i64::from(scrape_interval_s);
    let per_pixel = ceil_div(range, i64::from(width_px));
    let step = ceil_div(per_pixel, scrape).max(1) * scrape;
    let (start, end) = (floor_to(from, step), floor_to(to, step));
    let window = (i64::from(WINDOW_SCRAPES) * scrape).max(step);
    let small = |seconds| u32::try_from(seconds).map_err(|_| GridError::OutOfReach { from, to });
    let grid = Grid {
        start,
        end,
        step: small(step)?,
        window_s: small(window)?,
    };
    if grid.points() > MAX_POINTS {
        return Err(GridError::TooManyPoints {
            points: grid.points(),
            width_px,
        });
    }
    Ok(grid)
}

fn ceil_div(value: i64, by: i64) -> i64 {
    value / by + i64::from(value % by != 0)
}

fn floor_to(time: i64, step: i64) -> i64 {
    time.div_euclid(step).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn steps_are_multiples_of_the_scrape_interval_and_fit_the_pixels() {
        let check = |from: i64, to: i64, width: u32, scrape: u32, expect: (i64, i64, u32, u32)| {
            let got = grid(from, to, width, scrape).unwrap();
            assert_eq!((got.start, got.end, got.step, got.window_s), expect);
        };
        // An hour on 600 px: 6 s a pixel, so the scrape interval decides; four of them make the window.
        check(
            1_763_796_000,
            1_763_799_600,
            600,
            30,
            (1_763_796_000, 1_763_799_600, 30, 120),
        );
        // A day on 600 px: 144 s a pixel, rounded up to 150.
        check(
            1_763_796_000,
            1_763_882_400,
            600,
            30,
            (1_763_796_000, 1_763_882_400, 150, 150),
        );
        // Unaligned ends are floored to the step.
        check(
            1_763_796_017,
            1_763_882_417,
            600,
            30,
            (1_763_796_000, 1_763_882_400, 150, 150),
        );
        // A scrape every five minutes: nothing finer, and a window of twenty minutes.
        check(0, DAY, 1_200, 300, (0, DAY, 300, 1_200));
        // Before 1970 too, flooring goes down.
        check(-90, -1, 600, 30, (-90, -30, 30, 120));
        check(100, 101, 1, 30, (90, 90, 30, 120));
    }

    #[test]
    fn what_cannot_be_a_grid_is_refused_in_one_sentence() {
        let check = |from, to, width, scrape, expect: &str| {
            assert_eq!(grid(from, to, width, scrape).unwrap_err().to_string(), expect);
        };
        check(
            20,
            10,
            600,
            30,
            "the range ends at 10 and starts at 20: its end must be after its start",
        );
        check(
            10,
            10,
            600,
            30,
            "the range ends at 10 and starts at 10: its end must be after its start",
        );
        check(
            0,
            30 * DAY,
            20_000,
            30,
            "17281 points for each series are more than 11000: ask for a shorter range or fewer pixels than 20000",
        );
        check(0, 10, 0, 30, "a chart is at least 1 pixel wide");
        check(0, 10, 600, 0, "the scrape interval is at least 1 second");
        let far = "the range from 0 to 1763882400000 is longer than a hundred years: times are Unix seconds, not milliseconds";
        check(0, 1_763_882_400_000, 600, 30, far);
        let (least, most) = (i64::MIN, i64::MAX);
        check(
            least,
            most,
            600,
            30,
            &format!(
                "the range from {least} to {most} is longer than a hundred years: times are Unix seconds, not milliseconds"
            ),
        );
    }

    #[test]
    fn the_range_is_what_the_grid_covers() {
        assert_eq!(grid(0, DAY, 600, 30).unwrap().range_s(), 86_400);
        assert_eq!(grid(100, 101, 1, 30).unwrap().range_s(), 30);
    }

    #[test]
    fn a_step_of_one_scrape_has_no_scrape_between_its_ends() {
        let check = |width: u32, step: u32, expect: bool| {
            let grid = grid(0, DAY, width, 30).unwrap();
            assert_eq!((grid.step, grid.is_as_fine_as_scrapes()), (step, expect));
        };
        check(2_880, 30, true);
        check(1_440, 60, false);
        check(720, 120, false);
        check(100, 870, false);
    }

    #[test]
    fn a_window_holds_four_samples_however_far_apart_they_are() {
        let grid = grid(0, DAY, 2_880, 30).unwrap();
        let windows = [5, 30, 60, 120, 300, u32::MAX].map(|spacing| grid.of_spacing(spacing).window_s);
        assert_eq!(windows, [120, 120, 240, 480, 1_200, u32::MAX]);
    }

    #[test]
    fn exactly_the_limit_is_allowed() {
        assert_eq!(grid(0, 10_999, 20_000, 1).unwrap().points(), MAX_POINTS);
        assert!(grid(0, 11_000, 20_000, 1).is_err());
    }
}
