//! One chart: a canvas, and over it in HTML the crosshair and the tooltip.
//!
//! It is read by pointer, by keyboard (arrows go from sample to sample and from line to line) and by ear: a sentence says
//! what the picture shows, and another what is under the cursor. Dragging across it chooses the time range that was marked.
//! In view it paints when the answer, its size, the pixel ratio, the theme or the chosen series changes, once a frame.

mod keys;
mod tooltip;
mod zoom;

use std::sync::Arc;

use chart::{Hit, Kind, Layout};
use leptos::{
    ev::{KeyboardEvent, MouseEvent, PointerEvent},
    html,
    prelude::*,
};

use crate::{
    host::{self, BrowserClock, Near, NextFrame, Resize},
    paint::{self, Size},
    state::{App, Shown, cursor, tell},
    words::t,
};
use keys::Key;
use tooltip::Tooltip;
use zoom::Drag;

/// Read by `xtask bench`: the last one before it looks is the last chart drawn.
const DRAWN: &str = "servelens:drawn";

#[component]
pub fn Chart(
    /// The panel's id.
    id: String,
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
    // The line that the keyboard's cursor is on, and what is said of it.
    let on_line = RwSignal::new(None::<usize>);
    let said = RwSignal::new(String::new());
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
    let clear = move || {
        set_if_new(drag, None);
        set_if_new(app.hover, None);
        set_if_new(hit, None);
        set_if_new(on_line, None);
        set_if_new(said, String::new());
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(key) = Key::parse(&event) else { return };
        if key == Key::Leave {
            clear();
            return;
        }
        event.prevent_default();
        let (Some(shown), Some(layout)) = (shown.get_untracked(), layout.get_untracked()) else {
            return;
        };
        if key == Key::Choose {
            let line = on_line.get_untracked();
            only.update(|only| *only = if *only == line { None } else { line });
            return;
        }
        let mut at = hit.get_untracked();
        if let Key::Time(movement) = key {
            let visible = only.get_untracked();
            let found = paint::with_spec(&shown.plot, visible, size.get_untracked(), |spec| {
                chart::moved(spec, &layout, at.as_deref(), movement)
            });
            at = found.map(|hit| Arc::new(as_in_plot(hit, visible)));
        } else if at.is_none() {
            return;
        }
        let Some(at) = at else { return };
        on_line.update(|line| *line = keys::line(key, *line, &at));
        set_if_new(app.hover, (shown.plot.kind != Kind::Bar).then_some(at.unix));
        said.set(cursor(&shown.plot, &at, on_line.get_untracked(), &|unix| {
            BrowserClock.moment(unix, shown.plot.to)
        }));
        set_if_new(hit, Some(at));
    };
    let name = title.clone();
    let spoken = move || {
        shown.with(|shown| {
            shown.as_ref().map_or(title.clone(), |shown| {
                let plot = &shown.plot;
                tell(plot, &title, &|unix| BrowserClock.moment(unix, plot.to))
            })
        })
    };
    let (summary, hint) = (app.id(&format!("{id}-told")), app.id(&format!("{id}-keys")));
    let described = format!("{summary} {hint}");
    view! {
        <div
            class="sl-chart"
            node_ref=frame
            // Lets arrow keys through where a screen reader would keep them for itself.
            role="application"
            aria-roledescription=t("chart")
            aria-label=name
            aria-describedby=described
            tabindex="0"
            on:keydown=on_key
            on:blur=move |_| clear()
            on:pointermove=point
            on:pointerdown=press
            on:pointerup=release
            on:dblclick=wider
            on:pointerleave=move |_| clear()
            on:pointercancel=move |_| clear()
        >
            <canvas
                node_ref=canvas
                aria-hidden="true"
                style:width=Signal::derive(move || format!("{}px", size.get().width))
                style:height=Signal::derive(move || format!("{}px", size.get().height))
            ></canvas>
            {crosshair(shown, layout)}
            {zoom::marked(drag, layout)}
            <Tooltip shown=shown only=only layout=layout hit=hit on_line=on_line />
            <p class="sl-aside" id=summary>
                {Signal::derive(spoken)}
            </p>
            <p class="sl-aside" id=hint>
                {t("Left and right go from sample to sample, up and down from line to line; Enter shows a line alone.")}
            </p>
            <p class="sl-aside sl-said" aria-live="polite">
                {said}
            </p>
        </div>
    }
    .into_any()
}

fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    // Not there any more where a chart that had the focus is taken away: the browser then tells it that the focus left.
    if signal.try_with_untracked(|before| *before != value) == Some(true) {
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
    let hit = paint::with_spec(&shown.plot, only, size.get_untracked(), |spec| {
        chart::hit(spec, &layout, x)
    })?;
    Some(as_in_plot(hit, only))
}

/// The series counted as in the plot, where the chart shows one of them alone.
fn as_in_plot(mut hit: Hit, only: Option<usize>) -> Hit {
    if let Some(only) = only {
        hit.values.iter_mut().for_each(|(series, ..)| *series = only);
    }
    hit
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
