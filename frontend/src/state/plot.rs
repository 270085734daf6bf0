//! Frames and a panel's description to what a chart draws: names, colours, units, bars.

use std::collections::BTreeMap;

use chart::{Kind, Level, Unit, bucket_labels, parse_number, sorted};
use server_api::{Few, Frame, Held, HeldLimit, PanelEntry, Said, is_absent, said};

use crate::words::{self, key, t, t_with};

/// One series with the name that the legend gives it.
#[derive(Debug, Clone)]
pub struct Line {
    pub name: String,
    /// Place in the palette.
    pub color: usize,
    /// Unix seconds of the first value.
    pub start: i64,
    /// Seconds.
    pub step: u32,
    /// A value under the histogram's first bound stands at that bound: lower down it would look measured.
    pub values: Vec<f64>,
    /// Of a quantile, as [`Frame::above`].
    pub above: Vec<f64>,
    /// Of a quantile, as [`Frame::below`].
    pub below: Option<f64>,
    /// Of a quantile, as [`Frame::few`].
    pub few: Option<Few>,
}

impl Line {
    /// The newest sample and its instant (Unix seconds).
    pub fn last(&self) -> Option<(i64, f64)> {
        let (at, value) = self.values.iter().enumerate().rfind(|(_, value)| !value.is_nan())?;
        Some((self.start + i64::try_from(at).ok()? * i64::from(self.step), *value))
    }

    /// Whether the sample at `unix`, or else the newest one, is made of too few events to mean much.
    pub fn is_few(&self, unix: Option<i64>) -> bool {
        let index = match unix {
            Some(unix) => self.index(unix),
            None => self.values.iter().rposition(|value| !value.is_nan()),
        };
        let few = self.few.as_ref();
        few.zip(index).is_some_and(|(few, index)| few.has(index))
    }

    fn index(&self, unix: i64) -> Option<usize> {
        let steps = unix.checked_sub(self.start)?.div_euclid(i64::from(self.step.max(1)));
        usize::try_from(steps).ok()
    }

    /// Whether there is more than one sample: a single one, such as a total, has no course.
    pub fn has_course(&self) -> bool {
        self.values.iter().filter(|value| !value.is_nan()).nth(1).is_some()
    }

    /// Whether a value of this line is a number or only on which side of a number the truth is.
    pub fn said(&self, value: f64) -> Said {
        match self.below {
            Some(bound) if value <= bound => Said::LessThan,
            _ => said(&self.above, None, value).0,
        }
    }

    /// The value with its unit, `>` or `<` before it where that is all that its histogram can tell.
    pub fn say(&self, unit: Unit, value: f64) -> String {
        let sign = match self.said(value) {
            Said::Exactly => "",
            Said::MoreThan => ">",
            Said::LessThan => "<",
        };
        format!("{sign}{}", words::number(unit.format(value)))
    }

    /// The sample at `unix`, or the one that holds there since less than a step ago.
    pub fn at(&self, unix: i64) -> Option<f64> {
        let value = *self.values.get(self.index(unix)?)?;
        (!value.is_nan()).then_some(value)
    }

    /// Lowest and highest finite sample.
    pub fn extent(&self) -> Option<(f64, f64)> {
        let finite = self.values.iter().copied().filter(|value| value.is_finite());
        finite.fold(None, |extent, value| {
            let (low, high) = extent.unwrap_or((value, value));
            Some((value.min(low), value.max(high)))
        })
    }
}

/// Everything of a chart but its size and its theme.
#[derive(Debug, Clone)]
pub struct Plot {
    pub kind: Kind,
    pub unit: Unit,
    /// Unix seconds.
    pub from: i64,
    pub to: i64,
    pub lines: Vec<Line>,
    /// Label and value, lowest bucket first.
    pub bars: Vec<(String, f64)>,
    /// A value is bad from these on.
    pub thresholds: Vec<(f64, Level)>,
    /// A value is bad below these.
    pub floors: Vec<(f64, Level)>,
}

