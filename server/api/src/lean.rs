//! JSON into types with little code, for the page's WebAssembly.
//!
//! serde_json reads types straight from the text, and for that compiles its whole reader once more for every struct, with
//! words for every way it can go wrong. Here one reader makes a tree of the text, and types read the tree. It must not be
//! used where the reader of a fault needs to know what was wrong with the text.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde_json::Value;

/// The text is no JSON, or not of the type that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotUnderstood;

/// Reads a whole text.
pub fn from_slice<T: DeserializeOwned>(json: &[u8]) -> Result<T, NotUnderstood> {
    let tree: Value = serde_json::from_slice(json).map_err(|_| NotUnderstood)?;
    T::deserialize(Tree(tree))
}

impl fmt::Display for NotUnderstood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON that was expected")
    }
}

impl std::error::Error for NotUnderstood {}

/// Says nothing of what was wrong: each text would be code.
impl de::Error for NotUnderstood {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

struct Tree(Value);

impl IntoDeserializer<'_, NotUnderstood> for Tree {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

type Elements = SeqDeserializer<std::iter::Map<std::vec::IntoIter<Value>, fn(Value) -> Tree>, NotUnderstood>;
type Members = MapDeserializer<
    'static,
    std::iter::Map<serde_json::map::IntoIter, fn((String, Value)) -> (String, Tree)>,
    NotUnderstood,
>;

impl Tree {
    fn elements(self) -> Result<Elements, NotUnderstood> {
        match self.0 {
            Value::Array(all) => Ok(SeqDeserializer::new(all.into_iter().map(Tree as fn(Value) -> Tree))),
            _ => Err(NotUnderstood),
        }
    }

    fn members(self) -> Result<Members, NotUnderstood> {
        fn member((name, value): (String, Value)) -> (String, Tree) {
            (name, Tree(value))
        }
        match self.0 {
            Value::Object(all) => Ok(MapDeserializer::new(
                all.into_iter().map(member as fn((String, Value)) -> (String, Tree)),
            )),
            _ => Err(NotUnderstood),
        }
    }

    fn text(self) -> Result<String, NotUnderstood> {
        match self.0 {
            Value::String(text) => Ok(text),
            _ => Err(NotUnderstood),
        }
    }

    /// Whole numbers that JSON can hold exactly, whatever their type.
    fn whole(self) -> Result<i64, NotUnderstood> {
        self.0.as_i64().ok_or(NotUnderstood)
    }
}

/// Methods of serde's trait that do the same thing under one more name.
macro_rules! same {
    ($($name:ident)+ => $tree:ident, $visitor:ident: $body:expr) => {$(
        fn $name<V: Visitor<'de>>(self, $visitor: V) -> Result<V::Value, NotUnderstood> {
            let $tree = self;
            $body
        }
    )+};
}

impl<'de> Deserializer<'de> for Tree {
    type Error = NotUnderstood;

