//! Label matchers and the selectors made of them.

use super::{LabelValue, Vars};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Equal,
    NotEqual,
    Match,
    NotMatch,
}

impl Op {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Match => "=~",
            Self::NotMatch => "!~",
        }
    }
}

/// One matcher, already as text that is safe to put between braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    label: String,
    op: Op,
    quoted: String,
}

impl Matcher {
    /// The label is exactly this value. The label's name must be the catalogue's own.
    pub fn is(label: &str, value: &LabelValue) -> Self {
        Self {
            label: label.to_owned(),
            op: Op::Equal,
            quoted: value.quoted(),
        }
    }

    /// The series has no such label.
    pub(crate) fn absent(label: &str) -> Self {
        Self::is(label, &LabelValue::new(""))
    }

    /// The series has such a label.
    pub(crate) fn present(label: &str) -> Self {
        Self::none_of(label, &[LabelValue::new("")])
    }

    /// The label is one of these values; with one value a plain `=`, which the server answers faster.
    pub fn any_of(label: &str, values: &[LabelValue]) -> Self {
        match values {
            [value] => Self::is(label, value),
            values => {
                let quoted = LabelValue::quoted_alternatives(values);
                Self {
                    label: label.to_owned(),
                    op: Op::Match,
                    quoted,
                }
            }
        }
    }

    /// The label is none of these values.
    pub(crate) fn none_of(label: &str, values: &[LabelValue]) -> Self {
        match values {
            [value] => Self {
                label: label.to_owned(),
                op: Op::NotEqual,
                quoted: value.quoted(),
            },
            values => {
                let quoted = LabelValue::quoted_alternatives(values);
                Self {
                    label: label.to_owned(),
                    op: Op::NotMatch,
                    quoted,
                }
            }
        }
    }

    /// As a catalogue file writes it; with a regular expression the value is one.
    pub(crate) fn fixed(label: &str, op: Op, value: &LabelValue) -> Self {
        Self {
            label: label.to_owned(),
            op,
            quoted: value.quoted(),
        }
    }
}

/// `name{a="b",c=~"d"}`, or `name` alone where nothing restricts it.
pub fn selector(name: &str, matchers: &[Matcher]) -> String {
    if matchers.is_empty() {
        return name.to_owned();
    }
    let inside: Vec<_> = matchers
        .iter()
        .map(|m| format!("{}{}{}", m.label, m.op.as_str(), m.quoted))
        .collect();
    format!("{name}{{{}}}", inside.join(","))
}

/// What the page's variables mean for series whose labels are `labels` (variable to its labels, the preferred one
/// first): the alternatives of which each series fits at most one, so that their union counts nothing twice.
pub(crate) fn bound(labels: &BTreeMap<String, Vec<String>>, vars: &Vars) -> Vec<Vec<Matcher>> {
    let mut alternatives = vec![Vec::new()];
    for (variable, labels) in labels {
        let values = vars.get(variable);
        let deferred = vars.deferred(variable).map(LabelValue::new);
        if (values.is_empty() && deferred.is_none()) || labels.is_empty() {
            continue;
        }
        let mut next = Vec::new();
        for so_far in &alternatives {
            for (index, label) in labels.iter().enumerate() {
                let mut matchers: Vec<Matcher> = so_far.clone();
                matchers.push(match &deferred {
                    Some(reference) => Matcher::fixed(label, Op::Match, reference),
                    None => Matcher::any_of(label, values),
                });
                // A later label counts only where the preferred ones are absent.
                matchers.extend(labels.iter().take(index).map(|preferred| Matcher::absent(preferred)));
                next.push(matchers);
            }
        }
        alternatives = next;
    }
    alternatives
}

#[cfg(feature = "parse")]
pub(crate) fn is_metric_name(text: &str) -> bool {
    is_name(text, |c| c == ':')
}

pub(crate) fn is_label_name(text: &str) -> bool {
    is_name(text, |_| false)
}

fn is_name(text: &str, also: impl Fn(char) -> bool) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || also(c))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || also(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(entries: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        entries
            .iter()
            .map(|(variable, labels)| ((*variable).to_owned(), labels.iter().map(|&l| l.to_owned()).collect()))
            .collect()
    }

    #[test]
    fn variables_become_matchers_where_the_family_has_a_label_for_them() {
        let check = |table: &[(&str, &[&str])], vars: &[(&str, &[&str])], expect: &[&str]| {
            let vars: Vars = vars
                .iter()
                .map(|(variable, values)| ((*variable).to_owned(), values.iter().map(|&v| v.to_owned())))
                .collect();
            let got: Vec<_> = bound(&labels(table), &vars)
                .iter()
                .map(|matchers| selector("x", matchers))
                .collect();
            assert_eq!(got, expect);
        };
        let vllm: &[(&str, &[&str])] = &[("model", &["model_name"]), ("namespace", &["namespace"])];
        check(vllm, &[], &["x"]);
        check(vllm, &[("namespace", &[])], &["x"]);
        check(vllm, &[("namespace", &["a"])], &[r#"x{namespace="a"}"#]);
        check(vllm, &[("namespace", &["b", "a", "b"])], &[r#"x{namespace=~"a|b"}"#]);
        check(
            vllm,
            &[("namespace", &["a"]), ("model", &["m"])],
            &[r#"x{model_name="m",namespace="a"}"#],
        );
        check(vllm, &[("node", &["n"])], &["x"]);
        check(
            &[("namespace", &["exported_namespace", "namespace"])],
            &[("namespace", &["a"])],
            &[
                r#"x{exported_namespace="a"}"#,
                r#"x{namespace="a",exported_namespace=""}"#,
            ],
        );
    }
}
