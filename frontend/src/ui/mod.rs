//! Components, one folder each. They read state and draw; they ask nothing of the server by themselves.
//!
//! Attributes take a [`leptos::prelude::Signal`] and changing children go through [`part`] and [`when`], not bare closures:
//! Leptos compiles its machinery anew for every closure type, which would double the size of the page.

pub mod boards;
pub mod chart;
pub mod grid;
pub mod icon;
pub mod legend;
pub mod models;
pub mod notice;
pub mod panel;
pub mod popover;
pub mod setup;
pub mod shell;
pub mod slos;
pub mod stat;
pub mod toolbar;

use leptos::{ev::MouseEvent, html, prelude::*};

use crate::state::App;

/// What a click on a button does.
pub fn press(mut then: impl FnMut() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| then())
}

/// A child that is made anew whenever what `view` read has changed.
pub fn part(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let view: Box<dyn Fn() -> AnyView + Send> = Box::new(view);
    view.into_any()
}

/// An element that never changes by itself, of one type for all tags and uses: every type of a view makes the page larger.
pub fn tag(name: &'static str, class: &str, inside: Vec<AnyView>) -> AnyView {
    html::custom(name).class(class.to_owned()).child(inside).into_any()
}

pub fn text(text: String) -> AnyView {
    text.into_any()
}

/// The heading of a page: the first of the document, or where the page is a part of another below that one's.
pub fn heading(app: App, title: impl Fn() -> String + Send + 'static) -> AnyView {
    let level = if app.host().embedded { "h2" } else { "h1" };
    tag(level, "sl-title", vec![part(move || text(title()))])
}

/// The command with the caller's own name in the place kept for it.
pub fn grant(command: &str, user: &str) -> String {
    if user.is_empty() {
        command.to_owned()
    } else {
        command.replace("<user>", user)
    }
}

/// `view` for as long as `shown` is true; it is made once each time that comes about.
pub fn when(shown: Signal<bool>, view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let shown = Memo::new(move |_| shown.get());
    part(move || if shown.get() { view() } else { ().into_any() })
}

#[cfg(test)]
mod tests {
    use super::grant;

    #[test]
    fn the_command_names_the_caller_where_the_name_is_known() {
        let command = "oc adm policy add-role-to-user view <user> -n <namespace>";
        assert_eq!(grant(command, ""), command);
        assert_eq!(
            grant(command, "alice"),
            "oc adm policy add-role-to-user view alice -n <namespace>"
        );
    }
}
