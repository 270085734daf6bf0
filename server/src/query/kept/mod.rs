//! Answers that are used again: by the same caller, with the same sight, and by nobody else.
//!
//! Two layers. [`Fresh`] holds whole answers for the refresh time (what exists a little longer), and sends equal questions
//! that are on their way once.
//! [`Days`] holds what cannot change any more of range queries, day by day, so that only the newest part is asked again.
//! Nothing is given out unless the store has answered the caller within the refresh time, and a refusal of the store
//! ends all that was kept of the caller. An answer with warnings is kept by neither.

mod days;
mod fresh;
mod sheet;

use std::time::{Duration, Instant};

use catalog::resolve::Sighting;
use moka::sync::Cache;
use server_api::Frame;

pub use days::{Days, Line, last_settled, missing};
pub use fresh::{Answer, Fresh, Question, Weigh};
pub use sheet::{Sheet, end};

use super::eyes::EyesKey;
use crate::{config::CacheConfig, identity::CallerKey};

/// So late a chart may learn of a new name or, where one is chosen, of a model's new pod. What is told of a list that is older
/// than the refresh time is asked about first (`names::Trust`).
const SIGHTINGS: Duration = Duration::from_secs(120);
/// Callers with their sights: some hundred bytes each.
const MOST_VOUCHED: u64 = 100_000;

/// Of the whole server.
pub struct Kept {
    pub frames: Fresh<Vec<Frame>>,
    pub sightings: Fresh<Vec<Sighting>>,
    pub strings: Fresh<Vec<String>>,
    pub days: Days,
    /// When the store last answered a question that was sent then.
    vouched: Cache<EyesKey, Instant>,
    /// Who was ever answered.
    answered: Cache<CallerKey, ()>,
    refresh: Duration,
}

impl Kept {
    #[must_use]
    pub fn new(config: CacheConfig) -> Kept {
        let CacheConfig { bytes, refresh } = config;
        // A finished day serves for hours, the newest answers for seconds.
        let share = |part: u64| bytes / 16 * part;
        let (days, frames, lists) = (share(12), share(2), share(1));
        Kept {
            frames: Fresh::new(frames, refresh, refresh),
            sightings: Fresh::new(lists, refresh.max(SIGHTINGS), refresh),
            strings: Fresh::new(lists, refresh, refresh),
            days: Days::new(days),
            vouched: Cache::builder()
                .max_capacity(MOST_VOUCHED)
                .time_to_live(refresh)
                .support_invalidation_closures()
                .build(),
            answered: Cache::builder().max_capacity(MOST_VOUCHED).build(),
            refresh,
        }
    }

    /// Whole seconds, at least one.
    pub fn refresh_s(&self) -> i64 {
        i64::try_from(self.refresh.as_secs()).unwrap_or(i64::MAX).max(1)
    }

    /// The store has answered a question that was sent at `asked`.
    pub fn vouch(&self, eyes: EyesKey, asked: Instant) {
        self.answered.insert(eyes.0, ());
        self.vouched.insert(eyes, asked);
    }

    /// Whether what was kept may be given out without another question.
    pub fn is_vouched(&self, eyes: &EyesKey) -> bool {
        self.vouched
            .get(eyes)
            .is_some_and(|asked| asked.elapsed() < self.refresh)
    }

    /// The store has refused the caller: nothing that was kept of it is given out any more.
    pub fn forget(&self, caller: CallerKey) {
        // Whoever was never answered has nothing kept; so a stream of refusals costs nothing.
        if self.answered.remove(&caller).is_none() {
            return;
        }
        // Fails only without the support that is asked for below.
        let _ = self.vouched.invalidate_entries_if(move |eyes, _| eyes.0 == caller);
        self.frames.forget(caller);
        self.sightings.forget(caller);
        self.strings.forget(caller);
        self.days.forget(caller);
    }
}
