//! However many namespaces, models and pods a cluster has: each kind is listed once, rights are asked once for all places,
//! and what is as it should be costs no question of its own.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::Value;
use tests::rig::many::{Size, fill};
use tests::rig::plane::{Plane, plane};
use tests::rig::wait;

use super::dump::{dump, settled};
use super::servelens;

/// Of the API server's audit log: it keeps each request of this account, not only what writes.
const WATCHED: &str = "watched";

/// The places of each thing that the watched account has done, by verb and kind, since the log had `from` lines.
fn asked(plane: &Plane, from: usize) -> Result<BTreeMap<String, Vec<String>>> {
    let log = std::fs::read_to_string(&plane.kube.audit_file)?;
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in log.lines().skip(from) {
        let event: Value = serde_json::from_str(line)?;
        let text = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default();
        if text("/user/username") == format!("system:serviceaccount:rig:{WATCHED}") {
            let what = format!("{} {}", text("/verb"), text("/objectRef/resource"));
            let place = text("/objectRef/namespace").to_owned();
            seen.entry(what).or_default().push(place);
        }
    }
    Ok(seen)
}

#[tokio::test]
async fn each_kind_is_listed_once_and_what_is_there_costs_nothing_more() -> Result<()> {
    const MODELS: &str = "list inferenceservices";
    let plane = plane()?;
    let _turn = plane.alone().await?;
    let size = Size {
        namespaces: 20,
        models: 30,
        pods: 60,
    };
    let names = fill(plane, "many", size).await?;
    let account = plane.account(WATCHED, &[("cluster-admin", "")]).await?;
    let before = dump(plane).await?;
    let all = names.join(",");
    for namespaces in [names[0].as_str(), &all] {
        for (command, again) in [("check", false), ("apply", false), ("apply", true)] {
            let from = std::fs::read_to_string(&plane.kube.audit_file)?.lines().count();
            let args = [command, "--yes", "--namespace", namespaces];
            let said = servelens(&account, &args).await?;
            assert!(said.code <= 1, "{said:?}");
            let seen = wait::until(
                "the audit log is written",
                async || asked(plane, from),
                |seen| seen.contains_key(MODELS),
            )
            .await?;
            let lists = seen.iter().filter(|(what, _)| what.starts_with("list "));
            let often: Vec<_> = lists.filter(|(_, places)| places.len() > 1).collect();
            assert!(often.is_empty(), "{args:?}: {often:?}");
            let rights = seen.get("create selfsubjectaccessreviews").map_or(0, Vec::len);
            assert!(rights <= 24, "{args:?}: {rights} access reviews");
            if command == "check" {
                assert_eq!(seen[MODELS], [""], "{seen:?}");
            }
            if again {
                let tried = seen.keys().find(|what| what.starts_with("patch "));
                assert_eq!(tried, None, "{args:?}: {seen:?}");
                let whole: usize = seen.values().map(Vec::len).sum();
                assert!(whole <= 30, "{args:?}: {whole} requests: {seen:?}");
            }
        }
        let remove = servelens(&account, &["remove", "--yes", "--namespace", namespaces]).await?;
        assert_eq!(remove.code, 0, "{remove:?}");
        settled(plane, &before).await?;
    }
    Ok(())
}
