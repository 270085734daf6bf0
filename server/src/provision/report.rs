//! Plans and results for a terminal, and as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};
use server_api::SetupPlan;

use super::apply::Summary;
use super::event::{Event, Outcome};
use super::plan::{Action, Plan, Step};
use super::remove::Removal;

/// Lines of one step's diff in the text; the JSON has all of them.
const MOST_LINES: usize = 12;

pub fn plan_text(user: &str, steps: &[&Step]) -> String {
    let mut out = format!("As {user}:\n");
    let mut line = |text: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{text}");
    };
    for step in steps.iter().filter(|step| step.action != Action::Keep) {
        line(&format!("{} {} {}", sign(step), step.action.as_str(), step.object));
        line(&format!("    {}", step.reason));
        for diff in step.diff.iter().take(MOST_LINES) {
            line(&format!("      {diff}"));
        }
        if step.diff.len() > MOST_LINES {
            line(&format!(
                "      … {} more lines: --output json",
                step.diff.len() - MOST_LINES
            ));
        }
        if let Some(risk) = step.risk.filter(|_| step.action.writes()) {
            line(&format!("    risk: {risk}"));
        }
        for need in step.missing() {
            line(&format!("    you may not {}", need.permission));
            line(&format!("    to grant it: {}", need.grant));
        }
        if let Some(blocked) = step.blocked.as_ref().filter(|_| step.missing().next().is_none()) {
            line(&format!("    cannot be done: {blocked}"));
        }
    }
    let count = |test: &dyn Fn(&Step) -> bool| steps.iter().filter(|step| test(step)).count();
    let ready = count(&Step::is_ready);
    let held = count(&|step| step.action.writes() && !step.is_ready());
    let kept = count(&|step| step.action == Action::Keep);
    let nothing = if ready + held == 0 { "Nothing to change. " } else { "" };
    line(&format!(
        "{nothing}{ready} to do, {held} that cannot be done, {kept} as they should be."
    ));
    out
}

fn sign(step: &Step) -> char {
    match step.action {
        Action::Skip | Action::Keep => '·',
        _ if !step.is_ready() => '×',
        Action::Create => '+',
        Action::Remove => '-',
        _ => '~',
    }
}

pub fn plan_json(plan: &Plan) -> Value {
    let steps = plan
        .steps
        .iter()
        .map(|step| step.to_api(step.action.writes() && plan.stored.is_drift(step)));
    json!(SetupPlan {
        user: plan.user.clone(),
        differs: plan.differs(),
        recorded: plan.stored.is_record(),
        steps: steps.collect(),
    })
}

pub fn removal_json(user: String, removal: &Removal) -> Value {
    let steps: Vec<_> = removal.steps().map(|step| step.to_api(false)).collect();
    json!(SetupPlan {
        user,
        differs: removal.steps().any(|step| step.action.writes()),
        recorded: removal.stored.is_record(),
        steps,
    })
}

/// One line for a terminal; empty where an event says nothing new.
pub fn event_text(event: &Event) -> String {
    match event {
        Event::Begun { .. } => String::new(),
        Event::Waiting { what, .. } => format!("  … waits for {what}"),
        Event::Ended { object, outcome, .. } => match outcome {
            Outcome::Done(what) => format!("√ {what} {object}"),
            Outcome::Left(why) => format!("× {object}\n    {why}"),
            Outcome::Stopped(why) => format!("× {object}\n    stopped: {why}"),
        },
    }
}

pub fn summary_text(summary: &Summary) -> String {
    let mut out = String::new();
    if summary.done == 0 && summary.is_whole() {
        return format!("Nothing to change; {} as they should be.\n", summary.kept);
    }
    let _ = writeln!(
        out,
        "{} done, {} left, {} as they should be.",
        summary.done,
        summary.left.len(),
        summary.kept
    );
    if let Some(stopped) = &summary.stopped {
        let _ = writeln!(out, "Stopped at {stopped}");
    }
    out
}

pub fn summary_json(summary: &Summary) -> Value {
    json!({"event": "end", "done": summary.done, "kept": summary.kept, "left": summary.left, "stopped": summary.stopped})
}
