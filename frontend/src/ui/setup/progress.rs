//! A run as it goes: how far it is, each step with how it ended, and what it has come to.

use leptos::prelude::*;

use super::{Sign, findings, line, muted, sentence};
use crate::{
    state::{App, Change, End, Load, Progress, Run},
    ui::{notice::fault, tag, text},
    words::{counted, forms, t, t_with, told},
};

pub fn card(app: App) -> AnyView {
    let Some(run) = app.setup.run.get() else {
        return ().into_any();
    };
    let done = run.ended_steps().to_string();
    let mut inside = vec![
        view! { <progress class="sl-setup-bar" max=run.of.max(1).to_string() value=done aria-label=t("Steps")></progress> }
            .into_any(),
    ];
    match &run.end {
        None => inside.push(muted(far(&run))),
        Some(End::Whole { .. }) => inside.push(tag("p", "", vec![text(ended(&run))])),
        Some(End::Stopped(why)) => {
            inside.push(tag("p", "sl-setup-risk", vec![text(ended(&run))]));
            inside.push(sentence("", why));
        }
        Some(End::Failed(error)) => inside.push(fault(error, move || app.setup.look(app.client()))),
    }
    let lines = run.steps.iter().map(step).collect();
    inside.push(tag("ol", "sl-setup-lines", lines));
    super::card("run", heading(run.change), inside)
}

fn heading(change: Change) -> String {
    match change {
        Change::Apply => t("Setting up"),
        Change::Repair => t("Repairing"),
        Change::Remove => t("Removing"),
    }
}

fn far(run: &Run) -> String {
    let (at, of) = (run.steps.len().to_string(), run.of.to_string());
    t_with("Step {{step}} of {{of}}", &[("step", &at), ("of", &of)])
}

fn ended(run: &Run) -> String {
    match run.end {
        Some(End::Whole { done: 0, left: 0 }) => t("Nothing had to be changed."),
        Some(End::Whole { done, left }) => {
            let said = counted(forms("{{count}} step done.", "{{count}} steps done."), done, &[]);
            let undone = forms(
                "{{count}} step stayed undone; its line says why.",
                "{{count}} steps stayed undone; their lines say why.",
            );
            if left == 0 {
                said
            } else {
                format!("{said} {}", counted(undone, left, &[]))
            }
        }
        _ => t("It stopped here. Once the cause is mended, the next run goes on from there."),
    }
}

fn step((object, progress): &(String, Progress)) -> AnyView {
    let mut inside = vec![view! { <span translate="no">{object.clone()}</span> }.into_any()];
    let sign = match progress {
        Progress::Begun => Sign::Waiting,
        Progress::Waits(what) => {
            inside.push(muted(t_with("Waiting for {{what}}", &[("what", &told(what))])));
            Sign::Waiting
        }
        Progress::Done => Sign::Good,
        Progress::Undone(why) => {
            inside.push(sentence("sl-muted", why));
            Sign::Error
        }
    };
    line(sign, inside)
}

/// What is read aloud while things happen; each sentence once.
pub fn said(app: App) -> String {
    if let Some(Load::Here(found)) = app.setup.findings.get() {
        return findings::summary(&found);
    }
    let Some(run) = app.setup.run.get() else {
        return String::new();
    };
    match &run.end {
        None if run.of == 0 => heading(run.change),
        None => format!("{}: {}", heading(run.change), far(&run)),
        // A notice of its own is read.
        Some(End::Failed(_)) => String::new(),
        Some(_) => ended(&run),
    }
}
