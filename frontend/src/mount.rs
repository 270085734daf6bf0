//! Mounting and unmounting.

use std::{any::Any, rc::Rc};

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use crate::{
    host::{self, Host, Options, PixelRatio, Resize, Theme, Visibility},
    page,
    state::App,
};

/// A mounted page. It stays until [`Handle::unmount`], also when the host lets go of the handle: the browser frees what
/// nobody holds at a time of its own choosing, and a page must not vanish because of that.
#[wasm_bindgen]
pub struct Handle {
    mounted: Option<Mounted>,
}

struct Mounted {
    app: App,
    host: Rc<Host>,
    owner: Owner,
    /// Leptos' own handle; its type is the view's.
    view: Box<dyn Any>,
    watchers: Box<dyn Any>,
}

/// Draws the page into `element`. `options` is JSON: `{"host":"console"|"standalone","base":…,"path":…}`.
///
/// # Errors
/// Options that cannot be read, or an element that cannot hold another.
#[wasm_bindgen]
pub fn mount(element: &HtmlElement, options: &str) -> Result<Handle, JsValue> {
    host::install_panic_hook();
    let options = Options::parse(options).map_err(|fault| js_sys::Error::new(&fault))?;
    let host = Rc::new(Host::new(element, &options)?);
    // A root owner of our own: dropping Leptos' handle alone would leave what effects and contexts hold alive.
    let owner = Owner::new();
    let mounted = owner.with(|| {
        let app = App::new(Rc::clone(&host), &options.path);
        let watchers = watch(app, &host);
        let inner = host.root().clone();
        let view = mount_to(inner, move || {
            app.start();
            page::whole(app)
        });
        (app, view, watchers)
    });
    let (app, view, watchers) = mounted;
    Ok(Handle {
        mounted: Some(Mounted {
            app,
            host,
            owner,
            view: Box::new(view),
            watchers,
        }),
    })
}

/// What the page needs to know of its surroundings for as long as it is mounted.
fn watch(app: App, host: &Rc<Host>) -> Box<dyn Any> {
    app.retheme();
    let size = Resize::observe(host.root(), move |width, _| {
        if app.width.get_untracked() != width {
            app.width.set(width);
        }
    });
    Box::new((
        Theme::watch(host.kind, move || app.retheme()),
        size,
        PixelRatio::watch(move |ratio| app.pixel_ratio.set(ratio)),
        Visibility::watch(move |hidden| app.hidden.set(hidden)),
        host.on_history(move |path| app.went(&path)),
    ))
}

impl Drop for Handle {
    fn drop(&mut self) {
        std::mem::forget(self.mounted.take());
    }
}

#[wasm_bindgen]
impl Handle {
    /// The host's address changed: path and query.
    pub fn navigate(&self, path: &str) {
        if let Some(mounted) = &self.mounted {
            mounted.app.went(path);
        }
    }

    /// Takes the page away with all that it started. A second call does nothing.
    pub fn unmount(&mut self) {
        let Some(mounted) = self.mounted.take() else { return };
        // Watchers first: none of them may tell a signal that is gone.
        drop(mounted.watchers);
        drop(mounted.view);
        mounted.owner.cleanup();
        mounted.host.leave();
    }
}
