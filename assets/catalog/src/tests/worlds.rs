//! Choosing: the worlds that fleets are in, and what each one's KV cache and requests are read from.

use crate::Catalog;
use crate::tests::world;

/// `metric workloads` of each source, then the query.
fn check(panel: &str, world: &str, expect: &[&str]) {
    check_with(panel, world, &[], expect);
}

fn check_with(panel: &str, world: &str, vars: &[(&str, &[&str])], expect: &[&str]) {
    let catalog = Catalog::embedded().unwrap();
    let panel = catalog.panel(panel).unwrap();
    let choices = world::choices(&catalog, world);
    let sources = choices.sources(panel);
    let mut got: Vec<_> = sources
        .iter()
        .map(|s| format!("{} {} {}", s.concept, s.metric, s.pods.len()))
        .collect();
    assert_eq!(choices.is_missing(panel), sources.is_empty(), "missing means no source");
    got.extend(world::bound(&catalog, panel, &choices, &world::vars(vars)));
    assert_eq!(got, expect);
}

#[test]
fn nothing_is_there() {
    check("vllm.kv_cache", "", &["-"]);
}

#[test]
fn series_of_other_things_are_passed_over() {
    check("vllm.kv_cache", r#"up{namespace="a",pod="p"}"#, &["-"]);
}

#[test]
fn only_the_old_name() {
    check(
        "vllm.kv_cache",
        r#"vllm:gpu_cache_usage_perc{namespace="a",pod="p"}"#,
        &[
            "kv_cache_usage vllm:gpu_cache_usage_perc 1",
            "max by (namespace, pod) (vllm:gpu_cache_usage_perc)",
        ],
    );
}

#[test]
fn only_the_new_name() {
    check(
        "vllm.kv_cache",
        r#"vllm:kv_cache_usage_perc{namespace="a",pod="p"}
           vllm:kv_cache_usage_perc{namespace="a",pod="q"}"#,
        &[
            "kv_cache_usage vllm:kv_cache_usage_perc 2",
            "max by (namespace, pod) (vllm:kv_cache_usage_perc)",
        ],
    );
}

#[test]
fn only_the_prefixed_name() {
    check(
        "vllm.kv_cache",
        r#"kserve_vllm:kv_cache_usage_perc{namespace="a",pod="p"}"#,
        &[
            "kv_cache_usage kserve_vllm:kv_cache_usage_perc 1",
            "max by (namespace, pod) (kserve_vllm:kv_cache_usage_perc)",
        ],
    );
}

#[test]
fn both_names_on_one_engine_answer_once() {
    check(
        "vllm.kv_cache",
        r#"vllm:gpu_cache_usage_perc{namespace="a",pod="p"}
           vllm:kv_cache_usage_perc{namespace="a",pod="p"}"#,
        &[
            "kv_cache_usage vllm:kv_cache_usage_perc 1",
            "max by (namespace, pod) ((vllm:kv_cache_usage_perc or on (namespace, pod) vllm:gpu_cache_usage_perc))",
        ],
    );
}

#[test]
fn an_old_engine_beside_a_new_one_loses_nothing() {
    // The older name is not given up though it covers more.
    check(
        "vllm.kv_cache",
        r#"vllm:gpu_cache_usage_perc{namespace="a",pod="old-1"}
           vllm:gpu_cache_usage_perc{namespace="a",pod="old-2"}
           vllm:gpu_cache_usage_perc{namespace="a",pod="new"}
           vllm:kv_cache_usage_perc{namespace="a",pod="new"}"#,
        &[
            "kv_cache_usage vllm:kv_cache_usage_perc 1",
            "kv_cache_usage vllm:gpu_cache_usage_perc 2",
            "max by (namespace, pod) ((vllm:kv_cache_usage_perc or on (namespace, pod) vllm:gpu_cache_usage_perc))",
        ],
    );
}

#[test]
fn one_pod_name_in_two_namespaces_is_two_workloads() {
    check(
        "vllm.kv_cache",
        r#"vllm:kv_cache_usage_perc{namespace="a",pod="vllm-0"}
           vllm:gpu_cache_usage_perc{namespace="b",pod="vllm-0"}"#,
        &[
            "kv_cache_usage vllm:kv_cache_usage_perc 1",
            "kv_cache_usage vllm:gpu_cache_usage_perc 1",
            "max by (namespace, pod) ((vllm:kv_cache_usage_perc or on (namespace, pod) vllm:gpu_cache_usage_perc))",
        ],
    );
}

#[test]
fn a_plain_and_a_prefixed_twin_answer_once() {
    check(
        "vllm.generation_tokens",
        r#"kserve_vllm:generation_tokens_total{namespace="a",pod="p",job="engine"}
           vllm:generation_tokens_total{namespace="a",pod="p",job="engine-default"}"#,
        &[
            "generation_tokens vllm:generation_tokens_total 1",
            "sum by (model_name) ((rate(vllm:generation_tokens_total[120s]) or on (namespace, pod) rate(kserve_vllm:generation_tokens_total[120s])))",
        ],
    );
}

#[test]
fn a_newer_prefixed_name_goes_before_an_older_plain_one() {
    check(
        "vllm.kv_cache",
        r#"vllm:gpu_cache_usage_perc{namespace="a",pod="p"}
           kserve_vllm:kv_cache_usage_perc{namespace="a",pod="p"}"#,
        &[
            "kv_cache_usage kserve_vllm:kv_cache_usage_perc 1",
            "max by (namespace, pod) ((kserve_vllm:kv_cache_usage_perc or on (namespace, pod) vllm:gpu_cache_usage_perc))",
        ],
    );
}

#[test]
fn twin_monitors_of_one_name_are_told_apart_by_job() {
    check_with(
        "vllm.generation_tokens",
        r#"vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="own"}
           vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="theirs"}
           vllm:generation_tokens_total{namespace="a",pod="q",instance="2:8000",job="theirs"}"#,
        &[("namespace", &["a"])],
        &[
            "generation_tokens vllm:generation_tokens_total 2",
            r#"sum by (model_name) ((rate(vllm:generation_tokens_total{namespace="a",job!="theirs"}[120s]) or on (namespace, pod) rate(vllm:generation_tokens_total{namespace="a",job="theirs"}[120s])))"#,
        ],
    );
}

