//! The one place that knows where the page runs: in the OpenShift console, or at a URL of its own.
//!
//! Only here are JavaScript's globals touched (location, history, theme class, storage, cookies, clock, timers,
//! observers). Whatever is started is a value that ends it when dropped, so that an unmounted page leaves nothing.

mod clipboard;
mod clock;
mod color;
mod cookie;
mod language;
mod listener;
mod observe;
mod options;
mod panic;
mod theme;
mod timer;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Document, HtmlElement, Storage, Window};

pub use clipboard::copy;
pub use clock::{Browser as BrowserClock, local_input, now, now_ms, parse_local_input, set_locale};
pub use language::{choose_language, language, locale, mark_language, rules};
pub use listener::Listener;
pub use observe::{Near, PixelRatio, Resize, Visibility, hidden, pixel_ratio};
pub use options::{Kind, Options};
pub use panic::install as install_panic_hook;
pub use theme::Theme;
pub use timer::{NextFrame, Timeout};

use crate::route::{Location, NoSuchPage, ROOT};

/// The class of the page's root element; every rule of the style sheet stands under it.
pub const ROOT_CLASS: &str = "servelens";
/// In the console, the entry script listens for this on the element it mounted into (the event bubbles).
const NAVIGATE_EVENT: &str = "servelens:navigate";
/// Where the console's way to a plugin's server begins; before it stands the console's own prefix.
const CONSOLE_PROXY: &str = "/api/proxy/";

/// Where the page runs, and the element it draws into.
pub struct Host {
    pub kind: Kind,
    /// Before `/api/…`: empty where the server serves the page itself.
    pub base: String,
    /// What stands before `/servelens` in an address, e.g. `/console`.
    prefix: String,
    root: HtmlElement,
    /// A part of another page: the heading above it and the document's title are not its own.
    pub embedded: bool,
    /// The host has a selector of namespaces: a second one would be one too many.
    pub chooser: bool,
    title_before: String,
}

impl Host {
    /// Makes the page's root element inside `element`.
    pub fn new(element: &HtmlElement, options: &Options) -> Result<Self, JsValue> {
        let document = document().ok_or("there is no document to draw into")?;
        let root: HtmlElement = document.create_element("div")?.dyn_into()?;
        root.set_class_name(ROOT_CLASS);
        root.set_attribute("data-host", options.host.name())?;
        element.append_child(&root)?;
        // The console's script speaks of its addresses without their prefix; its base tells that.
        let prefix = match options.host {
            Kind::Console => options.base.split_once(CONSOLE_PROXY).map(|(prefix, _)| prefix),
            Kind::Standalone => options.path.find(ROOT).and_then(|at| options.path.get(..at)),
        };
        Ok(Self {
            kind: options.host,
            base: options.base.trim_end_matches('/').to_owned(),
            prefix: prefix.unwrap_or_default().to_owned(),
            root,
            embedded: options.embedded,
            chooser: options.chooser,
            title_before: document.title(),
        })
    }

    pub fn root(&self) -> &HtmlElement {
        &self.root
    }

    /// Reads an address that the host handed in.
    pub fn read(&self, path: &str) -> Result<Location, NoSuchPage> {
        Location::parse(path.strip_prefix(&self.prefix).unwrap_or(path))
    }

    /// The address as the host knows it, for a link.
    pub fn href(&self, location: &Location) -> String {
        format!("{}{}", self.prefix, location.address())
    }

    /// The address of the server's door `door`, from which a browser comes back to `location`.
    pub fn sign_in(&self, door: &str, location: &Location) -> String {
        let back: String = js_sys::encode_uri_component(&self.href(location)).into();
        format!("{}{door}?return={back}", self.base)
    }

    /// Loads the page anew: after signing out nothing of what was seen may stay.
    pub fn reload(&self) {
        if let Some(fault) = window().and_then(|window| window.location().reload().err()) {
            web_sys::console::error_2(&"Servelens could not reload the page".into(), &fault);
        }
    }

    /// Tells the host that the page went somewhere; `replace` leaves no entry to go back to.
    pub fn went(&self, location: &Location, replace: bool) {
        let told = match self.kind {
            Kind::Standalone => push(&self.href(location), replace),
            Kind::Console => self.ask_console(&location.address(), replace),
        };
        if let Err(fault) = told {
            web_sys::console::error_2(&"Servelens could not change the address".into(), &fault);
        }
    }

    fn ask_console(&self, path: &str, replace: bool) -> Result<(), JsValue> {
        let detail = js_sys::Object::new();
        js_sys::Reflect::set(&detail, &"path".into(), &path.into())?;
        js_sys::Reflect::set(&detail, &"replace".into(), &replace.into())?;
        let init = web_sys::CustomEventInit::new();
        init.set_bubbles(true);
        init.set_detail(&detail);
        let event = web_sys::CustomEvent::new_with_event_init_dict(NAVIGATE_EVENT, &init)?;
        self.root.dispatch_event(&event).map(|_| ())
    }

    /// Standalone: calls back with the address whenever the person goes back or forward. In the console the entry
    /// script calls `navigate` instead.
    pub fn on_history(&self, mut went: impl FnMut(String) + 'static) -> Option<Listener> {
        if self.kind == Kind::Console {
            return None;
        }
        let window = window()?;
        let at = window.clone();
        Some(Listener::new(&window, "popstate", move |_| {
            let location = at.location();
            let path = location.pathname().unwrap_or_default();
            went(path + &location.search().unwrap_or_default());
        }))
    }

    pub fn set_title(&self, title: &str) {
        if let Some(document) = document().filter(|_| !self.embedded) {
            document.set_title(title);
        }
    }

    /// The header that the console's proxy wants on everything but GET.
    pub fn csrf_token(&self) -> Option<String> {
        match self.kind {
            Kind::Console => cookie::csrf_token(),
            Kind::Standalone => None,
        }
    }

    /// A design token's value, e.g. of `--sl-text`; `None` until the style sheet is there.
    pub fn color(&self, token: &str) -> Option<chart::Rgb> {
        color::resolve(&self.property(token))
    }

    /// A design token's value as the style sheet resolves it; empty until the sheet is there.
    pub fn property(&self, token: &str) -> String {
        let style = window().and_then(|window| window.get_computed_style(&self.root).ok().flatten());
        let value = style.and_then(|style| style.get_property_value(token).ok());
        value.unwrap_or_default().trim().to_owned()
    }

    /// Takes the root element away and gives the document its title back.
    pub fn leave(&self) {
        self.root.remove();
        self.set_title(&self.title_before);
    }
}

/// A point on the browser's performance timeline, for `xtask bench`.
pub fn mark(name: &str) {
    if let Some(performance) = window().and_then(|window| window.performance()) {
        // A mark that cannot be set costs a measurement, nothing else.
        let _ = performance.mark(name);
    }
}

/// Calls back on a pointer or key press anywhere in the document, so that an open menu can close.
pub fn on_document(event: &str, told: impl FnMut(web_sys::Event) + 'static) -> Option<Listener> {
    document().map(|document| Listener::new(&document, event, told))
}

fn push(path: &str, replace: bool) -> Result<(), JsValue> {
    let history = window().ok_or("there is no window")?.history()?;
    if replace {
        history.replace_state_with_url(&JsValue::NULL, "", Some(path))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(path))
    }
}

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

/// None where the browser forbids it: then nothing is remembered, and everything else works.
fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}
