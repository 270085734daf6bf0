//! From variables to selectors to PromQL text, with windows and steps.
//!
//! The syntax stays inside Prometheus 2.42's. Foreign text comes in as a [`LabelValue`] and in no other way.

mod bind;
mod grid;
mod matcher;
mod rule;
mod scan;
mod template;
mod value;
mod vars;

pub use bind::{BindError, bind, bind_events};
pub use grid::{Grid, GridError, MAX_POINTS, grid};
pub use matcher::{Matcher, Op, selector};
pub use rule::{Spans, bind_rule};
pub use template::{Placeholder, Template, TemplateError};
pub use value::LabelValue;
pub use vars::Vars;

pub(crate) use bind::{Ask, concept_text};
#[cfg(feature = "export")]
pub(crate) use bind::{Durations, bind_with};
pub(crate) use matcher::bound;
pub(crate) use matcher::is_label_name;
#[cfg(feature = "parse")]
pub(crate) use matcher::is_metric_name;
#[cfg(feature = "parse")]
pub(crate) use scan::matchers;
pub(crate) use template::{Over, Piece, Span};
