//! What counts, and ratios of counts, may be at most: the gate of `cargo xtask bench` beside sizes and memory. Times have none:
//! they are the machine's as much as ours.

/// About a tenth above what was measured: instructions of one piece of work in the release profile. What has no figure yet is
/// only reported.
const INSTRUCTIONS: [(&str, Option<f64>); 3] = [
    ("decode", Some(13_800_000.0)),
    ("enforce", Some(675_000.0)),
    ("cache_hit", Some(430_000.0)),
];
/// Of a board: what is asked of the store beside the panels' own questions.
pub const QUESTIONS_BESIDE: f64 = 2.0;
/// Of the samples that the store reads for a board: the second look beside the first.
pub const SAMPLES_AGAIN: f64 = 0.1;
/// Of the bytes of a sample on the wire: ours as the page asks for them beside Prometheus's JSON, which is 4.5 times as long.
pub const PACKED: f64 = 1.0 / 4.5;

pub fn instructions(work: &str) -> Option<f64> {
    INSTRUCTIONS.iter().find(|(name, _)| *name == work)?.1
}
