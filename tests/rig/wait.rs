//! Waiting for something to become true, with a deadline that no healthy run comes near.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Long enough for a loaded machine with two cores.
pub const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

/// Asks `probe` until its answer satisfies `good`; the last answer is in the error.
pub async fn until<T: Debug>(
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<T>,
    good: impl Fn(&T) -> bool,
) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = probe().await;
        match answer {
            Ok(answer) if good(&answer) => return Ok(answer),
            last if Instant::now() > deadline => bail!("{what}: not within {PATIENCE:?}; last seen: {last:?}"),
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}
