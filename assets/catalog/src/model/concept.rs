//! A concept: one thing that is measured, with every name it has had.

use std::collections::BTreeSet;

use super::{ConceptId, FamilyId, Unit};
use crate::promql::Matcher;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concept {
    pub id: ConceptId,
    pub family: FamilyId,
    pub metric_type: MetricType,
    /// Of the samples as the exporter sends them.
    pub unit: Unit,
    /// Newest first, without a family's prefix; for a histogram the name before `_bucket`.
    pub names: Vec<String>,
    /// Which versions of the exporter write each of the names, in their order, e.g. `vLLM < 0.12`; empty where nobody knows
    /// or where there is but one name.
    pub versions: Vec<String>,
    /// With what its series appear; `None` where they are there from the start, or where nobody knows.
    pub first: Option<First>,
    /// Page variables that this concept's series have no label for, though the family's others do.
    pub unlabelled: BTreeSet<String>,
    /// Which of the metric's series are meant, where others export the same name or the rest counts twice. Fixed in
    /// every query and in the request that asks what exists.
    pub(crate) only: Vec<Matcher>,
}

impl Concept {
    /// Which versions of the exporter write this name, whatever its prefix.
    pub fn versions_of(&self, name: &str) -> Option<&str> {
        // The longest, because one name may end as another one does.
        let known = self.names.iter().zip(&self.versions);
        let longest = known.filter(|(known, _)| name.ends_with(known.as_str()));
        let (_, versions) = longest.max_by_key(|(known, _)| known.len())?;
        Some(versions.as_str()).filter(|versions| !versions.is_empty())
    }

    /// The series that stands for the whole metric when one asks what exists: `_count` has one series where a
    /// histogram has twenty.
    pub fn representative(&self, name: &str) -> String {
        match self.metric_type {
            MetricType::Histogram | MetricType::Summary => format!("{name}{}", Part::Count.suffix()),
            MetricType::Gauge | MetricType::Counter => name.to_owned(),
        }
    }
}

/// The event with which a series appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum First {
    Request,
    Error,
}

impl First {
    pub const NAMES: &str = "request, error";

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "request" => Self::Request,
            "error" => Self::Error,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricType {
    Gauge,
    Counter,
    Histogram,
    /// Without quantiles: `_sum` and `_count` only.
    Summary,
}

impl MetricType {
    pub const NAMES: &str = "gauge, counter, histogram, summary";

    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "gauge" => Self::Gauge,
            "counter" => Self::Counter,
            "histogram" => Self::Histogram,
            "summary" => Self::Summary,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
        }
    }

    /// Whether `{{concept.<part>}}` exists.
    pub fn has(self, part: Option<Part>) -> bool {
        match self {
            Self::Gauge | Self::Counter => part.is_none(),
            Self::Histogram => part.is_some(),
            Self::Summary => matches!(part, Some(Part::Sum | Part::Count)),
        }
    }

    /// Whether its series only ever grow, so that only their increase means something.
    pub fn accumulates(self) -> bool {
        self != Self::Gauge
    }
}

/// Which of a histogram's or a summary's series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Bucket,
    Sum,
    Count,
}

impl Part {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "bucket" => Self::Bucket,
            "sum" => Self::Sum,
            "count" => Self::Count,
            _ => return None,
        })
    }

    /// As a placeholder writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bucket => ".bucket",
            Self::Sum => ".sum",
            Self::Count => ".count",
        }
    }

    pub fn suffix(self) -> &'static str {
        match self {
            Self::Bucket => "_bucket",
            Self::Sum => "_sum",
            Self::Count => "_count",
        }
    }
}
