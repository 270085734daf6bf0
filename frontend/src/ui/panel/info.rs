//! What the panel tells, what to do when it looks bad, and where its numbers come from.

use std::sync::Arc;

use chart::sorted;
use leptos::{ev::KeyboardEvent, html, prelude::*};
use server_api::{PanelEntry, Source};

use crate::{
    state::Shown,
    ui::{
        icon::{Icon, icon},
        part, press,
    },
};

#[component]
pub fn Info(
    entry: Arc<PanelEntry>,
    #[prop(into)] shown: Signal<Option<Arc<Shown>>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let close = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(close) = close.get() {
            // Focus that cannot be moved stays where it was.
            let _ = close.focus();
        }
    });
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            open.set(false);
        }
    };
    let queries: Vec<AnyView> = entry
        .queries
        .iter()
        .map(|query| view! { <pre><code>{query.expr.clone()}</code></pre> }.into_any())
        .collect();
    view! {
        <div class="sl-info" role="dialog" aria-label=format!("About {}", entry.title) on:keydown=on_key>
            <button
                type="button"
                class="sl-icon-button sl-info-close"
                aria-label="Close"
                node_ref=close
                on:click=press(move || open.set(false))
            >
                {icon(Icon::Close)}
            </button>
            <p class="sl-info-title">{entry.title.clone()}</p>
            <p>{entry.tells.clone()}</p>
            {chapter("When it looks bad", &entry.when_bad)}
            {part(move || shown.with(|shown| shown.as_ref().map(|shown| origin(shown))).into_any())}
            <h3>{if queries.len() > 1 { "Queries" } else { "Query" }}</h3>
            {queries}
        </div>
    }
    .into_any()
}

fn chapter(title: &'static str, text: &str) -> Option<AnyView> {
    (!text.is_empty()).then(|| view! { <h3>{title}</h3> <p>{text.to_owned()}</p> }.into_any())
}

fn origin(shown: &Shown) -> AnyView {
    let sources: Vec<AnyView> = shown.sources.iter().map(source).collect();
    let window = shown.window_s.map(|seconds| {
        view! { <p>"Each point is made from the " {span(seconds)} " before it."</p> }
    });
    let warnings: Vec<AnyView> = shown
        .warnings
        .iter()
        .map(|text| view! { <p class="sl-info-warning">{text.clone()}</p> }.into_any())
        .collect();
    let joined: Vec<AnyView> = shown
        .joined
        .iter()
        .map(|text| view! { <li>{text.clone()}</li> }.into_any())
        .collect();
    view! {
        {(!joined.is_empty()).then(|| view! { <h3>"Used by"</h3> <ul>{joined}</ul> })}
        {(!sources.is_empty()).then(|| view! { <h3>"Comes from"</h3> <ul>{sources}</ul> })}
        {window}
        {warnings}
    }
    .into_any()
}

fn source(source: &Source) -> AnyView {
    let pods = match source.workloads {
        1 => "1 pod".to_owned(),
        many => format!("{many} pods"),
    };
    let monitors = scraped_by(&source.monitors).map(|text| format!(", {text}"));
    view! { <li><code>{source.metric.clone()}</code> " " <span class="sl-muted">{pods}{monitors}</span></li> }
        .into_any()
}

/// "monitor kserve-llm-isvc-vllm-engine": a PodMonitor's job is its namespace and name, any other is a service.
fn scraped_by(jobs: &[String]) -> Option<String> {
    let name = |job: &String| {
        job.rsplit_once('/')
            .map_or(job.clone(), |(_, monitor)| monitor.to_owned())
    };
    let names: Vec<String> = jobs.iter().map(name).collect();
    let mut names = sorted(&names, Ord::cmp);
    names.dedup();
    let word = if names.len() > 1 { "monitors" } else { "monitor" };
    (!names.is_empty()).then(|| format!("{word} {}", names.join(", ")))
}

/// `120` to `2 minutes`.
fn span(seconds: u32) -> String {
    let (count, unit) = match seconds {
        s if s >= 7200 && s.is_multiple_of(3600) => (s / 3600, "hours"),
        s if s >= 120 && s.is_multiple_of(60) => (s / 60, "minutes"),
        s => (s, "seconds"),
    };
    format!("{count} {unit}")
}

#[cfg(test)]
mod tests {
    use super::{scraped_by, span};

    #[test]
    fn a_source_names_the_monitors_that_bring_it() {
        let check = |jobs: &[&str], expect: Option<&str>| {
            let jobs: Vec<String> = jobs.iter().map(|job| (*job).to_owned()).collect();
            assert_eq!(scraped_by(&jobs).as_deref(), expect);
        };
        check(
            &["llm-prod/kserve-llm-isvc-vllm-engine"],
            Some("monitor kserve-llm-isvc-vllm-engine"),
        );
        check(
            &["a/engine", "b/engine", "mistral-metrics"],
            Some("monitors engine, mistral-metrics"),
        );
        check(&[], None);
    }

    #[test]
    fn a_window_is_said_in_its_largest_whole_unit() {
        for (seconds, expect) in [
            (30, "30 seconds"),
            (60, "60 seconds"),
            (120, "2 minutes"),
            (150, "150 seconds"),
            (7200, "2 hours"),
        ] {
            assert_eq!(span(seconds), expect);
        }
    }
}
