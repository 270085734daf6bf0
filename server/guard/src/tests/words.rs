//! The words that generated queries are made of.

/// What queries are made of.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// Without any, each selector has a name of its own.
    pub metrics: &'static [&'static str],
    pub labels: &'static [&'static str],
    pub values: &'static [&'static str],
    pub patterns: &'static [&'static str],
    /// The pattern of a selector that names no metric.
    pub names: &'static str,
}

/// Hostile to whoever reads them.
pub const HOSTILE: Words = Words {
    metrics: &[],
    labels: &["pod", "namespace", "order", "a b", "__x"],
    values: &[
        "a",
        "b",
        "",
        "a|b",
        "x\"y",
        "x'y",
        "x\\y",
        "x\ny",
        "}",
        "{namespace=\"b\"}",
        "# no comment",
        "\u{fc}\u{1f980}",
        "\t`",
        ") or up",
    ],
    patterns: &[".*", "a|b", "b.+", "[a-z]{2}", "", "\\."],
    names: "m.+",
};
