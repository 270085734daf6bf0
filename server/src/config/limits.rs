//! Every limit of the server: its default, and why that much. The one place; `docs/limits.md` is made of it.
//!
//! A limit is what a request, a caller or a store cannot push the server beyond. None can be switched off.

use std::time::Duration;

use super::{ConfigFaults, Layer, read::Reader, value};

/// What bounds the server's work and memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub connections: ConnectionLimits,
    pub body: BodyLimits,
    pub queries: QueryLimits,
    /// Of runs that set up the cluster.
    pub setups: QueryLimits,
    pub answers: AnswerLimits,
    pub room: RoomLimits,
}

/// Of one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    pub most: usize,
    pub header_bytes: usize,
    pub headers: usize,
    /// For a TLS handshake, and for a request's head from its first byte to its last.
    pub header_timeout: Duration,
    /// Between two requests.
    pub idle_timeout: Duration,
    /// Without a byte taken of an answer.
    pub write_timeout: Duration,
}

/// Of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    pub bytes: usize,
    /// For the whole body, not from piece to piece.
    pub timeout: Duration,
}

/// Of the questions that are with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryLimits {
    pub in_all: usize,
    pub per_caller: usize,
    pub waiting: usize,
    pub waiting_per_caller: usize,
    pub patience: Duration,
}

/// Of one answer of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLimits {
    pub bytes: usize,
    pub series: usize,
    /// Of each series.
    pub points: u64,
    /// Of all series together.
    pub values: usize,
}

/// Of the bytes that answers take of the memory, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomLimits {
    /// Of the texts of long ones.
    pub text: usize,
    /// Of what they become.
    pub decoded: usize,
    /// Of panels' answers that their readers have not taken.
    pub unread: usize,
}

/// A limit as it is documented.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub name: &'static str,
    pub default: &'static str,
    /// What happens beyond it.
    #[cfg_attr(not(test), expect(dead_code, reason = "read where docs/limits.md is made"))]
    pub beyond: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "read where docs/limits.md is made"))]
    pub why: &'static str,
}

const fn limit(name: &'static str, default: &'static str, beyond: &'static str, why: &'static str) -> Limit {
    Limit {
        name,
        default,
        beyond,
        why,
    }
}

pub(super) const LIMITS: [Limit; 24] = [
    limit(
        "max-connections",
        "1024",
        "further ones wait in the kernel",
        "A hundred viewers with some tabs each, far below a container's usual 65,536 descriptors.",
    ),
    limit(
        "max-header-size",
        "16KiB",
        "431",
        "All headers together, the address included; a token with many groups has some kilobytes.",
    ),
    limit("max-headers", "64", "431", "Browsers send about 20, proxies add some."),
    limit(
        "header-timeout",
        "5s",
        "the connection ends",
        "For a TLS handshake, and for a request's head from its first byte to its last: one packet or two. A client that \
         drips its headers holds a connection no longer than this.",
    ),
    limit(
        "idle-timeout",
        "1m",
        "the connection ends",
        "Longer than a page's refresh, so that a page keeps its connection from one to the next.",
    ),
    limit(
        "write-timeout",
        "15s",
        "the connection ends",
        "Without a byte taken: longer than a phone loses its network for; a client that stops reading lets its memory go.",
    ),
    limit(
        "max-body",
        "64KiB",
        "413 body_too_large",
        "A dashboard of 100 panels and 500 chosen values fits twice.",
    ),
    limit(
        "body-timeout",
        "10s",
        "408 body_too_slow",
        "For the whole body, not from piece to piece: a dripping client ends too.",
    ),
    limit(
        "max-queries",
        "64",
        "further ones wait",
        "With the store at once, of all callers. Prometheus and Thanos work on 20; with network and decoding some more keep \
         them busy. Each holds at most one answer.",
    ),
    limit(
        "max-caller-queries",
        "16",
        "further ones wait",
        "Of one caller: two dashboards' worth, and a quarter of what all have.",
    ),
    limit(
        "max-waiting",
        "4096",
        "503 busy",
        "Of all callers: 500 dashboards of eight questions each. A waiting question holds its text alone, some kilobytes.",
    ),
    limit(
        "max-caller-waiting",
        "512",
        "429 caller_busy",
        "Of one caller: an eighth of the queue. Equal questions of a caller wait as one.",
    ),
    limit(
        "queue-timeout",
        "4s",
        "503 busy",
        "With upstream-timeout less than the 30 s after which the console's router gives up.",
    ),
    limit(
        "max-setups",
        "12",
        "further ones wait for queue-timeout, then 503 busy",
        "Checks, plans, applies and removals that run at once. Each has a thread of its own, which goes on when its reader has \
         left, and lists of the cluster's objects in memory.",
    ),
    limit(
        "max-caller-setups",
        "3",
        "further ones wait for queue-timeout, then 429 caller_busy",
        "Of one caller: what the page asks at once.",
    ),
    limit(
        "connect-timeout",
        "1s",
        "502 upstream_unreachable",
        "A store in the same cluster accepts within milliseconds; a second is for a busy node.",
    ),
    limit(
        "upstream-timeout",
        "25s",
        "504 upstream_timeout",
        "From sending a query to the last byte of its answer. The console's router gives up after 30 s: the server answers \
         first, with a reason.",
    ),
    limit(
        "max-answer",
        "32MiB",
        "502 upstream_too_large; of a long answer on its way the connection ends",
        "About 900,000 samples; what is larger helps no chart. How many of them are in memory at once is max-reading's part.",
    ),
    limit(
        "max-reading",
        "96MiB",
        "further ones wait for queue-timeout, then 503 busy",
        "Of all answers over 256 KiB together, while they are read: three of the longest. The next one's bytes wait with the \
         store meanwhile.",
    ),
    limit(
        "max-decoding",
        "96MiB",
        "further ones wait for queue-timeout, then 503 busy; 502 upstream_too_large of one alone",
        "Of what becomes of answers, while they are decoded: six charts of the longest kind, or a list of some 40,000 series. \
         The rest of a container of 512 MiB is for the cache and for what is short.",
    ),
    limit(
        "max-unread",
        "64MiB",
        "further panels wait for their readers",
        "Of all panels' answers that nobody has taken yet; a quarter of it at most for one caller. A 40-panel dashboard has \
         some megabytes.",
    ),
    limit(
        "max-series",
        "5000",
        "502 upstream_too_large",
        "Of one query of a panel: more lines than pixels on any screen.",
    ),
    limit(
        "max-points",
        "11000",
        "400 too_many_points",
        "Of each series: Prometheus refuses more.",
    ),
    limit(
        "max-values",
        "2000000",
        "502 upstream_too_large",
        "Of one query of a panel, all series together: 16 MB. A short JSON of many series with one sample each would \
         otherwise become a large grid of absences.",
    ),
];

