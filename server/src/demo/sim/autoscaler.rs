//! A horizontal pod autoscaler with an external metric, as KEDA sets one up: it wants as many replicas as the metric
//! asks for, at once when that is more, and after a while when it is fewer. Whether it gets them is not its affair.

use super::timeline::{Between, Gauge};
use super::truth::AutoscalerTruth;

/// Seconds between its looks (the controller's default).
pub const SYNC_S: f64 = 15.0;
/// Seconds for which it remembers the highest wish before it wants fewer (the default).
const STABLE_S: f64 = 300.0;
/// It stays as it is while the metric is this near to its target (the default).
const TOLERANCE: f64 = 0.1;

#[derive(Debug, Clone, Copy)]
pub struct AutoscalerSpec {
    pub namespace: &'static str,
    pub name: &'static str,
    pub deployment: &'static str,
    pub min: u32,
    pub max: u32,
    /// Of the metric's sum, for each replica.
    pub target: f64,
}

#[derive(Debug)]
pub struct Autoscaler {
    pub spec: AutoscalerSpec,
    pub desired: u32,
    wishes: Vec<(f64, u32)>,
    history: Gauge,
}

impl Autoscaler {
    pub fn new(spec: AutoscalerSpec, origin: f64) -> Self {
        let mut history = Gauge::new(origin, Between::Hold);
        history.note(origin, f64::from(spec.min));
        Self {
            spec,
            desired: spec.min,
            wishes: Vec::new(),
            history,
        }
    }

    /// `current` replicas exist.
    pub fn sync(&mut self, now: f64, metric: f64, current: u32) {
        let wanted = metric / self.spec.target;
        let near = (wanted / f64::from(current.max(1)) - 1.0).abs() <= TOLERANCE;
        let wish = if near { current } else { wanted.ceil() as u32 };
        let wish = wish.clamp(self.spec.min, self.spec.max);
        self.wishes.retain(|(at, _)| now - at < STABLE_S);
        self.wishes.push((now, wish));
        self.desired = self.wishes.iter().map(|(_, wish)| *wish).max().unwrap_or(wish);
        self.history.note(now, f64::from(self.desired));
    }

    pub fn truth(&self, from: f64, to: f64) -> AutoscalerTruth {
        AutoscalerTruth {
            namespace: self.spec.namespace.to_owned(),
            deployment: self.spec.deployment.to_owned(),
            desired: self.history.at(to),
            mean_desired: self.history.mean(from, to).unwrap_or(0.0),
        }
    }

    pub fn forget_before(&mut self, at: f64) {
        self.history.forget_before(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_wants_more_at_once_and_fewer_only_after_five_minutes() {
        let spec = AutoscalerSpec {
            namespace: "n",
            name: "a",
            deployment: "d",
            min: 2,
            max: 4,
            target: 10.0,
        };
        let mut scaler = Autoscaler::new(spec, 0.0);
        let mut desired = |now, metric| {
            scaler.sync(now, metric, 2);
            scaler.desired
        };
        assert_eq!(desired(15.0, 0.0), 2, "never fewer than the minimum");
        assert_eq!(desired(30.0, 21.5), 2, "near enough to the target");
        assert_eq!(desired(45.0, 25.0), 3);
        assert_eq!(desired(60.0, 900.0), 4, "never more than the maximum");
        assert_eq!(desired(345.0, 0.0), 4, "the wish of a minute is still remembered");
        assert_eq!(desired(360.0, 0.0), 2);
        assert_eq!(scaler.truth(45.0, 60.0).mean_desired, 3.0);
    }
}
