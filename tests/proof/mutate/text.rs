//! The changes themselves, on the text of a query's template.

/// One changed query.
pub struct Change {
    pub what: String,
    pub expr: String,
    pub concept: Option<toml::Table>,
}

const AGGREGATES: &[(&str, &[&str])] = &[
    ("sum", &["max", "avg"]),
    ("max", &["sum", "min"]),
    ("min", &["max"]),
    ("avg", &["max"]),
    ("count", &["sum"]),
];
const QUANTILES: &[(&str, &str)] = &[("0.5", "0.95"), ("0.95", "0.5"), ("0.99", "0.95"), ("0.9", "0.5")];

pub fn changes(expr: &str, concepts: &[&toml::Table]) -> Vec<Change> {
    let mut all = aggregates(expr);
    all.extend(by_labels(expr));
    all.extend(quantiles(expr));
    all.extend(placeholders(expr, concepts));
    all
}

fn change(what: String, expr: String) -> Change {
    Change {
        what,
        expr,
        concept: None,
    }
}

/// `text` with what stands at `from..to` replaced.
fn replaced(text: &str, from: usize, to: usize, by: &str) -> String {
    format!("{}{by}{}", &text[..from], &text[to..])
}

fn aggregates(expr: &str) -> Vec<Change> {
    let mut all = Vec::new();
    for (word, others) in AGGREGATES {
        for (number, (at, _)) in expr.match_indices(word).enumerate() {
            let before = expr[..at]
                .chars()
                .next_back()
                .is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.');
            let after = expr[at + word.len()..].trim_start();
            if before && (after.starts_with('(') || after.starts_with("by")) {
                all.extend(others.iter().map(|other| {
                    change(
                        format!("{word} to {other} ({number})"),
                        replaced(expr, at, at + word.len(), other),
                    )
                }));
            }
        }
    }
    all
}

/// Drops each label of each `by (…)`.
fn by_labels(expr: &str) -> Vec<Change> {
    let mut all = Vec::new();
    for (number, (at, begin)) in expr.match_indices("by (").enumerate() {
        let from = at + begin.len();
        let Some(length) = expr[from..].find(')') else { continue };
        let labels: Vec<&str> = expr[from..from + length].split(',').map(str::trim).collect();
        for dropped in labels.iter().filter(|label| !label.is_empty()) {
            let rest: Vec<&str> = labels.iter().filter(|label| label != &dropped).copied().collect();
            let expr = replaced(expr, from, from + length, &rest.join(", "));
            all.push(change(format!("without by {dropped} ({number})"), expr));
        }
    }
    all
}

fn quantiles(expr: &str) -> Vec<Change> {
    let mut all = Vec::new();
    for (at, begin) in expr.match_indices("histogram_quantile(") {
        let from = at + begin.len();
        let Some(length) = expr[from..].find(',') else { continue };
        let quantile = expr[from..from + length].trim();
        if let Some((_, other)) = QUANTILES.iter().find(|(known, _)| *known == quantile) {
            all.push(change(
                format!("{quantile} to {other}"),
                replaced(expr, from, from + length, other),
            ));
        }
    }
    all
}

/// Drops each filter, and takes another metric of the family.
fn placeholders(expr: &str, concepts: &[&toml::Table]) -> Vec<Change> {
    let text = |table: &toml::Table, key: &str| {
        table
            .get(key)
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut all = Vec::new();
    for (number, (at, begin)) in expr.match_indices("{{").enumerate() {
        let from = at + begin.len();
        let Some(length) = expr[from..].find("}}") else {
            continue;
        };
        let inside = &expr[from..from + length];
        let (name, matchers) = inside.split_once(',').unwrap_or((inside, ""));
        let (id, part) = name
            .trim()
            .split_once('.')
            .map_or((name.trim(), String::new()), |(id, part)| (id, format!(".{part}")));
        let filters: Vec<&str> = split(matchers);
        let with = |id: &str, filters: &[&str]| {
            let all: Vec<String> = std::iter::once(format!("{id}{part}"))
                .chain(filters.iter().map(|f| (*f).to_owned()))
                .collect();
            replaced(expr, from, from + length, &all.join(", "))
        };
        for dropped in &filters {
            let rest: Vec<&str> = filters.iter().filter(|filter| filter != &dropped).copied().collect();
            all.push(change(format!("without {dropped} ({number})"), with(id, &rest)));
        }
        let Some(own) = concepts.iter().find(|concept| text(concept, "id") == id) else {
            continue;
        };
        if own.contains_key("only") {
            let bare = format!("{id}_bare");
            let mut concept = (*own).clone();
            concept.remove("only");
            concept.insert("id".to_owned(), bare.clone().into());
            all.push(Change {
                what: format!("{id} of all series ({number})"),
                expr: with(&bare, &filters),
                concept: Some(concept),
            });
        }
        let alike: Vec<String> = concepts
            .iter()
            .filter(|other| text(other, "family") == text(own, "family") && text(other, "type") == text(own, "type"))
            .map(|other| text(other, "id"))
            .collect();
        let place = alike.iter().position(|other| other == id).unwrap_or_default();
        let other = &alike[(place + 1) % alike.len()];
        if other != id {
            all.push(change(format!("{id} to {other} ({number})"), with(other, &filters)));
        }
    }
    all
}

/// `a="x", b=~"y,z"` at the commas between matchers.
fn split(matchers: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, c) in matchers.char_indices() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            parts.push(matchers[from..at].trim());
            from = at + 1;
        }
    }
    parts.push(matchers[from..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}
