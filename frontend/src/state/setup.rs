//! The page that sets up: what is there, what would change, and a run that changes it.

use std::sync::Arc;

use leptos::{html, prelude::*};
use server_api::{ApiError, Me, ModelEntry, Scope as Sight, SetupChecks, SetupEvent, SetupFindings, SetupPlan};

use super::{App, Load};
use crate::{
    api::Client,
    route::{Page, Scope},
};

/// What `servelens plan` takes where no namespace is named.
const DEFAULT: &str = "llm-hosting";

/// What a run does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Apply,
    Repair,
    Remove,
}

impl Change {
    /// The server's word.
    fn door(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Repair => "repair",
            Self::Remove => "remove",
        }
    }
}

/// How a step of a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    Begun,
    /// For what it waits.
    Waits(String),
    Done,
    /// It stays undone, or ended the run there; why.
    Undone(String),
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// How many steps were done, and how many stayed undone.
    Whole { done: usize, left: usize },
    /// Where it stopped and why, in the server's words.
    Stopped(String),
    /// It could not begin, or was lost from sight.
    Failed(ApiError),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub change: Change,
    /// How many steps there are, as soon as that is known.
    pub of: usize,
    /// What each step so far is about, and how it stands.
    pub steps: Vec<(String, Progress)>,
    pub end: Option<End>,
}

impl Run {
    fn new(change: Change) -> Self {
        Self {
            change,
            of: 0,
            steps: Vec::new(),
            end: None,
        }
    }

    pub fn ended_steps(&self) -> usize {
        let ended = |(_, progress): &&(String, Progress)| matches!(progress, Progress::Done | Progress::Undone(_));
        self.steps.iter().filter(ended).count()
    }

    fn hear(&mut self, event: &SetupEvent) {
        match event.event.as_str() {
            "begun" => {
                self.of = event.of;
                self.steps.push((event.object.clone(), Progress::Begun));
            }
            "waiting" => self.set(Progress::Waits(event.what.clone())),
            "ended" if event.outcome == "done" => self.set(Progress::Done),
            "ended" => self.set(Progress::Undone(event.text.clone())),
            "end" => {
                self.end = Some(match &event.stopped {
                    Some(why) => End::Stopped(why.clone()),
                    None => End::Whole {
                        done: event.done,
                        left: event.left.len(),
                    },
                });
            }
            "failed" => self.end = Some(End::Stopped(event.text.clone())),
            // What a later server tells in addition.
            _ => {}
        }
    }

    /// Steps run one after the other.
    fn set(&mut self, progress: Progress) {
        if let Some((_, last)) = self.steps.last_mut() {
            *last = progress;
        }
    }
}

#[derive(Clone, Copy)]
pub struct Setup {
    pub checks: RwSignal<Load<Arc<SetupChecks>>>,
    pub plan: RwSignal<Load<Arc<SetupPlan>>>,
    /// Whether samples arrive; `None` until somebody asks.
    pub findings: RwSignal<Option<Load<Arc<SetupFindings>>>>,
    /// What a removal would take away; `None` until somebody asks.
    pub removal: RwSignal<Option<Load<Arc<SetupPlan>>>>,
    pub run: RwSignal<Option<Run>>,
    /// Where the page tells of what a button has begun.
    pub news: NodeRef<html::Div>,
    /// Of what all of these tell; a late answer about another is dropped.
    about: StoredValue<String>,
}

impl Setup {
    pub fn new() -> Self {
        Self {
            checks: RwSignal::new(Load::Waiting),
            plan: RwSignal::new(Load::Waiting),
            findings: RwSignal::new(None),
            removal: RwSignal::new(None),
            run: RwSignal::new(None),
            news: NodeRef::new(),
            about: StoredValue::new(String::new()),
        }
    }

    /// A run that has begun and not ended.
    pub fn is_running(self) -> bool {
        self.run.with(|run| run.as_ref().is_some_and(|run| run.end.is_none()))
    }

