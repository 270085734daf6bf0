//! How much is asked of the store beside the panels' own queries. Counts, not seconds.

use std::{collections::BTreeSet, time::Duration};

use catalog::Catalog;
use serde_json::json;

use super::{
    harness::{START, Server, matrix, server_of, vector},
    script::{Asked, Deed},
};
use crate::config::CacheConfig;

/// Every name that is asked for exists once, on one pod; every query finds nothing.
fn all_names(asked: &Asked) -> Deed {
    if asked.path.ends_with("query_range") {
        return matrix(&json!([]));
    }
    if !asked.path.ends_with("series") {
        return vector(&json!([]));
    }
    let matches = asked.params.iter().filter(|(name, _)| name == "match[]");
    let names: BTreeSet<&str> = matches
        .filter_map(|(_, selector)| selector.split_once("__name__=")?.1.split('"').nth(1))
        .flat_map(|names| names.split('|'))
        .collect();
    let one = |name| json!({"__name__": name, "namespace": "a", "pod": "p", "instance": "i", "job": "j", "node": "n"});
    let all: Vec<_> = names.into_iter().map(one).collect();
    Deed::Json(json!({"status": "success", "data": all}).to_string())
}

/// Which names exist, and the probe; a panel's query asks neither `up` nor which buckets there are.
fn extra(asked: &[Asked]) -> usize {
    let is_extra = |asked: &&Asked| {
        let query = asked.param("query");
        asked.path.ends_with("series") || query.contains("group by (__name__") || asked.is_probe()
    };
    asked.iter().filter(is_extra).count()
}

async fn look(server: &Server, panels: &[&str]) {
    for panels in panels.chunks(90) {
        let request = json!({"panels": panels, "from": START - 7 * 86_400, "to": START, "width": 600});
        assert_eq!(server.dashboard(&request).await.lines().len(), panels.len() + 1);
    }
}

#[tokio::test]
async fn finding_out_what_there_is_costs_a_cold_dashboard_two_questions_and_a_warm_one_none() {
    let catalog = Catalog::embedded().unwrap();
    for dashboard in catalog.dashboards() {
        let server = server_of(catalog.clone(), all_names, |config| {
            config.cache = CacheConfig {
                bytes: 16 << 20,
                refresh: Duration::from_secs(30),
            };
        })
        .await;
        let panels: Vec<&str> = dashboard.panels.iter().map(|panel| panel.as_str()).collect();
        let requests = panels.len().div_ceil(90);
        look(&server, &panels).await;
        let cold = server.upstream.asked();
        assert!(
            extra(&cold) <= 2 * requests,
            "{}: {} questions",
            dashboard.id,
            extra(&cold)
        );
        assert!(cold.len() > 2, "{}: its panels were asked", dashboard.id);
        look(&server, &panels).await;
        let warm = server.upstream.asked().split_off(cold.len());
        assert_eq!(extra(&warm), 0, "{}: {warm:?}", dashboard.id);
    }
}
