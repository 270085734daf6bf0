//! The clipboard, where the browser lets a page write to it.

use js_sys::Reflect;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::Clipboard;

use super::window;

/// Copies a text, and tells whether that was possible.
pub fn copy(text: &str, told: impl FnOnce(bool) + 'static) {
    // A page that came over plain HTTP has none.
    let clipboard = window()
        .and_then(|window| Reflect::get(&window.navigator(), &"clipboard".into()).ok())
        .filter(|clipboard| !clipboard.is_undefined());
    let Some(clipboard) = clipboard else {
        told(false);
        return;
    };
    let written = clipboard.unchecked_into::<Clipboard>().write_text(text);
    leptos::task::spawn_local(async move {
        told(JsFuture::from(written).await.is_ok());
    });
}
