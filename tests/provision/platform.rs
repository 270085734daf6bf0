//! What belongs to the platform and is edited: the console's list of plugins, and the GPU exporter's list of counters.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tests::rig::plane::{Plane, plane};
use tests::rig::played::{grafana, olm};

use super::dump::{dump, settled};
use super::running::Running;
use super::servelens;
use super::states::model;

const PLUGINS: &str = "apis/console.openshift.io/v1/consoleplugins";
const CONSOLES: &str = "apis/operator.openshift.io/v1/consoles";
const POLICIES: &str = "apis/nvidia.com/v1/clusterpolicies";
const LISTS: &str = "api/v1/namespaces/nvidia-gpu-operator/configmaps";
const COUNTERS: &str = "# ours\nDCGM_FI_DEV_GPU_UTIL, gauge, GPU utilization (in %).\n";

/// A console that shows other plugins or none, our own one deployed beside it, and a GPU operator whose exporter has a list.
async fn platform(plane: &Plane, plugins: &Value) -> Result<()> {
    let plugin = json!({
        "apiVersion": "console.openshift.io/v1", "kind": "ConsolePlugin", "metadata": {"name": "servelens"},
        "spec": {
            "displayName": "Servelens",
            "backend": {"type": "Service", "service": {"name": "servelens", "namespace": "servelens", "port": 9443, "basePath": "/"}},
        },
    });
    plane.create(PLUGINS, plugin).await?;
    let mut console = json!({
        "apiVersion": "operator.openshift.io/v1", "kind": "Console", "metadata": {"name": "cluster"},
        "spec": {"managementState": "Managed"},
    });
    if !plugins.is_null() {
        console["spec"]["plugins"] = plugins.clone();
    }
    plane.create(CONSOLES, console).await?;
    let mut spec = json!({
        "dcgmExporter": {"enabled": true, "serviceMonitor": {"enabled": true}, "config": {"name": "counters"}},
        "operator": {"defaultRuntime": "crio"},
    });
    for part in [
        "daemonsets",
        "dcgm",
        "devicePlugin",
        "driver",
        "gfd",
        "nodeStatusExporter",
        "toolkit",
    ] {
        spec[part] = json!({});
    }
    let policy =
        json!({"apiVersion": "nvidia.com/v1", "kind": "ClusterPolicy", "metadata": {"name": "gpus"}, "spec": spec});
    plane.create(POLICIES, policy).await?;
    let list = json!({"metadata": {"name": "counters"}, "data": {"dcgm-metrics.csv": COUNTERS}});
    plane.create(LISTS, list).await?;
    Ok(())
}

async fn take_away(plane: &Plane) -> Result<()> {
    for path in [
        format!("{PLUGINS}/servelens"),
        format!("{CONSOLES}/cluster"),
        format!("{POLICIES}/gpus"),
        format!("{LISTS}/counters"),
    ] {
        plane.delete(&path).await?;
    }
    Ok(())
}

async fn at(plane: &Plane, path: String, pointer: &str) -> Result<Value> {
    let object = plane.get(&path).await?.context("it is gone")?;
    Ok(object.pointer(pointer).cloned().unwrap_or_default())
}