#[test]
fn the_second_pipeline_answers_under_the_names_of_the_pods_that_it_scraped() {
    let of_collector = r#"label_replace(label_replace(rate(vllm:generation_tokens_total{exported_namespace="a",k8s_pod_name!=""}[120s]), "pod", "$1", "k8s_pod_name", "(.+)"), "namespace", "$1", "exported_namespace", "(.+)")"#;
    check_with(
        "vllm.generation_tokens",
        r#"vllm:generation_tokens_total{namespace="mon",pod="collector",exported_namespace="a",k8s_pod_name="p"}"#,
        &[("namespace", &["a"])],
        &[
            "generation_tokens vllm:generation_tokens_total 1",
            &format!("sum by (model_name) ({of_collector})"),
        ],
    );
    check_with(
        "vllm.generation_tokens",
        r#"vllm:generation_tokens_total{namespace="a",pod="p"}
           vllm:generation_tokens_total{namespace="mon",pod="collector",exported_namespace="a",k8s_pod_name="p"}"#,
        &[("namespace", &["a"])],
        &[
            "generation_tokens vllm:generation_tokens_total 1",
            &format!(
                r#"sum by (model_name) ((rate(vllm:generation_tokens_total{{namespace="a",k8s_pod_name=""}}[120s]) or on (namespace, pod) {of_collector}))"#
            ),
        ],
    );
}

#[test]
fn two_stores_behind_one_querier_are_told_apart_by_their_own_label() {
    check(
        "vllm.generation_tokens",
        r#"vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="own",prometheus="platform/k8s"}
           vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="own",prometheus="user/workload"}"#,
        &[
            "generation_tokens vllm:generation_tokens_total 1",
            r#"sum by (model_name) ((rate(vllm:generation_tokens_total{prometheus!="user/workload"}[120s]) or on (namespace, pod) rate(vllm:generation_tokens_total{prometheus="user/workload"}[120s])))"#,
        ],
    );
}

