//! Who asks for what, and when: the daily curve, the clients of each model, and the traffic of the scripted incidents.
//! Times are Unix seconds; the day is UTC's.

use super::incident;
use super::rng::Rng;

/// Groups of requests that share the beginning of their prompt (a system prompt, a document).
pub const PREFIX_GROUPS: u16 = 24;
/// The model's context, in tokens; both language models are started with `--max-model-len 8192`.
pub const MAX_MODEL_LEN: u32 = 8192;

/// Requests per second that the batch job of the queue incident adds, and the long documents of the full KV cache.
const BATCH_RATE: f64 = 4.8;
const DOCUMENT_RATE: f64 = 0.24;
const HOUR: f64 = 3600.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Granite,
    Mistral,
    Embeddings,
    Fraud,
    Llama,
    Phi,
    /// On other runtimes.
    Flan,
    Summaries,
    Images,
    Nemo,
    Churn,
}

impl Source {
    pub const ALL: [Self; 11] = [
        Self::Granite,
        Self::Mistral,
        Self::Embeddings,
        Self::Fraud,
        Self::Llama,
        Self::Phi,
        Self::Flan,
        Self::Summaries,
        Self::Images,
        Self::Nemo,
        Self::Churn,
    ];

    /// Requests per second over a whole ordinary day.
    fn daily_mean(self) -> f64 {
        match self {
            Self::Granite => 2.2,
            Self::Mistral => 0.32,
            Self::Embeddings => 1.6,
            Self::Fraud => 0.8,
            Self::Llama => 0.14,
            Self::Phi => 0.09,
            Self::Flan => 0.3,
            Self::Summaries => 0.12,
            Self::Images => 0.5,
            Self::Nemo => 0.15,
            Self::Churn => 0.2,
        }
    }

    /// Requests per second at this instant.
    pub fn rate(self, at: f64) -> f64 {
        let extra = match self {
            Self::Granite => incident::QUEUE.level(at) * BATCH_RATE,
            Self::Mistral => incident::KV_FULL.level(at) * DOCUMENT_RATE,
            _ => 0.0,
        };
        self.daily_mean() * daily_curve(at) + extra
    }

    fn highest_rate(self) -> f64 {
        match self {
            Self::Granite => 12.0,
            Self::Mistral => 2.0,
            Self::Embeddings => 3.0,
            Self::Fraud => 1.5,
            Self::Llama | Self::Phi => 0.3,
            Self::Flan | Self::Summaries | Self::Images | Self::Nemo | Self::Churn => 1.0,
        }
    }

    /// The next arrival after `after`: a Poisson process whose rate follows the clock, drawn by thinning.
    pub fn next_arrival(self, after: f64, rng: &mut Rng) -> f64 {
        let highest = self.highest_rate();
        let mut at = after;
        loop {
            at += rng.exponential(1.0 / highest);
            if rng.unit() * highest < self.rate(at) {
                return at;
            }
        }
    }
}

/// Office hours: 1 on the day's average, about 0.45 at night and 1.55 in the early afternoon.
pub fn daily_curve(at: f64) -> f64 {
    let hour = at.rem_euclid(24.0 * HOUR) / HOUR;
    let turn = |peak: f64, times: f64| ((hour - peak) / 24.0 * times * std::f64::consts::TAU).cos();
    1.0 + 0.48 * turn(14.0, 1.0) + 0.1 * turn(10.0, 2.0)
}

/// How a request ends when nothing happens to its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Stop,
    Length,
    Abort,
    Error,
}

impl Reason {
    pub const ALL: [Self; 4] = [Self::Stop, Self::Length, Self::Abort, Self::Error];

    pub fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::Abort => "abort",
            Self::Error => "error",
        }
    }
}

/// A request to a language model, with everything that is decided before it is served.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub arrived: f64,
    /// Prompt tokens, the shared prefix included.
    pub prompt: u32,
    pub group: u16,
    /// Tokens of the prompt that every request of the group begins with; fewer than `prompt`.
    pub prefix: u32,
    /// Tokens that it will have been given when it ends.
    pub output: u32,
    pub max_tokens: u32,
    pub reason: Reason,
    pub streaming: bool,
    /// It came through the router, which wants to hear of its end.
    pub routed: bool,
    pub source: Source,
}

