//! A world: every raw sample that a Prometheus holds, kept beside it, so that an expected value never has to be asked for.

pub mod blocks;
pub mod lab;
mod lab_more;
mod lab_values;
pub mod many;
pub mod month;
pub mod sim;

use std::collections::BTreeMap;

/// Without `__name__`.
pub type Labels = BTreeMap<String, String>;

/// One series; its samples in the order of time, at whole Unix seconds.
#[derive(Debug, Clone)]
pub struct Series {
    pub labels: Labels,
    pub points: Vec<(i64, f64)>,
}

impl Series {
    /// Empty where the series does not have it.
    pub fn label(&self, name: &str) -> &str {
        self.labels.get(name).map_or("", String::as_str)
    }
}

#[derive(Debug, Clone)]
pub struct World {
    /// For messages and the cache.
    pub name: String,
    series: BTreeMap<String, Vec<Series>>,
}

impl World {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            series: BTreeMap::new(),
        }
    }

    /// All series of one name.
    pub fn named(&self, name: &str) -> &[Series] {
        self.series.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn add(&mut self, name: &str, series: Series) {
        self.series.entry(name.to_owned()).or_default().push(series);
    }

    /// Name and series.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Series)> {
        self.series
            .iter()
            .flat_map(|(name, all)| all.iter().map(move |series| (name.as_str(), series)))
    }
}

/// A histogram's upper bounds, as the facts about its exporter have them; `old`: of an engine of the generation before.
pub fn bounds(metric: &str, old: bool) -> Vec<f64> {
    lab::facts_bounds(metric, old)
}

/// `"a=1 b=2"` as labels.
pub fn labels(text: &str) -> Labels {
    text.split_whitespace()
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or_else(|| panic!("{pair} is no label"));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// Numbers that look like chance and are the same each time.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// Of its own for each text.
    pub fn of(text: &str) -> Self {
        // FNV-1a: spreads short texts well enough.
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash)
    }

    /// In [0, 1).
    pub fn roll(&mut self) -> f64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn whole(&mut self, below: u32) -> f64 {
        (self.roll() * f64::from(below)).floor()
    }
}
