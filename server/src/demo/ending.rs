//! Who may end the demo: a signal, or the end of standard input.

use std::io::{self, Read as _};
use std::thread;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use super::error::DemoError;

pub struct Ending {
    /// SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal was closed).
    signals: [Signal; 3],
    stdin: Option<oneshot::Receiver<()>>,
}

impl Ending {
    /// Signals count from here on. With `stdin`, so does its end.
    pub fn listen(stdin: bool) -> Result<Self, DemoError> {
        let on = |kind| signal(kind).map_err(|reason| DemoError::SignalsUnavailable { reason });
        let signals = [
            on(SignalKind::interrupt())?,
            on(SignalKind::terminate())?,
            on(SignalKind::hangup())?,
        ];
        Ok(Self {
            signals,
            stdin: stdin.then(stdin_ends),
        })
    }

    /// Returns when the demo is to end. May be dropped and called again.
    pub async fn asked(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        let stdin = async {
            match &mut self.stdin {
                Some(stdin) => drop(stdin.await),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
            () = stdin => {}
        }
    }
}

/// A thread of its own, because a read of standard input cannot be given up: tokio would wait for it at the end.
fn stdin_ends() -> oneshot::Receiver<()> {
    let (ended, hears) = oneshot::channel();
    thread::spawn(move || {
        let mut ignored = [0; 256];
        let mut stdin = io::stdin().lock();
        while matches!(stdin.read(&mut ignored), Ok(1..)) {}
        let _ = ended.send(());
    });
    hears
}
