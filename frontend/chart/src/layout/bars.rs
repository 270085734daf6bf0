//! Where bars stand and which of them are named.

use super::{BarSlot, Rect, XTick};
use crate::{Spec, text_width};

/// Between the labels of two bars.
const LABEL_GAP: f64 = 8.0;

/// Bars with whole-pixel edges, so that all are sharp and their gaps equal to a pixel.
pub(super) fn bar_slots(plot: &Rect, count: usize) -> Vec<BarSlot> {
    let band = plot.width() / count.max(1) as f64;
    let gap = (band * 0.2).clamp(1.0, 12.0).round();
    (0..count)
        .map(|index| {
            let left = plot.left + band * index as f64;
            if band < 3.0 {
                return BarSlot {
                    left,
                    right: left + band,
                };
            }
            let (left, right) = (left.round(), (left + band).round());
            BarSlot {
                left: left + (gap / 2.0).floor(),
                right: right - (gap / 2.0).ceil(),
            }
        })
        .collect()
}

/// As many bars as fit are named, counted back from the last: "more than" must always be said.
pub(super) fn bar_ticks(spec: &Spec<'_>, slots: &[BarSlot], width: f64) -> Vec<XTick> {
    let count = slots.len();
    let widest = spec.bars.iter().map(|bar| text_width(bar.label)).fold(0.0, f64::max) + LABEL_GAP;
    let band = slots
        .iter()
        .zip(slots.iter().skip(1))
        .map(|(a, b)| b.left - a.left)
        .fold(f64::INFINITY, f64::min);
    let every = (widest / band.max(0.1)).ceil().max(1.0) as usize;
    spec.bars
        .iter()
        .zip(slots)
        .enumerate()
        .filter(|(index, _)| (count - 1 - index).is_multiple_of(every))
        .map(|(_, (bar, slot))| {
            let x = (slot.left + slot.right) / 2.0;
            let half = text_width(bar.label) / 2.0;
            let inside = x - half >= 0.0 && x + half <= width;
            XTick {
                x,
                label: if inside { bar.label.to_owned() } else { String::new() },
                strong: false,
            }
        })
        .collect()
}
