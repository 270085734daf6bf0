//! Runs `promql-guard` where its recursion has room and nobody else waits for it.
//!
//! A worker thread of the server has 2 MiB of stack, and an overflow ends the process: the guard gets threads of its own,
//! with the stack it asks for. What they have to do is bounded by the guard's limits, and so is the queue before them.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use promql_guard::{Refusal, STACK_BYTES};
use tokio::sync::oneshot;

use crate::error::Fault;

/// One that checks a heavy query and one that goes on; with more cores, up to four.
const FEWEST: usize = 2;
const MOST: usize = 4;
/// A query takes under a millisecond, the heaviest some 30: the queue is empty again within the deadline.
const WAITING: usize = 64;
/// With the time in the queue. Later the server has too much to do, and says so.
const DEADLINE: Duration = Duration::from_secs(2);

type Job = Box<dyn FnOnce() + Send>;

/// The threads end when this is dropped.
pub struct Guard {
    jobs: SyncSender<Job>,
}

impl Guard {
    pub fn start() -> io::Result<Guard> {
        let (jobs, waiting) = sync_channel(WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        let cores = thread::available_parallelism().map_or(FEWEST, usize::from);
        for _ in 0..cores.clamp(FEWEST, MOST) {
            let waiting = Arc::clone(&waiting);
            thread::Builder::new()
                .name("promql-guard".to_owned())
                .stack_size(STACK_BYTES)
                .spawn(move || {
                    while let Some(job) = next(&waiting) {
                        // Whoever waits for the answer sees that none comes.
                        let _ = catch_unwind(AssertUnwindSafe(job));
                    }
                })?;
        }
        Ok(Guard { jobs })
    }

    /// A refusal becomes the caller's fault, in the guard's own words.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Fault> {
        let (send, receive) = oneshot::channel();
        let job: Job = Box::new(move || {
            if !send.is_closed() {
                // The caller may have gone meanwhile; then nobody misses it.
                let _ = send.send(work());
            }
        });
        self.jobs.try_send(job).map_err(|_| Fault::Busy)?;
        match tokio::time::timeout(DEADLINE, receive).await {
            Ok(Ok(done)) => done.map_err(|refusal| Fault::QueryRefused(refusal.to_string())),
            Ok(Err(_)) => Err(Fault::Internal("the guard panicked".to_owned())),
            Err(_) => Err(Fault::Busy),
        }
    }
}

fn next(waiting: &Mutex<Receiver<Job>>) -> Option<Job> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn promise_34_a_refusal_is_passed_on_and_a_panic_ends_one_request_only() {
        let guard = Guard::start().unwrap();
        for _ in 0..2 * MOST {
            let panicked = guard.run(|| -> Result<(), Refusal> { panic!("on purpose") }).await;
            assert_eq!(panicked, Err(Fault::Internal("the guard panicked".to_owned())));
        }
        assert_eq!(guard.run(|| Ok(1)).await, Ok(1));
        let refused = guard.run(|| -> Result<(), Refusal> { Err(Refusal::OpenString) }).await;
        assert_eq!(refused, Err(Fault::QueryRefused(Refusal::OpenString.to_string())));
    }

    #[tokio::test]
    async fn what_has_no_place_in_the_queue_is_turned_away_at_once() {
        let guard = Guard::start().unwrap();
        let (release, released) = mpsc::channel::<()>();
        let released = Arc::new(Mutex::new(released));
        let mut turned_away = 0;
        for _ in 0..WAITING + MOST + 1 {
            let released = Arc::clone(&released);
            // Waits until the test lets go: the sender is dropped.
            let job: Job = Box::new(move || assert!(released.lock().unwrap().recv().is_err()));
            turned_away += usize::from(guard.jobs.try_send(job).is_err());
        }
        assert!(turned_away >= 1);
        assert_eq!(guard.run(|| Ok(())).await, Err(Fault::Busy));
        drop(release);
    }
}
