//! What the panel tells, what to do when it looks bad, and where its numbers come from.

use std::sync::Arc;

use chart::sorted;
use leptos::{ev::KeyboardEvent, html, prelude::*};
use server_api::{PanelEntry, Source, SourcePod, catalog::advice_key};

use crate::{
    state::{App, Shown, span},
    ui::{
        icon::{Icon, icon},
        part, press,
    },
    words::{counted, find, forms, t, t_with, told},
};

#[component]
pub fn Info(
    entry: Arc<PanelEntry>,
    #[prop(into)] shown: Signal<Option<Arc<Shown>>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let app = App::here();
    app.learn(app.vocabulary.advice);
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
        .map(|query| view! { <pre translate="no"><code>{query.expr.clone()}</code></pre> }.into_any())
        .collect();
    let about_it = t_with("About {{what}}", &[("what", &t(&entry.title))]);
    let title = t(&entry.title);
    view! {
        <div class="sl-info" role="dialog" aria-label=about_it on:keydown=on_key>
            <button
                type="button"
                class="sl-icon-button sl-info-close"
                aria-label=t("Close")
                node_ref=close
                on:click=press(move || open.set(false))
            >
                {icon(Icon::Close)}
            </button>
            <p class="sl-info-title">{title}</p>
            {part(move || about(app, &entry))}
            {part(move || shown.with(|shown| shown.as_ref().map(|shown| origin(shown))).into_any())}
            <h3>{if queries.len() > 1 { t("Queries") } else { t("Query") }}</h3>
            {queries}
        </div>
    }
    .into_any()
}

/// What it tells, and what to do when it looks bad.
fn about(app: App, entry: &PanelEntry) -> AnyView {
    app.vocabulary.explained.there.track();
    let there = app.vocabulary.advice.there.get();
    let (advice, lang) = match find(&advice_key(&entry.id, &entry.when_bad)) {
        Some(words) => (words, None),
        // A site's own panels have English words only, to be read aloud as such.
        None if there => (entry.when_bad.clone(), Some("en")),
        None => (t("Loading"), None),
    };
    let advice = (!entry.when_bad.is_empty()).then(|| {
        view! {
            <h3>{t("When it looks bad")}</h3>
            <p lang=lang aria-busy=(!there).to_string()>{advice}</p>
        }
    });
    view! { <p>{t(&entry.tells)}</p> {advice} }.into_any()
}

fn origin(shown: &Shown) -> AnyView {
    let sources: Vec<AnyView> = shown.sources.iter().map(source).collect();
    let window = shown.window_s.map(|seconds| {
        let why = shown.sparse_s.map(|sparse| {
            let said = t_with(
                "The window is that wide because samples are {{span}} apart.",
                &[("span", &span(sparse))],
            );
            format!(" {said}")
        });
        view! { <p>{t_with("Each point is made from the {{span}} before it.", &[("span", &span(seconds))])} {why}</p> }
    });
    let warnings: Vec<AnyView> = shown
        .warnings
        .iter()
        .map(|text| view! { <p class="sl-info-warning">{told(text)}</p> }.into_any())
        .collect();
    let joined: Vec<AnyView> = shown
        .joined
        .iter()
        .map(|text| view! { <li translate="no">{text.clone()}</li> }.into_any())
        .collect();
    view! {
        {(!joined.is_empty()).then(|| view! { <h3>{t("Used by")}</h3> <ul>{joined}</ul> })}
        {(!sources.is_empty()).then(|| view! { <h3>{t("Comes from")}</h3> <ul>{sources}</ul> })}
        {window}
        {warnings}
    }
    .into_any()
}

fn source(source: &Source) -> AnyView {
    let metric = source.metric.clone();
    let pods = counted(forms("{{count}} pod", "{{count}} pods"), source.workloads, &[]);
    let monitors = scraped_by(&source.monitors).map(|text| format!("{}{text}", t(", ")));
    let versions = Some(source.versions.clone()).filter(|versions| !versions.is_empty());
    let versions = versions.map(|versions| view! { {t(", ")} <span translate="no">{versions}</span> });
    if source.pods.is_empty() {
        return view! { <li><code translate="no">{metric}</code> " " <span class="sl-muted">{pods}{monitors}{versions}</span></li> }.into_any();
    }
    let of_each: Vec<AnyView> = source
        .pods
        .iter()
        .map(|pod| view! { <li translate="no">{workload(pod)}</li> }.into_any())
        .collect();
    let more = source.workloads.checked_sub(source.pods.len()).filter(|more| *more > 0);
    view! {
        <li>
            <details>
                <summary><code translate="no">{metric}</code> " " <span class="sl-muted">{pods}{monitors}{versions}</span></summary>
                <ul class="sl-muted">{of_each} {more.map(|more| view! { <li>{counted(forms("and {{count}} more", "and {{count}} more"), more, &[])}</li> })}</ul>
            </details>
        </li>
    }
    .into_any()
}

/// "llm-prod/granite-0, monitor kserve-llm-isvc-vllm-engine"
fn workload(pod: &SourcePod) -> String {
    let place = match pod.namespace.as_str() {
        "" => pod.pod.clone(),
        namespace => format!("{namespace}/{}", pod.pod),
    };
    let monitor = scraped_by(&pod.monitors).map(|text| format!(", {text}"));
    format!("{place}{}", monitor.unwrap_or_default())
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
    let said = |names: &[String]| {
        let all = names.join(&t(", "));
        counted(
            forms("monitor {{names}}", "monitors {{names}}"),
            names.len(),
            &[("names", &all)],
        )
    };
    (!names.is_empty()).then(|| said(&names))
}

#[cfg(test)]
mod tests {
    use server_api::SourcePod;

    use super::{scraped_by, workload};

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
    fn each_workload_is_named_with_its_own_monitor() {
        let check = |namespace: &str, monitors: &[&str], expect: &str| {
            let pod = SourcePod {
                namespace: namespace.to_owned(),
                pod: "granite-0".to_owned(),
                monitors: monitors.iter().map(|&job| job.to_owned()).collect(),
            };
            assert_eq!(workload(&pod), expect);
        };
        check("llm-prod", &["llm-prod/engine"], "llm-prod/granite-0, monitor engine");
        check("", &[], "granite-0");
    }
}
