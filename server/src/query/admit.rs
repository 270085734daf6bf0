//! How many questions may be with the upstream at once. Prometheus and Thanos work on 20; the rest would wait there,
//! holding memory.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Fault;

/// Of one dashboard: its panels keep each other company without shutting out other callers.
const PER_DASHBOARD: usize = 8;
/// Of the whole server: some dashboards' worth; each holds at most one answer (32 MiB) while it is decoded.
const IN_ALL: usize = 64;

/// One dashboard's turns.
pub fn turns() -> Semaphore {
    Semaphore::new(PER_DASHBOARD)
}

/// The server's own gate before the upstream.
pub struct Gate {
    free: Arc<Semaphore>,
    patience: Duration,
}

impl Gate {
    /// `patience`: how long a question may wait before it is told that there is too much to do.
    #[must_use]
    pub fn new(patience: Duration) -> Gate {
        Gate {
            free: Arc::new(Semaphore::new(IN_ALL)),
            patience,
        }
    }

    /// Held until the answer is decoded or passed on.
    pub async fn enter(&self) -> Result<OwnedSemaphorePermit, Fault> {
        let free = Arc::clone(&self.free);
        match tokio::time::timeout(self.patience, free.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(Fault::Internal("the gate is closed".to_owned())),
            Err(_) => Err(Fault::Busy),
        }
    }
}
