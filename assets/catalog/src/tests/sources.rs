//! What a panel tells of its sources: each name with the workloads it answers for and the jobs that scrape them.

use crate::Catalog;
use crate::tests::world;

fn check(world: &str, expect: &[&str]) {
    let catalog = Catalog::embedded().unwrap();
    let panel = catalog.panel("vllm.generation_tokens").unwrap();
    let sources = world::choices(&catalog, world).sources(panel);
    let got: Vec<_> = sources
        .iter()
        .map(|source| {
            let jobs: Vec<_> = source.monitors.iter().map(String::as_str).collect();
            format!("{} {} {}", source.metric, source.workloads, jobs.join(" "))
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
            "vllm:generation_tokens_total 1 mistral-metrics",
            "kserve_vllm:generation_tokens_total 2 b/kserve-llm-isvc-vllm-engine",
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
            "vllm:generation_tokens_total 1 own",
            "kserve_vllm:generation_tokens_total 2 a/engine",
        ],
    );
}

#[test]
fn a_twin_monitor_that_answers_for_nobody_is_not_told() {
    check(
        r#"vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="own"}
           vllm:generation_tokens_total{namespace="a",pod="p",instance="1:8000",job="theirs"}"#,
        &["vllm:generation_tokens_total 1 own"],
    );
    check(
        r#"vllm:generation_tokens_total{pod="p"}"#,
        &["vllm:generation_tokens_total 1 "],
    );
}
