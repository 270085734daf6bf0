//! Waiting for something to become true, with a deadline that no healthy run comes near.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Long enough for a loaded machine with two cores.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Between the first two questions. What takes long is asked more and more seldom: on two cores, asking holds it up.
const FIRST_PAUSE: Duration = Duration::from_millis(40);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Asks `probe` until its answer satisfies `good`; the last answer is in the error.
pub async fn until<T: Debug>(
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<T>,
    good: impl Fn(&T) -> bool,
) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = FIRST_PAUSE;
    loop {
        let answer = probe().await;
        match answer {
            Ok(answer) if good(&answer) => return Ok(answer),
            last if Instant::now() > deadline => bail!("{what}: not within {PATIENCE:?}; last seen: {last:?}"),
            _ => tokio::time::sleep(pause).await,
        }
        pause = (pause * 5 / 4).min(LONGEST_PAUSE);
    }
}
