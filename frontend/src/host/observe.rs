//! Size, pixel ratio and visibility, watched for as long as the value lives.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use js_sys::Array;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, ResizeObserver, VisibilityState,
};

use super::{Listener, document, window};

/// Tells the element's width and height in CSS pixels, at once and after every change.
pub struct Resize {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Resize {
    pub fn observe(element: &Element, mut told: impl FnMut(f64, f64) + 'static) -> Option<Self> {
        let watched = element.clone();
        let callback: Closure<dyn FnMut()> = Closure::wrap(Box::new(move || {
            let size = watched.get_bounding_client_rect();
            told(size.width(), size.height());
        }));
        let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self {
            observer,
            _callback: callback,
        })
    }
}

impl Drop for Resize {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells whether the element is in view, or within a screen's half of it, at once and after every change.
pub struct Near {
    observer: IntersectionObserver,
    _callback: Closure<dyn FnMut(Array)>,
}

impl Near {
    pub fn observe(element: &Element, mut told: impl FnMut(bool) + 'static) -> Option<Self> {
        let callback: Closure<dyn FnMut(Array)> = Closure::wrap(Box::new(move |entries: Array| {
            // Several changes may come at once; the last one holds.
            if let Ok(entry) = entries.at(-1).dyn_into::<IntersectionObserverEntry>() {
                told(entry.is_intersecting());
            }
        }));
        let options = IntersectionObserverInit::new();
        options.set_root_margin("50% 0px");
        let observer = IntersectionObserver::new_with_options(callback.as_ref().unchecked_ref(), &options).ok()?;
        observer.observe(element);
        Some(Self {
            observer,
            _callback: callback,
        })
    }
}

impl Drop for Near {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Device pixels in one CSS pixel; changes when the window moves to another screen or is zoomed.
pub fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// Tells the new pixel ratio after every change.
pub struct PixelRatio {
    _armed: Rc<RefCell<Option<Listener>>>,
}

impl PixelRatio {
    pub fn watch(told: impl Fn(f64) + 'static) -> Self {
        let armed = Rc::new(RefCell::new(None));
        arm(&armed, Rc::new(told));
        Self { _armed: armed }
    }
}

/// A media query knows only the ratio it was made for, so each change arms the next query.
fn arm(slot: &Rc<RefCell<Option<Listener>>>, told: Rc<dyn Fn(f64)>) {
    let query = format!("(resolution: {}dppx)", pixel_ratio());
    let Some(list) = window().and_then(|window| window.match_media(&query).ok().flatten()) else {
        return;
    };
    let weak: Weak<_> = Rc::downgrade(slot);
    let listener = Listener::new(&list, "change", move |_| {
        told(pixel_ratio());
        if let Some(slot) = weak.upgrade() {
            // Not from inside the listener that this replaces: it would drop the closure that is running.
            let told = Rc::clone(&told);
            wasm_bindgen_futures::spawn_local(async move { arm(&slot, told) });
        }
    });
    slot.replace(Some(listener));
}

/// Whether the tab is in the background.
pub fn hidden() -> bool {
    document().is_some_and(|document| document.visibility_state() == VisibilityState::Hidden)
}

/// Tells when the tab goes to the background or comes back.
pub struct Visibility {
    _listener: Listener,
}

impl Visibility {
    pub fn watch(mut told: impl FnMut(bool) + 'static) -> Option<Self> {
        let document = document()?;
        let listener = Listener::new(&document, "visibilitychange", move |_| told(hidden()));
        Some(Self { _listener: listener })
    }
}
