//! One series on a regular grid of instants, as a column of numbers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The value of an instant at which the series has no sample: Prometheus's own stale marker, so that a real
/// `NaN` (0/0, say) stays distinguishable from an absence. Compare with [`is_absent`], never with `==`.
pub const ABSENT: f64 = f64::from_bits(0x7ff0_0000_0000_0002);

#[must_use]
pub fn is_absent(value: f64) -> bool {
    value.to_bits() == ABSENT.to_bits()
}

/// One series: `values[i]` belongs to the instant `start + i * step` (Unix seconds).
///
/// As JSON an absent value is `null`, and the three numbers JSON lacks are `"NaN"`, `"+Inf"`, `"-Inf"`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Frame {
    /// Index into the panel's queries.
    pub query: usize,
    pub labels: BTreeMap<String, String>,
    /// Unix seconds of the first value.
    pub start: i64,
    /// Seconds between two values; at least 1.
    pub step: u32,
    #[serde(with = "json_values")]
    pub values: Vec<f64>,
    /// Of a quantile: the highest finite bounds of its histogram, ascending; several where engines of other versions ran in
    /// the range. A value equal to one of them means "more than that": nothing above a bound is told apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub above: Vec<f64>,
    /// Of a quantile: the lowest bound of its histogram. A value under it means "less than that".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Of a quantile: where it is made of too few events to mean much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub few: Option<Few>,
}

/// Instants whose values are made of few events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Few {
    /// Fewer events than this within the window.
    pub under: u32,
    /// Indices into the frame's values, `[from, to)`, ascending.
    pub runs: Vec<(u32, u32)>,
}

impl Few {
    /// Where `is_few` holds; `None` where it never does.
    #[must_use]
    pub fn of(under: u32, is_few: impl IntoIterator<Item = bool>) -> Option<Self> {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for (at, _) in (0_u32..).zip(is_few).filter(|(_, is_few)| *is_few) {
            match runs.last_mut() {
                Some((_, end)) if *end == at => *end += 1,
                _ => runs.push((at, at + 1)),
            }
        }
        (!runs.is_empty()).then_some(Self { under, runs })
    }

    #[must_use]
    pub fn has(&self, index: usize) -> bool {
        self.runs
            .iter()
            .any(|(from, to)| (*from as usize..*to as usize).contains(&index))
    }
}

/// What a value of a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// The value itself.
    Exactly,
    /// It is the highest bound of its histogram: the truth is somewhere above.
    MoreThan,
    /// It is under this bound, the lowest of its histogram: where, nobody knows.
    LessThan,
}

impl Frame {
    /// What one of this frame's values says, and the number to say it with: the value, or the bound.
    #[must_use]
    pub fn said(&self, value: f64) -> (Said, f64) {
        said(&self.above, self.below, value)
    }
}

/// See [`Frame::said`].
#[must_use]
pub fn said(above: &[f64], below: Option<f64>, value: f64) -> (Said, f64) {
    // A scaled bound may differ from the scaled value in its last bit.
    let same = |bound: &f64| (value - bound).abs() <= 1e-12 * bound.abs();
    match below {
        Some(bound) if value < bound && !same(&bound) => (Said::LessThan, bound),
        _ if above.iter().any(same) => (Said::MoreThan, value),
        _ => (Said::Exactly, value),
    }
}

/// Two frames are equal when every bit of every value is.
impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.query == other.query
            && self.labels == other.labels
            && self.start == other.start
            && self.step == other.step
            && self.above == other.above
            && self.below == other.below
            && self.few == other.few
            && self.values.len() == other.values.len()
            && self
                .values
                .iter()
                .zip(&other.values)
                .all(|(a, b)| a.to_bits() == b.to_bits())
    }
}

mod json_values {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _, ser::SerializeSeq as _};

    use super::{ABSENT, is_absent};

    pub fn serialize<S: Serializer>(values: &[f64], to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(Some(values.len()))?;
        for &value in values {
            if is_absent(value) {
                seq.serialize_element(&None::<f64>)?;
            } else if value.is_nan() {
                seq.serialize_element("NaN")?;
            } else if value.is_infinite() {
                seq.serialize_element(if value > 0.0 { "+Inf" } else { "-Inf" })?;
            } else {
                seq.serialize_element(&value)?;
            }
        }
        seq.end()
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Number(f64),
        Text(String),
        Absent(()),
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
        Vec::<Value>::deserialize(from)?
            .into_iter()
            .map(|value| match value {
                Value::Number(number) => Ok(number),
                Value::Absent(()) => Ok(ABSENT),
                Value::Text(text) => match text.as_str() {
                    "NaN" => Ok(f64::NAN),
                    "+Inf" => Ok(f64::INFINITY),
                    "-Inf" => Ok(f64::NEG_INFINITY),
                    other => Err(D::Error::custom(format!("{other:?} is no sample value"))),
                },
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_absent_nan_and_infinities_apart() {
        let frame = Frame {
            query: 1,
            labels: [("pod".to_owned(), "x".to_owned())].into(),
            start: 1_763_796_000,
            step: 60,
            values: vec![0.5, ABSENT, f64::NAN, f64::INFINITY, f64::NEG_INFINITY],
            ..Frame::default()
        };
        let json = serde_json::to_string(&frame).unwrap();
        assert_eq!(
            json,
            r#"{"query":1,"labels":{"pod":"x"},"start":1763796000,"step":60,"values":[0.5,null,"NaN","+Inf","-Inf"]}"#
        );
        assert_eq!(serde_json::from_str::<Frame>(&json).unwrap(), frame);
    }

    #[test]
    fn instants_of_few_events_are_told_as_runs() {
        let few = Few::of(20, [true, true, false, true, false]).unwrap();
        assert_eq!((few.under, few.runs.as_slice()), (20, &[(0, 2), (3, 4)][..]));
        assert_eq!(
            [0, 1, 2, 3, 4, 9].map(|index| few.has(index)),
            [true, true, false, true, false, false]
        );
        assert_eq!(
            serde_json::to_string(&few).unwrap(),
            r#"{"under":20,"runs":[[0,2],[3,4]]}"#
        );
        assert_eq!(Few::of(20, [false; 3]), None);
    }

    #[test]
    fn a_value_at_its_last_bound_means_more_and_one_under_its_first_less() {
        let frame = Frame {
            above: vec![10.0, 2560.0],
            below: Some(0.3),
            ..Frame::default()
        };
        let check = |value: f64, expect| assert_eq!(frame.said(value), expect, "{value}");
        check(0.1, (Said::LessThan, 0.3));
        check(0.0, (Said::LessThan, 0.3));
        check(0.3, (Said::Exactly, 0.3));
        check(9.999, (Said::Exactly, 9.999));
        check(10.0, (Said::MoreThan, 10.0));
        check(25.0, (Said::Exactly, 25.0));
        check(2560.0, (Said::MoreThan, 2560.0));
        assert_eq!(Frame::default().said(10.0), (Said::Exactly, 10.0));
        assert_eq!(frame.said(f64::NAN).0, Said::Exactly);
        let json = serde_json::to_string(&frame).unwrap();
        assert!(
            json.ends_with(r#""values":[],"above":[10.0,2560.0],"below":0.3}"#),
            "{json}"
        );
    }
}
