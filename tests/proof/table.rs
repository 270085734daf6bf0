//! The table of the proof: panel, expected, got, how proven. Each run writes its own to the rig's folder; `docs/proof.md`
//! keeps the lab's, and `SERVELENS_WRITE_DOCS=1` writes it anew.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};
use tests::rig::paths;

const DOC: &str = "docs/proof.md";
const ABOUT: &str = "\
# What the panels show, and what they must show

For each panel of the catalogue, and each of its queries, one number of many: the last value of one series in the tests' lab,
which holds every metric with made-up samples. *Expected* is calculated from the raw samples by the tests themselves, never
by PromQL; *got* is what Servelens answers from a real Prometheus that holds these samples. The tests compare all series at
all instants, in two worlds and two generations of Prometheus, and fail at a difference of one in a million.

A generated page: `SERVELENS_WRITE_DOCS=1` with the test `proof::every_panel_shows_what_the_samples_of_the_lab_make` writes it.

";

#[derive(Debug, Default)]
pub struct Table {
    lines: Vec<String>,
}

impl Table {
    pub fn add(&mut self, panel: &str, expected: &str, got: &str, how: &str) {
        self.lines.push(format!("| {panel} | {expected} | {got} | {how} |"));
    }

    fn text(&self) -> Result<String> {
        let mut text = "| panel | expected | got | how |\n|---|---|---|---|\n".to_owned();
        for line in &self.lines {
            writeln!(text, "{line}")?;
        }
        Ok(text)
    }

    /// Writes `proof-<name>.md` and says where.
    pub fn write(&self, name: &str) -> Result<()> {
        let path = paths::cache()?.join(format!("proof-{name}.md"));
        fs::write(&path, self.text()?)?;
        println!("{}: {} lines in {}", name, self.lines.len(), path.display());
        Ok(())
    }

    /// The page of the documentation, with what is told of `events` behind the table: none where it is up to date, else what to do.
    pub fn document(mut self, events: &str) -> Result<Option<String>> {
        self.lines.sort();
        let text = format!("{ABOUT}{}\n{events}", self.text()?);
        let path = paths::checkout().join(DOC);
        if std::env::var_os("SERVELENS_WRITE_DOCS").is_some() {
            fs::write(&path, text).with_context(|| format!("writing {DOC}"))?;
            return Ok(None);
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        Ok((kept != text).then(|| format!("{DOC} is out of date: SERVELENS_WRITE_DOCS=1 writes it anew")))
    }
}

/// Six digits: what is beyond depends on the order of a sum.
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let digits = (5 - value.abs().log10().floor() as i32).max(0);
    let text = format!("{value:.*}", usize::try_from(digits).unwrap_or_default());
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
