//! CSS colours to numbers: a canvas cannot read custom properties, so the browser resolves them first.

use chart::Rgb;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::document;

/// Any colour that the browser understands; `None` for an empty text.
pub fn resolve(css: &str) -> Option<Rgb> {
    if css.is_empty() {
        return None;
    }
    Rgb::parse(css).or_else(|| Rgb::parse(&normalise(css)?))
}

/// A canvas gives every opaque colour back as `#rrggbb`, whatever notation it came in.
fn normalise(css: &str) -> Option<String> {
    let canvas: HtmlCanvasElement = document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.set_fill_style_str(css);
    context.fill_style().as_string()
}
