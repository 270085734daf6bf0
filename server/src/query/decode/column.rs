//! `[[1763796000,"0.4"],…]` into one column: each sample at its place, everything else absent.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, SeqAccess, Visitor};
use server_api::ABSENT;

use super::Columns;

/// `"0.4"`, `"NaN"`, `"+Inf"`, `"-Inf"`.
pub struct SampleValue(pub f64);

impl<'de> Deserialize<'de> for SampleValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = SampleValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sample value as a string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SampleValue, E> {
                match text {
                    "NaN" => Ok(SampleValue(f64::NAN)),
                    _ => text
                        .parse()
                        .map(SampleValue)
                        .map_err(|_| E::custom("a sample value is no number")),
                }
            }
        }
        from.deserialize_str(Text)
    }
}

/// One column of samples.
pub struct ColumnSeed(pub Columns);

impl<'de> DeserializeSeed<'de> for ColumnSeed {
    type Value = Vec<f64>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<f64>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ColumnSeed {
    type Value = Vec<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of samples")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut samples: A) -> Result<Vec<f64>, A::Error> {
        let mut column = vec![ABSENT; self.0.len];
        while let Some((at, SampleValue(value))) = samples.next_element::<(f64, SampleValue)>()? {
            let place = place(self.0, at).and_then(|place| column.get_mut(place));
            *place.ok_or_else(|| A::Error::custom("a sample lies off the grid that was asked for"))? = value;
        }
        Ok(column)
    }
}

fn place(columns: Columns, at: f64) -> Option<usize> {
    #[expect(clippy::cast_possible_truncation, reason = "compared with the original just below")]
    let seconds = at as i64;
    #[expect(clippy::cast_precision_loss, reason = "Unix seconds are far below 2^53")]
    let whole = seconds as f64 == at;
    let offset = u64::try_from(seconds.checked_sub(columns.start)?).ok()?;
    let step = u64::from(columns.step.max(1));
    (whole && offset.is_multiple_of(step)).then(|| usize::try_from(offset / step).ok())?
}
