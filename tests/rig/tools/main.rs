//! Builds every Go program of the rig into the cache, and says how far it is. Does nothing where all are there.

use std::time::Instant;

use anyhow::Result;
use tests::rig::go_tool::{ALL, PERSES_SCHEMAS, module};

fn main() -> Result<()> {
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
