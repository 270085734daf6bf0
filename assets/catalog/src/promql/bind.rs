//! A panel's query with everything filled in: PromQL that Prometheus 2.42 takes.
//!
//! Where several names hold a concept (an old engine beside a new one, a twin monitor, a range across an upgrade), they
//! are joined with `or on (<workload>)`: at each instant a workload is read from its best name alone. So nothing is
//! counted twice and nothing is lost, and the text does not grow with the number of pods. Under a range function the
//! call is widened, not the range: `(rate(A[w]) or on (…) rate(B[w]))`.
//!
//! A gauge over a step, `max_over_time(A[$step])`, falls back to the current value where the step holds no sample: what is
//! scraped seldom, or was missed once, keeps its line.

use super::{Grid, Matcher, Over, Piece, Placeholder, Span, Template, Vars, matcher, selector};
use crate::measure::Events;
use crate::model::{Catalog, Concept, Panel, Part};
use crate::resolve::{Apart, COLLECTED_NAMESPACE, COLLECTED_POD, Choices, Jobs, Pipeline, collected};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    #[error("the panel {panel} has {queries} queries and no number {query}; count from 0")]
    NoSuchQuery {
        panel: String,
        query: usize,
        queries: usize,
    },
    #[error("the panel {panel} asks for the concept {concept}, which its catalogue does not have")]
    NoSuchConcept { panel: String, concept: String },
}

/// The PromQL of one of the panel's queries; `None` where no source of any of its concepts exists here.
///
/// Where only some of its concepts exist, the others are bound to their newest names and so select nothing.
pub fn bind(
    catalog: &Catalog,
    panel: &Panel,
    query: usize,
    choices: &Choices,
    vars: &Vars,
    grid: &Grid,
) -> Result<Option<String>, BindError> {
    bind_with(catalog, panel, query, choices, vars, &Durations::of(grid))
}

/// The PromQL that counts the events behind one of the panel's queries; `None` where no source of them exists here.
pub fn bind_events(
    catalog: &Catalog,
    panel: &Panel,
    events: &Events,
    choices: &Choices,
    vars: &Vars,
    grid: &Grid,
) -> Result<Option<String>, BindError> {
    bound(catalog, panel, &events.counted, choices, vars, &Durations::of(grid))
}

/// How long `[$window]`, `[$range]` and `[$step]` are, as PromQL writes durations; or the variables that will say so.
pub(crate) struct Durations {
    pub window: String,
    pub range: String,
    /// Of `[$step]`; `None` where no scrape falls between two instants, so that the current value says all.
    pub step: Option<String>,
}

impl Durations {
    fn of(grid: &Grid) -> Self {
        Self {
            window: format!("{}s", grid.window_s),
            range: format!("{}s", grid.range_s()),
            step: (!grid.is_as_fine_as_scrapes()).then(|| format!("{}s", grid.step)),
        }
    }
}

/// As [`bind`], with the durations as text.
pub(crate) fn bind_with(
    catalog: &Catalog,
    panel: &Panel,
    query: usize,
    choices: &Choices,
    vars: &Vars,
    spans: &Durations,
) -> Result<Option<String>, BindError> {
    let found = panel.queries.get(query).ok_or_else(|| BindError::NoSuchQuery {
        panel: panel.id.to_string(),
        query,
        queries: panel.queries.len(),
    })?;
    bound(catalog, panel, &found.expr, choices, vars, spans)
}

fn bound(
    catalog: &Catalog,
    panel: &Panel,
    template: &Template,
    choices: &Choices,
    vars: &Vars,
    spans: &Durations,
) -> Result<Option<String>, BindError> {
    let mut placeholders = template.placeholders();
    if !placeholders.any(|placeholder| choices.has(&placeholder.concept)) {
        return Ok(None);
    }
    let mut text = String::new();
    for piece in template.pieces() {
        let (placeholder, ask) = match piece {
            Piece::Text(piece) => {
                text.push_str(piece);
                continue;
            }
            Piece::Instant(placeholder) => (placeholder, Ask::Instant),
            Piece::Over(over) => (&over.placeholder, Ask::over(over, spans)),
        };
        let concept = catalog
            .concept(&placeholder.concept)
            .ok_or_else(|| BindError::NoSuchConcept {
                panel: panel.id.to_string(),
                concept: placeholder.concept.clone(),
            })?;
        text.push_str(&concept_text(catalog, concept, placeholder, choices, vars, &ask));
    }
    Ok(Some(text))
}

