//! The probe: what it asks, and that no quantile of the shipped catalogue escapes it.

use crate::Catalog;
use crate::measure::{asks_quantile, probe, quantile};
use crate::tests::world;

#[test]
fn every_quantile_has_the_one_shape_whose_bounds_are_known() {
    let catalog = Catalog::embedded().unwrap();
    let escaped: Vec<_> = catalog
        .panels()
        .flat_map(|panel| panel.queries.iter().map(move |query| (panel, query)))
        .filter(|(_, query)| asks_quantile(&query.expr) && quantile(&query.expr).is_none())
        .map(|(panel, query)| format!("{}: {}", panel.id, query.expr.text()))
        .collect();
    assert_eq!(
        escaped, [""; 0],
        "write histogram_quantile(q, sum by (le, …) (rate({{{{concept.bucket}}}}[$window])))"
    );
}

#[test]
fn the_scrapes_of_every_job_are_counted_in_the_same_question() {
    insta::assert_snapshot!(
        asked(
            &["vllm.kv_cache", "vllm.ttft"],
            r#"vllm:kv_cache_usage_perc{pod="p",job="a/engine"}
               vllm:time_to_first_token_seconds_count{pod="p",job="a/engine"}
               vllm:kv_cache_usage_perc{pod="q",job="q-metrics"}"#,
            &[],
        ),
        @r#"group by (__name__, le, model_name) ({__name__="vllm:time_to_first_token_seconds_bucket",le!="+Inf"}) or on (__name__, le, model_name, job, namespace, over) label_replace(max by (job, namespace) (count_over_time(up{job=~"a/engine|q-metrics"}[299s])), "over", "299", "job", ".*") or on (__name__, le, model_name, job, namespace, over) label_replace(max by (job, namespace) (count_over_time(up{job=~"a/engine|q-metrics"}[1799s])), "over", "1799", "job", ".*")"#
    );
    let catalog = Catalog::embedded().unwrap();
    let choices = world::choices(&catalog, r#"vllm:kv_cache_usage_perc{pod="p",job="j"}"#);
    let month = probe(
        &catalog,
        &[catalog.panel("vllm.kv_cache").unwrap()],
        &choices,
        &world::vars(&[]),
        324_000,
    )
    .unwrap();
    assert!(month.ends_with(r#"label_replace(max by (job, namespace) (count_over_time(up{job="j"}[324000s])), "over", "324000", "job", ".*")"#), "{month}");
}

fn asked(panels: &[&str], world: &str, vars: &[(&str, &[&str])]) -> String {
    let catalog = Catalog::embedded().unwrap();
    let choices = world::choices(&catalog, world);
    let panels: Vec<_> = panels.iter().map(|id| catalog.panel(id).unwrap()).collect();
    probe(&catalog, &panels, &choices, &world::vars(vars), 450).unwrap_or_default()
}

#[test]
fn one_question_asks_the_bounds_of_all_histograms() {
    insta::assert_snapshot!(
        asked(
            &["vllm.ttft", "overview.ttft", "vllm.itl", "ovms.request_time", "vllm.kv_cache"],
            r#"vllm:time_to_first_token_seconds_count{namespace="a",pod="p"}
               kserve_vllm:time_to_first_token_seconds_count{namespace="a",pod="q"}
               ovms_request_time_us_count{namespace="a",pod="o"}"#,
            &[("namespace", &["a"]), ("model", &["m"])],
        ),
        @r#"group by (__name__, le, model_name, name) ({__name__=~"kserve_vllm:time_to_first_token_seconds_bucket|vllm:time_to_first_token_seconds_bucket",le!="+Inf",model_name="m",namespace="a"}) or on (__name__, le, model_name, name, job, namespace, over) group by (__name__, le, model_name, name) ({__name__="ovms_request_time_us_bucket",le!="+Inf",name="m",namespace="a"})"#
    );
}

#[test]
fn without_a_quantile_nothing_is_asked() {
    assert_eq!(
        asked(&["vllm.kv_cache"], r#"vllm:kv_cache_usage_perc{pod="p"}"#, &[]),
        ""
    );
    assert_eq!(asked(&["vllm.ttft"], r#"vllm:kv_cache_usage_perc{pod="p"}"#, &[]), "");
}
