//! The board's smallest parts, each of one type for all its uses: every type of a view makes the page larger.

use leptos::prelude::*;

pub fn said(class: &str, text: String) -> AnyView {
    view! { <span class=class.to_owned()>{text}</span> }.into_any()
}

/// A number or a name, which no language says otherwise.
pub fn plain(class: &str, text: String) -> AnyView {
    view! { <span class=class.to_owned() translate="no">{text}</span> }.into_any()
}

pub fn line(class: &str, text: String) -> AnyView {
    view! { <p class=class.to_owned()>{text}</p> }.into_any()
}

pub fn head(class: &str, text: String) -> AnyView {
    view! { <th scope="col" class=class.to_owned()>{text}</th> }.into_any()
}

/// `says` stands before it where the page is narrow and has no headings.
pub fn cell(class: String, says: &str, title: String, inside: Vec<AnyView>) -> AnyView {
    view! { <td class=class data-says=says.to_owned() title=title>{inside}</td> }.into_any()
}
