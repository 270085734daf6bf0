//! The sizes in which a number is said: k and M, KiB and GiB, ms and hours.

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Prefix {
    /// Used for numbers at least this big, in the unit's plain size.
    pub from: f64,
    pub factor: f64,
    pub symbol: &'static str,
}

const fn prefix(from: f64, factor: f64, symbol: &'static str) -> Prefix {
    Prefix { from, factor, symbol }
}

pub(super) static NONE: [Prefix; 1] = [prefix(0.0, 1.0, "")];

pub(super) static DECIMAL: [Prefix; 6] = [
    prefix(0.0, 1.0, ""),
    prefix(1e3, 1e3, "k"),
    prefix(1e6, 1e6, "M"),
    prefix(1e9, 1e9, "G"),
    prefix(1e12, 1e12, "T"),
    prefix(1e15, 1e15, "P"),
];

const KIB: f64 = 1024.0;

pub(super) static BINARY: [Prefix; 6] = [
    prefix(0.0, 1.0, "B"),
    prefix(KIB, KIB, "KiB"),
    prefix(KIB * KIB, KIB * KIB, "MiB"),
    prefix(KIB * KIB * KIB, KIB * KIB * KIB, "GiB"),
    prefix(KIB * KIB * KIB * KIB, KIB * KIB * KIB * KIB, "TiB"),
    prefix(KIB * KIB * KIB * KIB * KIB, KIB * KIB * KIB * KIB * KIB, "PiB"),
];

/// Minutes begin at two of them: "90 s" is easier to compare with a timeout than "1.5 min".
pub(super) static TIME: [Prefix; 6] = [
    prefix(0.0, 1e-6, "µs"),
    prefix(1e-3, 1e-3, "ms"),
    prefix(1.0, 1.0, "s"),
    prefix(120.0, 60.0, "min"),
    prefix(7_200.0, 3_600.0, "h"),
    prefix(172_800.0, 86_400.0, "d"),
];

/// The biggest prefix that `size` reaches; for zero the one called `plain`.
pub(super) fn pick(prefixes: &'static [Prefix], size: f64, plain: &str) -> &'static Prefix {
    static LAST_RESORT: Prefix = prefix(0.0, 1.0, "");
    let found = if size == 0.0 {
        prefixes.iter().find(|prefix| prefix.symbol == plain)
    } else {
        // A hair below counts as reached: 0.001 s times 1000 may come back as 0.99999….
        prefixes.iter().rev().find(|prefix| size * (1.0 + 1e-12) >= prefix.from)
    };
    found.or(prefixes.first()).unwrap_or(&LAST_RESORT)
}
