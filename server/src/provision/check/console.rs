//! The console's list of plugins, and the record of what was set up.

use serde_json::Value;

use super::Checks;
use super::seen::{Look, Seen};
use crate::cluster::{Cause, Refusal};
use crate::provision::inventory::{State, Stored};
use crate::provision::object::NAME;
use crate::provision::settings::Settings;

pub fn checks(settings: &Settings, seen: &Seen, stored: Result<&Stored, &Refusal>) -> Checks {
    let mut checks = Checks::new("servelens");
    if settings.console_plugin {
        plugin(seen, &mut checks);
    }
    recorded(settings, stored, &mut checks);
    checks
}

fn recorded(settings: &Settings, stored: Result<&Stored, &Refusal>, checks: &mut Checks) {
    let record = format!("{}/{}", settings.home(), Stored::name(settings));
    let inventory = match stored {
        Ok(stored) => &stored.inventory,
        Err(refusal) if refusal.cause == Cause::Forbidden => {
            let what = format!("you may not see the record {record}");
            return checks.warning("rights", what, "ask who set the monitoring up");
        }
        Err(refusal) => {
            let hint = "put the record back as it was; without it nothing can be removed safely";
            return checks.error("record", refusal.message.clone(), hint);
        }
    };
    if inventory.state == State::Removing {
        checks.error(
            "record",
            "a removal has begun and not ended",
            "run `servelens remove` again; it goes on where it stopped",
        );
    } else if inventory.is_empty() {
        checks.warning(
            "record",
            "nothing was set up by Servelens yet",
            "`servelens plan` shows what would be done",
        );
    } else {
        let count = inventory.objects.len() + inventory.edits.len();
        checks.good(format!("{count} objects are on the record {record}"));
    }
}

fn plugin(seen: &Seen, checks: &mut Checks) {
    match seen.look("plugin") {
        Look::Found(_) => {}
        Look::Hidden => {
            return checks.warning(
                "rights",
                "you may not see the console's plugins",
                "ask an administrator",
            );
        }
        Look::Absent => {
            return checks.warning(
                "plugin",
                "Servelens' pages are not deployed in the console",
                "deploy manifests/plugin; the pages also have an address of their own",
            );
        }
    }
    let console = seen.look("console").value();
    let plugins = console.and_then(|console| console.pointer("/spec/plugins")?.as_array());
    let listed = plugins.is_some_and(|plugins| plugins.iter().any(|name| name == &Value::from(NAME)));
    match (listed, seen.look("console")) {
        (true, _) => checks.good("the console shows Servelens' pages"),
        (false, Look::Hidden) => checks.good("Servelens' pages are deployed in the console"),
        (false, _) => checks.error(
            "plugin",
            "Servelens' pages are deployed, and the console does not show them",
            "`servelens apply` adds them to the console's list; an administrator can",
        ),
    }
}
