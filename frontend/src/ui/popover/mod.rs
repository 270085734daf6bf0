//! A button that opens a small dialog below itself. Escape, a press elsewhere, or focus going elsewhere closes it.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::Node;

use super::{
    icon::{Icon, icon},
    press, when,
};
use crate::{
    host::{self, Listener},
    words::t,
};

#[component]
pub fn Popover(
    /// What the dialog is for, in English; read aloud with the button.
    name: &'static str,
    /// What the button says.
    #[prop(into)]
    label: Signal<String>,
    /// Whether that is a name, the same in every language.
    #[prop(optional, into)]
    named: Signal<bool>,
    open: RwSignal<bool>,
    /// Whether the dialog's right edge, not its left, is aligned with the button.
    #[prop(optional)]
    to_the_left: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let wrapper = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let listeners = StoredValue::new_local(Vec::<Listener>::new());
    Effect::new(move |_| {
        let watching = if open.get() {
            ["pointerdown", "focusin"].as_slice()
        } else {
            &[]
        };
        let watch = |event: &&str| {
            host::on_document(event, move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
                let inside = wrapper
                    .get_untracked()
                    .is_some_and(|wrapper| wrapper.contains(target.as_ref()));
                if !inside {
                    open.set(false);
                }
            })
        };
        listeners.set_value(watching.iter().filter_map(watch).collect());
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(button) = button.get_untracked() {
                // A button that is gone needs no focus.
                let _ = button.focus();
            }
        }
    };
    view! {
        <div class="sl-popover" node_ref=wrapper on:keydown=on_key>
            <button
                type="button"
                class="sl-control sl-popover-button"
                node_ref=button
                aria-haspopup="dialog"
                aria-expanded=Signal::derive(move || open.get().to_string())
                aria-label=Signal::derive(move || format!("{}: {}", t(name), label.get()))
                on:click=press(move || open.update(|open| *open = !*open))
            >
                <span class="sl-popover-label" translate=move || named.get().then_some("no")>{label}</span>
                {icon(Icon::ChevronDown)}
            </button>
            {when(
                open.into(),
                move || {
                    // A press on a text inside gives the dialog the focus, not what lies around it.
                    view! {
                        <div class="sl-popover-dialog" class:sl-popover-left=to_the_left role="dialog" tabindex="-1" aria-label=t(name)>
                            {children()}
                        </div>
                    }
                    .into_any()
                },
            )}
        </div>
    }
    .into_any()
}
