//! The endpoint picker in front of the granite replicas: three scorers, each from 0 to 1, weighed and summed; the highest
//! total wins. It remembers which prefixes it sent where, as the real one does, because it cannot see into the replicas.

use super::container::Done;
use super::engine::kv::{BLOCK, blocks_for};
use super::engine::seq::Finished;
use super::histogram::Histogram;
use super::load::{PREFIX_GROUPS, Request};
use super::rng::Rng;
use super::timeline::{Between, Gauge, Log};
use super::truth::{Decision, RouterTruth};
use crate::demo::exporters::buckets::epp;

const QUEUE_WEIGHT: f64 = 2.0;
const KV_WEIGHT: f64 = 2.0;
/// The highest: a prefix hit saves most of the prefill.
const PREFIX_WEIGHT: f64 = 3.0;

/// The scorers' plugin types, in the order of their timings.
pub const SCORERS: [&str; 3] = ["queue-scorer", "kv-cache-utilization-scorer", "prefix-cache-scorer"];

/// A replica as the picker sees it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    pub ready: bool,
    pub waiting: usize,
    pub running: usize,
    pub kv_usage: f64,
}

#[derive(Debug)]
pub struct Router {
    pub started: f64,
    rng: Rng,
    /// For each replica, how many blocks of each group's prefix it was sent.
    indexed: Vec<Vec<u32>>,
    /// For each replica, requests sent to it.
    pub picks: Vec<u64>,
    pub requests: u64,
    pub errors: u64,
    pub running: u64,
    pub duration: Histogram,
    pub ttft: Histogram,
    pub ntpot: Histogram,
    pub input_tokens: Histogram,
    pub output_tokens: Histogram,
    pub cached_tokens: Histogram,
    pub decision: Histogram,
    pub scorers: [Histogram; 3],
    pub hit_ratio: Histogram,
    pub hit_bytes: Histogram,
    log: RouterLog,
}

#[derive(Debug)]
struct RouterLog {
    errors: Log<()>,
    decisions: Log<Decision>,
    ready: Gauge,
}

impl Router {
    pub fn new(origin: f64, replicas: usize, rng: Rng) -> Self {
        let mut ready = Gauge::new(origin, Between::Hold);
        ready.note(origin, replicas as f64);
        Self {
            started: origin,
            rng,
            indexed: vec![vec![0; usize::from(PREFIX_GROUPS)]; replicas],
            picks: vec![0; replicas],
            requests: 0,
            errors: 0,
            running: 0,
            duration: Histogram::new(epp::LATENCY),
            ttft: Histogram::new(epp::LATENCY),
            ntpot: Histogram::new(epp::NTPOT),
            input_tokens: Histogram::new(epp::INPUT_TOKENS),
            output_tokens: Histogram::new(epp::OUTPUT_TOKENS),
            cached_tokens: Histogram::new(epp::INPUT_TOKENS),
            decision: Histogram::new(epp::SCHEDULER),
            scorers: std::array::from_fn(|_| Histogram::new(epp::SCHEDULER)),
            hit_ratio: Histogram::new(epp::HIT_RATIO),
            hit_bytes: Histogram::new(epp::HIT_BYTES),
            log: RouterLog {
                errors: Log::default(),
                decisions: Log::default(),
                ready,
            },
        }
    }

    /// The replica for this request, or None where none is ready.
    pub fn pick(&mut self, request: &Request, candidates: &[Candidate]) -> Option<usize> {
        let waits = || {
            candidates
                .iter()
                .filter(|candidate| candidate.ready)
                .map(|candidate| candidate.waiting)
        };
        let (shortest, longest) = (waits().min()?, waits().max()?);
        let share = f64::from(request.prefix / BLOCK * BLOCK) / f64::from(request.prompt);
        let mut best: Option<(usize, f64, f64)> = None;
        for (replica, candidate) in candidates.iter().enumerate().filter(|(_, candidate)| candidate.ready) {
            let queue = if longest == shortest {
                1.0
            } else {
                (longest - candidate.waiting) as f64 / (longest - shortest) as f64
            };
            let hit = if self.knows(replica, request.group) { share } else { 0.0 };
            let total = QUEUE_WEIGHT * queue + KV_WEIGHT * (1.0 - candidate.kv_usage) + PREFIX_WEIGHT * hit;
            // One draw for each candidate, needed or not, so that ties do not shift the stream.
            let tie = self.rng.unit() < 0.5;
            if best.is_none_or(|(_, _, score)| total > score || (total == score && tie)) {
                best = Some((replica, hit, total));
            }
        }
        let (replica, hit, _) = best?;
        self.count(request, replica, hit);
        Some(replica)
    }

