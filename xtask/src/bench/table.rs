//! The measured values as a Markdown table, between two marks in `BENCHMARKS.md`: the text around them is people's.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result};

/// One value.
struct Row {
    what: String,
    budget: String,
    measured: String,
    over: bool,
}

/// All values, in the order in which they were measured.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// A value with a budget, both in the same unit, and how to write them.
    pub fn budget(&mut self, what: &str, budget: f64, measured: f64, write: impl Fn(f64) -> String) {
        let budget_text = format!("{} or less", write(budget));
        self.rows.push(Row {
            what: what.to_owned(),
            budget: budget_text,
            measured: write(measured),
            over: measured > budget,
        });
    }

    /// A ratio with a budget: how both are written is the caller's.
    pub fn ratio(&mut self, what: &str, aim: &str, budget: f64, ratio: f64, measured: String) {
        self.rows.push(Row {
            what: what.to_owned(),
            budget: aim.to_owned(),
            measured,
            // A ratio that is no number is over every budget.
            over: ratio.is_nan() || ratio > budget,
        });
    }

    /// A value that is reported: `aim` says what it is read against, and may be empty.
    pub fn report(&mut self, what: &str, aim: &str, measured: String) {
        self.rows.push(Row {
            what: what.to_owned(),
            budget: aim.to_owned(),
            measured,
            over: false,
        });
    }

    /// What is over its budget, by name.
    pub fn over_budget(&self) -> Vec<&str> {
        self.rows
            .iter()
            .filter(|row| row.over)
            .map(|row| row.what.as_str())
            .collect()
    }

    pub fn markdown(&self) -> String {
        let mut text = "| what | budget | measured |\n|---|---|---|\n".to_owned();
        for row in &self.rows {
            let mark = if row.over { " **over**" } else { "" };
            // Writing into a String cannot fail.
            let _ = writeln!(text, "| {} | {} | {}{mark} |", row.what, row.budget, row.measured);
        }
        text
    }
}

/// Puts the table into its section of the page at `path`.
pub fn keep(path: &Path, section: &str, table: &Table) -> Result<()> {
    let page = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let text = format!(
        "Measured by `cargo xtask bench` on {}, {cores} cores; development profile where a line does not say release.\n\n{}",
        processor(),
        table.markdown()
    );
    fs::write(
        path,
        replace(&page, section, &text).with_context(|| format!("in {}", path.display()))?,
    )?;
    Ok(())
}

fn replace(page: &str, section: &str, text: &str) -> Result<String> {
    let [begin, end] = ["begin", "end"].map(|mark| format!("<!-- {section}: {mark} -->"));
    let what = || format!("no {begin} … {end}");
    let (before, rest) = page.split_once(&begin).with_context(what)?;
    let (_, after) = rest.split_once(&end).with_context(what)?;
    Ok(format!("{before}{begin}\n{text}{end}{after}"))
}

fn processor() -> String {
    let about = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = about
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    name.map_or("an unknown processor", |(_, name)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_takes_the_place_of_the_last_one_and_the_text_around_it_stays() -> Result<()> {
        let mut table = Table::default();
        table.budget("size", 300.0, 301.0, |kib| format!("{kib} KiB"));
        table.report("time", "", "2 s".to_owned());
        assert_eq!(table.over_budget(), ["size"]);
        let mut ratios = Table::default();
        for (what, ratio) in [("good", 0.1), ("bad", 0.11), ("none", f64::NAN)] {
            ratios.ratio(what, "0.1 x or less", 0.1, ratio, ratio.to_string());
        }
        assert_eq!(ratios.over_budget(), ["bad", "none"]);
        let page = replace(
            "# A\nb\n<!-- measured: begin -->\nold\n<!-- measured: end -->\nc\n",
            "measured",
            &table.markdown(),
        )?;
        assert_eq!(
            page,
            "# A\nb\n<!-- measured: begin -->\n| what | budget | measured |\n|---|---|---|\n\
             | size | 300 KiB or less | 301 KiB **over** |\n| time |  | 2 s |\n<!-- measured: end -->\nc\n"
        );
        assert!(replace("# A page without marks\n", "measured", "").is_err());
        Ok(())
    }
}
