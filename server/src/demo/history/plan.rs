//! Which stretches of the past exist in the cache and which must be made. Pure arithmetic, no files.

/// Prometheus keeps blocks aligned to this; a stretch that stays inside one alignment becomes exactly one block.
pub const BLOCK_S: i64 = 2 * 3600;

/// `[from, to)` in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub from: i64,
    pub to: i64,
}

impl Span {
    pub fn seconds(self) -> u64 {
        self.to.saturating_sub(self.from).try_into().unwrap_or(0)
    }
}

/// A step of the replay: the simulation passes over it, and writes it down unless the cache holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub span: Span,
    pub cached: bool,
}

/// Covers `whole` from end to end with cached spans and the missing ones between them, in the order of time, the missing
/// ones cut at block boundaries. A cached span that overlaps another or leaves `whole` (the clock was set back) is not used.
pub fn segments(whole: Span, cached: &[Span]) -> Vec<Segment> {
    let mut cached: Vec<_> = cached
        .iter()
        .filter(|span| span.from < span.to && span.to <= whole.to)
        .copied()
        .collect();
    cached.sort();
    let mut segments = Vec::new();
    let mut at = whole.from;
    for span in cached {
        if span.from >= at {
            push_missing(
                &mut segments,
                Span {
                    from: at,
                    to: span.from,
                },
            );
            segments.push(Segment { span, cached: true });
            at = span.to;
        }
    }
    push_missing(&mut segments, Span { from: at, to: whole.to });
    segments
}

fn push_missing(segments: &mut Vec<Segment>, missing: Span) {
    let mut from = missing.from;
    while from < missing.to {
        let boundary = (from.div_euclid(BLOCK_S) + 1) * BLOCK_S;
        let to = boundary.min(missing.to);
        segments.push(Segment {
            span: Span { from, to },
            cached: false,
        });
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours in, `+` for a segment to make and `=` for a cached one out.
    fn check(whole: (i64, i64), cached: &[(i64, i64)], expect: &str) {
        let span = |&(from, to): &(i64, i64)| Span {
            from: from * 3600,
            to: to * 3600,
        };
        let cached: Vec<_> = cached.iter().map(span).collect();
        let text: Vec<_> = segments(span(&whole), &cached)
            .iter()
            .map(|s| {
                format!(
                    "{}{}-{}",
                    if s.cached { '=' } else { '+' },
                    s.span.from / 3600,
                    s.span.to / 3600
                )
            })
            .collect();
        assert_eq!(text.join(" "), expect);
    }

    #[test]
    fn an_empty_cache_is_cut_at_block_boundaries() {
        check((1, 6), &[], "+1-2 +2-4 +4-6");
    }

    #[test]
    fn only_holes_and_the_gap_to_now_are_missing() {
        check((1, 9), &[(4, 6), (1, 2)], "=1-2 +2-4 =4-6 +6-8 +8-9");
        check((1, 6), &[(1, 2), (2, 4), (4, 5), (5, 6)], "=1-2 =2-4 =4-5 =5-6");
    }

    #[test]
    fn a_cached_span_that_does_not_fit_is_made_again() {
        check((2, 6), &[(0, 2), (2, 4), (3, 4), (4, 8), (4, 4)], "=2-4 +4-6");
    }
}
