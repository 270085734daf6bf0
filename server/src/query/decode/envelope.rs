//! `{"status":"success","data":…,"warnings":[…],"infos":[…]}` around everything.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;

use super::Decoded;
use crate::error::{Fault, clip};

/// Reads the envelope and, with `seed`, the data in it.
pub fn read<'de, S: DeserializeSeed<'de>>(body: &'de [u8], seed: S) -> Result<Decoded<S::Value>, Fault> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let decoded = json.deserialize_map(Envelope(seed)).map_err(fault)?;
    json.end().map_err(fault)?;
    Ok(decoded)
}

fn fault(cause: serde_json::Error) -> Fault {
    let text = clip(&cause.to_string(), 200);
    match cause.classify() {
        Category::Eof => Fault::UpstreamTruncated(text),
        _ => Fault::UpstreamNotPrometheus(text),
    }
}

struct Envelope<S>(S);

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Envelope<S> {
    type Value = Decoded<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Prometheus answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut seed = Some(self.0);
        let mut data = None;
        let mut success = false;
        let mut warnings = Vec::new();
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "status" => success = map.next_value::<&str>()? == "success",
                "data" => {
                    let seed = seed.take().ok_or_else(|| A::Error::duplicate_field("data"))?;
                    data = Some(map.next_value_seed(seed)?);
                }
                "warnings" | "infos" => {
                    let texts = map.next_value::<Option<Vec<String>>>()?;
                    warnings.extend(texts.unwrap_or_default());
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !success {
            return Err(A::Error::custom("its status is not success"));
        }
        Ok(Decoded {
            data: data.ok_or_else(|| A::Error::missing_field("data"))?,
            warnings,
        })
    }
}
