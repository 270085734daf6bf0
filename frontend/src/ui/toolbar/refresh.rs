//! How often the page asks again, and a button to ask now.

use leptos::prelude::*;

use crate::{
    host::BrowserClock,
    route::{INTERVALS, Refresh},
    state::App,
    ui::{
        icon::{Icon, icon},
        press,
    },
    words::{t, t_with},
};
use chart::{Clock as _, Grain};

#[component]
pub fn RefreshControl() -> impl IntoView {
    let app = App::here();
    let id = app.id("refresh");
    let labelled = id.clone();
    let current = Memo::new(move |_| app.at().refresh);
    let option = move |refresh: Refresh| {
        let name = refresh.name();
        let text = match refresh {
            Refresh::Off => t("Off"),
            Refresh::Every(_) => t_with("Every {{interval}}", &[("interval", &t(name))]),
        };
        view! {
            <option value=name prop:selected=Signal::derive(move || current.get() == refresh)>
                {text}
            </option>
        }
        .into_any()
    };
    let options = std::iter::once(Refresh::Off).chain(INTERVALS.map(|(_, seconds)| Refresh::Every(seconds)));
    let updated = move || {
        app.board
            .updated
            .get()
            .map(|unix| BrowserClock.label(unix, Grain::Second))
    };
    view! {
        <div class="sl-field">
            <label class="sl-field-name" for=labelled>
                {t("Refresh")}
            </label>
            <div class="sl-segments">
                <span class="sl-select">
                    <select
                        id=id
                        class="sl-control"
                        prop:disabled=Signal::derive(move || !app.at().range.moves())
                        on:change:target=move |event| {
                            let refresh = Refresh::parse(&event.target().value()).unwrap_or_default();
                            app.change(|location| location.refresh = refresh);
                        }
                    >
                        {options.map(option).collect::<Vec<_>>()}
                    </select>
                </span>
                <button
                    type="button"
                    class="sl-segment sl-refresh-now"
                    class:sl-busy=Signal::derive(move || app.board.busy.get())
                    aria-label=t("Refresh now")
                    title=Signal::derive(move || {
                        updated().map_or_else(|| t("Refresh now"), |at| t_with("Refresh now (updated {{time}})", &[("time", &at)]))
                    })
                    on:click=press(move || app.refresh())
                >
                    {icon(Icon::Refresh)}
                </button>
            </div>
        </div>
    }
    .into_any()
}
