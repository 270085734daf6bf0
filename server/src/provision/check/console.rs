//! The console's list of plugins, Grafana where it is wanted, and the record of what was set up.

use serde_json::Value;

use super::Checks;
use super::seen::{Look, Seen};
use crate::cluster::{Cause, Refusal};
use crate::provision::facts::text;
use crate::provision::inventory::{State, Stored};
use crate::provision::object::NAME;
use crate::provision::operator::{self, Operator};
use crate::provision::settings::Settings;

pub fn checks(
    settings: &Settings,
    seen: &Seen,
    operator: Option<Operator>,
    stored: Result<&Stored, &Refusal>,
) -> Checks {
    let mut checks = Checks::new("servelens");
    if settings.console_plugin {
        plugin(seen, &mut checks);
    }
    if let Some(found) = operator {
        at_work(settings, found, &mut checks);
        let name = format!("{}/{}", settings.grafana.namespace, settings.grafana.instance);
        match seen.look("grafana") {
            Look::Found(grafana) if operator::is_ready(grafana) => {
                checks.good(format!("Grafana {name} is ready"));
            }
            Look::Found(grafana) => checks.error(
                "grafana",
                format!("Grafana {name} is not ready: {}", text(grafana, "/status/lastMessage")),
                format!("look at `oc -n {} get grafana,pods`", settings.grafana.namespace),
            ),
            Look::Absent => checks.error(
                "grafana",
                format!("Grafana {name} is not there"),
                "`servelens apply --grafana …` sets it up",
            ),
            Look::Hidden => checks.warning("rights", format!("you may not see Grafana {name}"), "ask who set it up"),
        }
    }
    recorded(settings, stored, &mut checks);
    checks
}

fn at_work(settings: &Settings, found: Operator, checks: &mut Checks) {
    match found {
        Operator::Ours | Operator::Others => checks.good("the Grafana operator is installed"),
        Operator::Hidden => checks.warning(
            "rights",
            "you may not see whether the Grafana operator is installed",
            "an administrator can see it with `servelens check`",
        ),
        Operator::Absent if settings.grafana.operator => checks.error(
            "grafana",
            "the Grafana operator is not installed",
            "`servelens apply --grafana …` installs it",
        ),
        Operator::Absent => checks.error(
            "grafana",
            "the Grafana operator is not installed",
            "install it, or have it installed with --grafana-operator true",
        ),
    }
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
