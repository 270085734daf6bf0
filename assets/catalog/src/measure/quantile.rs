//! Which histogram a query's quantile is made of, read from the query's own text.
//!
//! One shape is known: `histogram_quantile(q, sum by (le, …) (rate({{concept.bucket}}[$window])))`, perhaps divided or
//! multiplied by a number, perhaps the maximum of it. Every quantile of the shipped catalogue has it (a test looks), so
//! that none is shown without its bounds.

use super::events::{LEAST, by_clause};
use crate::model::Part;
use crate::promql::Template;

/// A quantile of one histogram.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantile {
    pub concept: String,
    /// The histogram's placeholder as the query has it, between the braces.
    placeholder: String,
    /// Which quantile, 0 to 1.
    level: f64,
    /// The labels that the buckets are added by, `le` left out.
    pub by: Vec<String>,
    /// Whether the result still carries those labels: not where only the highest quantile is left.
    pub bare: bool,
    scale: Scale,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Scale {
    As,
    By(f64),
    /// Apart from [`Scale::By`], so that a scaled bound is bit for bit what Prometheus makes of it.
    Over(f64),
}

impl Quantile {
    /// How many events must be within the window before the quantile means something: as many as let one of them lie
    /// beyond it, and never fewer than ten.
    pub(super) fn needs(&self) -> u32 {
        // 1 / (1 - 0.99) is 99.99999999999991.
        let beyond = (1.0 / (1.0 - self.level) - 1e-6).ceil();
        // A level of 1 needs as many as there are.
        if beyond.is_finite() {
            (beyond as u32).max(LEAST)
        } else {
            u32::MAX
        }
    }

    /// The query that counts these events, for each set of labels that the quantile keeps apart.
    pub(crate) fn events(&self) -> Option<Template> {
        let counted = self.placeholder.replacen(Part::Bucket.name(), Part::Count.name(), 1);
        let by = by_clause(&self.by);
        Template::parse(&format!("sum{by} (increase({{{{{counted}}}}}[$window]))")).ok()
    }

    /// A bucket's bound in the query's unit.
    pub fn scaled(&self, bound: f64) -> f64 {
        match self.scale {
            Scale::As => bound,
            Scale::By(factor) => bound * factor,
            Scale::Over(divisor) => bound / divisor,
        }
    }
}

const FUNCTION: &str = "histogram_quantile(";

/// Whether the query has a quantile in it, of whatever shape.
#[cfg(test)]
pub(crate) fn asks_quantile(template: &Template) -> bool {
    template.text().contains(FUNCTION)
}

/// `None` where the query asks for no quantile, or for one of another shape.
pub fn quantile(template: &Template) -> Option<Quantile> {
    let mut placeholders = template.placeholders();
    let placeholder = placeholders.next().filter(|one| one.part == Some(Part::Bucket))?;
    if placeholders.next().is_some() {
        return None;
    }
    let (before, rest) = template.text().split_once(FUNCTION)?;
    let before = before.trim();
    let bare = before.is_empty();
    if !bare && !before.starts_with("max") {
        return None;
    }
    let (inside, after) = closed(rest)?;
    let (level, vector) = inside.split_once(',')?;
    let (text, _) = vector.split_once("{{")?.1.split_once("}}")?;
    let labels = vector
        .trim_start()
        .strip_prefix("sum by")?
        .trim_start()
        .strip_prefix('(')?;
    let (labels, _) = labels.split_once(')')?;
    let labels: Vec<&str> = labels.split(',').map(str::trim).collect();
    if !labels.contains(&"le") {
        return None;
    }
    let after: String = after.chars().filter(|c| *c != ')' && !c.is_whitespace()).collect();
    let scale = match after.split_at_checked(1) {
        None => Scale::As,
        Some(("/", number)) => Scale::Over(number.parse().ok()?),
        Some(("*", number)) => Scale::By(number.parse().ok()?),
        Some(_) => return None,
    };
    Some(Quantile {
        concept: placeholder.concept.clone(),
        placeholder: text.to_owned(),
        level: level.trim().parse().ok()?,
        by: labels
            .into_iter()
            .filter(|label| *label != "le")
            .map(str::to_owned)
            .collect(),
        bare,
        scale,
    })
}

/// What stands before the parenthesis that closes one opened just before `text`, and what stands after it. Parentheses in
/// strings do not count.
fn closed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1_u32;
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<(&str, &[&str], bool, f64)>) {
        let got = quantile(&Template::parse(text).unwrap());
        let got = got.as_ref().map(|got| {
            let by: Vec<_> = got.by.iter().map(String::as_str).collect();
            (got.concept.as_str(), by, got.bare, got.scaled(1e7))
        });
        let expect = expect.map(|(concept, by, bare, scaled)| (concept, by.to_vec(), bare, scaled));
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn the_histogram_its_labels_and_its_scale_are_read_from_the_query() {
        check(
            "histogram_quantile(0.95, sum by (le, model_name) (rate({{a.bucket}}[$window])))",
            Some(("a", &["model_name"], true, 1e7)),
        );
        check(
            "histogram_quantile(0.5, sum by (le) (rate({{a.bucket, path=\"(x\"}}[$window]))) / 1e6",
            Some(("a", &[], true, 10.0)),
        );
        check(
            "max(histogram_quantile(0.95, sum by (model_name, le) (rate({{a.bucket}}[$window]))) * 1000)",
            Some(("a", &["model_name"], false, 1e10)),
        );
    }

    #[test]
    fn the_events_behind_a_quantile_are_counted_by_its_own_labels() {
        let check = |text: &str, needs: u32, events: &str| {
            let quantile = quantile(&Template::parse(text).unwrap()).unwrap();
            assert_eq!(
                (quantile.needs(), quantile.events().unwrap().text()),
                (needs, events),
                "{text}"
            );
        };
        check(
            r#"histogram_quantile(0.99, sum by (le, model_name) (rate({{a.bucket, path="/v1"}}[$window])))"#,
            100,
            r#"sum by (model_name) (increase({{a.count, path="/v1"}}[$window]))"#,
        );
        check(
            "max(histogram_quantile(0.95, sum by (le) (rate({{a.bucket}}[$window]))))",
            20,
            "sum (increase({{a.count}}[$window]))",
        );
        check(
            "histogram_quantile(0.5, sum by (le) (rate({{a.bucket}}[$window]))) / 1e6",
            10,
            "sum (increase({{a.count}}[$window]))",
        );
    }

    #[test]
    fn another_shape_is_not_guessed_at() {
        check("sum(rate({{a}}[$window]))", None);
        check(
            "min(histogram_quantile(0.5, sum by (le) (rate({{a.bucket}}[$window]))))",
            None,
        );
        check(
            "histogram_quantile(0.5, sum by (pod) (rate({{a.bucket}}[$window])))",
            None,
        );
        check(
            "histogram_quantile(0.5, sum by (le) (rate({{a.bucket}}[$window]))) + 1",
            None,
        );
        check(
            "histogram_quantile(0.5, sum by (le) (rate({{a.bucket}}[$window]))) or histogram_quantile(0.5, sum by (le) (rate({{b.bucket}}[$window])))",
            None,
        );
    }
}
