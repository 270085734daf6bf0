//! The closed list of upstream addresses, and the parameters of one question.

/// One door of Prometheus's HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Api {
    Query,
    QueryRange,
    Series,
    Labels,
    LabelValues(LabelName),
    Rules,
    Alerts,
}

/// Which of the store's addresses is asked. Only [`Door::Cluster`] exists everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Everything there is.
    Cluster,
    /// The namespaces that the parameters name.
    Tenancy,
    /// Their rules and alerts.
    Rules,
}

impl Api {
    /// The path below the store's address.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Api::Query => "/api/v1/query".to_owned(),
            Api::QueryRange => "/api/v1/query_range".to_owned(),
            Api::Series => "/api/v1/series".to_owned(),
            Api::Labels => "/api/v1/labels".to_owned(),
            Api::LabelValues(LabelName(name)) => format!("/api/v1/label/{name}/values"),
            Api::Rules => "/api/v1/rules".to_owned(),
            Api::Alerts => "/api/v1/alerts".to_owned(),
        }
    }

    /// The name in metrics and logs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Api::Query => "query",
            Api::QueryRange => "query_range",
            Api::Series => "series",
            Api::Labels => "labels",
            Api::LabelValues(_) => "label_values",
            Api::Rules => "rules",
            Api::Alerts => "alerts",
        }
    }

    /// Whether it takes a query; the others take selectors, as many as there are `match[]`.
    #[must_use]
    pub fn takes_query(&self) -> bool {
        matches!(self, Api::Query | Api::QueryRange)
    }

    /// Whether it is about rules, which have a port of their own.
    #[must_use]
    pub fn is_rules(&self) -> bool {
        matches!(self, Api::Rules | Api::Alerts)
    }

    /// Whether the store takes this question as a POST too.
    #[must_use]
    pub fn takes_post(&self) -> bool {
        !matches!(self, Api::LabelValues(_) | Api::Rules | Api::Alerts)
    }
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`: what Prometheus 2 allows, and all that fits into a path as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelName(String);

impl LabelName {
    #[must_use]
    pub fn new(name: &str) -> Option<LabelName> {
        let mut bytes = name.bytes();
        let first = bytes.next()?;
        let starts = first.is_ascii_alphabetic() || first == b'_';
        let goes_on = bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        (starts && goes_on && name.len() <= 256).then(|| LabelName(name.to_owned()))
    }
}

/// Names and values in the order they are sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Params {
        self.push(name, value);
        self
    }

    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Each name with its value, to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut String)> {
        self.0.iter_mut().map(|(name, value)| (name.as_str(), value))
    }

    #[must_use]
    pub fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_name_cannot_leave_its_place_in_the_path() {
        for bad in ["", "a/b", "..", "a%2fb", "a-b", "1a", "a?b", "a b", "é"] {
            assert_eq!(LabelName::new(bad), None, "{bad:?}");
        }
        let name = LabelName::new("__name__").unwrap();
        assert_eq!(Api::LabelValues(name).path(), "/api/v1/label/__name__/values");
    }

    #[test]
    fn values_are_encoded_and_repeated_names_stay() {
        let params = Params::default().with("match[]", "{a=\"b&c\"}").with("match[]", "é+");
        assert_eq!(
            params.encode(),
            "match%5B%5D=%7Ba%3D%22b%26c%22%7D&match%5B%5D=%C3%A9%2B"
        );
    }
}
