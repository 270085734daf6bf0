//! The statistics that watchers of a model compute, as their definitions have them. Pure.

/// The smallest value that at least this share of all is at or below; of values in rising order.
pub fn nearest_rank(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).or(sorted.last()).copied().unwrap_or_default()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len().saturating_sub(1).max(1) as f64
}

/// Probability that samples of one mean differ as much; of many, so that the normal distribution stands for Student's.
pub fn same_mean(a: &[f64], b: &[f64]) -> f64 {
    let spread = variance(a) / a.len().max(1) as f64 + variance(b) / b.len().max(1) as f64;
    if spread == 0.0 {
        return 1.0;
    }
    let distance = (mean(a) - mean(b)).abs() / spread.sqrt();
    both_tails(distance)
}

/// Of the normal distribution, beyond this many standard deviations (Abramowitz and Stegun 7.1.26).
fn both_tails(deviations: f64) -> f64 {
    let x = deviations / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [
        0.254_829_592,
        -0.284_496_736,
        1.421_413_741,
        -1.453_152_027,
        1.061_405_429,
    ];
    let sum = series.iter().rev().fold(0.0, |sum, factor| (sum + factor) * t);
    (sum * (-x * x).exp()).clamp(0.0, 1.0)
}

/// Kolmogorov and Smirnov: the probability that samples of one distribution are as far apart.
pub fn same_distribution(a: &[f64], b: &[f64]) -> f64 {
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    a.sort_by(f64::total_cmp);
    b.sort_by(f64::total_cmp);
    let (n, m) = (a.len() as f64, b.len() as f64);
    let below = |sorted: &[f64], value: f64| sorted.partition_point(|known| *known <= value) as f64;
    let gap = |value: &f64| (below(&a, *value) / n - below(&b, *value) / m).abs();
    let distance = a.iter().chain(&b).map(gap).fold(0.0, f64::max);
    let root = (n * m / (n + m)).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    if lambda < 0.2 {
        return 1.0;
    }
    let term = |k: i32| if k % 2 == 1 { 2.0 } else { -2.0 } * (-2.0 * f64::from(k * k) * lambda * lambda).exp();
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// Shares of 50 bins between the least and the greatest of both; smoothed, so that no bin is empty.
fn shares(values: &[f64], low: f64, high: f64) -> Vec<f64> {
    const BINS: usize = 50;
    let mut counts = vec![0.5; BINS];
    for value in values {
        let bin = ((value - low) / (high - low).max(f64::MIN_POSITIVE) * BINS as f64) as usize;
        if let Some(count) = counts.get_mut(bin.min(BINS - 1)) {
            *count += 1.0;
        }
    }
    let all = values.len() as f64 + 0.5 * BINS as f64;
    counts.iter().map(|count| count / all).collect()
}

fn both_shares(a: &[f64], b: &[f64]) -> [Vec<f64>; 2] {
    let all = || a.iter().chain(b).copied();
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    [a, b].map(|values| shares(values, low, high))
}

/// Kullback and Leibler's divergence of `a` from `b`.
pub fn divergence(a: &[f64], b: &[f64]) -> f64 {
    let [a, b] = both_shares(a, b);
    a.iter().zip(&b).map(|(a, b)| a * (a / b).ln()).sum()
}

/// Jensen and Shannon's, in bits: 0 for the same, 1 for nothing in common.
pub fn jensen_shannon(a: &[f64], b: &[f64]) -> f64 {
    let [a, b] = both_shares(a, b);
    let half = |one: &[f64], other: &[f64]| {
        let terms = one
            .iter()
            .zip(other)
            .map(|(one, other)| one * (2.0 * one / (one + other)).log2());
        terms.sum::<f64>() / 2.0
    };
    half(&a, &b) + half(&b, &a)
}

/// The distance of the means of some Fourier features over all columns together.
pub fn fourier_mmd(a: &[[f64; 2]], b: &[[f64; 2]]) -> f64 {
    const WAVES: [[f64; 2]; 4] = [[1.0, 0.0], [0.0, 1.0], [0.7, 0.7], [0.7, -0.7]];
    let feature = |rows: &[[f64; 2]], wave: [f64; 2], turn: fn(f64) -> f64| {
        let turned = rows.iter().map(|[x, y]| {
            let [wx, wy] = wave;
            turn(wx * x + wy * y)
        });
        turned.sum::<f64>() / rows.len().max(1) as f64
    };
    let of_wave = |wave| {
        [f64::sin, f64::cos]
            .map(|turn| (feature(a, wave, turn) - feature(b, wave, turn)).powi(2))
            .iter()
            .sum::<f64>()
    };
    WAVES.into_iter().map(of_wave).sum::<f64>() / WAVES.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: f64, step: f64) -> Vec<f64> {
        (0..400).map(|index| from + step * f64::from(index)).collect()
    }

    #[test]
    fn what_is_the_same_is_probable_and_near_and_what_is_not_is_neither() {
        let (same, moved) = (line(0.0, 1.0), line(200.0, 1.0));
        assert!(same_mean(&same, &same) > 0.999 && same_mean(&same, &moved) < 1e-6);
        assert!(same_distribution(&same, &same) > 0.999 && same_distribution(&same, &moved) < 1e-6);
        assert!(divergence(&same, &same).abs() < 1e-12 && divergence(&same, &moved) > 0.5);
        assert!(jensen_shannon(&same, &same).abs() < 1e-12);
        assert!((0.2..1.0).contains(&jensen_shannon(&same, &moved)));
        let rows = |by: f64| vec![[by, 0.0]; 3];
        assert_eq!(fourier_mmd(&rows(1.0), &rows(1.0)), 0.0);
        assert!(fourier_mmd(&rows(1.0), &rows(2.0)) > 0.1);
    }

    #[test]
    fn tails_and_ranks_are_those_of_the_tables() {
        assert!((both_tails(1.96) - 0.05).abs() < 1e-4, "{}", both_tails(1.96));
        assert!((both_tails(0.0) - 1.0).abs() < 1e-6);
        // Two times two hundred with a distance of 0.136: one in twenty.
        let (a, b): (Vec<f64>, Vec<f64>) = (line(0.0, 1.0), line(38.4, 1.0));
        assert!(
            (0.04..0.06).contains(&same_distribution(&a, &b)),
            "{}",
            same_distribution(&a, &b)
        );
        assert_eq!(nearest_rank(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.0);
        assert_eq!(nearest_rank(&[1.0, 2.0, 3.0, 4.0], 0.99), 4.0);
    }
}