    fn knows(&self, replica: usize, group: u16) -> bool {
        self.indexed
            .get(replica)
            .and_then(|groups| groups.get(usize::from(group)))
            .is_some_and(|blocks| *blocks > 0)
    }

    /// Blocks in the prefix index.
    pub fn index_size(&self) -> u64 {
        self.indexed.iter().flatten().map(|blocks| u64::from(*blocks)).sum()
    }

    fn count(&mut self, request: &Request, replica: usize, hit: f64) {
        let now = request.arrived;
        let known = self.knows(replica, request.group);
        let scorers_s = [25e-6, 20e-6, 140e-6].map(|median| self.rng.log_normal(median, 0.5));
        for (scorer, seconds) in self.scorers.iter_mut().zip(scorers_s) {
            scorer.observe(seconds);
        }
        // Parsing, candidate filtering and the pick itself.
        let decision = scorers_s.iter().sum::<f64>() + self.rng.log_normal(180e-6, 0.6);
        self.decision.observe(decision);
        self.hit_ratio.observe(hit);
        self.hit_bytes.observe(hit * f64::from(request.prompt) * 4.0);
        self.input_tokens.observe(f64::from(request.prompt));
        self.requests += 1;
        self.running += 1;
        if let Some(picks) = self.picks.get_mut(replica) {
            *picks += 1;
        }
        let groups = self.indexed.get_mut(replica);
        if let Some(blocks) = groups.and_then(|groups| groups.get_mut(usize::from(request.group))) {
            *blocks = blocks_for(request.prefix);
        }
        let decision = Decision {
            at: now,
            replica,
            group: request.group,
            prompt: request.prompt,
            prefix: request.prefix,
            matched: if known { request.prefix / BLOCK * BLOCK } else { 0 },
            seconds: decision,
            scorers_s,
        };
        self.log.decisions.push(now, decision);
    }

    /// A request that the replica refused: it was routed, and ended at once.
    pub fn refused(&mut self) {
        self.running -= 1;
        self.duration.observe(0.006);
    }

    pub fn finished(&mut self, finished: &Finished) {
        self.running -= 1;
        let seconds = finished.at - finished.request.arrived;
        self.duration.observe(seconds);
        self.cached_tokens.observe(f64::from(finished.cached));
        if let Some(first) = finished.first_token {
            self.ttft.observe(first - finished.request.arrived);
        }
        if finished.generated > 0 {
            self.output_tokens.observe(f64::from(finished.generated));
            self.ntpot.observe(seconds / f64::from(finished.generated));
        }
    }

    /// A routed request that died with its replica.
    pub fn failed(&mut self, at: f64) {
        self.running -= 1;
        self.errors += 1;
        self.log.errors.push(at, ());
    }

    /// A replica is gone: what it had cached is gone too.
    pub fn forget_replica(&mut self, at: f64, replica: usize, ready: usize) {
        if let Some(groups) = self.indexed.get_mut(replica) {
            groups.fill(0);
        }
        self.log.ready.note(at, ready as f64);
    }

    pub fn note_ready(&mut self, at: f64, ready: usize) {
        self.log.ready.note(at, ready as f64);
    }

