//! Who is who: a workload chosen by the name that the cluster gave it narrows every chart, also those whose metrics know
//! only pods or only models.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use serde_json::{Value, json};
use tests::rig::session::browse;

use super::{asked_again, last_asked, open, panels, times_asked};
use crate::browser::no_errors;

/// Pods and models in the answer, panel by panel.
async fn shown(vars: Value, to: i64) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let ids = ["resources.cpu", "vllm.kv_cache", "epp.requests", "gpu.utilization"];
    let request = json!({"panels": ids, "vars": vars, "from": to - 3600, "to": to, "width": 600});
    let named = |labels: &BTreeMap<String, String>| -> BTreeSet<String> {
        ["pod", "model_name"]
            .iter()
            .filter_map(|label| labels.get(*label))
            .cloned()
            .collect()
    };
    let found = panels(&request).await?;
    Ok(found
        .into_iter()
        .map(|(id, panel)| (id, panel.frames.iter().flat_map(|frame| named(&frame.labels)).collect()))
        .collect())
}

#[tokio::test]
async fn a_workload_is_the_same_pods_on_every_chart() -> Result<()> {
    let to = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())? - 60;
    let all = shown(json!({}), to).await?;
    let granite = shown(json!({"workload": ["granite-33-8b"]}), to).await?;
    // Its router serves no model.
    let serves = |name: &&String| name.starts_with("granite-33-8b") && !name.contains("-router-scheduler-");
    let of_granite = |names: &BTreeSet<String>| -> BTreeSet<String> { names.iter().filter(serves).cloned().collect() };
    for id in ["resources.cpu", "vllm.kv_cache"] {
        assert!(all[id].len() > granite[id].len(), "{id}: {all:?}");
        assert!(!granite[id].is_empty(), "{id}");
        assert_eq!(granite[id], of_granite(&all[id]), "{id}");
    }
    let by_model = shown(json!({"model": ["granite-3.3-8b-instruct"]}), to).await?;
    assert_eq!(by_model["resources.cpu"], granite["resources.cpu"]);
    assert_eq!(by_model["epp.requests"], granite["epp.requests"]);

    let gone = shown(json!({"workload": ["no-such-workload"]}), to).await?;
    assert!(
        gone["resources.cpu"].is_empty() && gone["vllm.kv_cache"].is_empty(),
        "{gone:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_workload_is_chosen_in_the_table_and_goes_into_the_address() -> Result<()> {
    browse("workloads", async |session| {
        open(session, "models").await?;
        let before = times_asked(session).await?;
        session.click("button", "granite-33-8b").await?;
        let asked = asked_again(session, before).await?;
        assert_eq!(asked["vars"], json!({"workload": ["granite-33-8b"]}));
        assert_eq!(session.location().await?, "/servelens/models?workload=granite-33-8b");
        session.screenshot("workload-chosen").await?;
        session.by_css(".sl-models [aria-pressed=true]").await?.click().await?;
        session
            .wait_eq("all are shown again", "return location.search", json!(""))
            .await?;
        assert_eq!(last_asked(session).await?["panels"], asked["panels"]);
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn a_pod_of_the_address_narrows_the_page_until_it_is_taken_out() -> Result<()> {
    browse("pods", async |session| {
        let to = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())? - 60;
        let all = shown(json!({"workload": ["granite-33-8b"]}), to).await?;
        let pod = all["resources.cpu"].first().cloned().unwrap_or_default();
        open(session, &format!("vllm?range=1h&pod={pod}")).await?;
        assert_eq!(last_asked(session).await?["vars"], json!({"pod": [pod]}));
        session.screenshot("pod-chosen").await?;
        let before = times_asked(session).await?;
        session.click("button", &format!("Pod {pod} ✕")).await?;
        assert_eq!(asked_again(session, before).await?["vars"], json!({}));
        assert_eq!(session.location().await?, "/servelens/vllm?range=1h");
        no_errors(session).await
    })
    .await
}
