//! The catalogue that ships: whole, covering its requirement lines, and bound as expected in a sample world.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::Choices;
use crate::tests::world;
use crate::{Catalog, Kind, Panel};

/// A mixed fleet: a current vLLM behind twin monitors, an older vLLM, a picker with both families, an OpenVINO and an
/// MLServer, and GPUs of which one is in MIG slices.
const FLEET: &str = r#"
vllm:request_success_total{namespace="llm-prod",pod="granite-0",instance="10.0.0.1:8000",job="llm-prod/kserve-llm-isvc-vllm-engine-default"}
kserve_vllm:request_success_total{namespace="llm-prod",pod="granite-0",instance="10.0.0.1:8000",job="llm-prod/kserve-llm-isvc-vllm-engine"}
vllm:request_success_total{namespace="llm-legacy",pod="mistral-7b-predictor-5d",instance="10.0.0.2:8080",job="mistral-7b-metrics"}
vllm:time_to_first_token_seconds_count{namespace="llm-prod",pod="granite-0",instance="10.0.0.1:8000",job="x"}
vllm:generation_tokens_total{namespace="llm-prod",pod="granite-0",instance="10.0.0.1:8000",job="x"}
vllm:num_requests_waiting{namespace="llm-prod",pod="granite-0",instance="10.0.0.1:8000",job="x"}
vllm:kv_cache_usage_perc{namespace="llm-prod",pod="granite-0",instance="10.0.0.1:8000",job="x"}
vllm:gpu_cache_usage_perc{namespace="llm-legacy",pod="mistral-7b-predictor-5d",instance="10.0.0.2:8080",job="mistral-7b-metrics"}
vllm:request_prompt_tokens_count{namespace="llm-prod",pod="granite-0",instance="10.0.0.1:8000",job="x"}
llm_d_epp_request_total{namespace="llm-prod",pod="granite-epp",instance="10.0.0.3:9090",job="y"}
inference_objective_request_total{namespace="llm-prod",pod="granite-epp",instance="10.0.0.3:9090",job="y"}
inference_extension_scheduler_e2e_duration_seconds_count{namespace="llm-prod",pod="granite-epp",instance="10.0.0.3:9090",job="y"}
llm_d_epp_ready_endpoints{namespace="llm-prod",pod="granite-epp",instance="10.0.0.3:9090",job="y"}
inference_pool_average_kv_cache_utilization{namespace="llm-prod",pod="granite-epp",instance="10.0.0.3:9090",job="y"}
inference_pool_average_queue_size{namespace="llm-prod",pod="granite-epp",instance="10.0.0.3:9090",job="y"}
ovms_requests_success{namespace="predictive",pod="nomic-embed-text-predictor-7f",instance="10.0.0.4:8888",job="z"}
ovms_request_time_us_count{namespace="predictive",pod="nomic-embed-text-predictor-7f",instance="10.0.0.4:8888",job="z"}
ovms_current_requests{namespace="predictive",pod="nomic-embed-text-predictor-7f",instance="10.0.0.4:8888",job="z"}
model_infer_request_success_total{namespace="predictive",pod="fraud-xgb-predictor-6c",instance="10.0.0.5:8080",job="w"}
model_infer_request_duration_count{namespace="predictive",pod="fraud-xgb-predictor-6c",instance="10.0.0.5:8080",job="w"}
DCGM_FI_DEV_GPU_UTIL{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
DCGM_FI_PROF_GR_ENGINE_ACTIVE{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
DCGM_FI_DEV_FB_USED{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
DCGM_FI_DEV_GPU_TEMP{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
DCGM_FI_DEV_POWER_USAGE{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
DCGM_FI_PROF_PCIE_TX_BYTES{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
DCGM_FI_PROF_PCIE_RX_BYTES{namespace="nvidia-gpu-operator",pod="dcgm-a",instance="10.0.0.6:9400",job="g",exported_namespace="llm-prod",Hostname="gpu-node-a",gpu="0"}
"#;

fn shipped() -> Catalog {
    Catalog::embedded().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_panel_that_the_pages_count_on_is_there() {
    let catalog = shipped();
    let ids: Vec<_> = catalog
        .panels()
        .map(|panel| format!("{} {} {}", panel.id, panel.kind.as_str(), panel.unit))
        .collect();
    insta::assert_snapshot!(ids.join("\n"), @r##"
    vllm.requests line requests_per_second
    vllm.ttft line seconds
    vllm.generation_tokens line tokens_per_second
    vllm.waiting line requests
    vllm.kv_cache line ratio
    vllm.prompt_length bar requests
    epp.requests line requests_per_second
    epp.decision_time line seconds
    epp.ready_pods line pods
    epp.kv_cache line ratio
    epp.queue line requests
    gpu.utilization line percent
    gpu.memory_used line mebibytes
    gpu.temperature line celsius
    gpu.power line watts
    gpu.nvlink line bytes_per_second
    gpu.pcie line bytes_per_second
    ovms.requests line requests_per_second
    ovms.request_time line seconds
    ovms.in_flight line requests
    mlserver.requests line requests_per_second
    mlserver.request_time line seconds
    overview.requests stat requests_per_second
    overview.ttft stat seconds
    overview.kv_cache stat ratio
    overview.waiting stat requests
    overview.gpus_busy stat gpus
    "##);
}

#[test]
fn each_page_is_a_dashboard_in_the_order_of_the_navigation() {
    let catalog = shipped();
    let pages: Vec<_> = catalog
        .dashboards()
        .map(|page| (page.id.as_str(), page.panels.len()))
        .collect();
    assert_eq!(pages, [("overview", 9), ("models", 11), ("routing", 5), ("gpus", 6)]);
    let on_pages: BTreeSet<_> = catalog.dashboards().flat_map(|page| page.panels.iter()).collect();
    let unseen: Vec<_> = catalog
        .panels()
        .filter(|panel| !on_pages.contains(&panel.id))
        .map(|p| p.id.as_str())
        .collect();
    assert_eq!(unseen, [""; 0], "a panel that no page shows");
}

#[test]
fn each_requirement_line_is_covered() {
    let catalog = shipped();
    let mut table: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for panel in catalog.panels() {
        for line in &panel.covers {
            table.entry(line).or_default().push(panel.id.as_str());
        }
    }
    let needed = (16..=30).map(|line| format!("S0.{line}")).chain(["S1.14".to_owned()]);
    let missing: Vec<_> = needed.filter(|line| !table.contains_key(line.as_str())).collect();
    assert_eq!(missing, [""; 0]);
    assert_eq!(
        table.get("S1.14").map(Vec::len),
        Some(5),
        "request rate, decision time, ready pods, mean KV, mean queue"
    );
    let rows: Vec<_> = table
        .iter()
        .map(|(line, panels)| format!("{line}: {}", panels.join(", ")))
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r##"
    S0.16: vllm.requests, overview.requests
    S0.17: vllm.ttft, overview.ttft
    S0.18: vllm.generation_tokens
    S0.19: vllm.waiting, overview.waiting
    S0.20: vllm.kv_cache, overview.kv_cache
    S0.21: vllm.prompt_length
    S0.22: gpu.utilization, overview.gpus_busy
    S0.23: gpu.memory_used
    S0.24: gpu.temperature
    S0.25: gpu.power
    S0.26: gpu.nvlink
    S0.27: gpu.pcie
    S0.28: ovms.requests, overview.requests
    S0.29: ovms.request_time
    S0.30: ovms.in_flight
    S1.14: epp.requests, epp.decision_time, epp.ready_pods, epp.kv_cache, epp.queue
    S2.46: mlserver.requests, mlserver.request_time
    "##);
}

#[test]
fn every_panel_is_bound_for_a_mixed_fleet() {
    let catalog = shipped();
    let choices = world::choices(&catalog, FLEET);
    insta::assert_snapshot!("fleet", all_bound(&catalog, &choices, &[]));
}

#[test]
fn every_panel_is_bound_to_a_namespace_and_a_model() {
    let catalog = shipped();
    let choices = world::choices(&catalog, FLEET);
    let vars: &[(&str, &[&str])] = &[
        ("namespace", &["llm-prod"]),
        ("model", &["granite-3.3-8b-instruct", "b"]),
    ];
    insta::assert_snapshot!("fleet_restricted", all_bound(&catalog, &choices, vars));
}

#[test]
fn without_a_cluster_every_known_name_stands_behind_the_newest() {
    let catalog = shipped();
    let choices = Choices::every_name(&catalog, catalog.panels());
    insta::assert_snapshot!("every_name", all_bound(&catalog, &choices, &[("namespace", &["a"])]));
}

fn all_bound(catalog: &Catalog, choices: &Choices, vars: &[(&str, &[&str])]) -> String {
    let vars = world::vars(vars);
    let bound = |panel: &Panel| {
        format!(
            "# {}\n{}",
            panel.id,
            world::bound(catalog, panel, choices, &vars).join("\n")
        )
    };
    catalog.panels().map(bound).collect::<Vec<_>>().join("\n")
}

#[test]
fn one_series_request_finds_what_a_page_needs() {
    let catalog = shipped();
    let candidates = crate::resolve::candidates(&catalog, catalog.panels());
    let free = crate::resolve::match_selectors(&candidates, &world::vars(&[]));
    assert_eq!(free.len(), 1, "without variables one selector holds every name");
    let vars = world::vars(&[("namespace", &["llm-prod"]), ("model", &["m"])]);
    insta::assert_snapshot!(crate::resolve::match_selectors(&candidates, &vars).join("\n"), @r##"
    {__name__=~"DCGM_FI_DEV_FB_USED|DCGM_FI_DEV_GPU_TEMP|DCGM_FI_DEV_GPU_UTIL|DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL|DCGM_FI_DEV_POWER_USAGE|DCGM_FI_PROF_GR_ENGINE_ACTIVE|DCGM_FI_PROF_NVLINK_RX_BYTES|DCGM_FI_PROF_NVLINK_TX_BYTES|DCGM_FI_PROF_PCIE_RX_BYTES|DCGM_FI_PROF_PCIE_TX_BYTES",exported_namespace="llm-prod"}
    {__name__=~"DCGM_FI_DEV_FB_USED|DCGM_FI_DEV_GPU_TEMP|DCGM_FI_DEV_GPU_UTIL|DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL|DCGM_FI_DEV_POWER_USAGE|DCGM_FI_PROF_GR_ENGINE_ACTIVE|DCGM_FI_PROF_NVLINK_RX_BYTES|DCGM_FI_PROF_NVLINK_TX_BYTES|DCGM_FI_PROF_PCIE_RX_BYTES|DCGM_FI_PROF_PCIE_TX_BYTES",namespace="llm-prod",exported_namespace=""}
    {__name__=~"model_infer_request_duration_count|model_infer_request_success_total",model="m",namespace="llm-prod"}
    {__name__=~"inference_model_request_total|inference_objective_request_total|kserve_inference_model_request_total|kserve_inference_objective_request_total|kserve_llm_d_epp_request_total|kserve_llm_d_router_epp_request_total|kserve_vllm:generation_tokens_total|kserve_vllm:gpu_cache_usage_perc|kserve_vllm:kv_cache_usage_perc|kserve_vllm:num_requests_waiting|kserve_vllm:request_prompt_tokens_count|kserve_vllm:request_success_total|kserve_vllm:time_to_first_token_seconds_count|llm_d_epp_request_total|llm_d_router_epp_request_total|vllm:generation_tokens_total|vllm:gpu_cache_usage_perc|vllm:kv_cache_usage_perc|vllm:num_requests_waiting|vllm:request_prompt_tokens_count|vllm:request_success_total|vllm:time_to_first_token_seconds_count",model_name="m",namespace="llm-prod"}
    {__name__=~"ovms_current_requests|ovms_request_time_us_count|ovms_requests_success",name="m",namespace="llm-prod"}
    {__name__=~"inference_extension_scheduler_e2e_duration_seconds_count|inference_pool_average_kv_cache_utilization|inference_pool_average_queue_size|inference_pool_ready_pods|kserve_inference_extension_scheduler_e2e_duration_seconds_count|kserve_inference_pool_average_kv_cache_utilization|kserve_inference_pool_average_queue_size|kserve_inference_pool_ready_pods|kserve_llm_d_epp_average_kv_cache_utilization|kserve_llm_d_epp_average_queue_size|kserve_llm_d_epp_ready_endpoints|kserve_llm_d_epp_scheduler_e2e_duration_seconds_count|llm_d_epp_average_kv_cache_utilization|llm_d_epp_average_queue_size|llm_d_epp_ready_endpoints|llm_d_epp_scheduler_e2e_duration_seconds_count",namespace="llm-prod"}
    "##);
}

#[test]
fn only_panels_with_rates_have_a_window() {
    let catalog = shipped();
    let without: Vec<_> = catalog
        .panels()
        .filter(|panel| !panel.uses_window())
        .map(|panel| panel.id.as_str())
        .collect();
    insta::assert_snapshot!(without.join("\n"), @r##"
    vllm.waiting
    vllm.kv_cache
    vllm.prompt_length
    epp.ready_pods
    epp.kv_cache
    epp.queue
    gpu.utilization
    gpu.memory_used
    gpu.temperature
    gpu.power
    gpu.pcie
    ovms.in_flight
    overview.kv_cache
    overview.waiting
    overview.gpus_busy
    "##);
    let bars = catalog.panels().filter(|panel| panel.kind == Kind::Bar);
    for panel in bars {
        let asks_buckets = panel
            .queries
            .iter()
            .all(|query| query.expr.text().contains(".bucket}}[$range]"));
        assert!(
            asks_buckets,
            "{}: a bar chart is made of buckets over the whole range",
            panel.id
        );
    }
}

#[test]
fn titles_are_short_and_sentences_end() {
    for panel in shipped().panels() {
        assert!(panel.title.chars().count() <= 40, "{}: {:?}", panel.id, panel.title);
        for sentence in [&panel.tells, &panel.when_bad] {
            assert!(
                sentence.ends_with('.') && !sentence.contains(". "),
                "{}: one sentence: {sentence:?}",
                panel.id
            );
        }
    }
}
