//! Light or dark: the console's class on `<html>`, or at a URL of its own the person's choice, else the system's. And more
//! contrast, where the console's theme or the system asks for it.
//!
//! The outcome is two classes on the page's root, the only thing that the style sheet looks at.

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Element, MutationObserver, MutationObserverInit};

use super::{Host, Kind, Listener, document, storage, window};

const DARK_CLASS: &str = "servelens-dark";
/// PatternFly 6, 5 and 4, as the console has put them on `<html>` since 4.14.
const CONSOLE_DARK: [&str; 3] = ["pf-v6-theme-dark", "pf-v5-theme-dark", "pf-theme-dark"];
const SYSTEM_DARK: &str = "(prefers-color-scheme: dark)";
const CONTRAST_CLASS: &str = "servelens-contrast";
/// A theme of consoles from 4.23 on, beside light or dark.
const CONSOLE_CONTRAST: &str = "pf-v6-theme-high-contrast";
const SYSTEM_CONTRAST: &str = "(prefers-contrast: more)";
const STORED: &str = "servelens/theme";

thread_local! {
    /// What was chosen on this visit, for browsers that keep nothing.
    static CHOSEN: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Tells after every change, and whenever a style sheet arrives: until then there are no tokens.
pub struct Theme {
    _listeners: Vec<Listener>,
    _console: Option<ClassWatch>,
}

impl Theme {
    pub fn watch(kind: Kind, told: impl Fn() + 'static) -> Self {
        let tell: Rc<dyn Fn()> = Rc::new(told);
        let mut listeners = Vec::new();
        if let Some(head) = document().and_then(|document| document.document_element()) {
            let tell = Rc::clone(&tell);
            listeners.push(Listener::capturing(&head, "load", move |event| {
                let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                if link.is_some_and(|link| link.tag_name() == "LINK") {
                    tell();
                }
            }));
        }
        let console = match kind {
            Kind::Console => ClassWatch::new(Rc::clone(&tell)),
            Kind::Standalone => None,
        };
        let asked: &[&str] = match kind {
            Kind::Console => &[SYSTEM_CONTRAST],
            Kind::Standalone => &[SYSTEM_CONTRAST, SYSTEM_DARK],
        };
        for system in asked.iter().filter_map(|query| system(query)) {
            let tell = Rc::clone(&tell);
            listeners.push(Listener::new(&system, "change", move |_| tell()));
        }
        Self {
            _listeners: listeners,
            _console: console,
        }
    }

    /// Puts the classes on the root that the style sheet looks at; returns whether it is dark.
    pub fn apply(host: &Host) -> bool {
        let dark = is_dark(host.kind);
        let contrast = asks(SYSTEM_CONTRAST) || host.kind == Kind::Console && console_has(&[CONSOLE_CONTRAST]);
        for (class, on) in [(DARK_CLASS, dark), (CONTRAST_CLASS, contrast)] {
            // Fails only for a class name with a space in it.
            let _ = host.root().class_list().toggle_with_force(class, on);
        }
        dark
    }

    /// The person's choice, kept for the next visit where the browser allows it.
    pub fn choose(dark: bool) {
        CHOSEN.set(Some(dark));
        if let Some(storage) = storage() {
            // A full or forbidden storage forgets the choice; the page goes on.
            let _ = storage.set_item(STORED, if dark { "dark" } else { "light" });
        }
    }
}

fn is_dark(kind: Kind) -> bool {
    match kind {
        Kind::Console => console_has(&CONSOLE_DARK),
        Kind::Standalone => CHOSEN.get().or_else(stored).unwrap_or_else(|| asks(SYSTEM_DARK)),
    }
}

/// Whether the console's document carries one of the classes.
fn console_has(classes: &[&str]) -> bool {
    let html = document().and_then(|document| document.document_element());
    html.is_some_and(|html| classes.iter().any(|class| html.class_list().contains(class)))
}

fn system(query: &str) -> Option<web_sys::MediaQueryList> {
    window()?.match_media(query).ok()?
}

fn asks(query: &str) -> bool {
    system(query).is_some_and(|system| system.matches())
}

fn stored() -> Option<bool> {
    match storage()?.get_item(STORED).ok()??.as_str() {
        "dark" => Some(true),
        "light" => Some(false),
        _ => None,
    }
}

/// The console's theme switch is a change of class on `<html>`.
struct ClassWatch {
    observer: MutationObserver,
    _callback: Closure<dyn FnMut()>,
}

impl ClassWatch {
    fn new(tell: Rc<dyn Fn()>) -> Option<Self> {
        let html = document()?.document_element()?;
        let callback: Closure<dyn FnMut()> = Closure::wrap(Box::new(move || tell()));
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        let init = MutationObserverInit::new();
        init.set_attributes(true);
        init.set_attribute_filter(&js_sys::Array::of1(&"class".into()));
        observer.observe_with_options(&html, &init).ok()?;
        Some(Self {
            observer,
            _callback: callback,
        })
    }
}

impl Drop for ClassWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
