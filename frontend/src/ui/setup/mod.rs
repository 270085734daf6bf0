//! Setting up: checks, plan, runs, and what is asked of an administrator. What the server says of the cluster is in the
//! reader's language, too; what it quotes of the cluster's own words stays as it is.

pub mod checks;
pub mod findings;
pub mod plan;
pub mod progress;
pub mod removal;
pub mod request;

use leptos::prelude::*;

use super::{press, tag, text};
use crate::words::{said, t};

/// How something stands, as `servelens check` shows it: a sign to look at and a word to be read aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Good,
    Warning,
    Error,
    Waiting,
}

impl Sign {
    fn view(self) -> AnyView {
        let (sign, class, word) = match self {
            Self::Good => ("√", "sl-sign sl-sign-good", t("Good")),
            Self::Warning => ("‼", "sl-sign sl-sign-warning", t("Warning")),
            Self::Error => ("×", "sl-sign sl-sign-error", t("Error")),
            Self::Waiting => ("…", "sl-sign", t("Under way")),
        };
        view! { <span class=class role="img" aria-label=word>{sign}</span> }.into_any()
    }
}

/// A line with its sign, and what belongs to it below.
fn line(sign: Sign, inside: Vec<AnyView>) -> AnyView {
    tag("li", "sl-setup-line", vec![sign.view(), tag("div", "", inside)])
}

/// What the server says: a sentence, or a command to be taken as it is.
fn sentence(class: &str, english: &str) -> AnyView {
    tag("p", class, vec![phrase(english)])
}

/// As [`sentence`], within a paragraph.
fn phrase(english: &str) -> AnyView {
    if english.starts_with("oc ") {
        return code(english);
    }
    match said(english) {
        Some(words) => text(words),
        // To be read aloud as English.
        None => view! { <span lang="en">{english.to_owned()}</span> }.into_any(),
    }
}

/// Words of the cluster's interface.
fn code(content: &str) -> AnyView {
    view! { <code translate="no">{content.to_owned()}</code> }.into_any()
}

/// A text to be taken as it is.
fn block(content: String) -> AnyView {
    view! { <pre translate="no" tabindex="0"><code>{content}</code></pre> }.into_any()
}

fn button(class: &str, label: String, off: Signal<bool>, then: impl FnMut() + 'static) -> AnyView {
    view! {
        <button type="button" class=format!("sl-button {class}") disabled=off on:click=press(then)>
            {label}
        </button>
    }
    .into_any()
}

fn card(name: &'static str, heading: String, inside: Vec<AnyView>) -> AnyView {
    view! {
        <section class="sl-card sl-access sl-setup" data-part=name>
            <h2>{heading}</h2>
            {inside}
        </section>
    }
    .into_any()
}

fn muted(said: String) -> AnyView {
    tag("p", "sl-muted", vec![text(said)])
}
