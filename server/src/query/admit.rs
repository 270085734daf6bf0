//! How many questions may be with the upstream at once, of one caller and in all. Prometheus and Thanos work on 20; the rest
//! would wait there, holding memory. Settings up of the cluster, which hold threads, have a gate of their own.
//!
//! Whoever finds no place waits in a queue that has an end in length and in time; beyond it the answer is "later", at once.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};

use crate::{config::QueryLimits, error::Fault, identity::CallerKey, telemetry::Metrics};

/// Of one dashboard: its panels keep each other company without shutting out the caller's other pages.
const PER_DASHBOARD: usize = 8;
/// Panels of one dashboard that are worked on: more than there are turns, so that those whose answers are kept pass the slow ones.
pub const PANELS_AT_ONCE: usize = PER_DASHBOARD + 4;
/// Callers that are told apart; the limits of all hold for any number.
pub const MOST_CALLERS: u64 = 10_000;
/// A caller is forgotten when it has asked nothing for longer than any question lasts.
pub const FORGOTTEN: Duration = Duration::from_secs(300);

/// One dashboard's turns.
pub fn turns() -> Semaphore {
    Semaphore::new(PER_DASHBOARD)
}

/// The server's own gate before the upstream.
pub struct Gate {
    limits: QueryLimits,
    all: Places,
    callers: Cache<CallerKey, Places>,
    /// Who is inside.
    inside: Gauge,
    metrics: Arc<Metrics>,
}

/// Places with the store, and places in the queue before it.
#[derive(Clone)]
struct Places {
    asking: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Places {
    fn new(asking: usize, waiting: usize) -> Places {
        let places = |number: usize| Arc::new(Semaphore::new(number.min(Semaphore::MAX_PERMITS)));
        Places {
            asking: places(asking),
            waiting: places(waiting),
        }
    }
}

/// The right to ask; held until the answer is decoded or passed on.
pub struct Pass {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
    inside: Gauge,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.inside.dec();
    }
}

impl Gate {
    #[must_use]
    pub fn new(limits: QueryLimits, inside: Gauge, metrics: Arc<Metrics>) -> Gate {
        Gate {
            limits,
            all: Places::new(limits.in_all, limits.waiting),
            callers: Cache::builder()
                .max_capacity(MOST_CALLERS)
                .time_to_idle(FORGOTTEN)
                .build(),
            inside,
            metrics,
        }
    }

    fn own(&self, caller: CallerKey) -> Places {
        let QueryLimits {
            per_caller,
            waiting_per_caller,
            ..
        } = self.limits;
        self.callers
            .get_with(caller, || Places::new(per_caller, waiting_per_caller))
    }

    /// Whether there is any use in a whole dashboard's questions.
    pub fn has_room(&self, caller: CallerKey) -> Result<(), Fault> {
        let is_full = |places: &Places| places.waiting.available_permits() == 0;
        if is_full(&self.all) {
            return Err(Fault::Busy);
        }
        if is_full(&self.own(caller)) {
            return Err(Fault::CallerBusy);
        }
        Ok(())
    }

    /// A place inside, after some patience.
    pub async fn enter(&self, caller: CallerKey) -> Result<Pass, Fault> {
        let passed = self.pass(caller).await;
        if let Err(fault) = &passed {
            self.metrics.refused_query(fault.public().code);
        }
        let (own, all) = passed?;
        let inside = self.inside.clone();
        inside.inc();
        Ok(Pass {
            _own: own,
            _all: all,
            inside,
        })
    }