#[tokio::test]
async fn our_name_and_our_counters_come_beside_those_of_others_and_go_alone() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let args = model(plane, "platform").await?;
    let admin = plane.admin()?;
    let run = async |command: &'static str| servelens(&admin, &[command, "--yes", &args[0], &args[1]]).await;
    let listed = async || at(plane, format!("{CONSOLES}/cluster"), "/spec/plugins").await;
    let counters = async || at(plane, format!("{LISTS}/counters"), "/data/dcgm-metrics.csv").await;
    for plugins in [Value::Null, json!([]), json!(["monitoring-plugin", "other"])] {
        platform(plane, &plugins).await?;
        let before = dump(plane).await?;
        let apply = run("apply").await?;
        assert_eq!(apply.code, 0, "{plugins}: {apply:?}");
        let mut expect = plugins.as_array().cloned().unwrap_or_default();
        expect.push("servelens".into());
        assert_eq!(listed().await?, json!(expect));
        let text = counters().await?;
        let text = text.as_str().context("no list")?;
        assert!(
            text.starts_with(COUNTERS) && text.contains("\nDCGM_FI_DEV_FAN_SPEED, gauge, "),
            "{text}"
        );
        let again = run("apply").await?;
        assert!(again.out.contains("Nothing to change"), "{again:?}");
        // Others come in before and behind ours; they stay.
        if plugins.as_array().is_some_and(|list| !list.is_empty()) {
            let theirs = json!({"spec": {"plugins": ["first", "servelens", "last"]}});
            plane.merge(&format!("{CONSOLES}/cluster"), &theirs).await?;
            let theirs = json!({"data": {"dcgm-metrics.csv": format!("{text}DCGM_FI_DEV_SM_CLOCK, gauge, theirs\n")}});
            plane.merge(&format!("{LISTS}/counters"), &theirs).await?;
            let remove = run("remove").await?;
            assert_eq!(remove.code, 0, "{remove:?}");
            assert_eq!(listed().await?, json!(["first", "last"]));
            assert_eq!(
                counters().await?,
                json!(format!("{COUNTERS}DCGM_FI_DEV_SM_CLOCK, gauge, theirs\n"))
            );
        } else {
            let remove = run("remove").await?;
            assert_eq!(remove.code, 0, "{plugins}: {remove:?}");
            settled(plane, &before).await?;
        }
        take_away(plane).await?;
    }
    Ok(())
}

/// Runs the command and cuts it off as soon as a step at a kind begins at which none was cut off yet; `false`: it ran to its
/// end.
fn cut_at_a_new_kind(running: Running, seen: &mut BTreeSet<String>) -> Result<bool> {
    let mut running = running;
    let kind = |object: &str| object.split(' ').next().unwrap_or_default().to_owned();
    let found = running.until(|begun| !seen.contains(&kind(&begun.object)))?;
    let Some(begun) = found else {
        let (code, rest) = running.into_its_end()?;
        ensure!(code == Some(0), "it ended with {code:?}: {rest}");
        return Ok(false);
    };
    seen.insert(kind(&begun.object));
    running.kill()?;
    Ok(true)
}

#[tokio::test]
async fn cut_off_at_each_kind_of_step_with_grafana_and_the_platforms_texts() -> Result<()> {
    static KINDS: [&str; 4] = ["grafanas", "grafanafolders", "grafanadatasources", "grafanadashboards"];
    const GROUP: &str = "grafana.integreatly.org";
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let mut args = model(plane, "cut-off").await?.to_vec();
    args.extend(["--grafana", "namespace", "--console-dashboards", "true"].map(str::to_owned));
    let admin = plane.admin()?;
    platform(plane, &json!(["other"])).await?;
    let _olm = olm(plane, "servelens-grafana", GROUP, &KINDS);
    let _grafana = grafana(plane);
    let before = dump(plane).await?;
    for command in ["apply", "remove"] {
        let mut seen = BTreeSet::new();
        let mut goes_on = true;
        while goes_on {
            let (file, all, mut known) = (admin.clone(), args.clone(), seen);
            let cut = tokio::task::spawn_blocking(move || {
                let running = Running::start(&file, command, &all)?;
                cut_at_a_new_kind(running, &mut known).map(|cut| (cut, known))
            });
            (goes_on, seen) = cut.await??;
        }
        let expect = "ConfigMap Console Grafana GrafanaDashboard GrafanaDatasource GrafanaFolder Namespace NetworkPolicy \
                      OperatorGroup PodMonitor PrometheusRule RoleBinding Secret ServiceAccount Subscription";
        assert_eq!(seen.into_iter().collect::<Vec<_>>().join(" "), expect, "{command}");
    }
    settled(plane, &before).await?;
    take_away(plane).await
}
