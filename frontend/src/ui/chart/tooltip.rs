//! What stands under the pointer: the instant (or the bucket), and every series' number there, highest first.

use std::sync::Arc;

use chart::{Hit, Kind, Layout, sorted};
use leptos::prelude::*;

use crate::{
    host::BrowserClock,
    state::Shown,
    ui::{legend, part},
    words::{counted, forms},
};

/// More rows than this cover the chart; the rest is counted.
const ROWS: usize = 10;

#[component]
pub fn Tooltip(
    #[prop(into)] shown: Signal<Option<Arc<Shown>>>,
    only: RwSignal<Option<usize>>,
    layout: RwSignal<Option<Arc<Layout>>>,
    hit: RwSignal<Option<Arc<Hit>>>,
    /// The line that the keyboard's cursor is on.
    on_line: RwSignal<Option<usize>>,
) -> impl IntoView {
    let inside = move || {
        let (shown, hit, layout) = (shown.get()?, hit.get()?, layout.get()?);
        // Drawn again under a resting pointer: numbers of the picture before would be wrong.
        only.track();
        let line = on_line.get();
        Some((
            rows(&shown, &hit, line)?,
            dots(&shown, &hit, line),
            place(&hit, &layout),
        ))
    };
    part(move || match inside() {
        None => ().into_any(),
        Some((rows, dots, (left, right, room))) => view! {
            {dots}
            <div class="sl-tooltip" style:left=left style:right=right style:max-width=room>
                {rows}
            </div>
        }
        .into_any(),
    })
}

/// `left`, `right` and `max-width`: beside the pointer, on the side with more room, and never wider than that side, or a
/// card at the window's edge would push the page sideways. Single properties, here and below: a strict content security
/// policy forbids `style` attributes.
fn place(hit: &Hit, layout: &Layout) -> (String, String, String) {
    const GAP: f64 = 14.0;
    const WIDEST: f64 = 320.0;
    let px = |length: f64| format!("{length:.0}px");
    let auto = || "auto".to_owned();
    let (left, right) = (hit.x + GAP, layout.width - hit.x + GAP);
    if hit.x < layout.width / 2.0 {
        (px(left), auto(), px(WIDEST.min(layout.width - left)))
    } else {
        (auto(), px(right), px(WIDEST.min(layout.width - right)))
    }
}

fn rows(shown: &Shown, hit: &Hit, on_line: Option<usize>) -> Option<AnyView> {
    let plot = &shown.plot;
    if plot.kind == Kind::Bar {
        let (label, value) = plot.bars.get(hit.bar?)?;
        let value = plot.say(*value);
        return Some(
            view! { <div class="sl-tooltip-head" translate="no">{label.clone()}</div> <div>{value}</div> }.into_any(),
        );
    }
    let mut values = sorted(&hit.values, |(_, a, _), (_, b, _)| b.total_cmp(a));
    // The keyboard's line is never the one that has no room.
    if let Some(at) = values.iter().position(|(line, ..)| Some(*line) == on_line)
        && at >= ROWS
    {
        values.swap(at, ROWS - 1);
    }
    let more = values.len().saturating_sub(ROWS);
    let rows: Vec<AnyView> = values
        .into_iter()
        .take(ROWS)
        .filter_map(|(at, value, _)| {
            let line = plot.lines.get(at)?;
            let (name, value) = (line.name.clone(), line.say(plot.unit, value));
            let few = line.is_few(Some(hit.unix));
            Some(
                view! {
                    <div class="sl-tooltip-row" class:sl-on=on_line == Some(at)>
                        {legend::swatch(plot.kind, at)}
                        <span class="sl-tooltip-name" translate="no">{name}</span>
                        <span class="sl-tooltip-value" translate="no" class:sl-faint=few>{value}</span>
                    </div>
                }
                .into_any(),
            )
        })
        .collect();
    Some(
        view! {
            <div class="sl-tooltip-head" translate="no">{BrowserClock.instant(hit.unix)}</div>
            {rows}
            {(more > 0).then(|| view! { <div class="sl-muted">{counted(forms("and {{count}} more", "and {{count}} more"), more, &[])}</div> })}
        }
        .into_any(),
    )
}

fn dots(shown: &Shown, hit: &Hit, on_line: Option<usize>) -> Vec<AnyView> {
    if shown.plot.kind == Kind::Bar {
        return Vec::new();
    }
    let dot = |&(at, _, y): &(usize, f64, f64)| {
        let place = format!("translate({:.1}px, {y:.1}px)", hit.x);
        view! { <span class="sl-dot" class:sl-on=on_line == Some(at) style:transform=place style:background=legend::color(at)></span> }.into_any()
    };
    hit.values.iter().map(dot).collect()
}
