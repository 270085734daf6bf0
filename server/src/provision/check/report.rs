//! The checks for a terminal, by category, and as JSON.

use serde_json::{Value, json};
use server_api::{
    SetupChecks,
    setup::{CheckCategory, CheckEntry},
};

use super::{Check, DOCS, Level, is_good};

pub fn text(checks: &[Check]) -> String {
    let mut out = String::new();
    let mut category = "";
    for check in checks {
        if check.category != category {
            category = check.category;
            let line = "-".repeat(category.len());
            let gap = if out.is_empty() { "" } else { "\n" };
            out += &format!("{gap}{category}\n{line}\n");
        }
        let sign = match check.level {
            Level::Good => '√',
            Level::Warning => '‼',
            Level::Error => '×',
        };
        out += &format!("{sign} {}\n", check.what);
        if check.level != Level::Good {
            out += &format!("    {}\n    see {DOCS}#{}\n", check.hint, check.anchor);
        }
    }
    let sign = if is_good(checks) { '√' } else { '×' };
    out + &format!("\nStatus check results are {sign}\n")
}

pub fn json(checks: &[Check]) -> Value {
    let entry = |check: &Check| {
        let good = check.level == Level::Good;
        let result = match check.level {
            Level::Good => "success",
            Level::Warning => "warning",
            Level::Error => "error",
        };
        CheckEntry {
            description: check.what.clone(),
            result: result.to_owned(),
            error: (!good).then(|| check.hint.clone()),
            hint: (!good).then(|| format!("{DOCS}#{}", check.anchor)),
        }
    };
    let categories = checks.chunk_by(|a, b| a.category == b.category);
    json!(SetupChecks {
        success: is_good(checks),
        categories: categories
            .map(|group| CheckCategory {
                name: group.first().map_or("", |check| check.category).to_owned(),
                checks: group.iter().map(entry).collect(),
            })
            .collect(),
    })
}