    fn is_about(self, namespace: &str) -> bool {
        self.about.try_with_value(|about| about.as_str() == namespace) == Some(true)
    }

    /// Looks at a namespace anew: nothing of what was told about another is about it.
    fn turn_to(self, client: Client, namespace: String) {
        // Whoever comes back to a run finds it as it goes.
        if !self.is_about(&namespace) {
            self.run.set(None);
        }
        self.about.set_value(namespace);
        self.look(client);
    }

    /// Looks again: what is there, and what would change.
    pub fn look(self, client: Client) {
        self.findings.set(None);
        self.removal.set(None);
        self.checks.set(Load::Waiting);
        self.plan.set(Load::Waiting);
        let about = self.about.get_value();
        let other = client.clone();
        leptos::task::spawn_local(async move {
            let answer = client.setup("checks", &about).await;
            if self.is_about(&about) {
                self.checks.set(loaded(answer));
            }
        });
        self.ask_plan(other, "plan", move |plan| self.plan.set(plan));
    }

    /// Leads eyes and ears to where a button's work shows, as soon as it does.
    fn lead(self) {
        leptos::task::spawn_local(async move {
            leptos::task::tick().await;
            if let Some(news) = self.news.try_get_untracked().flatten() {
                // Focus that cannot be moved stays where it was.
                let _ = news.focus();
            }
        });
    }

    /// Asks what a removal would take away.
    pub fn ask_removal(self, client: Client) {
        self.removal.set(Some(Load::Waiting));
        self.lead();
        self.ask_plan(client, "remove", move |plan| self.removal.set(Some(plan)));
    }

    fn ask_plan(self, client: Client, door: &'static str, told: impl FnOnce(Load<Arc<SetupPlan>>) + 'static) {
        let about = self.about.get_value();
        let told: Box<dyn FnOnce(Load<Arc<SetupPlan>>)> = Box::new(told);
        leptos::task::spawn_local(async move {
            let answer = client.setup(door, &about).await;
            if self.is_about(&about) {
                told(loaded(answer));
            }
        });
    }

    /// Asks the metrics themselves whether samples arrive.
    pub fn verify(self, client: Client) {
        self.findings.set(Some(Load::Waiting));
        self.lead();
        let about = self.about.get_value();
        leptos::task::spawn_local(async move {
            let answer = client.setup("verify", &about).await;
            if self.is_about(&about) {
                self.findings.set(Some(loaded(answer)));
            }
        });
    }

    /// Changes the cluster, and looks again when that has ended.
    pub fn change(self, client: Client, change: Change) {
        if untrack(|| self.is_running()) {
            return;
        }
        self.findings.set(None);
        self.removal.set(None);
        self.run.set(Some(Run::new(change)));
        self.lead();
        let about = self.about.get_value();
        leptos::task::spawn_local(async move {
            let mut hear = |event| {
                if self.is_about(&about) {
                    self.run.update(|run| run.iter_mut().for_each(|run| run.hear(&event)));
                }
            };
            let ended = client.set_up(change.door(), &about, &mut hear).await;
            if !self.is_about(&about) {
                return;
            }
            if let Err(error) = ended {
                self.run.update(|run| {
                    if let Some(run) = run {
                        run.end = Some(End::Failed(error));
                    }
                });
            }
            self.look(client);
        });
    }
}

fn loaded<T>(answer: Result<T, ApiError>) -> Load<Arc<T>> {
    match answer {
        Ok(answer) => Load::Here(Arc::new(answer)),
        Err(error) => Load::Failed(error),
    }
}

impl App {
    /// The namespace that is set up: the chosen one; else one with models, or the first of one's own; else the one that
    /// the command line takes. `None` until that can be told.
    pub fn setup_place(self) -> Option<String> {
        let scope = self.at().scope;
        self.me.with(|me| self.models.with(|models| place(&scope, me, models)))
    }

    /// Asks whenever the page is about another namespace. Call once, inside the tree's owner.
    pub fn watch_setup(self) {
        let place = Memo::new(move |_| (self.page() == Page::Setup).then(|| self.setup_place()).flatten());
        Effect::new(move |_| {
            if let Some(namespace) = place.get() {
                self.setup.turn_to(self.client(), namespace);
            }
        });
    }
}

