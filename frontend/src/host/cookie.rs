//! The console's anti-forgery cookie: its proxy wants the value back as a header.

use wasm_bindgen::JsCast as _;
use web_sys::HtmlDocument;

use super::document;

const NAME: &str = "csrf-token";

pub fn csrf_token() -> Option<String> {
    let cookies = document()?.dyn_into::<HtmlDocument>().ok()?.cookie().ok()?;
    find(&cookies).map(str::to_owned)
}

fn find(cookies: &str) -> Option<&str> {
    cookies
        .split(';')
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_token_is_found_among_other_cookies() {
        assert_eq!(find("a=b; csrf-token=x+y==; c=d"), Some("x+y=="));
        assert_eq!(find("my-csrf-token=no; a"), None);
        assert_eq!(find(""), None);
    }
}
