//! The time range: four that end now one press away, more of them and any two instants in a dialog; and for a range that
//! stands still, the ways to look earlier, wider and later.

use leptos::{html, prelude::*};

use crate::{
    host::{BrowserClock, local_input, now, parse_local_input},
    route::{MORE_PRESETS, PRESETS, Preset, TimeRange},
    state::App,
    ui::{
        icon::{Icon, icon},
        popover::Popover,
        press, when,
    },
    words::{key, t},
};
use chart::{Clock as _, Grain};

fn label(range: TimeRange) -> String {
    match range {
        TimeRange::Last(preset) if MORE_PRESETS.contains(&preset) => t(preset.name()),
        TimeRange::Last(_) => t("Custom"),
        TimeRange::Between { from, to } => {
            let day = |unix| BrowserClock.label(unix, Grain::Day);
            let time = |unix| BrowserClock.label(unix, Grain::Minute);
            if day(from) == day(to) {
                format!("{} {} – {}", day(from), time(from), time(to))
            } else {
                format!("{} {} – {} {}", day(from), time(from), day(to), time(to))
            }
        }
    }
}

/// The two inputs as a range, or what is wrong with them, in English.
fn custom(from: Option<i64>, to: Option<i64>) -> Result<TimeRange, &'static str> {
    match (from, to) {
        (Some(from), Some(to)) if from < to => Ok(TimeRange::Between { from, to }),
        (Some(_), Some(_)) => Err(key("The end must be after the start.")),
        _ => Err(key("Give a start and an end.")),
    }
}

#[component]
pub fn RangePicker() -> impl IntoView {
    let app = App::here();
    let range = Memo::new(move |_| app.at().range);
    let open = RwSignal::new(false);
    let own = move || !matches!(range.get(), TimeRange::Last(preset) if PRESETS.contains(&preset));
    let still = Signal::derive(move || !range.get().moves());
    view! {
        <div class="sl-field" role="group" aria-label=t("Time range")>
            <span class="sl-field-name">{t("Time range")}</span>
            <div class="sl-segments" class:sl-segments-custom=Signal::derive(own)>
                {PRESETS.map(|preset| choice(app, range, preset, None)).into_iter().collect::<Vec<_>>()}
                {when(still, move || step(key("Earlier"), Icon::ChevronLeft, app, |range, now| range.moved(false, now)))}
                <Popover
                    name=key("Custom time range")
                    label=Signal::derive(move || label(range.get()))
                    open=open
                    to_the_left=true
                >
                    <div class="sl-ranges">
                        {MORE_PRESETS.map(|preset| choice(app, range, preset, Some(open))).into_iter().collect::<Vec<_>>()}
                    </div>
                    <Custom open=open />
                </Popover>
                {when(still, move || step(key("Later"), Icon::ChevronRight, app, |range, now| range.moved(true, now)))}
                {when(still, move || step(key("Zoom out"), Icon::ZoomOut, app, TimeRange::wider))}
            </div>
        </div>
    }
    .into_any()
}

/// A range that ends now; `open` is the dialog that closes when it is chosen.
fn choice(app: App, range: Memo<TimeRange>, preset: Preset, open: Option<RwSignal<bool>>) -> AnyView {
    let choose = move || {
        if let Some(open) = open {
            open.set(false);
        }
        app.change(|location| location.range = TimeRange::Last(preset));
    };
    view! {
        <button
            type="button"
            class="sl-segment"
            aria-pressed=Signal::derive(move || (range.get() == TimeRange::Last(preset)).to_string())
            aria-label=format!("{}, {}", t(preset.name()), t(preset.spoken()))
            on:click=press(choose)
        >
            {t(preset.name())}
        </button>
    }
    .into_any()
}

fn step(name: &'static str, picture: Icon, app: App, to: fn(TimeRange, i64) -> TimeRange) -> AnyView {
    view! {
        <button
            type="button"
            class="sl-segment sl-step"
            aria-label=t(name)
            title=t(name)
            on:click=press(move || app.change(|location| location.range = to(location.range, now())))
        >
            {icon(picture)}
        </button>
    }
    .into_any()
}

#[component]
fn Custom(open: RwSignal<bool>) -> impl IntoView {
    let app = App::here();
    let (from, to) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let wrong = RwSignal::new(None::<&'static str>);
    let (first, last) = untrack(|| app.at().range.bounds(now()));
    let apply = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let read = |input: NodeRef<html::Input>| {
            input
                .get_untracked()
                .and_then(|input| parse_local_input(&input.value()))
        };
        match custom(read(from), read(to)) {
            Ok(range) => {
                open.set(false);
                app.change(|location| location.range = range);
            }
            Err(fault) => wrong.set(Some(fault)),
        }
    };
    view! {
        <form class="sl-form" on:submit=apply>
            <label>
                {t("From")}
                <input type="datetime-local" class="sl-control" node_ref=from value=local_input(first) />
            </label>
            <label>
                {t("To")}
                <input type="datetime-local" class="sl-control" node_ref=to value=local_input(last) />
            </label>
            <p class="sl-form-fault" role="alert">
                {Signal::derive(move || wrong.get().map(t).unwrap_or_default())}
            </p>
            <button type="submit" class="sl-button sl-button-main">
                {t("Show")}
            </button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_range_needs_two_instants_in_order() {
        assert_eq!(custom(Some(1), Some(2)), Ok(TimeRange::Between { from: 1, to: 2 }));
        assert_eq!(custom(Some(2), Some(2)), Err("The end must be after the start."));
        assert_eq!(custom(None, Some(2)), Err("Give a start and an end."));
    }
}
