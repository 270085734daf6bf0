//! What is not there yet, told from what is not there at all.

use crate::resolve::{alive_candidates, waits_for};
use crate::tests::world;
use crate::{Catalog, First};

fn check(panel: &str, world: &str, expect: Option<First>) {
    let catalog = Catalog::embedded().unwrap();
    let panel = catalog.panel(panel).unwrap();
    let choices = world::choices(&catalog, world);
    assert_eq!(
        waits_for(&catalog, panel, &choices, &world::sightings(world)),
        expect,
        "{world}"
    );
}

const ENGINE: &str = r#"vllm:num_requests_waiting{namespace="a",pod="p",model_name="m"}"#;

#[test]
fn an_engine_that_nobody_has_asked_anything_waits_for_its_first_request() {
    check("vllm.requests", ENGINE, Some(First::Request));
    check("vllm.http_requests", ENGINE, Some(First::Request));
    check(
        "vllm.requests",
        r#"kserve_vllm:num_requests_waiting{pod="p"}"#,
        Some(First::Request),
    );
}

#[test]
fn what_is_there_waits_for_nothing_and_neither_does_what_no_engine_here_exports() {
    check("vllm.requests", "", None);
    check(
        "vllm.requests",
        r#"vllm:num_requests_waiting{pod="p"}
        vllm:request_success_total{pod="p"}"#,
        None,
    );
    // There from the start where a router runs; none does.
    check("epp.requests", ENGINE, None);
    // Only with speculative decoding, whatever is asked.
    check("vllm.kv_cache", ENGINE, None);
}

#[test]
fn a_router_without_a_failure_waits_for_its_first_error() {
    check(
        "epp.errors",
        r#"inference_pool_ready_pods{namespace="a",pod="epp"}"#,
        Some(First::Error),
    );
}

#[test]
fn the_series_that_tell_are_asked_for_with_the_others() {
    let catalog = Catalog::embedded().unwrap();
    let asked = |panel: &str| {
        let found = alive_candidates(&catalog, &[catalog.panel(panel).unwrap()]);
        found.into_iter().map(|candidate| candidate.series).collect::<Vec<_>>()
    };
    assert_eq!(
        asked("vllm.http_requests"),
        ["vllm:num_requests_waiting", "kserve_vllm:num_requests_waiting"]
    );
    assert_eq!(asked("vllm.kv_cache"), [""; 0]);
}
