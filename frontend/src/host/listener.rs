//! An event listener that lives as long as the value.

use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{Event, EventTarget};

pub struct Listener {
    target: EventTarget,
    event: String,
    capture: bool,
    callback: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub fn new(target: &EventTarget, event: &str, told: impl FnMut(Event) + 'static) -> Self {
        Self::with(target, event, false, Box::new(told))
    }

    /// Sees the event on its way down, and so also those that do not bubble.
    pub fn capturing(target: &EventTarget, event: &str, told: impl FnMut(Event) + 'static) -> Self {
        Self::with(target, event, true, Box::new(told))
    }

    fn with(target: &EventTarget, event: &str, capture: bool, told: Box<dyn FnMut(Event)>) -> Self {
        let callback = Closure::wrap(told);
        // It fails only for a null callback, which this is not.
        let _ = target.add_event_listener_with_callback_and_bool(event, callback.as_ref().unchecked_ref(), capture);
        Self {
            target: target.clone(),
            event: event.to_owned(),
            capture,
            callback,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        let _ = self
            .target
            .remove_event_listener_with_callback_and_bool(&self.event, callback, self.capture);
    }
}
