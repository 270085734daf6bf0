//! The plan: each step with its reason, its diff, its risk and the permissions it needs; and what can be done with it.

use std::sync::Arc;

use leptos::prelude::*;
use server_api::{SetupPlan, SetupStep};

use super::{Sign, block, button, code, line, muted, phrase, sentence};
use crate::{
    state::{App, Change},
    ui::{tag, text},
    words::{Forms, counted, forms, t, t_with},
};

pub fn card(app: App, plan: &Arc<SetupPlan>) -> AnyView {
    let steps = || plan.steps.iter();
    let ready = steps().filter(|step| step.is_ready()).count();
    let held = steps().filter(|step| step.writes()).count() - ready;
    let mut summary = Vec::new();
    if ready > 0 {
        summary.push(counted(
            forms("{{count}} step to do", "{{count}} steps to do"),
            ready,
            &[],
        ));
    }
    if held > 0 {
        let words = forms(
            "{{count}} step that cannot be done",
            "{{count}} steps that cannot be done",
        );
        summary.push(counted(words, held, &[]));
    }
    if summary.is_empty() {
        summary.push(t("Nothing to change: everything is as it should be."));
    }
    let writes: Vec<AnyView> = steps().filter(|step| step.writes()).map(step).collect();
    let inside = vec![
        muted(t_with("As {{user}}", &[("user", &plan.user)])),
        tag("p", "", vec![text(summary.join(" · "))]),
        actions(app, plan, ready > 0),
        tag("ol", "sl-setup-lines", writes),
        folded(
            plan,
            "keep",
            forms(
                "{{count}} object is as it should be",
                "{{count}} objects are as they should be",
            ),
        ),
        folded(
            plan,
            "skip",
            forms("{{count}} object is left alone", "{{count}} objects are left alone"),
        ),
    ];
    super::card("plan", t("Plan"), inside)
}

fn actions(app: App, plan: &SetupPlan, ready: bool) -> AnyView {
    let running = Memo::new(move |_| app.setup.is_running());
    let off = move |off: bool| Signal::derive(move || off || running.get());
    let mut buttons = vec![
        button("sl-button-main", t("Apply"), off(!ready), move || {
            app.setup.change(app.client(), Change::Apply);
        }),
        button("", t("Verify"), off(false), move || app.setup.verify(app.client())),
    ];
    if plan.recorded {
        let drift = plan.steps.iter().any(|step| step.drift && step.is_ready());
        buttons.insert(
            1,
            button("", t("Repair"), off(!drift), move || {
                app.setup.change(app.client(), Change::Repair);
            }),
        );
        buttons.push(button("sl-button-danger", t("Remove"), off(false), move || {
            app.setup.ask_removal(app.client());
        }));
    }
    tag("div", "sl-setup-actions", buttons)
}

/// What needs nothing done, out of the way.
fn folded(plan: &SetupPlan, action: &str, words: Forms) -> AnyView {
    let found: Vec<&SetupStep> = plan.steps.iter().filter(|step| step.action == action).collect();
    if found.is_empty() {
        return ().into_any();
    }
    let said = |step: &&SetupStep| line(Sign::Good, vec![object(step), sentence("sl-muted", &step.reason)]);
    let lines = found.iter().map(said).collect();
    let summary = tag("summary", "", vec![text(counted(words, found.len(), &[]))]);
    tag(
        "details",
        "sl-setup-more",
        vec![summary, tag("ul", "sl-setup-lines", lines)],
    )
}

pub fn object(step: &SetupStep) -> AnyView {
    view! { <strong translate="no">{step.object.said()}</strong> }.into_any()
}

pub fn action(step: &SetupStep) -> AnyView {
    let word = match step.action.as_str() {
        "create" => t("Create"),
        "change" => t("Change"),
        "edit" => t("Edit"),
        "adopt" => t("Take over"),
        "renew" => t("Renew"),
        "remove" => t("Remove"),
        "skip" => t("Leave alone"),
        other => other.to_owned(),
    };
    tag("span", "sl-badge sl-setup-action", vec![text(word)])
}

fn step(step: &SetupStep) -> AnyView {
    let missing = step.missing().next().is_some();
    let mut head = vec![action(step), text(" ".to_owned()), object(step)];
    if missing || step.blocked.is_some() {
        let why = if missing {
            t("A right is missing")
        } else {
            t("Cannot be done")
        };
        head.push(text(" ".to_owned()));
        head.push(tag("span", "sl-badge sl-badge-warning", vec![text(why)]));
    }
    let mut inside = vec![sentence("sl-muted", &step.reason)];
    if let Some(said) = &step.risk {
        inside.push(risk(said));
    }
    if let Some(why) = step.blocked.as_ref().filter(|_| !missing) {
        inside.push(sentence("sl-setup-risk", why));
    }
    inside.push(details(step));
    inside.insert(0, tag("p", "", head));
    tag("li", "sl-setup-step", inside)
}

/// What else happens.
pub fn risk(said: &str) -> AnyView {
    let name = tag("strong", "", vec![text(t("Risk"))]);
    tag("p", "sl-setup-risk", vec![name, text(": ".to_owned()), phrase(said)])
}

/// What would be written, and with which permissions.
fn details(step: &SetupStep) -> AnyView {
    let mut inside = vec![tag("summary", "", vec![text(t("Changes and permissions"))])];
    if !step.diff.is_empty() {
        inside.push(block(step.diff.join("\n")));
    }
    let permission = |one: &server_api::setup::SetupPermission| {
        let (sign, word) = if one.allowed {
            (Sign::Good, t("You have it"))
        } else {
            (Sign::Error, t("You do not have it"))
        };
        let said = tag("p", "", vec![code(&one.permission), text(format!(" · {word}"))]);
        let mut inside = vec![said];
        if !one.allowed {
            inside.push(block(one.grant.clone()));
        }
        line(sign, inside)
    };
    let permissions = step.permissions.iter().map(permission).collect();
    inside.push(tag("ul", "sl-setup-lines", permissions));
    tag("details", "sl-setup-more", inside)
}
