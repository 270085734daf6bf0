//! The checks for a terminal, by category, and as JSON.

use serde_json::{Value, json};

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
    let mut categories: Vec<Value> = Vec::new();
    for group in checks.chunk_by(|a, b| a.category == b.category) {
        let list: Vec<Value> = group
            .iter()
            .map(|check| {
                let result = match check.level {
                    Level::Good => "success",
                    Level::Warning => "warning",
                    Level::Error => "error",
                };
                let mut one = json!({"description": check.what, "result": result});
                if let (false, Some(map)) = (check.level == Level::Good, one.as_object_mut()) {
                    map.insert("hint".to_owned(), json!(format!("{DOCS}#{}", check.anchor)));
                    map.insert("error".to_owned(), json!(check.hint));
                }
                one
            })
            .collect();
        let name = group.first().map_or("", |check| check.category);
        categories.push(json!({"categoryName": name, "checks": list}));
    }
    json!({"success": is_good(checks), "categories": categories})
}
