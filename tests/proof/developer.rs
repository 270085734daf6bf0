//! The worlds again through a developer's eyes: OpenShift's real proxies stand before the store, and what is not in a
//! namespace of theirs cannot be seen at all, a collector's copies in its own namespace included.

use anyhow::Result;
use serde_json::json;
use tests::rig::front_door::front;

use super::ask::{Range, Server};
use super::catalogue;
use super::matrix::{MANY, RIGHT, fault, ids, in_namespace};
use super::store::{Generation, store};
use super::world::many;

/// The namespaces in which the developer has the role `view`.
const OWN: [&str; 3] = ["new-names", "old-beside-new", "second-pipeline"];
const ACCOUNT: &str = "many-worlds";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_developer_sees_the_headline_numbers_of_own_namespaces_and_of_no_other() -> Result<()> {
    let front = front()?;
    let doors = front.doors_to(&store(Generation::Three, &[&MANY]).await?).await?;
    for namespace in OWN.iter().chain(&["twins"]) {
        front.kube.found(namespace).await?;
    }
    let [first, others @ ..] = OWN;
    let token = front.kube.newcomer(ACCOUNT, first).await?;
    for namespace in others {
        front.kube.admit(ACCOUNT, namespace).await?;
    }
    let server = Server::behind(front, &doors, catalogue(), &token).await?;
    let mut faults = Vec::new();
    for world in OWN {
        let answers = in_namespace(&server, &ids(), world).await?;
        let wrong = RIGHT
            .iter()
            .filter_map(|(panel, right)| fault(world, panel, &answers[*panel], right));
        faults.extend(wrong);
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    // All three in one question: the sum of each.
    let mut range = Range::new(many::RANGE, 400);
    range.vars = json!({"namespace": OWN});
    let all = server.ask(&["overview.requests", "overview.waiting"], &range).await?;
    for (panel, right) in [("overview.requests", 6.0), ("overview.waiting", 18.0)] {
        assert_eq!(fault("all", panel, &all[panel], &[right]), None);
    }
    let foreign = in_namespace(&server, &ids(), "twins").await?;
    for (panel, answer) in &foreign {
        assert_eq!((answer.state.as_str(), answer.frames.len()), ("denied", 0), "{panel}");
    }
    server.stop().await;
    Ok(())
}
