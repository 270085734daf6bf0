//! Curves that look like a day of traffic: deterministic, with noise, gaps and infinities where asked for.

use chart::{ABSENT, Series};

/// 2026-11-23 19:17 UTC.
pub const TO: i64 = 1_795_461_420;
pub const FROM: i64 = TO - 86_400;
/// A week of it, so that longer ranges are filled too.
const SPAN: i64 = 7 * 86_400;
const STEP: u32 = 180;

#[derive(Default)]
pub struct Day {
    columns: Vec<Vec<f64>>,
}

impl Day {
    pub fn waves(series: usize, height: f64) -> Self {
        let columns = (0..series).map(|index| column(index, height)).collect();
        Self { columns }
    }

    pub fn series(&self) -> Vec<Series<'_>> {
        let named = self.columns.iter().enumerate();
        named
            .map(|(color, values)| Series {
                name: "",
                color,
                start: TO - SPAN,
                step: STEP,
                values,
                faint: &[],
            })
            .collect()
    }

    /// The second series is away for two hours, the third ends early.
    pub fn with_gaps(mut self) -> Self {
        for (index, column) in self.columns.iter_mut().enumerate() {
            let gone = match index {
                0 => 400..403,
                1 => 200..240,
                2 => 0..60,
                _ => continue,
            };
            for (age, value) in column.iter_mut().rev().enumerate() {
                if gone.contains(&age) {
                    *value = ABSENT;
                }
            }
        }
        self
    }

    pub fn with_infinities(mut self) -> Self {
        for column in &mut self.columns {
            for (age, value) in column.iter_mut().rev().enumerate() {
                if (150..158).contains(&age) || (220..260).contains(&age) || age == 90 {
                    *value = f64::INFINITY;
                }
            }
        }
        self
    }

    /// Only every twelfth sample came through, and a short stretch in full.
    pub fn sparse(mut self) -> Self {
        for column in &mut self.columns {
            for (age, value) in column.iter_mut().rev().enumerate() {
                if age % 12 != 0 && !(240..300).contains(&age) {
                    *value = ABSENT;
                }
            }
        }
        self
    }
}

fn column(index: usize, height: f64) -> Vec<f64> {
    let mut noise = 0x9e37_79b9_u32.wrapping_mul(index as u32 + 1);
    let mut drift = 0.0;
    (0..=SPAN / i64::from(STEP))
        .map(|at| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let jitter = f64::from(noise >> 16) / 65_536.0 - 0.5;
            drift = drift * 0.9 + jitter * 0.1;
            let hours = at as f64 * f64::from(STEP) / 3_600.0 + index as f64 * 1.7;
            let daily = 0.55 - 0.38 * (hours / 24.0 * std::f64::consts::TAU).cos();
            (height * (daily + drift + jitter * 0.06) * (1.0 - 0.13 * index as f64).abs()).max(0.0)
        })
        .collect()
}
