//! A query as the catalogue writes it: PromQL with `{{concept}}` in the places of selectors.
//!
//! * `{{concept}}`, `{{concept.bucket}}`, `{{concept.sum}}`, `{{concept.count}}`
//! * fixed matchers after a comma: `{{concept, method=~"Predict|Stream"}}`
//! * a range directly after it: `[$window]` (of rates), `[$range]` (the whole of the page's range) or `[$step]` (of a
//!   gauge, from one instant of the chart to the next)
//!
//! Every metric stands in a placeholder, so that no panel depends on a name that only one version has.

use super::{Matcher, scan};
use crate::model::{MetricType, Part};

#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

/// Each piece binds on its own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// As it stands.
    Text(String),
    /// An instant vector.
    Instant(Placeholder),
    /// A call whose argument is a range: several names widen the whole call, since `or` joins no ranges.
    Over(Over),
}

/// `head` placeholder `[span]` `tail`, e.g. `rate(` … `)`; or `timestamp(` placeholder `)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Over {
    pub function: String,
    pub head: String,
    pub placeholder: Placeholder,
    pub span: Span,
    pub tail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    Window,
    Range,
    /// Where no scrape falls between two instants, the current value.
    Step,
    /// No range, and still nothing that `or` may stand in: `timestamp` tells a sample's own time of a selector alone.
    Sample,
}

/// What stands between the double braces.
#[derive(Debug, Clone, PartialEq)]
pub struct Placeholder {
    pub concept: String,
    pub part: Option<Part>,
    pub(crate) matchers: Vec<Matcher>,
}

impl Placeholder {
    /// The text between the braces.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        scan::placeholder(text)
    }
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Ok(Self {
            text: text.to_owned(),
            pieces: scan::pieces(text)?,
        })
    }

    /// As the file has it, for showing.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The placeholders in their order; a concept comes once for each use.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Instant(placeholder) => Some(placeholder),
            Piece::Over(over) => Some(&over.placeholder),
        })
    }

    /// Each concept it asks for once.
    pub fn concepts(&self) -> std::collections::BTreeSet<&str> {
        self.placeholders()
            .map(|placeholder| placeholder.concept.as_str())
            .collect()
    }

    pub(crate) fn uses_window(&self) -> bool {
        self.uses(Span::Window)
    }

    pub(crate) fn uses_range(&self) -> bool {
        self.uses(Span::Range)
    }

    fn uses(&self, span: Span) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Over(over) if over.span == span))
    }

    /// Whether each placeholder is used as its concept's type allows. `type_of` is asked for concepts that exist.
    #[cfg(feature = "parse")]
    pub(crate) fn check_types(&self, type_of: impl Fn(&str) -> Option<MetricType>) -> Result<(), TemplateError> {
        for piece in &self.pieces {
            let (placeholder, function) = match piece {
                Piece::Text(_) => continue,
                Piece::Instant(placeholder) => (placeholder, None),
                Piece::Over(over) => (&over.placeholder, Some(over.function.as_str())),
            };
            let concept = placeholder.concept.clone();
            let metric_type = type_of(&concept).ok_or_else(|| TemplateError::UnknownConcept(concept.clone()))?;
            if !metric_type.has(placeholder.part) {
                return Err(TemplateError::WrongPart { concept, metric_type });
            }
            match (metric_type.accumulates(), function) {
                (true, None) => return Err(TemplateError::NoRate { concept, metric_type }),
                (true, Some(function)) if !COUNTER_FUNCTIONS.contains(&function) => {
                    return Err(TemplateError::NoRate { concept, metric_type });
                }
                (false, Some(function)) if RATE_FUNCTIONS.contains(&function) => {
                    return Err(TemplateError::RateOfGauge {
                        concept,
                        function: function.to_owned(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(feature = "parse")]
const RATE_FUNCTIONS: &[&str] = &["rate", "irate", "increase", "resets"];
/// `last_over_time` is for the few counters whose total since the start is itself the news, e.g. retired memory pages.
#[cfg(feature = "parse")]
const COUNTER_FUNCTIONS: &[&str] = &[
    "rate",
    "irate",
    "increase",
    "resets",
    "changes",
    "timestamp",
    "count_over_time",
    "present_over_time",
    "absent_over_time",
    "last_over_time",
];

/// Each text is the reason and, after a semicolon, the next step.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TemplateError {
    #[error("\"{0}\" is not closed; close it or remove it")]
    Unclosed(&'static str),
    #[error("a \"{0}\" closes nothing; remove it or open it")]
    Unopened(char),
    #[error("a single brace is not allowed; write a selector as {{{{concept}}}}")]
    SingleBrace,
    #[error(
        "{{{{{0}}}}} is not a placeholder; write {{{{concept}}}}, {{{{concept.bucket}}}} or {{{{concept, label=\"value\"}}}}"
    )]
    BadPlaceholder(String),
    #[error("[{0}] is not a range that follows the page; write [$window], [$range] or [$step]")]
    BadSpan(String),
    #[error("${0} is not known here; only [$window], [$range] and [$step] directly after a concept are")]
    StrayVariable(String),
    #[error("the range of {{{{{0}}}}} is not alone in a call; write e.g. rate({{{{{0}}}}}[$window])")]
    NotInCall(String),
    #[error(
        "[$step] says what a gauge was between two instants; write it in max_over_time(), min_over_time() or avg_over_time() around {{{{{0}}}}} alone"
    )]
    NotOfSteps(String),
    #[error(
        "the metric name {0:?} stands outside of braces; write {{{{concept}}}} and name the metric in a [[concept]]"
    )]
    RawName(String),
    #[error("the query asks for no concept; write {{{{concept}}}} where the metric belongs")]
    NoConcept,
    #[error("there is no concept {0:?}; add a [[concept]] of that id or correct the name")]
    UnknownConcept(String),
    #[error("{concept} is a {} and has no such series; {}", .metric_type.as_str(), parts_of(*.metric_type))]
    WrongPart { concept: String, metric_type: MetricType },
    #[error("{concept} is a {} and only ever grows; put it into rate(…[$window]) or increase(…[$range])", .metric_type.as_str())]
    NoRate { concept: String, metric_type: MetricType },
    #[error("{concept} is a gauge, of which {function}() means nothing; use it as it is or with avg_over_time()")]
    RateOfGauge { concept: String, function: String },
}

fn parts_of(metric_type: MetricType) -> &'static str {
    match metric_type {
        MetricType::Gauge | MetricType::Counter => "write it without a part after the dot",
        MetricType::Histogram => "write .bucket, .sum or .count after it",
        MetricType::Summary => "write .sum or .count after it",
    }
}