/// Which side of what is good a value is on, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond {
    High(Level),
    Low(Level),
}

impl Beyond {
    pub fn level(self) -> Level {
        match self {
            Self::High(level) | Self::Low(level) => level,
        }
    }

    /// As a tile says it beside the number, in English.
    pub fn word(self) -> &'static str {
        match self {
            Self::High(Level::Warning) => key("high"),
            Self::Low(Level::Warning) => key("low"),
            Self::High(Level::Critical) => key("critical"),
            Self::Low(Level::Critical) => key("critically low"),
        }
    }
}

impl Default for Plot {
    fn default() -> Self {
        Self {
            kind: Kind::Line,
            unit: Unit::None,
            from: 0,
            to: 0,
            lines: Vec::new(),
            bars: Vec::new(),
            thresholds: Vec::new(),
            floors: Vec::new(),
        }
    }
}

impl Plot {
    pub fn new(entry: &PanelEntry, frames: Vec<Frame>, from: i64, to: i64) -> Self {
        let kind = kind(&entry.kind);
        // A floor is no ceiling: taken for one it would call every good value bad.
        let limits = |below: bool| {
            let limits = entry.thresholds.iter().filter(move |limit| limit.below == below);
            limits
                .filter_map(|limit| Some((limit.at, Level::parse(&limit.level)?)))
                .collect()
        };
        let mut plot = Self {
            kind,
            unit: Unit::parse(&entry.unit).unwrap_or(Unit::None),
            from,
            to,
            thresholds: limits(false),
            floors: limits(true),
            ..Self::default()
        };
        if kind == Kind::Bar {
            plot.bars = bars(&frames);
        } else {
            plot.lines = lines(entry, frames);
        }
        plot
    }

    pub fn is_empty(&self) -> bool {
        let drawn = |line: &Line| line.values.iter().any(|value| !is_absent(*value));
        !self.lines.iter().any(drawn) && self.bars.is_empty()
    }

    /// What to know about numbers that begin with `>` or `<`, where there are any; in English.
    pub fn beyond(&self) -> Option<&'static str> {
        let any = |what: Said| {
            let has = |line: &Line| line.values.iter().any(|value| line.said(*value) == what);
            self.lines.iter().any(has)
        };
        match (any(Said::MoreThan), any(Said::LessThan)) {
            (false, false) => None,
            (true, false) => Some(key(
                "> means beyond the last bucket of the histogram: how far is not measured.",
            )),
            (false, true) => Some(key(
                "< means within the first bucket of the histogram: where is not measured.",
            )),
            (true, true) => Some(key(
                "> and < mean beyond the last or within the first bucket: how far is not measured.",
            )),
        }
    }

    /// What to know about an infinite sample, where there is one.
    pub fn infinite(&self) -> Option<&'static str> {
        let any = self
            .lines
            .iter()
            .any(|line| line.values.iter().any(|value| value.is_infinite()));
        any.then_some(key(
            "∞ marks samples that are infinite, such as a share of nothing: they stand at the chart's edge.",
        ))
    }

    /// Draws limits where the histogram can tell, and leaves out those that it cannot.
    pub fn hold(&mut self, limits: &[HeldLimit]) {
        for all in [&mut self.thresholds, &mut self.floors] {
            all.retain_mut(|(at, _)| {
                let Some(limit) = limits.iter().find(|limit| limit.at == *at) else {
                    return true;
                };
                *at = limit.bound;
                limit.held == Held::Snapped
            });
        }
    }

    /// What became of limits that are no bounds of the histogram, a sentence for each.
    pub fn say_limits(&self, limits: &[HeldLimit]) -> Vec<String> {
        let one = |limit: &HeldLimit| {
            let (at, bound) = (self.unit.format(limit.at), self.unit.format(limit.bound));
            let text = match limit.held {
                Held::Snapped => {
                    key("The limit of {{at}} snapped to {{bound}}, the nearest that the histogram can tell.")
                }
                Held::BelowFirst => {
                    key("The limit of {{at}} cannot be measured: the histogram's first bucket ends at {{bound}}.")
                }
                Held::AboveLast => {
                    key("The limit of {{at}} cannot be measured: the histogram's last bucket ends at {{bound}}.")
                }
            };
            t_with(text, &[("at", &at), ("bound", &bound)])
        };
        limits.iter().map(one).collect()
    }

    /// What to know about faint stretches, where there are any.
    pub fn faint(&self) -> Option<String> {
        let few: Vec<u32> = self
            .lines
            .iter()
            .filter_map(|line| Some(line.few.as_ref()?.under))
            .collect();
        let (least, most) = (few.iter().min()?, few.iter().max()?);
        let under = if least == most {
            format!("{most}")
        } else {
            format!("{least}–{most}")
        };
        Some(t_with(
            "Faint: fewer than {{under}} measurements in the window, too few to mean much.",
            &[("under", &under)],
        ))
    }

    /// The worst threshold that `value` has reached, or the worst floor that it is below.
    pub fn judge(&self, value: f64) -> Option<Beyond> {
        let reached = self.thresholds.iter().filter(|(at, _)| value >= *at);
        let missed = self.floors.iter().filter(|(at, _)| value < *at);
        let high = reached.max_by(|(a, _), (b, _)| a.total_cmp(b));
        let low = missed.min_by(|(a, _), (b, _)| a.total_cmp(b));
        let high = high.map(|(_, level)| Beyond::High(*level));
        high.or(low.map(|(_, level)| Beyond::Low(*level)))
    }

    /// A value that belongs to no line, with its unit.
    pub fn say(&self, value: f64) -> String {
        words::number(self.unit.format(value))
    }
}

