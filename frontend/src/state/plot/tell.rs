//! A picture in one sentence, for who cannot see it; and the sample that the keyboard's cursor is on.
//!
//! What is said of a line's course is what a careful reader would see: the one instant that divides it best into a level
//! before and a level after, and nothing where the line has no such instant.

use chart::{Hit, Kind, sorted};
use server_api::Said;

use super::{Line, Plot};
use crate::words::{counted, forms, t, t_with};

/// How an instant (Unix seconds) is said.
pub type Clock<'a> = &'a dyn Fn(i64) -> String;

/// A change that is worth a word: of the greater level, at least.
const WORTH: f64 = 0.2;
/// And it explains at least so much of all that the line does.
const EXPLAINS: f64 = 0.5;
/// No level is made of fewer samples.
const LEAST: usize = 3;

/// Two levels and the instant between them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Change {
    from: f64,
    to: f64,
    since: i64,
}

impl Change {
    /// 0 for none, 1 for from nothing to something.
    fn size(&self) -> f64 {
        (self.to - self.from).abs() / self.from.abs().max(self.to.abs()).max(f64::MIN_POSITIVE)
    }
}

/// The chart's title is a part of the sentence.
pub fn tell(plot: &Plot, title: &str, clock: Clock<'_>) -> String {
    if plot.kind == Kind::Bar {
        return tell_bars(plot, title);
    }
    let lines: Vec<&Line> = plot.lines.iter().filter(|line| line.last().is_some()).collect();
    let changes = lines.iter().filter_map(|line| Some((*line, change(line)?)));
    let greatest = changes.max_by(|(_, a), (_, b)| a.size().total_cmp(&b.size()));
    match (greatest, lines.as_slice()) {
        (_, []) => title.to_owned(),
        (Some((line, change)), [_]) => tell_change(plot, line, change, title, clock),
        (None, [line]) => tell_level(plot, line, title, clock),
        (Some((line, change)), _) => {
            let what = t_with("{{title}} of {{name}}", &[("title", title), ("name", &line.name)]);
            tell_change(plot, line, change, &what, clock)
        }
        (None, lines) => tell_levels(plot, lines, title),
    }
}

fn tell_change(plot: &Plot, line: &Line, change: Change, what: &str, clock: Clock<'_>) -> String {
    let (from, to) = (say(plot, line, change.from), say(plot, line, change.to));
    let values = [
        ("what", what),
        ("from", &from),
        ("to", &to),
        ("since", &clock(change.since)),
    ];
    if change.to > change.from {
        t_with("{{what}} rose from {{from}} to {{to}} since {{since}}.", &values)
    } else {
        t_with("{{what}} fell from {{from}} to {{to}} since {{since}}.", &values)
    }
}

fn tell_level(plot: &Plot, line: &Line, title: &str, clock: Clock<'_>) -> String {
    let (Some((at, last)), extent) = (line.last(), line.extent()) else {
        return title.to_owned();
    };
    let (last, at) = (say(plot, line, last), clock(at));
    match extent {
        Some((low, high)) if low < high => {
            let (low, high) = (say(plot, line, low), say(plot, line, high));
            let values = [
                ("what", title),
                ("low", &low),
                ("high", &high),
                ("last", &last),
                ("at", &at),
            ];
            t_with(
                "{{what}} stayed between {{low}} and {{high}}; it was {{last}} at {{at}}.",
                &values,
            )
        }
        _ => t_with(
            "{{what}} was {{last}} at {{at}}.",
            &[("what", title), ("last", &last), ("at", &at)],
        ),
    }
}

/// Of many lines without a great change: which is the highest.
fn tell_levels(plot: &Plot, lines: &[&Line], title: &str) -> String {
    let newest = lines.iter().filter_map(|line| Some((*line, line.last()?.1)));
    let Some((line, value)) = newest.max_by(|(_, a), (_, b)| a.total_cmp(b)) else {
        return title.to_owned();
    };
    let value = say(plot, line, value);
    let values = [("what", title), ("name", line.name.as_str()), ("value", &value)];
    counted(
        forms(
            "{{what}}: the line is {{name}} at {{value}}.",
            "{{what}}: none of {{count}} lines changed much; the highest is {{name}} at {{value}}.",
        ),
        lines.len(),
        &values,
    )
}

