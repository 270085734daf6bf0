//! Marks on the time axis: round local times, as many as the width holds without labels touching.

use super::{
    Clock, Grain,
    calendar::{Civil, DAY},
};
use crate::{TimeScale, text_width};

/// A marked instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimeTick {
    pub unix: i64,
    pub x: f64,
    pub label: String,
    /// A new day among hours, a new year among months.
    pub strong: bool,
}

/// Between two labels, CSS pixels. Wide enough that the axis reads as marks and not as a sentence.
const LABEL_GAP: f64 = 24.0;
/// Steps narrower than this are not even labelled: no label is.
const LEAST_STEP_PX: f64 = 28.0;
/// More marks than any axis can hold.
const MOST_TICKS: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Seconds(i64),
    Days(i64),
    Months(i64),
}

/// From fine to coarse. Every step divides the next greater unit, so that midnights and Mondays are always hit.
const STEPS: [Step; 31] = [
    Step::Seconds(1),
    Step::Seconds(2),
    Step::Seconds(5),
    Step::Seconds(10),
    Step::Seconds(15),
    Step::Seconds(30),
    Step::Seconds(60),
    Step::Seconds(120),
    Step::Seconds(300),
    Step::Seconds(600),
    Step::Seconds(900),
    Step::Seconds(1_800),
    Step::Seconds(3_600),
    Step::Seconds(7_200),
    Step::Seconds(10_800),
    Step::Seconds(21_600),
    Step::Seconds(43_200),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(60),
    Step::Months(120),
    Step::Months(240),
    Step::Months(600),
    Step::Months(1_200),
    Step::Months(12_000),
];

impl Step {
    /// Its usual length, seconds.
    fn seconds(self) -> f64 {
        match self {
            Self::Seconds(n) => n as f64,
            Self::Days(n) => n as f64 * DAY as f64,
            Self::Months(n) => n as f64 * 30.4 * DAY as f64,
        }
    }

    /// The first mark at or after a local time, both in local seconds.
    fn first(self, local: i64) -> i64 {
        match self {
            Self::Seconds(n) => ceil_to(local, n, 0),
            // 1970-01-01 was a Thursday: four days on, weeks begin on a Monday.
            Self::Days(n) => ceil_to(local, n * DAY, if n % 7 == 0 { 4 * DAY } else { 0 }),
            Self::Months(n) => {
                let month = Civil::from_days(local.div_euclid(DAY)).months();
                let floor = month - month.rem_euclid(n);
                let at = |months| Civil::days_of_month(months).saturating_mul(DAY);
                if at(floor) >= local { at(floor) } else { at(floor + n) }
            }
        }
    }

    /// What a mark at that local time says, and whether it stands out.
    fn grain(self, local: i64) -> (Grain, bool) {
        let january = || Civil::from_days(local.div_euclid(DAY)).month == 1;
        match self {
            Self::Seconds(_) if local.rem_euclid(DAY) == 0 => (Grain::Day, true),
            Self::Seconds(n) if n < 60 => (Grain::Second, false),
            Self::Seconds(_) => (Grain::Minute, false),
            Self::Days(_) => (Grain::Day, false),
            Self::Months(n) if n % 12 == 0 => (Grain::Year, false),
            Self::Months(_) if january() => (Grain::Year, true),
            Self::Months(_) => (Grain::Month, false),
        }
    }
}

/// The smallest `phase + k * step` that is at least `value`.
fn ceil_to(value: i64, step: i64, phase: i64) -> i64 {
    let over = value.saturating_sub(phase).rem_euclid(step);
    if over == 0 {
        value
    } else {
        value.saturating_add(step - over)
    }
}

/// The finest marks that fit, labels centred under them and kept within `0..width`.
pub(crate) fn time_ticks(scale: &TimeScale, width: f64, clock: &dyn Clock) -> Vec<TimeTick> {
    let px_per_second = (scale.right - scale.left).max(0.0) / scale.span();
    let mut coarsest = Vec::new();
    for step in STEPS {
        if step.seconds() * px_per_second < LEAST_STEP_PX {
            continue;
        }
        let ticks = ticks_of(step, scale, clock);
        if fits(&ticks) {
            return kept_inside(ticks, width);
        }
        coarsest = ticks;
    }
    // Only where a label is wider than everything: as many as do not touch.
    let mut end = f64::NEG_INFINITY;
    coarsest.retain(|tick| {
        let half = text_width(&tick.label) / 2.0;
        let free = tick.x - half >= end + LABEL_GAP;
        if free {
            end = tick.x + half;
        }
        free
    });
    kept_inside(coarsest, width)
}

fn ticks_of(step: Step, scale: &TimeScale, clock: &dyn Clock) -> Vec<TimeTick> {
    let mut ticks: Vec<TimeTick> = Vec::new();
    let mut offset = i64::from(clock.offset_s(scale.from));
    let mut local = step.first(scale.from.saturating_add(offset));
    while ticks.len() < MOST_TICKS {
        // Asked twice: the offset before a change of clocks may not be the one after it.
        offset = i64::from(clock.offset_s(local.saturating_sub(offset)));
        let unix = local.saturating_sub(offset);
        if unix > scale.to {
            break;
        }
        // An hour that the clocks skip, or one before the range that they repeat, is not marked.
        let real = unix.saturating_add(i64::from(clock.offset_s(unix))) == local;
        if real && unix >= scale.from && ticks.last().is_none_or(|last| last.unix < unix) {
            let (grain, strong) = step.grain(local);
            ticks.push(TimeTick {
                unix,
                x: scale.x(unix),
                label: clock.label(unix, grain),
                strong,
            });
        }
        let next = step.first(local.saturating_add(1));
        if next <= local {
            break;
        }
        local = next;
    }
    ticks
}

fn fits(ticks: &[TimeTick]) -> bool {
    ticks
        .iter()
        .zip(ticks.iter().skip(1))
        .all(|(a, b)| b.x - a.x >= (text_width(&a.label) + text_width(&b.label)) / 2.0 + LABEL_GAP)
}

/// A mark whose label would be cut off by the chart's edge keeps its place and loses its label.
fn kept_inside(mut ticks: Vec<TimeTick>, width: f64) -> Vec<TimeTick> {
    for tick in &mut ticks {
        let half = text_width(&tick.label) / 2.0;
        if tick.x - half < 0.0 || tick.x + half > width {
            tick.label.clear();
        }
    }
    ticks
}
