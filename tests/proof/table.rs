//! The table of the proof: panel, expected, got, how proven. Written to the rig's folder, where a reader looks for it.

use std::fmt::Write as _;

use anyhow::Result;
use tests::rig::paths;

#[derive(Debug, Default)]
pub struct Table {
    lines: Vec<String>,
}

impl Table {
    pub fn add(&mut self, panel: &str, expected: &str, got: &str, how: &str) {
        self.lines.push(format!("| {panel} | {expected} | {got} | {how} |"));
    }

    /// Writes `proof-<name>.md` and says where.
    pub fn write(&self, name: &str) -> Result<()> {
        let mut text = "| panel | expected | got | how |\n|---|---|---|---|\n".to_owned();
        for line in &self.lines {
            writeln!(text, "{line}")?;
        }
        let path = paths::cache()?.join(format!("proof-{name}.md"));
        std::fs::write(&path, text)?;
        println!("{}: {} lines in {}", name, self.lines.len(), path.display());
        Ok(())
    }
}
