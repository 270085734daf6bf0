//! A template that belongs to no page: the queries of alert rules and objectives, whose windows are their own.

use super::{Ask, Piece, Span, Template, Vars, concept_text};
use crate::model::Catalog;
use crate::resolve::Choices;

/// In seconds: the length of every `[$window]` and of every `[$range]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spans {
    pub window_s: u32,
    pub range_s: u32,
}

/// The template as PromQL. Concepts that `choices` does not have stand under their newest names; one that the catalogue
/// does not have selects nothing and is refused when the files are read.
pub fn bind_rule(catalog: &Catalog, template: &Template, choices: &Choices, vars: &Vars, spans: Spans) -> String {
    let [window, range] = [spans.window_s, spans.range_s].map(|seconds| format!("{seconds}s"));
    let mut text = String::new();
    for piece in template.pieces() {
        let (placeholder, ask) = match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Piece::Instant(placeholder) => (placeholder, Ask::Instant),
            Piece::Over(over) => {
                let over_span = |span| Ask::Over {
                    head: &over.head,
                    span,
                    tail: &over.tail,
                };
                let ask = match over.span {
                    Span::Window => over_span(&window),
                    Span::Range => over_span(&range),
                    // A rule looks at now; it has no chart's steps.
                    Span::Step => Ask::Instant,
                    Span::Sample => Ask::OfSample {
                        head: &over.head,
                        tail: &over.tail,
                    },
                };
                (&over.placeholder, ask)
            }
        };
        if let Some(concept) = catalog.concept(&placeholder.concept) {
            text.push_str(&concept_text(catalog, concept, placeholder, choices, vars, &ask));
        }
    }
    text
}