impl Request {
    /// What the router sees of a request that the server will refuse.
    pub fn refused(at: f64) -> Self {
        Self {
            arrived: at,
            prompt: 60,
            group: PREFIX_GROUPS,
            prefix: 0,
            output: 1,
            max_tokens: 1,
            reason: Reason::Error,
            streaming: false,
            routed: true,
            source: Source::Granite,
        }
    }
}

/// A valid request, or None for one that the server refuses with 400 before it reaches the engine.
pub fn request(source: Source, at: f64, rng: &mut Rng) -> Option<Request> {
    if rng.chance(0.004) {
        return None;
    }
    let batch = source == Source::Granite && rng.unit() * source.rate(at) < incident::QUEUE.level(at) * BATCH_RATE;
    let document =
        source == Source::Mistral && rng.unit() * source.rate(at) < incident::KV_FULL.level(at) * DOCUMENT_RATE;
    let group = rng.zipf(PREFIX_GROUPS);
    // The group's own length: stable, spread over 200 to 2000 tokens.
    let prefix = 200 + u32::from(group).wrapping_mul(2_654_435_761) % 1800;
    let (question, answer) = if document {
        (rng.between(3500.0, 5500.0), rng.log_normal(900.0, 0.4))
    } else if batch {
        (rng.log_normal(500.0, 0.5), rng.log_normal(520.0, 0.3))
    } else {
        (rng.log_normal(900.0, 0.75), rng.log_normal(330.0, 0.7))
    };
    let max_tokens = if document {
        1536
    } else {
        [512, 768, 1024, 1024]
            .get((rng.unit() * 4.0) as usize)
            .copied()
            .unwrap_or(512)
    };
    let prompt = prefix + (question.max(8.0) as u32).min(MAX_MODEL_LEN - max_tokens - prefix);
    let wanted = answer.max(1.0) as u32;
    let (output, reason) = match rng.unit() {
        u if u < 0.012 => (
            1 + (rng.unit() * f64::from(wanted.min(max_tokens))) as u32,
            Reason::Abort,
        ),
        u if u < 0.014 => (1 + (rng.unit() * 20.0) as u32, Reason::Error),
        _ if wanted >= max_tokens => (max_tokens, Reason::Length),
        _ => (wanted, Reason::Stop),
    };
    let output = output.min(max_tokens);
    Some(Request {
        arrived: at,
        prompt,
        group,
        prefix,
        output,
        max_tokens,
        reason,
        streaming: rng.chance(0.8),
        routed: false,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daily_curve_averages_to_one_and_never_stops() {
        let minutes: Vec<f64> = (0..1440).map(|minute| daily_curve(f64::from(minute) * 60.0)).collect();
        let mean = minutes.iter().sum::<f64>() / 1440.0;
        assert!((mean - 1.0).abs() < 1e-9, "{mean}");
        assert!(minutes.iter().all(|level| (0.4..1.7).contains(level)));
    }

    #[test]
    fn no_source_ever_exceeds_the_rate_that_thinning_assumes() {
        for source in Source::ALL {
            for minute in 0..1440 {
                let rate = source.rate(f64::from(minute) * 60.0);
                assert!(rate <= source.highest_rate(), "{source:?} at minute {minute}: {rate}");
            }
        }
    }

    #[test]
    fn a_request_fits_the_models_context_and_its_own_limit() {
        let mut rng = Rng::new(3, 3);
        for source in [Source::Granite, Source::Mistral] {
            for n in 0..20_000 {
                let Some(request) = request(source, f64::from(n) * 4.0, &mut rng) else {
                    continue;
                };
                assert!(request.prefix < request.prompt, "{request:?}");
                assert!(request.prompt + request.max_tokens <= MAX_MODEL_LEN, "{request:?}");
                assert!((1..=request.max_tokens).contains(&request.output), "{request:?}");
            }
        }
    }
}
