//! The page's address: path and query to a typed [`Location`] and back.
//!
//! Everything a person can choose on the page is in here, so that an address shared is a picture shared. It must not
//! touch the browser: the host hands addresses in and takes them out.

mod page;
mod query;
mod range;
mod refresh;

pub use page::{Page, SLOS};
pub use range::{MORE_PRESETS, PRESETS, Preset, TimeRange};
pub use refresh::{INTERVALS, Refresh};

pub use query::encode;
use query::{decode, pairs};

/// The first segment of every address of the page.
pub const ROOT: &str = "/servelens";
const MODEL: &str = "model";
const WORKLOAD: &str = "workload";
const POD: &str = "pod";
const RANGE: &str = "range";
const FROM: &str = "from";
const TO: &str = "to";
const REFRESH: &str = "refresh";

/// Which namespaces the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The address does not say: all that the caller may see.
    Unsaid,
    All,
    Namespace(String),
}

impl Scope {
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::Namespace(name) => Some(name),
            Self::Unsaid | Self::All => None,
        }
    }
}

/// A whole address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub page: Page,
    pub scope: Scope,
    /// Served names; none: all models.
    pub models: Vec<String>,
    /// Names of InferenceServices and LLMInferenceServices; none: all.
    pub workloads: Vec<String>,
    pub range: TimeRange,
    pub refresh: Refresh,
    /// Query parameters that are not the page's own (the console's, a later version's): kept as they are.
    pub rest: Vec<(String, String)>,
}

impl Default for Location {
    fn default() -> Self {
        Self {
            page: Page::Overview,
            scope: Scope::Unsaid,
            models: Vec::new(),
            workloads: Vec::new(),
            range: TimeRange::default(),
            refresh: Refresh::default(),
            rest: Vec::new(),
        }
    }
}

/// The address leads to no page that exists; `wanted` is what stood where a page's name belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchPage {
    pub wanted: String,
}

impl Location {
    /// Reads `/servelens/…?…`. A value that makes no sense falls back to its default; only a page that does not
    /// exist is an error, because showing another one would be a lie.
    pub fn parse(address: &str) -> Result<Self, NoSuchPage> {
        let address = address.split('#').next().unwrap_or_default();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let path = path.strip_prefix(ROOT).unwrap_or(path);
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());

        let mut location = Self::default();
        let mut next = segments.next();
        match next {
            Some("all-namespaces") => {
                location.scope = Scope::All;
                next = segments.next();
            }
            Some("ns") => {
                if let Some(name) = segments.next() {
                    location.scope = Scope::Namespace(decode(name));
                }
                next = segments.next();
            }
            _ => {}
        }
        if let Some(segment) = next {
            location.page = Page::parse(&decode(segment)).ok_or_else(|| NoSuchPage {
                wanted: decode(segment),
            })?;
        }
        location.read_query(query);
        Ok(location)
    }

    fn read_query(&mut self, query: &str) {
        let (mut from, mut to) = (None, None);
        for (key, value) in pairs(query) {
            match key.as_str() {
                MODEL if value.is_empty() || self.models.contains(&value) => {}
                MODEL => self.models.push(value),
                WORKLOAD if value.is_empty() || self.workloads.contains(&value) => {}
                WORKLOAD => self.workloads.push(value),
                RANGE => self.range = Preset::parse(&value).map_or(self.range, TimeRange::Last),
                FROM => from = value.parse().ok(),
                TO => to = value.parse().ok(),
                REFRESH => self.refresh = Refresh::parse(&value).unwrap_or_default(),
                _ => self.rest.push((key, value)),
            }
        }
        // Also where it runs backwards: the server says so, and another range would be a lie.
        if let (Some(from), Some(to)) = (from, to) {
            self.range = TimeRange::Between { from, to };
        }
    }

    /// The address; defaults are left out, so that a plain page has a plain address.
    pub fn address(&self) -> String {
        let mut address = String::from(ROOT);
        match &self.scope {
            Scope::Unsaid => {}
            Scope::All => address.push_str("/all-namespaces"),
            Scope::Namespace(name) => {
                address.push_str("/ns/");
                encode(name, &mut address);
            }
        }
        address.push('/');
        address.push_str(self.page.segment());

        let mut query = Vec::new();
        for model in &self.models {
            query.push((MODEL, model.clone()));
        }
        for workload in &self.workloads {
            query.push((WORKLOAD, workload.clone()));
        }
        match self.range {
            range if range == TimeRange::default() => {}
            TimeRange::Last(preset) => query.push((RANGE, preset.name().to_owned())),
            TimeRange::Between { from, to } => {
                query.push((FROM, from.to_string()));
                query.push((TO, to.to_string()));
            }
        }
        if self.refresh != Refresh::default() {
            query.push((REFRESH, self.refresh.name().to_owned()));
        }
        let own = query.iter().map(|(key, value)| (*key, value.as_str()));
        let rest = self.rest.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        for (at, (key, value)) in own.chain(rest).enumerate() {
            address.push(if at == 0 { '?' } else { '&' });
            encode(key, &mut address);
            address.push('=');
            encode(value, &mut address);
        }
        address
    }

    /// The pods that a link names, e.g. one of an alert. The page has no list of pods: it only takes a choice back.
    pub fn pods(&self) -> Vec<String> {
        let named = self.rest.iter().filter(|(key, _)| key == POD);
        named.map(|(_, pod)| pod.clone()).collect()
    }

    /// The same view on another page.
    pub fn on(&self, page: Page) -> Self {
        Self { page, ..self.clone() }
    }
}

#[cfg(test)]
mod tests;
