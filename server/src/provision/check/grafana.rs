//! Grafana where it is wanted: its operator, itself and its pods, where it reads metrics, and where people find it.

use futures_util::future::{try_join, try_join3};
use serde_json::Value;

use super::Checks;
use super::seen::{Look, Seen};
use crate::cluster::{GRAFANA_DATASOURCE, Hands, POD, ROUTE, Refusal};
use crate::provision::desired::readers;
use crate::provision::facts::{NAME, text};
use crate::provision::operator::{self, Operator};
use crate::provision::settings::{GrafanaView, Settings};

/// What is around the instance.
pub struct Stack {
    operator: Operator,
    sources: Look,
    route: Look,
    pods: Look,
}

impl Stack {
    /// `None` where no Grafana is wanted.
    pub async fn read(hands: &Hands, settings: &Settings) -> Result<Option<Stack>, Refusal> {
        let grafana = &settings.grafana;
        if grafana.view == GrafanaView::Off {
            return Ok(None);
        }
        let home = Some(grafana.namespace.as_str());
        let list = async |kind| Look::of(hands.list(kind, home).await.map(|list| list.map(Value::from)));
        let route = async || Look::of(hands.get(&ROUTE, home, &format!("{}-route", grafana.instance)).await);
        let (operator, (sources, pods), route) = try_join3(
            operator::look(hands, settings),
            try_join(list(&GRAFANA_DATASOURCE), list(&POD)),
            route(),
        )
        .await?;
        Ok(Some(Stack {
            operator,
            sources,
            route,
            pods,
        }))
    }
}