    same! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
    deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    => tree, visitor: visitor.visit_i64(tree.whole()?) }
    same! { deserialize_f32 deserialize_f64
    => tree, visitor: visitor.visit_f64(tree.0.as_f64().ok_or(NotUnderstood)?) }
    same! { deserialize_str deserialize_string deserialize_identifier
    => tree, visitor: visitor.visit_string(tree.text()?) }
    same! { deserialize_bool => tree, visitor: visitor.visit_bool(tree.0.as_bool().ok_or(NotUnderstood)?) }
    same! { deserialize_seq => tree, visitor: visitor.visit_seq(tree.elements()?) }
    same! { deserialize_map => tree, visitor: visitor.visit_map(tree.members()?) }
    same! { deserialize_ignored_any => _tree, visitor: visitor.visit_unit() }
    // Of no use to these types, and so they say no.
    same! { deserialize_any deserialize_char deserialize_bytes deserialize_byte_buf deserialize_unit
    => _tree, _visitor: Err(NotUnderstood) }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotUnderstood> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            some => visitor.visit_some(Tree(some)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotUnderstood> {
        visitor.visit_map(self.members()?)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, NotUnderstood> {
        visitor.visit_seq(self.elements()?)
    }

    /// Variants are words here.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotUnderstood> {
        visitor.visit_enum(StringDeserializer::new(self.text()?))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, NotUnderstood> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, _: V) -> Result<V::Value, NotUnderstood> {
        Err(NotUnderstood)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, NotUnderstood> {
        visitor.visit_seq(self.elements()?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::{CatalogAnswer, Me, Models, SlosAnswer};

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        OneOfTwo,
        Other,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct All {
        text: String,
        whole: i64,
        small: u32,
        number: f64,
        yes: bool,
        word: Word,
        none: Option<f64>,
        some: Option<Vec<(usize, usize)>>,
        map: BTreeMap<String, Vec<String>>,
        #[serde(default)]
        later: Vec<Word>,
    }

    const ALL: &str = r#"{"text":"a\u00e9\"","whole":-3,"small":7,"number":2,"yes":true,"word":"one_of_two","none":null,
        "some":[[0,3],[7,8]],"map":{"b":["x"],"a":[]},"more":{"not":["known"]}}"#;

    #[test]
    fn it_reads_what_serde_json_reads() {
        let plain: All = serde_json::from_str(ALL).unwrap();
        assert_eq!(from_slice(ALL.as_bytes()), Ok(plain));
    }

    #[test]
    fn what_is_not_of_the_type_is_not_understood() {
        for (from, to) in [
            ("\"whole\":-3", "\"whole\":0.5"),
            ("\"small\":7", "\"small\":-7"),
            ("\"small\":7", "\"small\":4294967296"),
            ("one_of_two", "neither"),
            ("\"yes\":true,", ""),
            ("\"text\":", "\"text\":[1],\"t\":"),
            ("{\"b\":[\"x\"]", "{\"b\":\"x\""),
            ("}}", "}"),
        ] {
            assert_eq!(
                from_slice::<All>(ALL.replace(from, to).as_bytes()),
                Err(NotUnderstood),
                "{from} {to}"
            );
        }
        assert_eq!(from_slice::<Vec<u32>>(b"[1"), Err(NotUnderstood));
        assert_eq!(
            from_slice::<Vec<u32>>("[".repeat(100_000).as_bytes()),
            Err(NotUnderstood)
        );
    }

    #[track_caller]
    fn same<T: DeserializeOwned + PartialEq + fmt::Debug>(json: &str) {
        assert_eq!(
            from_slice::<T>(json.as_bytes()),
            Ok(serde_json::from_str(json).unwrap())
        );
    }

    #[test]
    fn the_page_s_answers_are_read_as_serde_json_reads_them() {
        same::<Me>(
            r#"{"user":"eve","scope":"none","namespaces":[],"rights":[{"name":"n","allowed":false,"role":"r","grant":"g","port":9091}]}"#,
        );
        same::<Models>(
            r#"{"models":[{"namespace":"a","workload":"w","kind":"Pod","model":"m","runtime":"vllm","state":"no_metrics","adapters":["x"]}]}"#,
        );
        same::<SlosAnswer>(
            r#"{"at":1,"now_s":300,"range_s":3600,"budget_s":2592000,"slos":[{"slo":"s","state":"ok","sources":[],"warnings":[],"error":null,
            "rows":[{"labels":{"namespace":"a"},"now":{"value":0.5,"state":"ok","beyond":"more_than"},"range":null,"budget_left":-0.5,
            "burns":[{"long_s":1,"short_s":1,"long":null,"short":2.5,"limit":14.4,"severity":"critical","burning":true}]}]}]}"#,
        );
        same::<CatalogAnswer>(
            r#"{"version":"1","families":[],"dashboards":[{"id":"g","title":"","panels":["b"]}],"panels":[{"id":"b","title":"","tells":"",
            "when_bad":"","unit":"none","kind":"line","covers":[],"queries":[],"thresholds":[]}]}"#,
        );
    }
}
