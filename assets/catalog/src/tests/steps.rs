//! A gauge between two instants of a chart: what a step of one scrape asks, and what a longer one does.

use crate::Catalog;
use crate::promql::{bind, grid};
use crate::tests::world;

const DAY: i64 = 86_400;

/// The first query of a panel on a day's chart of so many pixels, 30 s between scrapes.
fn check(panel: &str, world: &str, width: u32, expect: &str) {
    let catalog = Catalog::embedded().unwrap();
    let panel = catalog.panel(panel).unwrap();
    let choices = world::choices(&catalog, world);
    let grid = grid(0, DAY, width, 30).unwrap();
    let got = bind(&catalog, panel, 0, &choices, &world::vars(&[]), &grid).unwrap();
    assert_eq!(got.as_deref(), Some(expect));
}

const ONE: &str = r#"vllm:kv_cache_usage_perc{namespace="a",pod="p"}"#;

#[test]
fn a_step_of_one_scrape_asks_for_the_current_value() {
    check(
        "vllm.kv_cache",
        ONE,
        2_880,
        "max by (namespace, pod) (vllm:kv_cache_usage_perc)",
    );
}

#[test]
fn a_longer_step_asks_for_its_peak_and_where_it_holds_no_scrape_for_the_current_value() {
    check(
        "vllm.kv_cache",
        ONE,
        720,
        "max by (namespace, pod) ((max_over_time(vllm:kv_cache_usage_perc[120s]) or vllm:kv_cache_usage_perc))",
    );
}

#[test]
fn what_is_added_up_is_averaged_over_the_step_first() {
    check(
        "overview.waiting",
        r#"vllm:num_requests_waiting{namespace="a",pod="p"}"#,
        720,
        "sum((avg_over_time(vllm:num_requests_waiting[120s]) or vllm:num_requests_waiting))",
    );
}

#[test]
fn each_source_falls_back_on_itself_before_the_next_one_answers() {
    check(
        "vllm.kv_cache",
        r#"vllm:kv_cache_usage_perc{namespace="a",pod="p"}
           vllm:gpu_cache_usage_perc{namespace="a",pod="q"}"#,
        720,
        "max by (namespace, pod) (((max_over_time(vllm:kv_cache_usage_perc[120s]) or vllm:kv_cache_usage_perc) \
         or on (namespace, pod) (max_over_time(vllm:gpu_cache_usage_perc[120s]) or vllm:gpu_cache_usage_perc)))",
    );
}

#[test]
fn the_time_of_a_sample_is_asked_of_each_source_alone() {
    check(
        "vllm.staleness",
        r#"vllm:num_requests_running{namespace="a",pod="p"}
           kserve_vllm:num_requests_running{namespace="a",pod="q"}"#,
        720,
        "time() - max by (model_name) ((timestamp(vllm:num_requests_running) or on (namespace, pod) \
         timestamp(kserve_vllm:num_requests_running)))",
    );
}
