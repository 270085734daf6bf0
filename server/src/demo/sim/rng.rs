//! The simulation's own randomness: xoshiro256++ seeded through splitmix64. Portable and stable, so that a seed gives the
//! same fleet on every machine and after every upgrade. Never for secrets.

/// One stream of random numbers. Every source of randomness in the fleet has a stream of its own, so that one more draw
/// in one place does not change another.
#[derive(Debug, Clone)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream with this number of this seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut x = seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95);
        Self {
            state: std::array::from_fn(|_| splitmix(&mut x)),
        }
    }

    fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let out = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let c2 = c ^ a;
        let d2 = d ^ b;
        self.state = [a ^ d2, b ^ c2, c2 ^ (b << 17), d2.rotate_left(45)];
        out
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// The time to the next event of a Poisson process.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Log-normal, by its median and the standard deviation of its logarithm.
    pub fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        // Box-Muller; the second value is thrown away so that each draw takes the same two numbers.
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.unit();
        median * (sigma * radius * angle.cos()).exp()
    }

    /// A rank in 0..n, rank r with weight 1/(r+1): few popular ones, many rare ones.
    pub fn zipf(&mut self, n: u16) -> u16 {
        let total: f64 = (1..=n).map(|rank| 1.0 / f64::from(rank)).sum();
        let mut left = self.unit() * total;
        for rank in 0..n {
            left -= 1.0 / f64::from(rank + 1);
            if left < 0.0 {
                return rank;
            }
        }
        n.saturating_sub(1)
    }
}

fn splitmix(x: &mut u64) -> u64 {
    *x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*x ^ (*x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_every_time_and_another_stream_is_another() {
        let draw = |seed, stream| -> Vec<u64> {
            let mut rng = Rng::new(seed, stream);
            (0..4).map(|_| rng.next()).collect()
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
    }

    #[test]
    fn the_distributions_have_the_means_they_promise() {
        let mut rng = Rng::new(7, 0);
        let n = 100_000;
        let mean = |mut f: Box<dyn FnMut() -> f64 + '_>| (0..n).map(|_| f()).sum::<f64>() / f64::from(n);
        let exponential = mean(Box::new(|| rng.exponential(3.0)));
        let log_normal = mean(Box::new(|| rng.log_normal(100.0, 0.5)));
        let unit = mean(Box::new(|| rng.unit()));
        assert!((exponential / 3.0 - 1.0).abs() < 0.02, "{exponential}");
        assert!(
            (log_normal / (100.0 * (0.125_f64).exp()) - 1.0).abs() < 0.02,
            "{log_normal}"
        );
        assert!((unit - 0.5).abs() < 0.01, "{unit}");
    }
}
