//! A tile: one number to read from across the room, and its course as a thin line below.

use std::sync::Arc;

use leptos::prelude::*;
use server_api::PanelEntry;

use super::{
    chart::Chart,
    icon::{Icon, icon},
    panel::{not_yet, sentence, style, warnings},
    part,
};
use crate::words::{t, t_with, told};
use crate::{
    host::BrowserClock,
    state::{App, Beyond, Line, Look, PanelView, Shown},
};
use chart::{Clock as _, Grain, Level};

/// A newest sample older than this many seconds is not "now", however wide the range's steps are: Prometheus itself
/// looks back five minutes for the value of an instant.
const FRESH_S: i64 = 300;

#[component]
pub fn Stat(entry: Arc<PanelEntry>) -> impl IntoView {
    let app = App::here();
    let view = app.board.view(&entry.id);
    let view = Signal::derive(move || view.get());
    let look = Memo::new(move |_| view.with(PanelView::look));
    let shown = Signal::derive(move || view.with(|view| view.shown.clone()));
    let only = RwSignal::new(None::<usize>);
    let heading = app.id(&entry.id);
    let labelled = heading.clone();
    let (id, title, tells) = (entry.id.clone(), t(&entry.title), entry.tells.clone());
    let level = move || {
        shown.with(|shown| {
            shown
                .as_ref()
                .and_then(|shown| now(shown).and_then(|now| now.beyond.map(Beyond::level)))
        })
    };
    let has_course = Memo::new(move |_| {
        shown.with(|shown| {
            shown
                .as_ref()
                .is_some_and(|shown| shown.plot.lines.iter().any(Line::has_course))
        })
    });
    let body = move || match look.get() {
        Look::Picture => view! {
            {part(move || shown.with(|shown| shown.as_ref().and_then(|shown| number(shown))).into_any())}
            {has_course.get().then(|| view! { <Chart id=id.clone() title=title.clone() shown=shown only=only /> })}
        }
        .into_any(),
        Look::Loading => {
            view! { <div class="sl-stat-value sl-stat-loading" role="status" aria-label=t("Loading")></div> }.into_any()
        }
        other => {
            app.vocabulary.told.there.track();
            let error = shown.with(|shown| shown.as_ref().and_then(|shown| shown.error.clone()));
            let (said, next) = error
                .filter(|_| other != Look::NotLoaded)
                .map(|error| (told(&error.message), told(&error.next_step)))
                .or_else(|| shown.with(|shown| shown.as_ref()?.waits_for.map(not_yet)))
                .unwrap_or_else(|| sentence(other, None, &app.at()));
            view! {
                <div class=format!("sl-stat-none sl-empty-{}", style(other)) role="status">
                    {icon(mark(other))}
                    <div>
                        <p>{said}</p>
                        <p class="sl-stat-next">{next}</p>
                    </div>
                </div>
            }
            .into_any()
        }
    };
    view! {
        <section
            class="sl-card sl-stat"
            // No landmark: a chart below may have the same name.
            role="group"
            class:sl-stale=Signal::derive(move || view.with(|view| view.stale))
            class:sl-waiting=Signal::derive(move || view.with(|view| view.waiting))
            class:sl-stat-warning=Signal::derive(move || level() == Some(Level::Warning))
            class:sl-stat-critical=Signal::derive(move || level() == Some(Level::Critical))
            aria-labelledby=labelled
            aria-busy=Signal::derive(move || view.with(|view| view.waiting).to_string())
            data-panel=entry.id.clone()
            data-state=Signal::derive(move || look.get().name())
            title=Signal::derive(move || {
                app.vocabulary.explained.there.track();
                t(&tells)
            })
        >
            <h2 id=heading>{t(&entry.title)}</h2>
            {warnings(view)}
            {part(body)}
        </section>
    }
    .into_any()
}

fn mark(look: Look) -> Icon {
    match look {
        Look::Denied => Icon::Lock,
        Look::Unknown => Icon::Question,
        Look::Error => Icon::Error,
        Look::NoTraffic => Icon::NoTraffic,
        _ => Icon::NoSamples,
    }
}

/// The newest sample of the tile's first series.
#[derive(Debug, PartialEq)]
struct Now {
    value: f64,
    /// Unix seconds, where the sample is too old to be called now.
    old: Option<i64>,
    /// On the bad side of a threshold or a floor.
    beyond: Option<Beyond>,
}

fn now(shown: &Shown) -> Option<Now> {
    let line = shown.plot.lines.first()?;
    let (at, value) = line.last()?;
    let stale = shown.plot.to - at > FRESH_S;
    Some(Now {
        value,
        old: stale.then_some(at),
        beyond: shown.plot.judge(value),
    })
}

fn number(shown: &Shown) -> Option<AnyView> {
    let now = now(shown)?;
    let text = shown.plot.lines.first()?.say(shown.plot.unit, now.value);
    // "1.24 s": the unit smaller than the digits.
    let (digits, unit) = text.split_once(' ').unwrap_or((&text, ""));
    let word = now.beyond.map(Beyond::word);
    let old = now.old.map(|at| {
        format!(
            "{} {}",
            BrowserClock.label(at, Grain::Day),
            BrowserClock.label(at, Grain::Minute)
        )
    });
    let is_old = old.is_some();
    let few = shown.plot.lines.first().is_some_and(|line| line.is_few(None));
    let title = [shown.plot.beyond().map(t), shown.plot.faint().filter(|_| few)];
    let title = title.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(
        view! {
            <div
                class="sl-stat-value"
                class:sl-stat-old=is_old
                class:sl-faint=few
                data-value=now.value.to_string()
                title=title
            >
                <span translate="no">{digits.to_owned()}</span>
                <span class="sl-stat-unit" translate="no">{unit.to_owned()}</span>
                {word.map(|word| view! { <span class="sl-stat-level">{t(word)}</span> })}
                {old.map(|at| view! { <span class="sl-stat-since">{t_with("at {{time}}", &[("time", &at)])}</span> })}
            </div>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use server_api::{ABSENT, PanelAnswer};

    use super::*;

    #[track_caller]
    fn check(values: &str, to: i64, expect: Option<Now>) {
        let entry: PanelEntry = serde_json::from_str(
            r#"{"id":"x","title":"","tells":"","when_bad":"","unit":"ratio","kind":"stat","covers":[],"queries":[],
                "thresholds":[{"at":0.9,"level":"warning"}]}"#,
        )
        .unwrap();
        let answer: PanelAnswer = serde_json::from_str(&format!(
            r#"{{"panel":"x","state":"ok","window_s":null,"sources":[],"warnings":[],"error":null,
                "frames":[{{"query":0,"labels":{{}},"start":0,"step":60,"values":{values}}}]}}"#
        ))
        .unwrap();
        assert_eq!(now(&Shown::new(&entry, answer, 0, to)), expect);
    }

    #[test]
    fn the_newest_sample_counts_and_an_old_one_says_so() {
        assert!(ABSENT.is_nan());
        check(
            "[0.5,0.95]",
            120,
            Some(Now {
                value: 0.95,
                old: None,
                beyond: Some(Beyond::High(Level::Warning)),
            }),
        );
        check(
            "[0.5,null,null]",
            180,
            Some(Now {
                value: 0.5,
                old: None,
                beyond: None,
            }),
        );
        check(
            "[0.5,null,null]",
            600,
            Some(Now {
                value: 0.5,
                old: Some(0),
                beyond: None,
            }),
        );
        check("[null]", 60, None);
    }
}
