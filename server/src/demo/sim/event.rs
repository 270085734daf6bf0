//! The event queue: what happens next, in the order of time; of two at the same instant, the one that was planned first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::classic::Job;
use super::load::Source;

#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// A client sends a request.
    Arrive(Source),
    /// An engine's span of steps ends, unless its epoch is over.
    Wake {
        engine: usize,
        epoch: u64,
    },
    /// An execution in a predictive server ends.
    End(Source, Job),
    /// A client comes that the gateway turns away.
    Stranger,
    /// The GPU manager and the kubelets sample.
    Sample,
    /// The autoscaler looks at its metric.
    Autoscale,
    /// The kubelet asks the predictive server whether it is ready.
    Probe,
    ReplicaDies,
    ReplicaReturns,
}

#[derive(Debug, Default)]
pub struct Events {
    heap: BinaryHeap<Entry>,
    planned: u64,
}

#[derive(Debug)]
struct Entry {
    at: f64,
    number: u64,
    event: Event,
}

impl Events {
    pub fn plan(&mut self, at: f64, event: Event) {
        self.planned += 1;
        self.heap.push(Entry {
            at,
            number: self.planned,
            event,
        });
    }

    /// The next event, if it is due by then.
    pub fn pop_due(&mut self, by: f64) -> Option<(f64, Event)> {
        if self.heap.peek()?.at > by {
            return None;
        }
        self.heap.pop().map(|entry| (entry.at, entry.event))
    }
}

impl Ord for Entry {
    /// Reversed: the heap gives the greatest, and the earliest is wanted.
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.total_cmp(&self.at).then(other.number.cmp(&self.number))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_the_order_of_time_and_then_of_planning() {
        let mut events = Events::default();
        events.plan(2.0, Event::Probe);
        events.plan(1.0, Event::ReplicaDies);
        events.plan(1.0, Event::ReplicaReturns);
        let mut order = Vec::new();
        while let Some((at, event)) = events.pop_due(1.5) {
            order.push(format!("{at} {event:?}"));
        }
        assert_eq!(order, ["1 ReplicaDies", "1 ReplicaReturns"]);
        assert!(events.pop_due(2.0).is_some());
    }
}
