//! Timers and animation frames that end with the value.

use wasm_bindgen::{JsCast as _, closure::Closure};

use super::window;

/// Calls once after some milliseconds.
pub struct Timeout {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

impl Timeout {
    pub fn after(milliseconds: i32, told: impl FnOnce() + 'static) -> Option<Self> {
        let callback = once(Box::new(told));
        let id = window()?
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                callback.as_ref().unchecked_ref(),
                milliseconds.max(0),
            )
            .ok()?;
        Some(Self {
            id,
            _callback: callback,
        })
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let Some(window) = window() {
            window.clear_timeout_with_handle(self.id);
        }
    }
}

/// Calls once before the browser paints next.
pub struct NextFrame {
    id: i32,
    _callback: Closure<dyn FnMut()>,
}

impl NextFrame {
    pub fn new(told: impl FnOnce() + 'static) -> Option<Self> {
        let callback = once(Box::new(told));
        let id = window()?
            .request_animation_frame(callback.as_ref().unchecked_ref())
            .ok()?;
        Some(Self {
            id,
            _callback: callback,
        })
    }
}

impl Drop for NextFrame {
    fn drop(&mut self) {
        if let Some(window) = window() {
            // A frame that has been drawn already is no error to cancel.
            let _ = window.cancel_animation_frame(self.id);
        }
    }
}

fn once(told: Box<dyn FnOnce()>) -> Closure<dyn FnMut()> {
    let mut told = Some(told);
    Closure::wrap(Box::new(move || {
        if let Some(told) = told.take() {
            told();
        }
    }))
}
