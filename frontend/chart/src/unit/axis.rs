//! One prefix and one number of decimals for a whole axis, and the steps between its ticks.

use super::{Unit, decimal::scaled, number, prefix, prefix::Prefix};

/// How an axis says its values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    unit: Unit,
    prefix: Prefix,
    decimals: usize,
    exponent: bool,
}

/// Steps of clock time beyond a minute, seconds.
const CLOCK_STEPS: [f64; 11] = [
    60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0,
];

impl Axis {
    /// An axis that reaches `reach` (greatest distance from zero) in steps of `step`, both in the unit.
    pub(crate) fn new(unit: Unit, reach: f64, step: f64) -> Self {
        let (reach, step) = (reach * unit.factor(), step * unit.factor());
        let prefixes = unit.prefixes();
        let mut prefix = *prefix::pick(prefixes, reach.abs(), unit.plain());
        // Half an hour is "30 min" and not "0.5 h".
        if unit.is_time() && prefix.factor >= 60.0 && step < prefix.factor {
            prefix = *prefix::pick(prefixes, step, unit.plain());
        }
        let exponent = reach.abs() / prefix.factor >= super::ASTRONOMIC;
        if exponent {
            prefix = *prefix::pick(prefixes, 0.0, unit.plain());
        }
        let places = -(step / prefix.factor).log10();
        Self {
            unit,
            prefix,
            // A hair off, so that a step of 0.1 asks for one decimal and not for two.
            decimals: (places - 1e-9).ceil().clamp(0.0, 12.0) as usize,
            exponent: exponent || places > 9.0,
        }
    }

    /// The tick's label: `200 ms`, `4 GiB`, `12k`; zero is bare.
    pub(crate) fn label(&self, value: f64) -> String {
        let scaled = value * self.unit.factor() / self.prefix.factor;
        let number = if self.exponent {
            number::exponent(scaled)
        } else {
            number::fixed(scaled, self.decimals)
        };
        if number == "0" && self.unit.has_zero() {
            number
        } else if self.unit.is_loose() {
            format!("{number}{}", self.prefix.symbol)
        } else {
            format!("{number} {}{}", self.prefix.symbol, self.unit.suffix(&number))
        }
    }
}

impl Unit {
    /// The smallest step at least `raw` wide that humans count in: 1, 2 or 5 times a power of ten of the prefix that
    /// `reach` is said with; minutes and hours for long durations; whole numbers for things that are counted.
    pub(crate) fn step_at_least(self, raw: f64, reach: f64) -> f64 {
        let base = (raw * self.factor()).max(f64::MIN_POSITIVE);
        let step = match self {
            _ if self.is_time() && base > 50.0 => CLOCK_STEPS
                .iter()
                .copied()
                .find(|&step| step >= base * (1.0 - 1e-9))
                .unwrap_or_else(|| one_two_five(base / 86_400.0) * 86_400.0),
            _ => {
                let prefix = prefix::pick(self.prefixes(), (reach * self.factor()).abs(), self.plain());
                one_two_five(base / prefix.factor) * prefix.factor
            }
        };
        let step = step / self.factor();
        if self.is_whole() { step.max(1.0) } else { step }
    }
}

/// The smallest of 1, 2, 5, 10 times a power of ten that is at least `raw`.
fn one_two_five(raw: f64) -> f64 {
    let power = scaled(1.0, raw.log10().floor() as i32);
    let mantissa = raw / power;
    let nice = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|&nice| mantissa <= nice * (1.0 + 1e-9))
        .unwrap_or(10.0);
    nice * power
}
