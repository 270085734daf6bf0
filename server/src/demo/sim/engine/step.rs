//! One span of the engine's work: steps of equal length that generate one token for each decoding request, or one step
//! that also computes prompts.

/// Seconds of one step, by what is in the batch. Fitted by eye to published figures of 7–8B models, not measured here.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub step_s: f64,
    pub per_sequence_s: f64,
    /// For each token of context that attention reads.
    pub per_context_token_s: f64,
    pub per_prefill_token_s: f64,
}

#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub start: f64,
    /// Seconds of one step.
    pub tau: f64,
    pub steps: u32,
    /// Steps already counted in the statistics.
    pub applied: u32,
    /// Tokens that each step generates for decoding requests.
    pub decoding: u32,
    /// Prompt tokens computed; then `steps` is 1.
    pub prefill: u32,
}

impl Step {
    pub fn end(&self) -> f64 {
        self.boundary(self.steps)
    }

    fn boundary(&self, step: u32) -> f64 {
        self.start + self.tau * f64::from(step)
    }

    /// Steps complete at this instant. Agrees with `boundary` to the last bit, whatever the division rounds to.
    pub fn complete_at(&self, at: f64) -> u32 {
        let mut step = (((at - self.start) / self.tau).max(0.0) as u32).min(self.steps);
        while step < self.steps && self.boundary(step + 1) <= at {
            step += 1;
        }
        while step > 0 && self.boundary(step) > at {
            step -= 1;
        }
        step
    }

    /// Tokens generated for decoding requests in (from, to].
    pub fn tokens_within(&self, from: f64, to: f64) -> u64 {
        u64::from(self.complete_at(to).saturating_sub(self.complete_at(from))) * u64::from(self.decoding)
    }
}

impl Cost {
    pub fn seconds(&self, sequences: u32, context: u64, prefill: u32) -> f64 {
        self.step_s
            + self.per_sequence_s * f64::from(sequences)
            + self.per_context_token_s * context as f64
            + self.per_prefill_token_s * f64::from(prefill)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_complete_at_their_boundary_and_not_before() {
        let step = Step {
            start: 1.7e9,
            tau: 0.017,
            steps: 400,
            applied: 0,
            decoding: 3,
            prefill: 0,
        };
        for n in 1..=400 {
            assert_eq!(step.complete_at(step.boundary(n)), n);
            assert_eq!(step.complete_at(step.boundary(n) - 0.001), n - 1);
        }
        assert_eq!(step.complete_at(step.start - 5.0), 0);
        assert_eq!(step.complete_at(step.end() + 5.0), 400);
        assert_eq!(step.tokens_within(step.boundary(10), step.boundary(12)), 6);
    }
}