/// The text that counts where nothing is said.
fn default_of(name: &str) -> Option<&'static str> {
    LIMITS
        .iter()
        .find(|limit| limit.name == name)
        .map(|limit| limit.default)
}

impl Limits {
    /// Those that count where nothing is said.
    pub fn usual() -> Result<Limits, ConfigFaults> {
        let nothing = Layer::default();
        let mut reader = Reader::of(&nothing, &|_| None, None);
        let limits = reader.limits();
        limits.ok_or(ConfigFaults(reader.faults))
    }
}

impl Reader<'_> {
    pub(super) fn limit<T>(
        &mut self,
        name: &str,
        field: fn(&Layer) -> &Option<String>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        self.setting(name, field, default_of(name), parse)
    }

    /// All are read before the first that is missing ends it, so that every fault is told.
    pub(super) fn limits(&mut self) -> Option<Limits> {
        let most = self.limit("max-connections", |l| &l.max_connections, value::count);
        let header_bytes = self.limit("max-header-size", |l| &l.max_header_size, value::header_bytes);
        let headers = self.limit("max-headers", |l| &l.max_headers, value::count);
        let header_timeout = self.limit("header-timeout", |l| &l.header_timeout, value::deadline);
        let idle_timeout = self.limit("idle-timeout", |l| &l.idle_timeout, value::deadline);
        let write_timeout = self.limit("write-timeout", |l| &l.write_timeout, value::deadline);
        let body_bytes = self.limit("max-body", |l| &l.max_body, value::size);
        let body_timeout = self.limit("body-timeout", |l| &l.body_timeout, value::deadline);
        let in_all = self.limit("max-queries", |l| &l.max_queries, value::count);
        let per_caller = self.limit("max-caller-queries", |l| &l.max_caller_queries, value::count);
        let waiting = self.limit("max-waiting", |l| &l.max_waiting, value::count);
        let waiting_per_caller = self.limit("max-caller-waiting", |l| &l.max_caller_waiting, value::count);
        let patience = self.limit("queue-timeout", |l| &l.queue_timeout, value::deadline);
        let setups = self.limit("max-setups", |l| &l.max_setups, value::count);
        let setups_per_caller = self.limit("max-caller-setups", |l| &l.max_caller_setups, value::count);
        let bytes = self.limit("max-answer", |l| &l.max_answer, value::size);
        let series = self.limit("max-series", |l| &l.max_series, value::count);
        let points = self.limit("max-points", |l| &l.max_points, value::points);
        let values = self.limit("max-values", |l| &l.max_values, value::count);
        let text = self.limit("max-reading", |l| &l.max_reading, value::size);
        let decoded = self.limit("max-decoding", |l| &l.max_decoding, value::size);
        let unread = self.limit("max-unread", |l| &l.max_unread, value::size);
        Some(Limits {
            connections: ConnectionLimits {
                most: most?,
                header_bytes: header_bytes?,
                headers: headers?,
                header_timeout: header_timeout?,
                idle_timeout: idle_timeout?,
                write_timeout: write_timeout?,
            },
            body: BodyLimits {
                bytes: body_bytes?,
                timeout: body_timeout?,
            },
            queries: QueryLimits {
                in_all: in_all?,
                per_caller: per_caller?,
                waiting: waiting?,
                waiting_per_caller: waiting_per_caller?,
                patience: patience?,
            },
            setups: QueryLimits {
                in_all: setups?,
                per_caller: setups_per_caller?,
                // Whoever waits here holds nothing: four times what runs is more than looks at once.
                waiting: setups?.saturating_mul(4),
                waiting_per_caller: setups_per_caller?.saturating_mul(4),
                patience: patience?,
            },
            answers: AnswerLimits {
                bytes: bytes?,
                series: series?,
                points: points?,
                values: values?,
            },
            room: RoomLimits {
                text: text?,
                decoded: decoded?,
                unread: unread?,
            },
        })
    }
}
