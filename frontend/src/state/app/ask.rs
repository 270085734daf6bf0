//! What the page asks of the server, and when.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use server_api::{CatalogAnswer, Me, PanelEntry, PanelsRequest, SlosRequest};

use super::{App, Load};
use crate::{
    api::Client,
    host::{self, Timeout},
    route::{Location, Page, SLOS},
    state::schedule,
    words::{self, Language, t},
};

impl App {
    pub fn client(self) -> Client {
        let host = self.host();
        Client {
            base: host.base.clone(),
            csrf: host.csrf_token(),
        }
    }

    /// Speaks that language as soon as its words are there; English where they cannot be had.
    pub fn fetch_words(self, language: Language) {
        let client = self.client();
        leptos::task::spawn_local(async move {
            let words = match language {
                Language::English => Ok(String::new()),
                other => client.words(other.tag(), "").await,
            };
            let spoken = if words.is_ok() { language } else { Language::English };
            if self.language.try_get_untracked().is_none() {
                return;
            }
            words::speak(&words.unwrap_or_default(), host::rules(spoken));
            host::set_locale(&host::locale(spoken));
            host::mark_language(&self.host(), spoken);
            self.vocabulary.begin(spoken);
            self.language.set(Some(spoken));
            // What one reads on request only must not hold the first picture up.
            self.learn(self.vocabulary.told);
            self.learn(self.vocabulary.explained);
        });
    }

    /// Asks for what all pages need. The page works without models and identity; not without the catalogue.
    pub fn fetch_basics(self) {
        self.catalog.set(Load::Waiting);
        let client = self.client();
        leptos::task::spawn_local(async move {
            let answer = client.catalog().await;
            let _ = self.catalog.try_set(match answer {
                Ok(catalog) => Load::Here(Arc::new(catalog)),
                Err(error) => Load::Failed(error),
            });
        });
        self.fetch_me();
        self.fetch_models();
    }

    /// What the caller may see can change while the page stands: a namespace is made or deleted, a role granted. An
    /// earlier answer stays where there is no new one to be had.
    pub fn fetch_me(self) {
        let client = self.client();
        let watched = untrack(|| self.at()).scope;
        leptos::task::spawn_local(async move {
            let answer = match client.me(watched.namespace()).await {
                Ok(me) => Load::Here(Arc::new(me)),
                Err(error) => Load::Failed(error),
            };
            let stays = |now: &Load<Arc<Me>>| matches!((now, &answer), (Load::Here(_), Load::Failed(_)));
            if let Some(now) = self.me.try_get_untracked()
                && now != answer
                && !stays(&now)
            {
                self.me.set(answer);
            }
        });
    }

    /// An earlier list stays until the new one is there, and when there is none to be had.
    pub fn fetch_models(self) {
        let client = self.client();
        leptos::task::spawn_local(async move {
            let answer = client.models().await;
            let _ = self.models.try_update(|models| match answer {
                Ok(answer) => *models = Load::Here(Arc::new(answer.models)),
                Err(error) if !matches!(models, Load::Here(_)) => *models = Load::Failed(error),
                Err(_) => {}
            });
        });
    }

    /// The panels of a page's dashboard, in reading order.
    pub fn panels(self, page: &Page) -> Vec<Arc<PanelEntry>> {
        self.catalog.with(|catalog| match catalog {
            Load::Here(catalog) => dashboard(catalog, page.segment()),
            _ => Vec::new(),
        })
    }

    /// The question that the current place asks; `None` while there is nothing to ask it about.
    pub fn question(self) -> Option<PanelsRequest> {
        // Lines are named in the language of the page, and so not asked for before it is known.
        if self.lost().is_some() || self.language.get().is_none() {
            return None;
        }
        let at = self.at();
        let panels: Vec<String> = self.panels(&at.page).iter().map(|panel| panel.id.clone()).collect();
        let width = chart_width(self.width.get());
        if panels.is_empty() || width == 0 {
            return None;
        }
        let (from, to) = at.range.bounds(host::now());
        Some(PanelsRequest {
            panels,
            vars: vars(&at),
            from,
            to,
            width,
        })
    }

    /// Asks for every panel of the page in one request.
    pub fn ask(self) {
        let (question, selection, entries) = untrack(|| {
            let at = self.at();
            (self.question(), (vars(&at), at.range), self.panels(&at.page))
        });
        if let Some(question) = question {
            if untrack(|| self.page()).segment() == SLOS {
                let asked = SlosRequest {
                    vars: question.vars.clone(),
                    from: question.from,
                    to: question.to,
                };
                self.slos.ask(self.client(), asked, selection.clone());
            }
            self.board.ask(self.client(), question, selection, entries);
        }
    }

