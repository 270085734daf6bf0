//! How many events a query's values are made of: those of the histogram behind a quantile, and those below the line of a
//! mean or a share, `… / sum by (…) (rate({{requests}}[$window]))`. Of few events neither says much.

use super::quantile::quantile;
use crate::model::{Catalog, Part, Unit};
use crate::promql::Template;

/// What counts the events behind a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    /// The query that counts them, for each set of labels that the values keep apart.
    pub(crate) counted: Template,
    /// These labels.
    pub by: Vec<String>,
    /// Whether the values still carry those labels: not where only the highest is left.
    pub bare: bool,
    /// With fewer a value says little.
    pub needs: u32,
}

/// Fewer make no mean.
pub(super) const LEAST: u32 = 10;

/// `None` where the query's values are made of no events, or of some that nobody can count.
pub fn events(catalog: &Catalog, template: &Template) -> Option<Events> {
    if let Some(quantile) = quantile(template) {
        return Some(Events {
            counted: quantile.events()?,
            by: quantile.by.clone(),
            bare: quantile.bare,
            needs: quantile.needs(),
        });
    }
    let below = below_the_line(template.text())?;
    let (by, placeholder) = sum_of_rate(&below)?;
    let counted = format!("sum{} (increase({{{{{placeholder}}}}}[$window]))", by_clause(&by));
    let counted = Template::parse(&counted).ok()?;
    is_events(catalog, &counted).then_some(Events {
        counted,
        by,
        bare: true,
        needs: LEAST,
    })
}

pub(super) fn by_clause(by: &[String]) -> String {
    match by {
        [] => String::new(),
        by => format!(" by ({})", by.join(", ")),
    }
}

/// Observations, or a counter of things; seconds and bytes are none.
fn is_events(catalog: &Catalog, counted: &Template) -> bool {
    let is_one = |placeholder: &crate::promql::Placeholder| {
        let Some(concept) = catalog.concept(&placeholder.concept) else {
            return false;
        };
        let counts = matches!(concept.unit, Unit::Requests | Unit::Tokens | Unit::Count);
        placeholder.part == Some(Part::Count) || (placeholder.part.is_none() && counts)
    };
    counted.placeholders().all(is_one)
}

/// What stands behind the one division of the outermost level; divisions by numbers, which change the unit, are none.
fn below_the_line(text: &str) -> Option<String> {
    let (mut parts, mut depth, mut quoted) = (vec![String::new()], 0_u32, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | '{' | '[' if !quoted => depth += 1,
            ')' | '}' | ']' if !quoted => depth = depth.saturating_sub(1),
            '/' if !quoted && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut()?.push(c);
    }
    parts.retain(|part| part.trim().parse::<f64>().is_err());
    match parts.as_slice() {
        [_, below] => Some(below.trim().to_owned()),
        _ => None,
    }
}

/// The labels and the placeholder of `sum by (…) (rate({{…}}[$window]))`, perhaps as `(… > 0)`.
fn sum_of_rate(text: &str) -> Option<(Vec<String>, &str)> {
    let text = text
        .strip_prefix('(')
        .and_then(|text| text.strip_suffix("> 0)"))
        .unwrap_or(text);
    let rest = text.trim().strip_prefix("sum")?.trim_start();
    let (labels, rest) = match rest.strip_prefix("by") {
        Some(rest) => rest.trim_start().strip_prefix('(')?.split_once(')')?,
        None => ("", rest),
    };
    let inside = rest.trim().strip_prefix("(rate({{")?;
    let placeholder = inside.strip_suffix("}}[$window]))")?;
    let labels = labels.split(',').map(str::trim).filter(|label| !label.is_empty());
    // One placeholder alone.
    (!placeholder.contains("{{")).then(|| (labels.map(str::to_owned).collect(), placeholder))
}

#[cfg(test)]
#[cfg(feature = "embedded")]
mod tests {
    use super::*;

    fn check(panel: &str, query: usize, expect: Option<(u32, &str)>) {
        let catalog = Catalog::embedded().unwrap();
        let template = &catalog.panel(panel).unwrap().queries[query].expr;
        let got = events(&catalog, template);
        let got = got.as_ref().map(|events| (events.needs, events.counted.text()));
        assert_eq!(got, expect, "{panel}");
    }

    #[test]
    fn a_mean_and_a_share_are_made_of_what_is_counted_below_the_line() {
        let by_model = |placeholder: &str| format!("sum by (model_name) (increase({{{{{placeholder}}}}}[$window]))");
        let mean = by_model("e2e_latency.count");
        check("vllm.mean_response_time", 0, Some((10, &mean)));
        check("vllm.mean_lengths", 1, Some((10, &by_model("generation_length.count"))));
        check("vllm.error_ratio", 0, Some((10, &by_model("requests_finished"))));
        // A limit that keeps a division by zero away, a unit, and labels that are none.
        check(
            "gateway.error_ratio",
            0,
            Some((10, "sum (increase({{gateway_requests}}[$window]))")),
        );
        let ovms = "sum by (name) (increase({{ovms_request_time.count}}[$window]))";
        check("ovms.mean_request_time", 0, Some((10, ovms)));
        let p99 = by_model("ttft.count");
        check("vllm.ttft", 2, Some((100, &p99)));
    }

    #[test]
    fn what_is_no_share_of_events_is_none() {
        // A rate, shares of seconds and of bytes, a division by a number.
        for panel in [
            "vllm.requests",
            "host.cpu",
            "amd.memory",
            "gaudi.energy",
            "resources.memory_of_limit",
        ] {
            check(panel, 0, None);
        }
    }
}
