//! The last word when the page's own code breaks: where, never with which data.

use std::panic::PanicHookInfo;

use super::{ROOT_CLASS, document};

const MESSAGE: &str = "The page stopped because of a fault in Servelens. Reload it to go on; \
                       if it happens again, report the line that the browser's console shows.";

/// Once for a document, however often the page is mounted.
pub fn install() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(tell)));
}

fn tell(info: &PanicHookInfo<'_>) {
    let place = info
        .location()
        .map(|at| format!("{}:{}", at.file(), at.line()))
        .unwrap_or_default();
    web_sys::console::error_1(&format!("Servelens stopped at {place}").into());
    let Some(roots) = document().and_then(|document| document.query_selector_all(&format!(".{ROOT_CLASS}")).ok())
    else {
        return;
    };
    for root in (0..roots.length()).filter_map(|at| roots.get(at)) {
        root.set_text_content(Some(MESSAGE));
    }
}
