//! What the metrics themselves say: whether samples of each workload and family arrive.

use leptos::prelude::*;
use server_api::{SetupFindings, setup::SetupFinding};

use super::{Sign, line, muted, sentence};
use crate::{
    state::{App, Load},
    ui::{notice::fault, tag, text},
    words::t,
};

pub fn card(app: App) -> AnyView {
    let inside = match app.setup.findings.get() {
        None => return ().into_any(),
        Some(Load::Waiting) => vec![muted(t("Loading"))],
        Some(Load::Failed(error)) => vec![fault(&error, move || app.setup.verify(app.client()))],
        Some(Load::Here(found)) => {
            let lines = found.findings.iter().map(finding).collect();
            vec![
                tag("p", "", vec![text(summary(&found))]),
                tag("ul", "sl-setup-lines", lines),
            ]
        }
    };
    super::card("findings", t("Do samples arrive?"), inside)
}

pub fn summary(found: &SetupFindings) -> String {
    if found.success {
        t("Samples of everything arrive.")
    } else {
        t("Some samples do not arrive. A new target takes a minute or two; what to do stands at each line.")
    }
}

fn finding(finding: &SetupFinding) -> AnyView {
    let sign = if finding.good { Sign::Good } else { Sign::Error };
    let mut inside = vec![sentence("", &finding.what)];
    if !finding.next_step.is_empty() {
        inside.push(sentence("sl-muted", &finding.next_step));
    }
    line(sign, inside)
}
