//! The two signals that ask a program to end.

use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Returns when SIGTERM or SIGINT arrives.
pub async fn asked_to_stop() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
