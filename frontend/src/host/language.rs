//! Which language the reader wants, and its rules as the browser knows them.

use js_sys::{
    Array,
    Intl::{NumberFormat, PluralRules},
    Object,
};
use wasm_bindgen::JsValue;

use super::{Host, Kind, document, storage, window};
use crate::words::{Language, Rules};

/// Where the console keeps its own choice.
const CONSOLE_CHOICE: &str = "bridge/last-language";
const STORED: &str = "servelens/language";

/// The console's language, or at a URL of its own the person's choice, else the browser's.
pub fn language(kind: Kind) -> Language {
    Language::choose(wishes(kind))
}

/// The choice first, then what the browser asks every site for.
fn wishes(kind: Kind) -> Vec<String> {
    let key = match kind {
        Kind::Console => CONSOLE_CHOICE,
        Kind::Standalone => STORED,
    };
    let chosen = storage().and_then(|storage| storage.get_item(key).ok()?);
    chosen.into_iter().chain(browser_tags()).collect()
}

fn browser_tags() -> Vec<String> {
    let tags = window()
        .map(|window| window.navigator().languages())
        .unwrap_or_default();
    tags.iter().filter_map(|tag| tag.as_string()).collect()
}

/// For the next visit, where the browser allows it.
pub fn choose_language(language: Language) {
    if let Some(storage) = storage() {
        // A full or forbidden storage forgets the choice; the page goes on.
        let _ = storage.set_item(STORED, language.tag());
    }
}

/// Marks the page for browsers and screen readers; the document too, where it is ours.
pub fn mark_language(host: &Host, language: Language) {
    let document = match host.kind {
        Kind::Console => None,
        Kind::Standalone => document().and_then(|document| document.document_element()),
    };
    let root: &web_sys::Element = host.root();
    for element in [Some(root), document.as_ref()].into_iter().flatten() {
        // Fails only for a name that is none.
        let _ = element.set_attribute("lang", language.tag());
    }
}

/// The language with its country where the browser names one (`en-GB`): for dates.
pub fn locale(language: Language) -> String {
    // The browser's own tags only: a made-up one makes `Intl` throw.
    let same = browser_tags()
        .into_iter()
        .find(|tag| Language::of(tag) == Some(language));
    same.unwrap_or_else(|| language.tag().to_owned())
}

/// Plurals and numbers as `Intl` has them.
pub fn rules(language: Language) -> Rules {
    let locales = Array::of1(&language.tag().into());
    let plural = PluralRules::new(&locales, &Object::new());
    let category = move |count: f64| String::from(plural.select(count));
    Rules {
        category: Box::new(category),
        decimal_mark: decimal_mark(&locales),
    }
}

/// Between the digits of one and a half.
fn decimal_mark(locales: &Array) -> String {
    let format = NumberFormat::new(locales, &Object::new()).format();
    let half = format.call1(&JsValue::UNDEFINED, &JsValue::from_f64(1.5));
    let text = half.ok().and_then(|text| text.as_string()).unwrap_or_default();
    let mark = text.trim_start_matches('1').trim_end_matches('5');
    if mark.is_empty() { "." } else { mark }.to_owned()
}
