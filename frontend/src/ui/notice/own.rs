//! Which of the installation's own dashboards are left out, and why: for whoever keeps them, in nobody's way.

use leptos::prelude::*;
use server_api::FaultEntry;

pub fn own_faults(faults: &[FaultEntry]) -> AnyView {
    if faults.is_empty() {
        return ().into_any();
    }
    let named = |at: usize, file: &String| faults.iter().take(at).any(|fault| fault.file == *file);
    let files = faults
        .iter()
        .enumerate()
        .filter(|(at, fault)| !named(*at, &fault.file))
        .count();
    let said = match files {
        1 => "A file of own dashboards is left out".to_owned(),
        several => format!("{several} files of own dashboards are left out"),
    };
    let line = |fault: &FaultEntry| {
        let at = format!("{}:{}", fault.file, fault.line);
        let text = format!(" {}. Next: {}.", fault.reason, fault.next_step);
        view! { <li><code>{at}</code>{text}</li> }
    };
    view! {
        <details class="sl-notice-quiet" data-part="own-faults">
            <summary>{said}</summary>
            <ul>{faults.iter().map(line).collect_view()}</ul>
        </details>
    }
    .into_any()
}