    /// Asks again now: panels, and the models' states.
    pub fn refresh(self) {
        if untrack(|| matches!(self.catalog.get(), Load::Failed(_))) {
            self.fetch_basics();
        } else {
            self.fetch_me();
            self.fetch_models();
            self.ask();
        }
    }

    /// Starts what runs for as long as the page is mounted. Call once, inside the tree's owner.
    pub fn start(self) {
        self.fetch_words(host::language(self.kind));
        self.fetch_basics();
        self.watch_setup();
        // A change of place, of the catalogue or of the charts' width asks anew.
        let question = Memo::new(move |_| {
            let at = self.at();
            let ids: Vec<String> = self.panels(&at.page).iter().map(|panel| panel.id.clone()).collect();
            (
                vars(&at),
                at.range,
                ids,
                chart_width(self.width.get()),
                self.language.get(),
            )
        });
        Effect::new(move |_| {
            // Read, not tracked: a memo that nobody reads never looks at its sources.
            question.with(|_| ());
            self.ask();
        });
        Effect::new(move |_| {
            let at = self.at();
            let wait = schedule::wait_ms(schedule::Now {
                refresh: at.refresh,
                range: at.range,
                hidden: self.hidden.get(),
                busy: self.board.busy.get(),
                asked_ms: self.board.asked_ms.get(),
                now_ms: host::now_ms(),
            });
            let timer = wait.and_then(|wait| Timeout::after(wait, move || self.refresh()));
            self.timer.set_value(timer);
        });
        Effect::new(move |_| {
            self.language.track();
            let title = match self.lost() {
                Some(_) => t("Page not found"),
                None => self.title(&self.page()),
            };
            self.host().set_title(&format!("{title} · Servelens"));
        });
    }
}

/// What the place chooses, by the server's names.
fn vars(at: &Location) -> BTreeMap<String, Vec<String>> {
    let namespace = at.scope.namespace().map(str::to_owned).into_iter().collect();
    [
        ("namespace", namespace),
        ("model", at.models.clone()),
        ("workload", at.workloads.clone()),
        ("pod", at.pods()),
    ]
    .into_iter()
    .filter(|(_, values): &(_, Vec<String>)| !values.is_empty())
    .map(|(name, values)| (name.to_owned(), values))
    .collect()
}

fn dashboard(catalog: &CatalogAnswer, id: &str) -> Vec<Arc<PanelEntry>> {
    let Some(dashboard) = catalog.dashboards.iter().find(|dashboard| dashboard.id == id) else {
        return Vec::new();
    };
    let panel = |wanted: &String| catalog.panels.iter().find(|panel| panel.id == *wanted);
    dashboard
        .panels
        .iter()
        .filter_map(panel)
        .cloned()
        .map(Arc::new)
        .collect()
}

/// Width of one chart for a page of this width, in steps of 100 so that a small change of size asks nothing new.
/// The style sheet's grid has the same break points.
fn chart_width(page: f64) -> u32 {
    if page <= 0.0 {
        return 0;
    }
    let columns = match page {
        ..700.0 => 1.0,
        ..1160.0 => 2.0,
        _ => 3.0,
    };
    ((page / columns / 100.0).ceil() * 100.0).clamp(300.0, 1200.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_s_width_follows_the_grid_in_coarse_steps() {
        for (page, width) in [
            (0.0, 0),
            (360.0, 400),
            (699.0, 700),
            (720.0, 400),
            (1159.0, 600),
            (1400.0, 500),
            (9e9, 1200),
        ] {
            assert_eq!(chart_width(page), width, "{page}");
        }
    }

    #[test]
    fn a_dashboard_keeps_its_order_and_leaves_out_what_the_catalogue_lacks() {
        let panel = |id: &str| {
            format!(
                r#"{{"id":"{id}","title":"","tells":"","when_bad":"","unit":"none","kind":"line","covers":[],"queries":[],"thresholds":[]}}"#
            )
        };
        let catalog = format!(
            r#"{{"version":"1","families":[],"dashboards":[{{"id":"gpus","title":"","panels":["b","gone","a"]}}],"panels":[{},{}]}}"#,
            panel("a"),
            panel("b")
        );
        let catalog: CatalogAnswer = serde_json::from_str(&catalog).unwrap();
        let ids: Vec<String> = dashboard(&catalog, "gpus")
            .iter()
            .map(|panel| panel.id.clone())
            .collect();
        assert_eq!(ids, ["b", "a"]);
        assert!(dashboard(&catalog, "routing").is_empty());
    }
}