#[test]
fn twins_of_both_kinds_on_one_board_are_told_apart() {
    check(
        "vllm.generation_tokens",
        r#"vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="own",prometheus="platform/k8s"}
           vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="own",prometheus="user/workload"}
           vllm:generation_tokens_total{namespace="b",pod="q",instance="2:8000",job="own"}
           vllm:generation_tokens_total{namespace="b",pod="q",instance="2:8000",job="theirs"}"#,
        &[
            "generation_tokens vllm:generation_tokens_total 2",
            r#"sum by (model_name) ((rate(vllm:generation_tokens_total{job!="theirs",prometheus!="user/workload"}[120s]) or on (namespace, pod) rate(vllm:generation_tokens_total{job!="theirs",prometheus="user/workload"}[120s]) or on (namespace, pod) rate(vllm:generation_tokens_total{job="theirs"}[120s])))"#,
        ],
    );
}

#[test]
fn two_ports_of_one_pod_are_no_twins() {
    check(
        "vllm.generation_tokens",
        r#"vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="one"}
           vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8001",job="two"}"#,
        &[
            "generation_tokens vllm:generation_tokens_total 1",
            "sum by (model_name) (rate(vllm:generation_tokens_total[120s]))",
        ],
    );
}

#[test]
fn the_pickers_two_families_answer_once() {
    check(
        "epp.requests",
        r#"inference_objective_request_total{namespace="a",pod="epp",model_name="m"}
           llm_d_epp_request_total{namespace="a",pod="epp",model_name="m",priority="0"}
           inference_model_request_total{namespace="b",pod="older-epp",model_name="m"}"#,
        &[
            "epp_requests llm_d_epp_request_total 1",
            "epp_requests inference_model_request_total 1",
            "sum by (model_name) ((rate(llm_d_epp_request_total[120s]) or on (namespace, pod) rate(inference_objective_request_total[120s]) or on (namespace, pod) rate(inference_model_request_total[120s])))",
        ],
    );
}

#[test]
fn outside_kubernetes_an_instance_is_a_workload() {
    check(
        "vllm.kv_cache",
        r#"vllm:kv_cache_usage_perc{instance="host-1:8000"}
           vllm:gpu_cache_usage_perc{instance="host-2:8000"}"#,
        &[
            "kv_cache_usage vllm:kv_cache_usage_perc 1",
            "kv_cache_usage vllm:gpu_cache_usage_perc 1",
            "max by (namespace, pod) ((vllm:kv_cache_usage_perc or on (namespace, pod, instance) vllm:gpu_cache_usage_perc))",
        ],
    );
}

