//! However many namespaces, models and pods a cluster has: each kind is listed once, and nothing is asked twice.

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

/// How often the watched account has listed each kind, and at which places, since the log had `from` lines.
fn lists(plane: &Plane, from: usize) -> Result<BTreeMap<String, Vec<String>>> {
    let log = std::fs::read_to_string(&plane.kube.audit_file)?;
    let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in log.lines().skip(from) {
        let event: Value = serde_json::from_str(line)?;
        let text = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default();
        let mine = text("/user/username") == format!("system:serviceaccount:rig:{WATCHED}");
        if mine && text("/verb") == "list" {
            let kind = format!("{}/{}", text("/objectRef/apiGroup"), text("/objectRef/resource"));
            seen.entry(kind)
                .or_default()
                .push(text("/objectRef/namespace").to_owned());
        }
    }
    Ok(seen)
}

#[tokio::test]
async fn each_kind_is_listed_once_in_the_whole_cluster() -> Result<()> {
    let plane = plane()?;
    let _turn = plane.alone().await;
    let size = Size {
        namespaces: 12,
        models: 30,
        pods: 60,
    };
    let names = fill(plane, "many", size).await?;
    let account = plane.account(WATCHED, &[("cluster-admin", "")]).await?;
    let before = dump(plane).await?;
    let all = names.join(",");
    for namespaces in [names[0].as_str(), &all] {
        for command in [&["check"][..], &["apply", "--yes"], &["apply", "--yes"]] {
            let from = std::fs::read_to_string(&plane.kube.audit_file)?.lines().count();
            let args = [command, &["--namespace", namespaces]].concat();
            let said = servelens(&account, &args).await?;
            assert!(said.code <= 1, "{said:?}");
            let seen = wait::until(
                "the audit log is written",
                async || lists(plane, from),
                |seen| seen.contains_key("serving.kserve.io/inferenceservices"),
            )
            .await?;
            let often: Vec<_> = seen.iter().filter(|(_, places)| places.len() > 1).collect();
            assert!(often.is_empty(), "{args:?}: {often:?}");
            if command == ["check"] {
                assert_eq!(seen["serving.kserve.io/inferenceservices"], [""], "{seen:?}");
            }
        }
        let remove = servelens(&account, &["remove", "--yes", "--namespace", namespaces]).await?;
        assert_eq!(remove.code, 0, "{remove:?}");
        settled(plane, &before).await?;
    }
    Ok(())
}