fn kind(name: &str) -> Kind {
    match name {
        "area" => Kind::Area,
        "bar" => Kind::Bar,
        "stat" => Kind::Sparkline,
        _ => Kind::Line,
    }
}

fn lines(entry: &PanelEntry, frames: Vec<Frame>) -> Vec<Line> {
    frames
        .into_iter()
        .enumerate()
        .map(|(color, frame)| {
            let template = entry.queries.get(frame.query).map_or("", |query| query.legend.as_str());
            Line {
                name: legend(&t(template), &frame.labels, &t(&entry.title)),
                color,
                start: frame.start,
                step: frame.step,
                values: frame.values.iter().map(|value| at_least(*value, frame.below)).collect(),
                above: frame.above,
                below: frame.below,
                few: frame.few,
            }
        })
        .collect()
}

fn at_least(value: f64, below: Option<f64>) -> f64 {
    below.filter(|bound| value < *bound).unwrap_or(value)
}

fn bars(frames: &[Frame]) -> Vec<(String, f64)> {
    let buckets: Vec<(f64, &str, f64)> = frames
        .iter()
        .filter_map(|frame| {
            let bound = frame.labels.get("le")?;
            let value = frame.values.iter().rfind(|value| !value.is_nan())?;
            Some((parse_number(bound).unwrap_or(f64::INFINITY), bound.as_str(), *value))
        })
        .collect();
    let buckets = sorted(&buckets, |(a, ..), (b, ..)| a.total_cmp(b));
    let bounds: Vec<&str> = buckets.iter().map(|(_, bound, _)| *bound).collect();
    let values = buckets.iter().map(|(.., value)| *value);
    bucket_labels(&bounds).into_iter().zip(values).collect()
}

/// `{pod} p95` with each `{label}` replaced by its value. Where that leaves nothing, the labels' values, else `otherwise`.
pub fn legend(template: &str, labels: &BTreeMap<String, String>, otherwise: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}') {
            Some((label, after)) => {
                text.push_str(labels.get(label).map_or("", String::as_str));
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    let text = text.trim();
    if !text.is_empty() {
        return text.to_owned();
    }
    let values: Vec<&str> = labels.values().map(String::as_str).collect();
    match values.as_slice() {
        [] => otherwise.to_owned(),
        values => values.join(" "),
    }
}

mod tell;

pub use tell::{cursor, tell};

#[cfg(test)]
mod tests;
