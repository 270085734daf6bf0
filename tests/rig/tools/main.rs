//! Builds every Go program of the rig into the cache, and says how far it is. Does nothing where all are there. With a
//! program's name, builds that one alone and prints where it is.

use std::io::Write as _;
use std::time::Instant;

use anyhow::{Context as _, Result};
use tests::rig::go_tool::{ALL, PERSES_SCHEMAS, module};

fn main() -> Result<()> {
    if let Some(name) = std::env::args().nth(1) {
        let tool = ALL.iter().find(|tool| tool.program == name);
        let path = tool.with_context(|| format!("there is no {name}"))?.path()?;
        writeln!(std::io::stdout(), "{}", path.display())?;
        return Ok(());
    }
    let since = Instant::now();
    for (done, tool) in ALL.iter().enumerate() {
        if !tool.is_built()? {
            eprintln!("rig: {} of {}: {}", done + 1, ALL.len(), tool.program);
        }
        tool.path()?;
    }
    PERSES_SCHEMAS.into_iter().map(module).collect::<Result<Vec<_>>>()?;
    eprintln!(
        "rig: {} Go programs are there ({:.1} s)",
        ALL.len(),
        since.elapsed().as_secs_f64()
    );
    Ok(())
}