fn place(scope: &Scope, me: &Load<Arc<Me>>, models: &Load<Arc<Vec<ModelEntry>>>) -> Option<String> {
    if let Some(chosen) = scope.namespace() {
        return Some(chosen.to_owned());
    }
    let served = match models {
        Load::Waiting => return None,
        Load::Here(models) => models
            .iter()
            .map(|model| &model.namespace)
            .find(|name| !name.is_empty()),
        Load::Failed(_) => None,
    };
    let own = match me {
        Load::Waiting => return None,
        // Whoever sees all namespaces would be shown one of the platform's.
        Load::Here(me) if me.scope == Sight::Namespaces => me.namespaces.first(),
        _ => None,
    };
    Some(served.or(own).map_or(DEFAULT, String::as_str).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &str) -> SetupEvent {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_run_is_told_step_by_step_to_its_end() {
        let mut run = Run::new(Change::Apply);
        for json in [
            r#"{"event":"begun","step":1,"of":3,"action":"create","object":"Namespace a"}"#,
            r#"{"event":"ended","step":1,"object":"Namespace a","outcome":"done","text":"create"}"#,
            r#"{"event":"begun","step":2,"of":3,"action":"create","object":"Grafana a/g"}"#,
            r#"{"event":"waiting","step":2,"for":"its operator"}"#,
        ] {
            run.hear(&event(json));
        }
        let waits = Progress::Waits("its operator".to_owned());
        assert_eq!((run.of, run.ended_steps(), &run.steps[1].1), (3, 1, &waits));
        run.hear(&event(
            r#"{"event":"ended","step":2,"object":"Grafana a/g","outcome":"left","text":"no right"}"#,
        ));
        assert_eq!((run.ended_steps(), &run.end), (2, &None));
        run.hear(&event(
            r#"{"event":"end","done":1,"kept":4,"left":["Grafana a/g: no right"],"stopped":null}"#,
        ));
        assert_eq!(run.end, Some(End::Whole { done: 1, left: 1 }));
    }

    #[test]
    fn a_run_that_stops_or_never_begins_says_why() {
        for json in [
            r#"{"event":"end","done":0,"kept":0,"left":[],"stopped":"step 1 of 3"}"#,
            r#"{"event":"failed","text":"step 1 of 3"}"#,
        ] {
            let mut run = Run::new(Change::Remove);
            run.hear(&event(json));
            assert_eq!(run.end, Some(End::Stopped("step 1 of 3".to_owned())));
        }
    }

    #[test]
    fn without_a_choice_it_is_a_namespace_of_one_s_own() {
        let me = |scope, names: &[&str]| {
            Load::Here(Arc::new(Me {
                user: String::new(),
                scope,
                namespaces: names.iter().map(|name| (*name).to_owned()).collect(),
                rights: Vec::new(),
                sign_out: None,
            }))
        };
        let none = Load::Here(Arc::new(Vec::new()));
        let models: Vec<ModelEntry> = serde_json::from_str(
            r#"[{"namespace":"b","workload":"w","kind":"Pod","model":"m","runtime":"vllm","state":"idle"}]"#,
        )
        .unwrap();
        let models = Load::Here(Arc::new(models));
        let named = |name: &str| Some(name.to_owned());
        let own = me(Sight::Namespaces, &["a", "b"]);
        assert_eq!(
            place(&Scope::Namespace("x".into()), &Load::Waiting, &Load::Waiting),
            named("x")
        );
        assert_eq!(place(&Scope::All, &own, &Load::Waiting), None);
        assert_eq!(place(&Scope::All, &own, &models), named("b"));
        assert_eq!(place(&Scope::Unsaid, &own, &none), named("a"));
        assert_eq!(
            place(&Scope::All, &me(Sight::Cluster, &["default"]), &none),
            named(DEFAULT)
        );
    }
}