/// Of the same series scraped by two monitors or kept in two stores, one: all that tells them apart is what the monitors
/// and the stores put there.
pub(crate) const ONE_OF_TWINS: &str = "max without (job, service, endpoint, prometheus) ";

/// What is asked of each series.
pub(crate) enum Ask<'a> {
    Instant,
    Over {
        head: &'a str,
        span: &'a str,
        tail: &'a str,
    },
    OfSample {
        head: &'a str,
        tail: &'a str,
    },
    /// As [`Self::Over`]; the current value where nothing is over it.
    OverOrNow {
        head: &'a str,
        span: &'a str,
        tail: &'a str,
    },
}

impl<'a> Ask<'a> {
    fn over(over: &'a Over, spans: &'a Durations) -> Self {
        let (head, tail) = (over.head.as_str(), over.tail.as_str());
        match (over.span, &spans.step) {
            (Span::Window, _) => Self::Over {
                head,
                span: &spans.window,
                tail,
            },
            (Span::Range, _) => Self::Over {
                head,
                span: &spans.range,
                tail,
            },
            (Span::Step, Some(span)) => Self::OverOrNow { head, span, tail },
            (Span::Step, None) => Self::Instant,
            (Span::Sample, _) => Self::OfSample { head, tail },
        }
    }

    fn of(&self, selector: &str) -> String {
        match self {
            Self::Instant => selector.to_owned(),
            Self::Over { head, span, tail } => format!("{head}{selector}[{span}]{tail}"),
            Self::OfSample { head, tail } => format!("{head}{selector}{tail}"),
            Self::OverOrNow { head, span, tail } => format!("({head}{selector}[{span}]{tail} or {selector})"),
        }
    }
}

/// The concept from all its sources, each workload from one of them.
pub(crate) fn concept_text(
    catalog: &Catalog,
    concept: &Concept,
    placeholder: &Placeholder,
    choices: &Choices,
    vars: &Vars,
    ask: &Ask<'_>,
) -> String {
    let suffix = placeholder.part.map_or("", Part::suffix);
    let choice = choices.of(catalog, concept);
    let alternatives = matcher::bound(&choice.labels, vars);
    let mut joined = String::new();
    for (index, source) in choice.sources.iter().enumerate() {
        if index > 0 {
            joined.push_str(&format!(" or on ({}) ", choice.workload.join(", ")));
        }
        let bindings = match source.pipeline {
            Pipeline::Any | Pipeline::Scraped => alternatives.clone(),
            Pipeline::Collected => matcher::bound(&collected(choice.labels.clone()), vars),
        };
        let arms: Vec<_> = bindings
            .into_iter()
            .map(|mut matchers| {
                match &source.jobs {
                    Jobs::All | Jobs::OneForEachTarget => {}
                    Jobs::Apart(all) => matchers.extend(all.iter().map(|apart| match apart {
                        Apart::AllBut(label, others) => Matcher::none_of(label, others),
                        Apart::Only(label, only) => Matcher::is(label, only),
                    })),
                }
                match source.pipeline {
                    Pipeline::Any => {}
                    Pipeline::Scraped => matchers.push(Matcher::absent(COLLECTED_POD)),
                    Pipeline::Collected => matchers.push(Matcher::present(COLLECTED_POD)),
                }
                matchers.extend(concept.only.iter().chain(&placeholder.matchers).cloned());
                let asked = ask.of(&selector(&format!("{}{suffix}", source.name), &matchers));
                let asked = match source.pipeline {
                    Pipeline::Any | Pipeline::Scraped => asked,
                    Pipeline::Collected => {
                        renamed(&renamed(&asked, COLLECTED_POD, "pod"), COLLECTED_NAMESPACE, "namespace")
                    }
                };
                match source.jobs {
                    Jobs::OneForEachTarget => format!("{ONE_OF_TWINS}({asked})"),
                    _ => asked,
                }
            })
            .collect();
        let several = arms.len() > 1 && choice.sources.len() > 1;
        let arms = arms.join(" or ");
        joined.push_str(&if several { format!("({arms})") } else { arms });
    }
    if choice.sources.len() > 1 || alternatives.len() > 1 {
        format!("({joined})")
    } else {
        joined
    }
}

/// The second pipeline's series with the labels of a pod that is scraped itself.
fn renamed(vector: &str, from: &str, to: &str) -> String {
    format!(r#"label_replace({vector}, "{to}", "$1", "{from}", "(.+)")"#)
}
