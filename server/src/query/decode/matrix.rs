//! `{"resultType":"matrix","result":[{"metric":{…},"values":[…]}]}` into frames.

use std::{cell::Cell, collections::BTreeMap, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use server_api::{ABSENT, Frame};

use super::{Columns, Over, column::ColumnSeed};

/// The data of a range query's answer.
#[derive(Clone, Copy)]
pub struct MatrixSeed<'a> {
    pub query: usize,
    pub columns: Columns,
    /// How many more values may come.
    pub left: &'a Cell<usize>,
    /// How many more series may come.
    pub series_left: &'a Cell<usize>,
    /// Set where more came than may.
    pub over: &'a Cell<Option<Over>>,
}

impl<'de> DeserializeSeed<'de> for MatrixSeed<'_> {
    type Value = Vec<Frame>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Frame>, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for MatrixSeed<'_> {
    type Value = Vec<Frame>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a matrix")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Frame>, A::Error> {
        let mut frames = None;
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "resultType" => match map.next_value::<&str>()? {
                    "matrix" => {}
                    _ => return Err(A::Error::custom("the result is no matrix")),
                },
                "result" => frames = Some(map.next_value_seed(ResultSeed(self))?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        frames.ok_or_else(|| A::Error::missing_field("result"))
    }
}

struct ResultSeed<'a>(MatrixSeed<'a>);

impl<'de> DeserializeSeed<'de> for ResultSeed<'_> {
    type Value = Vec<Frame>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Frame>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ResultSeed<'_> {
    type Value = Vec<Frame>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of series")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Frame>, A::Error> {
        let mut frames = Vec::new();
        while let Some(frame) = list.next_element_seed(SeriesSeed(self.0))? {
            frames.push(frame);
        }
        Ok(frames)
    }
}

struct SeriesSeed<'a>(MatrixSeed<'a>);

impl<'de> DeserializeSeed<'de> for SeriesSeed<'_> {
    type Value = Frame;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Frame, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SeriesSeed<'_> {
    type Value = Frame;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a series")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Frame, A::Error> {
        let MatrixSeed {
            query,
            columns,
            left,
            series_left,
            over,
        } = self.0;
        let spend = |left: &Cell<usize>, number: usize, which: Over| {
            let spent = left.get().checked_sub(number);
            left.set(spent.ok_or_else(|| {
                over.set(Some(which));
                A::Error::custom("the answer holds more than is allowed")
            })?);
            Ok(())
        };
        spend(series_left, 1, Over::Series)?;
        spend(left, columns.len, Over::Values)?;
        let mut labels = BTreeMap::new();
        let mut values = None;
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "metric" => labels = map.next_value()?,
                "values" => values = Some(map.next_value_seed(ColumnSeed(columns))?),
                // Native histograms: no panel asks for one.
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Frame {
            query,
            labels,
            start: columns.start,
            step: columns.step,
            values: values.unwrap_or_else(|| vec![ABSENT; columns.len]),
            ..Frame::default()
        })
    }
}