fn tell_bars(plot: &Plot, title: &str) -> String {
    let Some((label, value)) = plot.bars.iter().max_by(|(_, a), (_, b)| a.total_cmp(b)) else {
        return title.to_owned();
    };
    let value = plot.say(*value);
    let values = [("what", title), ("name", label.as_str()), ("value", &value)];
    counted(
        forms(
            "{{what}}: the bar is {{name}} at {{value}}.",
            "{{what}}: the highest of {{count}} bars is {{name}} at {{value}}.",
        ),
        plot.bars.len(),
        &values,
    )
}

/// What stands under the cursor, with `series` the line that it is on.
pub fn cursor(plot: &Plot, hit: &Hit, series: Option<usize>, clock: Clock<'_>) -> String {
    if let Some((label, value)) = hit.bar.and_then(|bar| plot.bars.get(bar)) {
        return t_with("{{name}}: {{value}}", &[("name", label), ("value", &plot.say(*value))]);
    }
    let at = clock(hit.unix);
    let Some((series, line)) = series.and_then(|series| Some((series, plot.lines.get(series)?))) else {
        return t_with("No sample at {{at}}", &[("at", &at)]);
    };
    let value = hit.values.iter().find(|(at, ..)| *at == series);
    let value = value.map_or_else(|| t("no sample"), |(_, value, _)| say(plot, line, *value));
    let (place, count) = ((series + 1).to_string(), plot.lines.len().to_string());
    t_with(
        "{{name}}: {{value}} at {{at}}, line {{place}} of {{count}}",
        &[
            ("name", &line.name),
            ("value", &value),
            ("at", &at),
            ("place", &place),
            ("count", &count),
        ],
    )
}

/// A sign is no word: a quantile at its histogram's end is more, or less.
fn say(plot: &Plot, line: &Line, value: f64) -> String {
    let number = plot.say(value);
    match line.said(value) {
        Said::Exactly => number,
        Said::MoreThan => t_with("more than {{value}}", &[("value", &number)]),
        Said::LessThan => t_with("less than {{value}}", &[("value", &number)]),
    }
}

/// The best division of the line into two levels, if it is worth a word.
fn change(line: &Line) -> Option<Change> {
    let samples: Vec<(usize, f64)> = line
        .values
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, value)| value.is_finite())
        .collect();
    let least = LEAST.max(samples.len() / 50);
    let all = Sum::of(&samples);
    let spread = all.spread();
    if spread <= 0.0 {
        return None;
    }
    let mut before = Sum::default();
    let mut best: Option<(f64, usize)> = None;
    for (count, (_, value)) in samples.iter().enumerate() {
        if count >= least && samples.len() - count >= least {
            let left = before.spread() + all.without(before).spread();
            if best.is_none_or(|(least_left, _)| left < least_left) {
                best = Some((left, count));
            }
        }
        before.add(*value);
    }
    let (left, count) = best?;
    let (first, second) = samples.split_at_checked(count)?;
    let start = i64::try_from(second.first()?.0).ok()?;
    let change = Change {
        from: median(first.iter().map(|(_, value)| *value))?,
        to: median(second.iter().map(|(_, value)| *value))?,
        since: line.start + start * i64::from(line.step),
    };
    (left <= (1.0 - EXPLAINS) * spread && change.size() >= WORTH).then_some(change)
}

/// The upper one of two.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let values: Vec<f64> = values.collect();
    sorted(&values, f64::total_cmp).get(values.len() / 2).copied()
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    count: f64,
    values: f64,
    squares: f64,
}

impl Sum {
    fn of(samples: &[(usize, f64)]) -> Self {
        let mut sum = Self::default();
        samples.iter().for_each(|(_, value)| sum.add(*value));
        sum
    }

    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.values += value;
        self.squares += value * value;
    }

    fn without(self, part: Self) -> Self {
        Self {
            count: self.count - part.count,
            values: self.values - part.values,
            squares: self.squares - part.squares,
        }
    }

    /// Sum of squared distances from the mean.
    fn spread(self) -> f64 {
        if self.count == 0.0 {
            return 0.0;
        }
        (self.squares - self.values * self.values / self.count).max(0.0)
    }
}

#[cfg(test)]
mod tests;
