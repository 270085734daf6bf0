//! What a panel tells of its sources: each name with the workloads it answers for and the jobs that scrape them.

use std::collections::BTreeSet;

use crate::Catalog;
use crate::tests::world;

fn check(world: &str, expect: &[&str]) {
    let catalog = Catalog::embedded().unwrap();
    let panel = catalog.panel("vllm.generation_tokens").unwrap();
    let sources = world::choices(&catalog, world).sources(panel);
    let got: Vec<_> = sources
        .iter()
        .map(|source| {
            let pod = |((_, pod), jobs): (&(_, String), &BTreeSet<String>)| {
                let jobs: Vec<_> = jobs.iter().map(String::as_str).collect();
                format!("{pod} by {}", jobs.join(" "))
            };
            let pods: Vec<_> = source.pods.iter().map(pod).collect();
            format!("{}: {}", source.metric, pods.join(", "))
        })
        .collect();
    assert_eq!(got, expect);
}

#[test]
fn each_group_of_workloads_is_told_with_its_monitor() {
    check(
        r#"vllm:generation_tokens_total{namespace="a",pod="p",job="mistral-metrics"}
           kserve_vllm:generation_tokens_total{namespace="b",pod="q",job="b/kserve-llm-isvc-vllm-engine"}
           kserve_vllm:generation_tokens_total{namespace="b",pod="r",job="b/kserve-llm-isvc-vllm-engine"}"#,
        &[
            "vllm:generation_tokens_total: p by mistral-metrics",
            "kserve_vllm:generation_tokens_total: q by b/kserve-llm-isvc-vllm-engine, r by b/kserve-llm-isvc-vllm-engine",
        ],
    );
}

#[test]
fn wider_coverage_does_not_outweigh_the_better_name() {
    // The plain name has one pod, the prefixed one all three: it answers for the two that the plain one lacks.
    check(
        r#"vllm:generation_tokens_total{namespace="a",pod="p",job="own"}
           kserve_vllm:generation_tokens_total{namespace="a",pod="p",job="a/engine"}
           kserve_vllm:generation_tokens_total{namespace="a",pod="q",job="a/engine"}
           kserve_vllm:generation_tokens_total{namespace="a",pod="r",job="a/engine"}"#,
        &[
            "vllm:generation_tokens_total: p by own",
            "kserve_vllm:generation_tokens_total: q by a/engine, r by a/engine",
        ],
    );
}

#[test]
fn a_twin_monitor_that_answers_for_nobody_is_not_told() {
    check(
        r#"vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="own"}
           vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="theirs"}"#,
        &["vllm:generation_tokens_total: p by own"],
    );
    check(
        r#"vllm:generation_tokens_total{pod="p"}"#,
        &["vllm:generation_tokens_total: p by "],
    );
}

#[test]
fn what_the_second_pipeline_brought_answers_only_for_pods_that_nobody_else_scrapes() {
    check(
        r#"vllm:generation_tokens_total{namespace="a",pod="p",job="own"}
           vllm:generation_tokens_total{namespace="monitoring",pod="collector-0",job="collector",exported_namespace="a",k8s_pod_name="p"}
           vllm:generation_tokens_total{namespace="monitoring",pod="collector-0",job="collector",exported_namespace="b",k8s_pod_name="q"}"#,
        &["vllm:generation_tokens_total: p by own, q by collector"],
    );
}
