//! Which of the installation's own dashboards are left out, and why: for whoever keeps them, in nobody's way.

use leptos::prelude::*;
use server_api::FaultEntry;

use crate::words::{counted, forms};

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
    let said = counted(
        forms(
            "A file of own dashboards is left out",
            "{{count}} files of own dashboards are left out",
        ),
        files,
        &[],
    );
    let line = |fault: &FaultEntry| {
        let at = format!("{}:{}", fault.file, fault.line);
        // For whoever writes these files; in English, as their reader is.
        let text = format!(" {}. {}.", fault.reason, fault.next_step);
        view! { <li translate="no"><code>{at}</code>{text}</li> }
    };
    view! {
        <details class="sl-notice-quiet" data-part="own-faults">
            <summary>{said}</summary>
            <ul>{faults.iter().map(line).collect_view()}</ul>
        </details>
    }
    .into_any()
}