#[test]
fn a_variable_binds_to_the_label_that_carries_it_here() {
    let vars: &[(&str, &[&str])] = &[("namespace", &["llm-prod"]), ("node", &["n1"]), ("model", &["m"])];
    let temperature = |selectors: &str| {
        format!(r#"max by (Hostname, gpu) (label_replace({selectors}, "Hostname", "$1", "hostname", "(.+)"))"#)
    };
    let source = "gpu_temperature DCGM_FI_DEV_GPU_TEMP 1";
    // Labels not honoured: the workload's are the exported ones.
    check_with(
        "gpu.temperature",
        r#"DCGM_FI_DEV_GPU_TEMP{namespace="nvidia",pod="dcgm",exported_namespace="llm-prod",Hostname="n1"}"#,
        vars,
        &[
            source,
            &temperature(r#"DCGM_FI_DEV_GPU_TEMP{exported_namespace="llm-prod",Hostname="n1"}"#),
        ],
    );
    // Labels honoured, newer exporter.
    check_with(
        "gpu.temperature",
        r#"DCGM_FI_DEV_GPU_TEMP{namespace="llm-prod",pod="granite",hostname="n1"}"#,
        vars,
        &[
            source,
            &temperature(r#"DCGM_FI_DEV_GPU_TEMP{namespace="llm-prod",hostname="n1"}"#),
        ],
    );
    // Both ways at once, or an idle GPU beside a held one: two selectors that no series fits both of.
    check_with(
        "gpu.temperature",
        r#"DCGM_FI_DEV_GPU_TEMP{namespace="nvidia",pod="dcgm",exported_namespace="llm-prod",Hostname="n1"}
           DCGM_FI_DEV_GPU_TEMP{namespace="nvidia",pod="dcgm",Hostname="n1"}"#,
        vars,
        &[
            source,
            &temperature(
                r#"(DCGM_FI_DEV_GPU_TEMP{exported_namespace="llm-prod",Hostname="n1"} or DCGM_FI_DEV_GPU_TEMP{namespace="llm-prod",exported_namespace="",Hostname="n1"})"#,
            ),
        ],
    );
}

#[test]
fn a_concept_that_is_not_there_selects_nothing_and_leaves_the_rest() {
    // All GPUs in MIG: no GPU_UTIL anywhere.
    check(
        "overview.gpus_busy",
        r#"DCGM_FI_PROF_GR_ENGINE_ACTIVE{namespace="nvidia",pod="dcgm",Hostname="n1",gpu="0",GPU_I_ID="1"}"#,
        &[
            "gpu_engine_active DCGM_FI_PROF_GR_ENGINE_ACTIVE 1",
            r#"sum(
  (
    max by (Hostname, gpu) (label_replace(DCGM_FI_DEV_GPU_UTIL, "Hostname", "$1", "hostname", "(.+)"))
    or on (Hostname, gpu)
    100 * max by (Hostname, gpu) (label_replace(DCGM_FI_PROF_GR_ENGINE_ACTIVE, "Hostname", "$1", "hostname", "(.+)"))
  ) > bool 5
)"#,
        ],
    );
}

#[test]
fn a_variable_without_a_label_does_not_restrict() {
    check_with(
        "epp.ready_pods",
        r#"inference_pool_ready_pods{namespace="a",pod="epp",name="pool"}"#,
        &[("model", &["m"]), ("namespace", &["a"]), ("pod", &["p"])],
        &[
            "epp_ready_pods inference_pool_ready_pods 1",
            r#"max by (namespace, name) (inference_pool_ready_pods{namespace="a"})"#,
        ],
    );
}

#[test]
fn a_concepts_own_matchers_hold_in_each_query_and_in_the_request_that_asks_what_exists() {
    check_with(
        "vllm.http_requests",
        r#"http_requests_total{namespace="a",pod="p",handler="/v1/completions"}
           kserve_http_requests_total{namespace="a",pod="p",handler="/v1/completions"}"#,
        &[("namespace", &["a"]), ("model", &["m"])],
        &[
            "http_requests http_requests_total 1",
            r#"sum by (namespace, pod, status) ((rate(http_requests_total{namespace="a",handler=~"/v1/.*"}[120s]) or on (namespace, pod) rate(kserve_http_requests_total{namespace="a",handler=~"/v1/.*"}[120s])))"#,
        ],
    );
    let catalog = Catalog::embedded().unwrap();
    let asked = |panels: &[&str]| {
        let panels = panels.iter().map(|id| catalog.panel(id).unwrap());
        let candidates = crate::resolve::candidates(&catalog, panels);
        crate::resolve::match_selectors(&candidates, &world::vars(&[("namespace", &["a"])]))
    };
    assert_eq!(
        asked(&["resources.memory", "resources.network", "resources.quota"]),
        [
            r#"{__name__="container_memory_working_set_bytes",namespace="a",pod=~".+-(predictor|kserve)-.+",container!="",container!="POD"}"#,
            r#"{__name__="container_memory_working_set_bytes",exported_namespace="a",k8s_pod_name!="",pod=~".+-(predictor|kserve)-.+",container!="",container!="POD"}"#,
            r#"{__name__=~"container_network_receive_bytes_total|container_network_transmit_bytes_total",namespace="a",pod=~".+-(predictor|kserve)-.+"}"#,
            r#"{__name__=~"container_network_receive_bytes_total|container_network_transmit_bytes_total",exported_namespace="a",k8s_pod_name!="",pod=~".+-(predictor|kserve)-.+"}"#,
            r#"{__name__="kube_resourcequota",namespace="a"}"#,
        ]
    );
}

#[test]
fn the_two_labels_of_a_picked_replica_are_one() {
    check(
        "epp.picks",
        r#"inference_extension_scheduler_attempts_total{namespace="a",pod="epp",status="success",pod_name="m-0"}"#,
        &[
            "epp_attempts inference_extension_scheduler_attempts_total 1",
            "sum by (endpoint_name) (\n  label_replace(rate(inference_extension_scheduler_attempts_total{status=\"success\"}[120s]), \"endpoint_name\", \"$1\", \"pod_name\", \"(.+)\")\n)",
        ],
    );
}