    /// What the process has cost its node, since the origin.
    pub fn done(&self) -> Done {
        let requests = self.requests as f64;
        Done {
            busy_s: 0.0,
            requests,
            tokens: 0.0,
            // Envoy hands it the headers and the whole body.
            received_bytes: requests * 1_500.0 + 4.0 * self.input_tokens.sum(),
            in_flight: self.running as f64,
            up: true,
        }
    }

    pub fn truth(&self, from: f64, to: f64, namespace: &str, pods: &[&str]) -> RouterTruth {
        let mut picks: std::collections::BTreeMap<String, u64> =
            pods.iter().map(|pod| ((*pod).to_owned(), 0)).collect();
        let decisions: Vec<Decision> = self.log.decisions.within(from, to).map(|(_, made)| *made).collect();
        for made in &decisions {
            if let Some(pod) = pods.get(made.replica) {
                *picks.entry((*pod).to_owned()).or_default() += 1;
            }
        }
        RouterTruth {
            namespace: namespace.to_owned(),
            requests: picks.values().sum(),
            picks,
            errors: self.log.errors.within(from, to).count() as u64,
            decision_s: decisions.iter().map(|made| made.seconds).collect(),
            decisions,
            mean_ready_pods: self.log.ready.mean(from, to).unwrap_or(0.0),
            ready_pods: self.log.ready.at(to),
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        self.log.errors.forget_before(at);
        self.log.decisions.forget_before(at);
        self.log.ready.forget_before(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::sim::load::Reason;

    fn request(group: u16) -> Request {
        Request {
            arrived: 0.0,
            prompt: 1000,
            group,
            prefix: 800,
            output: 1,
            max_tokens: 1,
            reason: Reason::Stop,
            streaming: true,
            routed: true,
            source: crate::demo::sim::load::Source::Granite,
        }
    }

    fn candidate(waiting: usize, kv_usage: f64) -> Candidate {
        Candidate {
            ready: true,
            waiting,
            running: 0,
            kv_usage,
        }
    }

    #[test]
    fn the_highest_total_of_the_three_scorers_wins() {
        let mut router = Router::new(0.0, 2, Rng::new(1, 1));
        // Only the KV cache differs: the emptier one.
        assert_eq!(
            router.pick(&request(0), &[candidate(0, 0.5), candidate(0, 0.1)]),
            Some(1)
        );
        // Its prefix is now known to replica 1: 3 × 0.8 outweighs a somewhat fuller cache,
        assert_eq!(
            router.pick(&request(0), &[candidate(0, 0.1), candidate(0, 0.9)]),
            Some(1)
        );
        // but not a fuller cache and a queue.
        assert_eq!(
            router.pick(&request(0), &[candidate(0, 0.1), candidate(5, 0.9)]),
            Some(0)
        );
        assert_eq!((router.requests, router.picks.as_slice()), (3, [1, 2].as_slice()));
    }

    #[test]
    fn a_lost_replica_leaves_nothing_in_the_prefix_index() {
        let mut router = Router::new(0.0, 2, Rng::new(1, 1));
        router.pick(&request(0), &[candidate(0, 0.0), candidate(0, 0.9)]);
        router.pick(&request(1), &[candidate(0, 0.9), candidate(0, 0.0)]);
        assert_eq!(router.index_size(), 100, "800 tokens in each of both");
        router.forget_replica(1.0, 1, 1);
        assert_eq!(router.index_size(), 50);
        let made = router.truth(-1.0, 1.0, "n", &["a", "b"]).decisions;
        assert_eq!(
            made.iter().map(|made| (made.replica, made.matched)).collect::<Vec<_>>(),
            [(0, 0), (1, 0)]
        );
    }

    #[test]
    fn a_replica_that_is_not_ready_gets_nothing() {
        let mut router = Router::new(0.0, 2, Rng::new(1, 1));
        let down = Candidate {
            ready: false,
            ..candidate(0, 0.0)
        };
        assert_eq!(router.pick(&request(0), &[candidate(50, 0.9), down]), Some(0));
        assert_eq!(router.pick(&request(0), &[down, down]), None);
        assert_eq!(router.requests, 1);
    }
}
