//! One chart: a canvas, and over it in HTML the crosshair and the tooltip.
//!
//! In view it paints when the answer, its size, the pixel ratio, the theme or the chosen series changes, once a frame.
//! Dragging across it chooses the time range that was marked.

mod tooltip;
mod zoom;

use std::sync::Arc;

use chart::{Hit, Kind, Layout};
use leptos::{
    ev::{MouseEvent, PointerEvent},
    html,
    prelude::*,
};

use crate::{
    host::{self, Near, NextFrame, Resize},
    paint::{self, Size},
    state::{App, Shown},
};
use tooltip::Tooltip;
use zoom::Drag;

/// Read by `xtask bench`: the last one before it looks is the last chart drawn.
const DRAWN: &str = "servelens:drawn";

#[component]
pub fn Chart(
    title: String,
    #[prop(into)] shown: Signal<Option<Arc<Shown>>>,
    /// The one series to show, if only one.
    only: RwSignal<Option<usize>>,
) -> impl IntoView {
    let app = App::here();
    let frame = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let size = RwSignal::new(Size {
        width: 0.0,
        height: 0.0,
    });
    let layout = RwSignal::new(None::<Arc<Layout>>);
    let hit = RwSignal::new(None::<Arc<Hit>>);
    // A chart far below is not painted until one scrolls to it.
    let near = RwSignal::new(false);
    let watch = StoredValue::new_local(None::<Near>);
    let resize = StoredValue::new_local(None::<Resize>);
    let next = StoredValue::new_local(None::<NextFrame>);

    Effect::new(move |_| {
        let Some(frame) = frame.get() else { return };
        let watched = Resize::observe(&frame, move |width, height| {
            let now = Size {
                width: width.floor(),
                height: height.floor(),
            };
            if size.try_get_untracked().is_some_and(|before| before != now) {
                size.set(now);
            }
        });
        resize.set_value(watched);
        let seen = Near::observe(&frame, move |now| {
            if near.try_get_untracked().is_some_and(|before| before != now) {
                near.set(now);
            }
        });
        // A browser that cannot tell gets every chart painted.
        if seen.is_none() {
            near.set(true);
        }
        watch.set_value(seen);
    });

    let draw = move || {
        let (Some(canvas), Some(Some(shown)), Some(Some(theme))) = (
            canvas.get_untracked(),
            shown.try_get_untracked(),
            app.theme.try_get_untracked(),
        ) else {
            return;
        };
        let font = app.host().property(paint::FONT_TOKEN);
        let ratio = app.pixel_ratio.get_untracked();
        let drawn = paint::with_spec(&shown.plot, only.get_untracked(), size.get_untracked(), |spec| {
            paint::paint(&canvas, spec, &theme, &font, ratio)
        });
        if drawn.is_some() {
            host::mark(DRAWN);
        }
        layout.set(drawn.map(Arc::new));
    };
    Effect::new(move |_| {
        shown.with(|_| ());
        only.track();
        size.track();
        app.theme.track();
        app.pixel_ratio.track();
        if near.get() {
            next.set_value(NextFrame::new(draw));
        }
    });

    let drag = RwSignal::new(None::<Drag>);
    let timed = move || shown.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.plot.kind != Kind::Bar));
    let across = move |event: &MouseEvent| {
        let left = frame.get_untracked()?.get_bounding_client_rect().left();
        Some(f64::from(event.client_x()) - left)
    };
    let point = move |event: PointerEvent| {
        let Some(x) = across(&event) else { return };
        let found = look(shown, only, size, layout, x);
        set_if_new(app.hover, found.as_ref().filter(|_| timed()).map(|hit| hit.unix));
        let begun = drag.get_untracked();
        if let Some(begun) = begun {
            drag.set(Some(Drag { to: x, ..begun }));
        }
        // What is being marked is in the tooltip's way, and the tooltip in its.
        set_if_new(hit, found.filter(|_| begun.is_none()).map(Arc::new));
    };
    let press = move |event: PointerEvent| {
        // A finger scrolls the page.
        let drags = event.button() == 0 && event.pointer_type() != "touch" && timed();
        if let Some((frame, x)) = frame.get_untracked().zip(across(&event)).filter(|_| drags) {
            // Without it the end of a drag beyond the chart would not be heard; then it ends with the next click.
            let _ = frame.set_pointer_capture(event.pointer_id());
            drag.set(Some(Drag { from: x, to: x }));
        }
        point(event);
    };
    let release = move |_: PointerEvent| {
        let marked = drag.get_untracked().zip(layout.get_untracked());
        drag.set(None);
        if let Some(range) = marked.and_then(|(drag, layout)| drag.range(&layout.x)) {
            app.change(|location| location.range = range);
        }
    };
    let wider = move |_: MouseEvent| {
        if timed() {
            app.change(|location| location.range = location.range.wider(host::now()));
        }
    };
    let leave = move |_: PointerEvent| {
        drag.set(None);
        set_if_new(app.hover, None);
        set_if_new(hit, None);
    };
    let spoken = move || shown.with(|shown| shown.as_ref().map_or(title.clone(), |shown| shown.plot.spoken(&title)));
    view! {
        <div
            class="sl-chart"
            node_ref=frame
            on:pointermove=point
            on:pointerdown=press
            on:pointerup=release
            on:dblclick=wider
            on:pointerleave=leave
            on:pointercancel=leave
        >
            <canvas
                node_ref=canvas
                role="img"
                aria-label=Signal::derive(spoken)
                style:width=Signal::derive(move || format!("{}px", size.get().width))
                style:height=Signal::derive(move || format!("{}px", size.get().height))
            ></canvas>
            {crosshair(shown, layout)}
            {zoom::marked(drag, layout)}
            <Tooltip shown=shown only=only layout=layout hit=hit />
        </div>
    }
    .into_any()
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|before| *before != value) {
        signal.set(value);
    }
}

/// What is nearest to `x`, with the series counted as in the plot, not as in the part of it that is shown.
fn look(
    shown: Signal<Option<Arc<Shown>>>,
    only: RwSignal<Option<usize>>,
    size: RwSignal<Size>,
    layout: RwSignal<Option<Arc<Layout>>>,
    x: f64,
) -> Option<Hit> {
    let (shown, layout, only) = (shown.get_untracked()?, layout.get_untracked()?, only.get_untracked());
    let mut hit = paint::with_spec(&shown.plot, only, size.get_untracked(), |spec| {
        chart::hit(spec, &layout, x)
    })?;
    if let Some(only) = only {
        hit.values.iter_mut().for_each(|(series, ..)| *series = only);
    }
    Some(hit)
}

/// The instant under the pointer, on this chart or on any other of the page.
fn crosshair(shown: Signal<Option<Arc<Shown>>>, layout: RwSignal<Option<Arc<Layout>>>) -> AnyView {
    let app = App::here();
    let at = move || {
        let unix = app.hover.get()?;
        let timed = shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.plot.kind != Kind::Bar));
        let layout = layout.get().filter(|_| timed)?;
        let x = layout.x.x(unix);
        (layout.plot.left..=layout.plot.right)
            .contains(&x)
            .then(|| (x, layout.plot.top, layout.plot.height()))
    };
    view! {
        <div
            class="sl-crosshair"
            hidden=Signal::derive(move || at().is_none())
            style:transform=Signal::derive(move || at().map(|(x, ..)| format!("translateX({x:.1}px)")))
            style:top=Signal::derive(move || at().map(|(_, top, _)| format!("{top:.1}px")))
            style:height=Signal::derive(move || at().map(|(.., height)| format!("{height:.1}px")))
        ></div>
    }
    .into_any()
}
