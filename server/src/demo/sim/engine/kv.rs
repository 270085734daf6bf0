//! The KV cache of one engine, in blocks. Requests of one group share the blocks of their common prefix; a prefix that
//! nobody uses stays cached until its blocks are wanted, and counts as free meanwhile, as in vLLM.

/// Tokens in one block.
pub const BLOCK: u32 = 16;

pub fn blocks_for(tokens: u32) -> u32 {
    tokens.div_ceil(BLOCK)
}

#[derive(Debug, Clone)]
pub struct KvCache {
    total: u32,
    /// Blocks held by running requests, shared ones once.
    used: u32,
    /// Blocks of cached prefixes that no request holds.
    idle: u32,
    prefixes: Vec<Prefix>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Prefix {
    blocks: u32,
    holders: u32,
    cached: bool,
    last_used: f64,
}

impl KvCache {
    pub fn new(total: u32, groups: u16) -> Self {
        Self {
            total,
            used: 0,
            idle: 0,
            prefixes: vec![Prefix::default(); usize::from(groups)],
        }
    }

    pub fn total(&self) -> u32 {
        self.total
    }

    pub fn used(&self) -> u32 {
        self.used
    }

    /// Blocks that can still be had, those of idle prefixes included.
    pub fn available(&self) -> u32 {
        self.total - self.used
    }

    pub fn usage(&self) -> f64 {
        f64::from(self.used) / f64::from(self.total)
    }

    pub fn is_cached(&self, group: u16) -> bool {
        self.prefixes
            .get(usize::from(group))
            .is_some_and(|prefix| prefix.cached)
    }

    /// Blocks that holding this prefix would take from those available.
    pub fn prefix_cost(&self, group: u16, blocks: u32) -> u32 {
        let held = self
            .prefixes
            .get(usize::from(group))
            .is_some_and(|prefix| prefix.holders > 0);
        if held { 0 } else { blocks }
    }

    /// Holds a group's prefix; the caller has made sure that its cost is available.
    pub fn hold_prefix(&mut self, group: u16, blocks: u32, now: f64) {
        let cost = self.prefix_cost(group, blocks);
        let Some(prefix) = self.prefixes.get_mut(usize::from(group)) else {
            return;
        };
        if prefix.holders == 0 && prefix.cached {
            self.idle -= prefix.blocks;
        }
        *prefix = Prefix {
            blocks,
            holders: prefix.holders + 1,
            cached: true,
            last_used: now,
        };
        self.used += cost;
        self.evict();
    }

    pub fn release_prefix(&mut self, group: u16, now: f64) {
        let Some(prefix) = self.prefixes.get_mut(usize::from(group)) else {
            return;
        };
        prefix.holders = prefix.holders.saturating_sub(1);
        prefix.last_used = now;
        if prefix.holders == 0 {
            self.used -= prefix.blocks;
            self.idle += prefix.blocks;
        }
    }

    pub fn take(&mut self, blocks: u32) {
        self.used += blocks;
        self.evict();
    }

    pub fn give_back(&mut self, blocks: u32) {
        self.used -= blocks;
    }

    /// Drops idle prefixes, longest unused first, until everything fits.
    fn evict(&mut self) {
        while self.used + self.idle > self.total {
            let idle = self
                .prefixes
                .iter_mut()
                .filter(|prefix| prefix.cached && prefix.holders == 0);
            let Some(oldest) = idle.min_by(|a, b| a.last_used.total_cmp(&b.last_used)) else {
                return;
            };
            self.idle -= oldest.blocks;
            oldest.cached = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_prefix_is_held_once_and_stays_cached_until_its_blocks_are_wanted() {
        let mut kv = KvCache::new(100, 4);
        kv.hold_prefix(0, 30, 1.0);
        kv.hold_prefix(0, 30, 2.0);
        kv.hold_prefix(1, 20, 3.0);
        assert_eq!((kv.used(), kv.available()), (50, 50));
        kv.release_prefix(0, 4.0);
        assert_eq!(kv.used(), 50);
        kv.release_prefix(0, 5.0);
        kv.release_prefix(1, 6.0);
        assert_eq!(
            (kv.used(), kv.available(), kv.is_cached(0), kv.is_cached(1)),
            (0, 100, true, true)
        );
        kv.take(75);
        assert_eq!((kv.is_cached(0), kv.is_cached(1)), (false, true));
        assert_eq!(kv.prefix_cost(1, 20), 20);
        kv.hold_prefix(1, 20, 7.0);
        assert_eq!((kv.used(), kv.prefix_cost(1, 20)), (95, 0));
        kv.give_back(75);
        assert_eq!(kv.usage(), 0.2);
    }
}
