//! How many bytes of answers may be in memory: of their texts, of what becomes of these, and of what a reader has not taken.
//!
//! Three rooms, one behind the other. A long answer takes all the room that its text may need before its rest is read, and
//! gives back what it did not need; meanwhile the bytes wait with the store. Whoever waits holds room of the rooms before
//! alone, so that nothing gets stuck. Short answers take none; the gate counts them.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::admit::{FORGOTTEN, MOST_CALLERS};
use crate::{
    config::{Limits, RoomLimits},
    error::Fault,
    identity::CallerKey,
    telemetry::Metrics,
};

/// Semaphores count 32 bits at most: of bytes that would be 4 GiB.
const UNIT: usize = 1 << 10;
/// Of what readers have not taken, one caller's part.
const SHARE: usize = 4;

/// The server's own.
pub struct Room {
    limits: RoomLimits,
    patience: Duration,
    text: Arc<Semaphore>,
    decoded: Arc<Semaphore>,
    unread: Arc<Semaphore>,
    callers: Cache<CallerKey, Arc<Semaphore>>,
    metrics: Arc<Metrics>,
}

/// Room that is taken; given back when it is dropped.
pub struct Hold(Vec<OwnedSemaphorePermit>);

impl Hold {
    /// Gives back what is over `bytes`.
    pub fn keep(&mut self, bytes: usize) {
        for permit in &mut self.0 {
            let over = permit.num_permits().saturating_sub(bytes.div_ceil(UNIT));
            drop(permit.split(over));
        }
    }
}

impl Room {
    #[must_use]
    pub fn new(limits: &Limits, metrics: Arc<Metrics>) -> Room {
        let units = |bytes: usize| Arc::new(Semaphore::new(bytes / UNIT));
        Room {
            limits: limits.room,
            patience: limits.queries.patience,
            text: units(limits.room.text),
            decoded: units(limits.room.decoded),
            unread: units(limits.room.unread),
            callers: Cache::builder()
                .max_capacity(MOST_CALLERS)
                .time_to_idle(FORGOTTEN)
                .build(),
            metrics,
        }
    }

    /// What one answer may become.
    #[must_use]
    pub fn most(&self) -> usize {
        self.limits.decoded
    }

    /// For a long answer that is read, after some patience.
    pub async fn text(&self, bytes: usize) -> Result<Hold, Fault> {
        self.soon(take(&self.text, bytes, self.limits.text)).await
    }

    /// For what becomes of an answer, after some patience.
    pub async fn decoded(&self, bytes: usize) -> Result<Hold, Fault> {
        self.soon(take(&self.decoded, bytes, self.limits.decoded)).await
    }

    async fn soon(&self, taking: impl Future<Output = Result<OwnedSemaphorePermit, Fault>>) -> Result<Hold, Fault> {
        let took = timeout(self.patience, taking).await;
        took.unwrap_or_else(|_| {
            self.metrics.refused_query(Fault::Busy.public().code);
            Err(Fault::Busy)
        })
        .map(|permit| Hold(vec![permit]))
    }

    /// For a panel's answer until its reader has taken it. Waits for as long as there are readers that take nothing: their
    /// connections have an end.
    pub async fn unread(&self, caller: CallerKey, bytes: usize) -> Result<Hold, Fault> {
        let share = (self.limits.unread / SHARE).max(UNIT);
        let own = self.callers.get_with(caller, || Arc::new(Semaphore::new(share / UNIT)));
        // One that is longer than the share has it to itself.
        let bytes = bytes.min(share);
        let own = take(&own, bytes, share).await?;
        Ok(Hold(vec![own, take(&self.unread, bytes, self.limits.unread).await?]))
    }
}

async fn take(room: &Arc<Semaphore>, bytes: usize, most: usize) -> Result<OwnedSemaphorePermit, Fault> {
    let units = bytes.div_ceil(UNIT).min(most / UNIT);
    let units = u32::try_from(units).unwrap_or(u32::MAX);
    let taken = Arc::clone(room).acquire_many_owned(units).await;
    taken.map_err(|_| Fault::Internal("the room is closed".to_owned()))
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::tests::harness;

    const MIB: usize = 1 << 20;

    fn room() -> Room {
        let mut limits = harness::limits();
        limits.room = RoomLimits {
            text: 10 * MIB,
            decoded: 10 * MIB,
            unread: 8 * MIB,
        };
        Room::new(&limits, Arc::default())
    }

    #[tokio::test(start_paused = true)]
    async fn promise_16_answers_wait_for_room_in_turn_and_are_turned_away_after_some_patience() {
        let room = room();
        let mut first = room.text(8 * MIB).await.unwrap();
        let mut second = Box::pin(room.text(8 * MIB));
        assert!((&mut second).now_or_never().is_none(), "2 MiB are left");
        first.keep(2 * MIB);
        let second = second.await.unwrap();
        assert_eq!(room.text(1).await.err(), Some(Fault::Busy));
        drop(first);
        assert!(room.text(2 * MIB).await.is_ok());
        assert!(room.decoded(8 * MIB).await.is_ok(), "it is another room");
        drop(second);
        assert!(room.text(100 * MIB).await.is_ok(), "more than there is: all of it");
    }

    #[tokio::test(start_paused = true)]
    async fn promise_16_whoever_takes_nothing_keeps_the_room_of_one_caller_and_no_more() {
        let (room, slow, other) = (room(), CallerKey::of_test(1), CallerKey::of_test(2));
        let held = room.unread(slow, 100 * MIB).await.unwrap();
        let mut next = Box::pin(room.unread(slow, 1));
        assert!((&mut next).now_or_never().is_none(), "its quarter is full");
        let mut others = Vec::new();
        for _ in 0..6 {
            others.push(room.unread(other, MIB / 4).now_or_never().unwrap().unwrap());
        }
        drop(held);
        assert!(next.await.is_ok());
    }
}