pub fn checks(settings: &Settings, seen: &Seen, stack: Option<&Stack>) -> Checks {
    let mut checks = Checks::new("grafana");
    let Some(stack) = stack else { return checks };
    at_work(settings, stack.operator, &mut checks);
    let name = format!("{}/{}", settings.grafana.namespace, settings.grafana.instance);
    match seen.look("grafana") {
        Look::Found(grafana) if operator::is_ready(grafana) => checks.good(format!("Grafana {name} is ready")),
        Look::Found(grafana) => checks.error(
            "grafana",
            format!("Grafana {name} is not ready: {}", text(grafana, "/status/lastMessage")),
            format!("look at `oc -n {} get grafana,pods`", settings.grafana.namespace),
        ),
        Look::Absent => {
            checks.error(
                "grafana",
                format!("Grafana {name} is not there"),
                "`servelens apply --grafana …` sets it up",
            );
            return checks;
        }
        Look::Hidden => {
            checks.warning("rights", format!("you may not see Grafana {name}"), "ask who set it up");
            return checks;
        }
    }
    sources(settings, &stack.sources, &mut checks);
    address(settings, &stack.route, &mut checks);
    let pods = stack.pods.value().and_then(Value::as_array);
    pods.into_iter()
        .flatten()
        .for_each(|one| pod(settings, one, &mut checks));
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

/// Each of those that the settings want.
fn sources(settings: &Settings, found: &Look, checks: &mut Checks) {
    if found == &Look::Hidden {
        return;
    }
    let list = found.value().and_then(Value::as_array);
    for reader in readers(settings) {
        let source = list.and_then(|list| list.iter().find(|one| text(one, NAME) == reader.account));
        let conditions = source.and_then(|one| one.pointer("/status/conditions")?.as_array());
        let told = conditions.and_then(|list| list.iter().find(|one| text(one, "/type") == "DatasourceSynchronized"));
        match (source, told) {
            (None, _) => checks.error(
                "grafana",
                format!("the source of metrics {} is missing in Grafana", reader.account),
                "`servelens apply --grafana …` makes it",
            ),
            (Some(_), Some(told)) if text(told, "/status") == "True" => {
                checks.good(format!("Grafana has the source of metrics {}", reader.account));
            }
            (Some(_), told) => checks.error(
                "grafana",
                format!(
                    "Grafana has not taken the source of metrics {}: {}",
                    reader.account,
                    told.map_or("its operator has not said anything yet", |told| text(told, "/message"))
                ),
                "the Grafana operator takes it once the instance is ready",
            ),
        }
    }
}

fn address(settings: &Settings, route: &Look, checks: &mut Checks) {
    let host = route.value().map(|route| text(route, "/spec/host")).unwrap_or_default();
    let (namespace, instance) = (&settings.grafana.namespace, &settings.grafana.instance);
    match (route, host) {
        (Look::Hidden, _) => {}
        (_, "") => checks.warning(
            "grafana",
            "Grafana has no Route that leads to it",
            format!("`oc -n {namespace} port-forward service/{instance}-service 9091`, then https://localhost:9091"),
        ),
        (_, host) => checks.good(format!("Grafana is at https://{host}")),
    }
}

fn pod(settings: &Settings, pod: &Value, checks: &mut Checks) {
    let app = text(pod, "/metadata/labels/app");
    let role = match app == settings.grafana.instance {
        true => "Grafana",
        false if text(pod, NAME).starts_with(operator::PACKAGE) => "its operator",
        false => return,
    };
    let list = |path: &str| {
        pod.pointer(path)
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice)
    };
    let all = list("/spec/containers").len();
    let ready = list("/status/containerStatuses").iter();
    let ready = ready.filter(|one| one.get("ready") == Some(&Value::Bool(true))).count();
    let what = format!(
        "pod {} ({role}): {ready} of {all} containers ready, {}, since {}",
        text(pod, NAME),
        text(pod, "/status/phase"),
        text(pod, "/metadata/creationTimestamp")
    );
    if all > 0 && ready == all {
        checks.good(what);
    } else {
        let hint = format!(
            "look at `oc -n {} describe pod {}`",
            settings.grafana.namespace,
            text(pod, NAME)
        );
        checks.error("grafana", what, hint);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Level;
    use super::*;
    use crate::provision::settings::{Layer, read};

    fn settings() -> Settings {
        let text = "grafana = \"cluster\"\n".to_owned();
        read(&Layer::default(), Ok(Some(("setup.toml".to_owned(), text)))).unwrap()
    }

    fn told(stack: &Stack, grafana: Look) -> String {
        let checks = checks(&settings(), &Seen::of(vec![("grafana", grafana)]), Some(stack));
        let sign = |level| match level {
            Level::Good => '√',
            Level::Warning => '‼',
            Level::Error => '×',
        };
        let lines = checks
            .list
            .iter()
            .map(|check| format!("{} {}", sign(check.level), check.what));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn everything_around_grafana_is_told() {
        let ready = || Look::Found(json!({"status": {"stage": "complete", "stageStatus": "success"}}));
        let condition =
            |status: &str| json!([{"type": "DatasourceSynchronized", "status": status, "message": "no instance"}]);
        let source = |status: &str| {
            Look::Found(
                json!([{"metadata": {"name": "rhoai-grafana-reader"}, "status": {"conditions": condition(status)}}]),
            )
        };
        let pod = |name: &str, app: &str, ready: [bool; 2]| {
            json!({
                "metadata": {"name": name, "labels": {"app": app}, "creationTimestamp": "2026-01-01T00:00:00Z"},
                "spec": {"containers": [{}, {}]},
                "status": {"phase": "Running", "containerStatuses": [{"ready": ready[0]}, {"ready": ready[1]}]},
            })
        };
        let whole = Stack {
            operator: Operator::Others,
            sources: source("True"),
            route: Look::Found(json!({"spec": {"host": "grafana.example"}})),
            pods: Look::Found(json!([
                pod("rhoai-grafana-deployment-1", "rhoai-grafana", [true, true]),
                pod("grafana-operator-controller-manager-v5-1", "", [true, true]),
                pod("other", "other", [false, false]),
            ])),
        };
        insta::assert_snapshot!(told(&whole, ready()), @r"
√ the Grafana operator is installed
√ Grafana servelens-grafana/rhoai-grafana is ready
√ Grafana has the source of metrics rhoai-grafana-reader
√ Grafana is at https://grafana.example
√ pod rhoai-grafana-deployment-1 (Grafana): 2 of 2 containers ready, Running, since 2026-01-01T00:00:00Z
√ pod grafana-operator-controller-manager-v5-1 (its operator): 2 of 2 containers ready, Running, since 2026-01-01T00:00:00Z
");
        let lame = Stack {
            operator: Operator::Absent,
            sources: source("False"),
            route: Look::Absent,
            pods: Look::Found(json!([pod(
                "rhoai-grafana-deployment-1",
                "rhoai-grafana",
                [true, false]
            )])),
        };
        let starting = Look::Found(json!({"status": {"stage": "deployment", "lastMessage": "waits"}}));
        insta::assert_snapshot!(told(&lame, starting), @r"
× the Grafana operator is not installed
× Grafana servelens-grafana/rhoai-grafana is not ready: waits
× Grafana has not taken the source of metrics rhoai-grafana-reader: no instance
‼ Grafana has no Route that leads to it
× pod rhoai-grafana-deployment-1 (Grafana): 1 of 2 containers ready, Running, since 2026-01-01T00:00:00Z
");
        let nothing = Stack {
            operator: Operator::Hidden,
            sources: Look::Absent,
            route: Look::Absent,
            pods: Look::Absent,
        };
        insta::assert_snapshot!(told(&nothing, Look::Absent), @r"
‼ you may not see whether the Grafana operator is installed
× Grafana servelens-grafana/rhoai-grafana is not there
");
        let missing = told(&nothing, ready());
        assert!(
            missing.contains("× the source of metrics rhoai-grafana-reader is missing"),
            "{missing}"
        );
    }
}
