//! What one scrape answers, before it is written in any format: families, each with its samples.

use std::borrow::Cow;

use crate::demo::sim::histogram::Histogram;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
    Summary,
    Unknown,
}

/// What stands under one `# TYPE` line. A series is named `name + suffix`.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    pub name: String,
    pub help: String,
    pub kind: Kind,
    pub samples: Vec<Sample>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub suffix: &'static str,
    pub labels: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub value: f64,
}

/// Label names and values in the order in which the exporter writes them.
pub type Labels<'a> = &'a [(&'static str, &'static str)];

impl Family {
    pub fn new(kind: Kind, name: &str, help: &str) -> Self {
        Self {
            name: name.to_owned(),
            help: help.to_owned(),
            kind,
            samples: Vec::new(),
        }
    }

    /// A family with one sample.
    pub fn single(kind: Kind, name: &str, help: &str, labels: Labels<'_>, value: f64) -> Self {
        Self::new(kind, name, help).with(labels, value)
    }

    #[must_use]
    pub fn with(mut self, labels: Labels<'_>, value: f64) -> Self {
        self.push("", labels, None, value);
        self
    }

    /// Labels whose values come from what happens.
    #[must_use]
    pub fn with_told(mut self, labels: Labels<'_>, told: [(&'static str, &str); 2], value: f64) -> Self {
        self.push("", labels, None, value);
        if let Some(sample) = self.samples.last_mut() {
            let told = told.map(|(name, value)| (Cow::Borrowed(name), Cow::Owned(value.to_owned())));
            sample.labels.extend(told);
        }
        self
    }

    #[must_use]
    pub fn with_histogram(mut self, labels: Labels<'_>, histogram: &Histogram) -> Self {
        for (le, count) in histogram.cumulative() {
            self.push("_bucket", labels, Some(le), count as f64);
        }
        self.push("_sum", labels, None, histogram.sum());
        self.push("_count", labels, None, histogram.count() as f64);
        self
    }

    /// A summary without quantiles.
    #[must_use]
    pub fn with_summary(mut self, labels: Labels<'_>, count: f64, sum: f64) -> Self {
        self.push("_count", labels, None, count);
        self.push("_sum", labels, None, sum);
        self
    }

    fn push(&mut self, suffix: &'static str, labels: Labels<'_>, le: Option<&'static str>, value: f64) {
        let mut all = Vec::with_capacity(labels.len() + usize::from(le.is_some()));
        all.extend(
            labels
                .iter()
                .map(|&(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value))),
        );
        all.extend(le.map(|le| (Cow::Borrowed("le"), Cow::Borrowed(le))));
        self.samples.push(Sample {
            suffix,
            labels: all,
            value,
        });
    }
}

/// The families of an exporter, in the order of its page.
#[derive(Debug)]
pub struct Page {
    families: Vec<Family>,
    /// When the series were created, for exporters that tell it (the Python client's `_created` gauges).
    created: Option<f64>,
}

impl Page {
    pub fn new(created: Option<f64>) -> Self {
        Self {
            families: Vec::with_capacity(80),
            created,
        }
    }

    pub fn into_families(self) -> Vec<Family> {
        self.families
    }

    /// As it is, with no `_created` companion.
    pub fn push(&mut self, family: Family) {
        self.families.push(family);
    }

    pub fn gauge(&mut self, name: &str, help: &str, labels: Labels<'_>, value: f64) {
        self.push(Family::single(Kind::Gauge, name, help, labels, value));
    }

    pub fn counter(&mut self, name: &str, help: &str, labels: Labels<'_>, value: f64) {
        self.companied(Family::single(Kind::Counter, name, help, labels, value));
    }

    pub fn histogram(&mut self, name: &str, help: &str, labels: Labels<'_>, histogram: &Histogram) {
        self.companied(Family::new(Kind::Histogram, name, help).with_histogram(labels, histogram));
    }

    /// The family, and where this exporter tells creation times, the gauge family with one for each child.
    pub fn companied(&mut self, family: Family) {
        let companion = self.created.filter(|_| !family.samples.is_empty()).map(|at| {
            let base = match family.kind {
                Kind::Counter => family.name.strip_suffix("_total").unwrap_or(&family.name),
                _ => &family.name,
            };
            let mut companion = Family::new(Kind::Gauge, &format!("{base}_created"), &family.help);
            for sample in family
                .samples
                .iter()
                .filter(|sample| matches!(sample.suffix, "" | "_count"))
            {
                companion.samples.push(Sample {
                    suffix: "",
                    labels: sample.labels.clone(),
                    value: at,
                });
            }
            companion
        });
        self.families.push(family);
        self.families.extend(companion);
    }
}
