//! A name for each request, so that what a user sees can be found in the log. Made here: a client's own is not trusted.

use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
};

static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static COUNT: AtomicU64 = AtomicU64::new(0);

/// Sixteen hexadecimal digits, unlike any other of this process and hardly like one of another replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    #[must_use]
    pub fn next() -> RequestId {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        RequestId(format!("{:016x}", SEED.hash_one(count)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
