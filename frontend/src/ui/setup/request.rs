//! What somebody without the rights sends to an administrator: what is wanted, and the commands that grant it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use server_api::{SetupChecks, SetupPlan};

use super::{block, button, muted};
use crate::{
    host,
    state::{App, Load},
    ui::part,
    words::{counted, forms, t, t_with},
};

/// Permissions that are named for each command: enough to see what it is for.
const MOST: usize = 4;

pub fn card(app: App) -> AnyView {
    let (missing, user) = match (app.setup.plan.get(), app.setup.checks.get()) {
        (Load::Here(plan), _) => (of_plan(&plan), plan.user.clone()),
        (Load::Failed(_), Load::Here(checks)) => (of_checks(&checks), String::new()),
        _ => return ().into_any(),
    };
    if missing.is_empty() {
        return ().into_any();
    }
    let namespace = app.setup_place().unwrap_or_default();
    let letter = letter(&missing, &user, &namespace);
    let copied = RwSignal::new(None::<bool>);
    let content = letter.clone();
    let copy = move || {
        host::copy(&content, move |done| {
            // The card may be gone.
            let _ = copied.try_set(Some(done));
        });
    };
    let said = move || {
        muted(match copied.get() {
            None => String::new(),
            Some(true) => t("Copied"),
            Some(false) => t("The browser does not let this page copy: select the text and copy it."),
        })
    };
    let live = view! { <div role="status">{part(said)}</div> }.into_any();
    let inside = vec![
        muted(t(
            "You lack rights that some of the steps need. Send this to an administrator:",
        )),
        block(letter),
        button("", t("Copy"), Signal::from(false), copy),
        live,
    ];
    super::card("request", t("Ask an administrator"), inside)
}

/// Each command that grants something, with what it grants.
type Missing = BTreeMap<String, Vec<String>>;

fn of_plan(plan: &SetupPlan) -> Missing {
    let mut missing = Missing::new();
    for need in plan.steps.iter().flat_map(|step| step.missing()) {
        add(&mut missing, &need.grant, &need.permission);
    }
    missing
}

/// Where no plan can be had, the checks tell what is missing.
fn of_checks(checks: &SetupChecks) -> Missing {
    let mut missing = Missing::new();
    let rights = checks.categories.iter().filter(|category| category.name == "rights");
    for check in rights.flat_map(|category| &category.checks) {
        if let Some(grant) = &check.error {
            let permission = check.description.strip_prefix("you may not ");
            add(&mut missing, grant, permission.unwrap_or(&check.description));
        }
    }
    missing
}

fn add(missing: &mut Missing, grant: &str, permission: &str) {
    let of_grant = missing.entry(grant.to_owned()).or_default();
    if !of_grant.iter().any(|known| known == permission) {
        of_grant.push(permission.to_owned());
    }
}

fn letter(missing: &Missing, user: &str, namespace: &str) -> String {
    let user = if user.is_empty() { "<user>" } else { user };
    let mut letter = t_with(
        "Please set up the monitoring of the models in {{namespace}} with Servelens, or give {{user}} the rights that this needs:",
        &[("namespace", namespace), ("user", user)],
    );
    for (grant, permissions) in missing {
        letter.push_str("\n\n    ");
        letter.push_str(&grant.replace("<user>", user));
        for permission in permissions.iter().take(MOST) {
            letter.push_str("\n    # ");
            letter.push_str(permission);
        }
        if let Some(more) = permissions.len().checked_sub(MOST).filter(|more| *more > 0) {
            letter.push_str("\n    # ");
            letter.push_str(&counted(forms("and {{count}} more", "and {{count}} more"), more, &[]));
        }
    }
    letter.push_str("\n\n");
    letter.push_str(&t("To set it up without giving rights:"));
    letter.push_str("\n\n    servelens apply --namespace ");
    letter.push_str(namespace);
    letter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_names_each_command_once_with_all_that_it_grants() {
        let checks: SetupChecks = serde_json::from_str(
            r#"{"success":true,"categories":[
                {"categoryName":"cluster","checks":[{"description":"old","result":"warning","error":"update","hint":"h"}]},
                {"categoryName":"rights","checks":[
                    {"description":"you may create configmaps in a","result":"success"},
                    {"description":"you may not create podmonitors in a","result":"warning","error":"oc grant edit <user> -n a","hint":"h"},
                    {"description":"you may not create rules in a","result":"warning","error":"oc grant edit <user> -n a","hint":"h"}]}]}"#,
        )
        .unwrap();
        assert_eq!(
            letter(&of_checks(&checks), "eve", "a"),
            "Please set up the monitoring of the models in a with Servelens, or give eve the rights that this needs:\n\n    \
             oc grant edit eve -n a\n    # create podmonitors in a\n    # create rules in a\n\nTo set it up without giving rights:\n\n    \
             servelens apply --namespace a"
        );
    }
}
