//! Before anything is taken away: what goes, by name, and a yes.

use leptos::prelude::*;
use server_api::SetupStep;

use super::{button, muted, plan, sentence};
use crate::{
    state::{App, Change, Load},
    ui::{notice::fault, tag, text},
    words::t,
};

pub fn card(app: App) -> AnyView {
    let keep = move || app.setup.removal.set(None);
    let inside = match app.setup.removal.get() {
        None => return ().into_any(),
        Some(Load::Waiting) => vec![muted(t("Loading"))],
        Some(Load::Failed(error)) => vec![fault(&error, move || app.setup.ask_removal(app.client()))],
        Some(Load::Here(plan)) => {
            let steps = plan.steps.iter().map(step).collect();
            let remove = move || app.setup.change(app.client(), Change::Remove);
            let on = Signal::from(false);
            vec![
                muted(t(
                    "This goes, or is put back as it was; what others made stays. It cannot be taken back, but set up again.",
                )),
                tag("ol", "sl-setup-lines", steps),
                tag(
                    "div",
                    "sl-setup-actions",
                    vec![
                        button("sl-button-danger", t("Remove all of this"), on, remove),
                        button("", t("Keep it"), on, keep),
                    ],
                ),
            ]
        }
    };
    super::card("removal", t("Remove the monitoring?"), inside)
}

fn step(step: &SetupStep) -> AnyView {
    let head = vec![plan::action(step), text(" ".to_owned()), plan::object(step)];
    let mut inside = vec![tag("p", "", head), sentence("sl-muted", &step.reason)];
    if let Some(risk) = &step.risk {
        inside.push(plan::risk(risk));
    }
    tag("li", "sl-setup-step", inside)
}
