//! A time range chosen on a chart: drag across it to look closer, double-click to look wider.

use std::sync::Arc;

use chart::{Clock as _, Grain, Layout, TimeScale};
use leptos::prelude::*;

use crate::{host::BrowserClock, route::TimeRange, ui::part};

/// A shorter way is a click with an unsteady hand, in CSS pixels.
const LEAST: f64 = 6.0;

/// From where to where the pointer was dragged, CSS pixels from the chart's left edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drag {
    pub from: f64,
    pub to: f64,
}

impl Drag {
    /// The range that it marks; `None` for a click.
    pub fn range(self, scale: &TimeScale) -> Option<TimeRange> {
        ((self.to - self.from).abs() >= LEAST)
            .then(|| TimeRange::around(scale.unix_at(self.from), scale.unix_at(self.to)))
    }
}

/// What is marked, with its two instants, while the pointer is down.
pub fn marked(drag: RwSignal<Option<Drag>>, layout: RwSignal<Option<Arc<Layout>>>) -> AnyView {
    part(move || {
        let (Some(drag), Some(layout)) = (drag.get(), layout.get()) else {
            return ().into_any();
        };
        let Some(TimeRange::Between { from, to }) = drag.range(&layout.x) else {
            return ().into_any();
        };
        let plot = &layout.plot;
        let edge = |x: f64| x.clamp(plot.left, plot.right);
        let (left, right) = (edge(drag.from.min(drag.to)), edge(drag.from.max(drag.to)));
        let px = |length: f64| format!("{length:.1}px");
        let grain = if to - from < 600 { Grain::Second } else { Grain::Minute };
        let text = format!(
            "{} – {}",
            BrowserClock.label(from, grain),
            BrowserClock.label(to, grain)
        );
        view! {
            <div
                class="sl-zoom"
                style:left=px(left)
                style:width=px(right - left)
                style:top=px(plot.top)
                style:height=px(plot.height())
            >
                <span>{text}</span>
            </div>
        }
        .into_any()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_is_a_range_in_either_direction_and_a_click_is_none() {
        let scale = TimeScale {
            from: 10_000,
            to: 20_000,
            left: 40.0,
            right: 140.0,
        };
        let check = |from, to, expect: Option<(i64, i64)>| {
            let expect = expect.map(|(from, to)| TimeRange::Between { from, to });
            assert_eq!(Drag { from, to }.range(&scale), expect, "{from} to {to}");
        };
        check(60.0, 90.0, Some((12_000, 15_000)));
        check(90.0, 60.0, Some((12_000, 15_000)));
        check(60.0, 65.0, None);
        // Beyond the plot's edges there is nothing to ask for.
        check(130.0, 500.0, Some((19_000, 20_000)));
        check(60.0, f64::NAN, None);
    }
}
