//! Whole answers for the refresh time, and one question for all who ask the same at once.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use catalog::resolve::Sighting;
use moka::{Expiry, future::Cache};
use server_api::Frame;

use crate::{
    error::Fault,
    identity::CallerKey,
    query::{Eyes, decode::Decoded, eyes::EyesKey},
    upstream::{Api, Params},
};

/// Who asks, how far it sees, and every byte of what it asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    eyes: EyesKey,
    text: String,
}

impl Question {
    #[must_use]
    pub fn new(eyes: &Eyes, api: &Api, params: &Params) -> Question {
        Question {
            eyes: eyes.key(),
            text: format!("{}?{}", api.path(), params.encode()),
        }
    }
}

/// An answer and when its question was sent: from then on it counts as seen.
#[derive(Debug)]
pub struct Answer<T> {
    pub decoded: Arc<Decoded<T>>,
    pub asked: Instant,
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        Answer {
            decoded: Arc::clone(&self.decoded),
            asked: self.asked,
        }
    }
}

/// What an answer takes of the memory.
pub trait Weigh {
    fn bytes(&self) -> usize;
}

/// Of an entry of a map or a list: its pointers and what the allocator adds.
const EACH: usize = 64;

impl Weigh for Vec<Frame> {
    fn bytes(&self) -> usize {
        self.iter()
            .map(|frame| EACH + labels(&frame.labels) + frame.values.len() * 8)
            .sum()
    }
}

impl Weigh for Vec<Sighting> {
    fn bytes(&self) -> usize {
        self.iter()
            .map(|seen| EACH + seen.series.len() + labels(&seen.labels))
            .sum()
    }
}

impl Weigh for Vec<String> {
    fn bytes(&self) -> usize {
        self.iter().map(|text| EACH + text.len()).sum()
    }
}

fn labels(labels: &std::collections::BTreeMap<String, String>) -> usize {
    labels.iter().map(|(name, value)| EACH + name.len() + value.len()).sum()
}

/// Answers of one kind.
pub struct Fresh<T>(Cache<Question, Answer<T>>);

impl<T: Weigh + Send + Sync + 'static> Fresh<T> {
    /// `most` bytes, each answer for `some` from its question on, but for `none` where there is nothing in it: a store that
    /// is away answers so, too.
    #[must_use]
    pub fn new(most: u64, some: Duration, none: Duration) -> Fresh<T> {
        let cache = Cache::builder()
            .max_capacity(most)
            .weigher(|question: &Question, answer: &Answer<T>| {
                let bytes = EACH + question.text.len() + answer.decoded.data.bytes();
                u32::try_from(bytes).unwrap_or(u32::MAX)
            })
            .expire_after(FromAsked { some, none })
            .support_invalidation_closures()
            .build();
        Fresh(cache)
    }

    /// The answer that is kept, or the one that `ask` gets. Whoever asks the same meanwhile waits for it; when the one who
    /// asks goes away, the next one asks. Faults are told to all who wait and not kept.
    pub async fn get(
        &self,
        question: Question,
        ask: impl Future<Output = Result<Decoded<T>, Fault>>,
    ) -> Result<Answer<T>, Fault> {
        let answer = self.0.try_get_with(question, async {
            let asked = Instant::now();
            let decoded = Arc::new(ask.await?);
            Ok::<_, Fault>(Answer { decoded, asked })
        });
        answer.await.map_err(|fault: Arc<Fault>| Fault::clone(&fault))
    }

    /// A part of an answer, for those who will ask for that part alone.
    pub async fn put(&self, question: Question, answer: Answer<T>) {
        self.0.insert(question, answer).await;
    }

    /// The next one asks anew.
    pub async fn remove(&self, question: &Question) {
        self.0.invalidate(question).await;
    }

    pub fn forget(&self, caller: CallerKey) {
        // Fails only without the support that `new` asks for.
        let _ = self
            .0
            .invalidate_entries_if(move |question, _| question.eyes.0 == caller);
    }
}

/// The time runs from the question, however long the answer took.
struct FromAsked {
    some: Duration,
    none: Duration,
}

impl<T: Weigh> Expiry<Question, Answer<T>> for FromAsked {
    fn expire_after_create(&self, _: &Question, answer: &Answer<T>, created: Instant) -> Option<Duration> {
        if answer.decoded.warnings.is_empty() {
            let age = created.saturating_duration_since(answer.asked);
            let kept = match answer.decoded.data.bytes() {
                0 => self.none,
                _ => self.some,
            };
            Some(kept.saturating_sub(age))
        } else {
            Some(Duration::ZERO)
        }
    }

    fn expire_after_update(
        &self,
        question: &Question,
        answer: &Answer<T>,
        updated: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(question, answer, updated)
    }
}