    async fn pass(&self, caller: CallerKey) -> Result<(OwnedSemaphorePermit, OwnedSemaphorePermit), Fault> {
        let own = self.own(caller);
        let at_once = |places: &Places| Arc::clone(&places.asking).try_acquire_owned().ok();
        if let Some(own) = at_once(&own)
            && let Some(all) = at_once(&self.all)
        {
            return Ok((own, all));
        }
        let _in_own_queue = own.waiting.try_acquire().map_err(|_| Fault::CallerBusy)?;
        let _in_queue = self.all.waiting.try_acquire().map_err(|_| Fault::Busy)?;
        let end = Instant::now() + self.limits.patience;
        let mine = turn(&own, end).await?.ok_or(Fault::CallerBusy)?;
        let all = turn(&self.all, end).await?.ok_or(Fault::Busy)?;
        Ok((mine, all))
    }
}

/// `None`: nobody has left in time.
async fn turn(places: &Places, end: Instant) -> Result<Option<OwnedSemaphorePermit>, Fault> {
    match timeout_at(end, Arc::clone(&places.asking).acquire_owned()).await {
        Ok(Ok(permit)) => Ok(Some(permit)),
        Ok(Err(_)) => Err(Fault::Internal("the gate is closed".to_owned())),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn gate() -> Gate {
        let limits = QueryLimits {
            in_all: 3,
            per_caller: 2,
            waiting: 3,
            waiting_per_caller: 2,
            patience: Duration::from_secs(4),
        };
        Gate::new(limits, Gauge::default(), Arc::default())
    }

    /// What has come of an attempt that has been looked at once.
    fn now(attempt: &mut (impl Future<Output = Result<Pass, Fault>> + Unpin)) -> Option<Result<Pass, Fault>> {
        attempt.now_or_never()
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_waits_for_its_own_questions_and_not_for_those_of_others() {
        let (gate, a, b) = (gate(), CallerKey::of_test(1), CallerKey::of_test(2));
        let first = gate.enter(a).await.unwrap();
        let _second = gate.enter(a).await.unwrap();
        let mut third = Box::pin(gate.enter(a));
        assert!(now(&mut third).is_none(), "two places of its own are taken");
        let _other = gate.enter(b).await.unwrap();
        drop(first);
        assert!(third.await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn promise_14_load_is_shed_at_once_where_the_queue_is_full_and_after_some_patience_where_not() {
        let (gate, a, b) = (gate(), CallerKey::of_test(1), CallerKey::of_test(2));
        let held = [gate.enter(a).await.unwrap(), gate.enter(a).await.unwrap()];
        let mut waiting = [Box::pin(gate.enter(a)), Box::pin(gate.enter(a))];
        for attempt in &mut waiting {
            assert!(now(attempt).is_none());
        }
        assert_eq!(gate.has_room(a), Err(Fault::CallerBusy));
        assert_eq!(gate.enter(a).await.err(), Some(Fault::CallerBusy), "its queue is full");
        assert_eq!(gate.has_room(b), Ok(()));
        let _last = gate.enter(b).await.unwrap();
        let mut of_b = Box::pin(gate.enter(b));
        assert!(now(&mut of_b).is_none());
        assert_eq!(gate.has_room(b), Err(Fault::Busy));
        assert_eq!(
            gate.enter(b).await.err(),
            Some(Fault::Busy),
            "everybody's queue is full"
        );
        // The clock of the test goes on by itself where all wait.
        let began = Instant::now();
        assert_eq!(of_b.await.err(), Some(Fault::Busy));
        assert_eq!(began.elapsed().as_secs(), 4);
        for attempt in waiting {
            assert_eq!(attempt.await.err(), Some(Fault::CallerBusy));
        }
        drop(held);
        assert!(gate.enter(a).await.is_ok(), "and then there is room again");
        assert_eq!(gate.has_room(a), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_goes_away_leaves_its_place_in_the_queue() {
        let (gate, a) = (gate(), CallerKey::of_test(1));
        let _held = [gate.enter(a).await.unwrap(), gate.enter(a).await.unwrap()];
        for _ in 0..10 {
            let mut attempt = Box::pin(gate.enter(a));
            assert!(now(&mut attempt).is_none());
        }
        assert_eq!(gate.has_room(a), Ok(()));
    }
}
