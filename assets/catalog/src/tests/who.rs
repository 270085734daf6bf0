//! A choice of models or workloads, carried over to metrics that know them by another name.

use crate::Catalog;
use crate::tests::world;
use crate::who::{Narrowed, Who, who_candidates};

/// One workload with two pods, one that serves another model, and one of the same name elsewhere.
const WORLD: &str = r#"
    vllm:num_requests_waiting{namespace="a",pod="granite-kserve-0",llm_isvc_name="granite",model_name="ibm/granite"}
    vllm:num_requests_waiting{namespace="a",pod="granite-kserve-1",llm_isvc_name="granite",model_name="ibm/granite"}
    vllm:num_requests_waiting{namespace="a",pod="chat-predictor-7d",model_name="mistral"}
    vllm:lora_requests_info{namespace="a",pod="chat-predictor-7d",model_name="mistral",running_lora_adapters="sql",waiting_lora_adapters=""}
    vllm:lora_requests_info{namespace="a",pod="chat-predictor-7d",model_name="mistral",running_lora_adapters="legal",waiting_lora_adapters="de"}
    vllm:num_requests_waiting{namespace="b",pod="granite-kserve-9",llm_isvc_name="granite",model_name="ibm/granite"}
"#;

/// `pod` and `model` of the variables that the panel is asked with, and which choices do not narrow it.
fn check(panel: &str, chosen: &[(&str, &[&str])], expect: &str) {
    let catalog = Catalog::embedded().unwrap();
    let vars = world::vars(chosen);
    let who = Who::new(&catalog, &world::sightings(WORLD), &vars);
    let panel = catalog.panel(panel).unwrap();
    let said = match who.narrow(&catalog, panel, &vars) {
        Narrowed::Nothing => "nothing".to_owned(),
        Narrowed::To(vars) => ["pod", "model"]
            .map(|name| {
                vars.get(name)
                    .iter()
                    .map(|value| value.as_str())
                    .collect::<Vec<_>>()
                    .join(",")
            })
            .join(" | "),
    };
    let unheeded: Vec<_> = who.unheeded(&catalog, panel, &vars).into_iter().collect();
    assert_eq!(format!("{said} | {}", unheeded.join(",")), expect, "{chosen:?}");
}

#[test]
fn a_model_narrows_metrics_that_know_only_its_pods() {
    check(
        "resources.cpu",
        &[("model", &["mistral"])],
        "chat-predictor-7d | mistral | ",
    );
    check(
        "resources.cpu",
        &[("model", &["ibm/granite"]), ("namespace", &["a"])],
        "granite-kserve-0,granite-kserve-1 | ibm/granite | ",
    );
}

#[test]
fn a_metric_that_knows_the_model_is_asked_as_before() {
    check("vllm.kv_cache", &[("model", &["mistral"])], " | mistral | ");
}

#[test]
fn an_adapter_is_its_model_to_the_engine_and_its_own_name_to_the_router() {
    check("vllm.kv_cache", &[("model", &["sql"])], " | mistral,sql | ");
    check(
        "resources.cpu",
        &[("model", &["de"])],
        "chat-predictor-7d | de,mistral | ",
    );
    check("epp.requests", &[("model", &["sql"])], " | sql | ");
    // Who asks for the model means its adapters, too.
    check("epp.requests", &[("model", &["mistral"])], " | de,legal,mistral,sql | ");
    let catalog = Catalog::embedded().unwrap();
    let vars = world::vars(&[("model", &["sql"])]);
    let who = Who::new(&catalog, &world::sightings(WORLD), &vars);
    let said = |panel: &str| who.remarks(&catalog, catalog.panel(panel).unwrap());
    assert_eq!(
        said("vllm.kv_cache"),
        ["Counts all of mistral: its engine does not tell its adapter sql apart."]
    );
    assert_eq!(said("epp.requests"), [""; 0]);
}

#[test]
fn only_the_series_of_what_is_chosen_are_sources() {
    let catalog = Catalog::embedded().unwrap();
    let candidates = crate::resolve::candidates(&catalog, catalog.panels());
    let world = world::sightings(WORLD);
    let concerned = |chosen: &[(&str, &[&str])]| {
        let vars = world::vars(chosen);
        let who = Who::new(&catalog, &world, &vars);
        let waiting = candidates
            .iter()
            .find(|candidate| candidate.series == "vllm:num_requests_waiting")
            .unwrap();
        let of_waiting = world.iter().filter(|sighting| sighting.series == waiting.series);
        let pods = of_waiting.filter(|sighting| who.concerns(&catalog, waiting, sighting, &vars));
        pods.map(|sighting| sighting.label("pod").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(concerned(&[("model", &["legal"])]), ["chat-predictor-7d"]);
    assert_eq!(
        concerned(&[("workload", &["granite"]), ("namespace", &["a"])]),
        ["granite-kserve-0", "granite-kserve-1"]
    );
    assert_eq!(concerned(&[("model", &["gone"])]), [""; 0]);
}

#[test]
fn a_workload_is_its_pods_and_where_there_is_no_pod_its_models() {
    let granite: &[(&str, &[&str])] = &[("workload", &["granite"]), ("namespace", &["a"])];
    check("vllm.kv_cache", granite, "granite-kserve-0,granite-kserve-1 |  | ");
    check("resources.cpu", granite, "granite-kserve-0,granite-kserve-1 |  | ");
    check("epp.requests", granite, " | ibm/granite | ");
}

#[test]
fn a_workload_and_a_model_that_it_does_not_serve_are_nothing() {
    check(
        "vllm.kv_cache",
        &[("workload", &["granite"]), ("model", &["mistral"])],
        "nothing | ",
    );
    check("resources.cpu", &[("workload", &["gone"])], "nothing | ");
}

#[test]
fn a_model_without_pods_leaves_the_metrics_of_pods_wide_and_that_is_said() {
    check(
        "resources.cpu",
        &[("model", &["only-routed"])],
        " | only-routed | model",
    );
}

#[test]
fn devices_are_left_to_the_join() {
    check("gpu.utilization", &[("workload", &["granite"])], " |  | workload");
}

#[test]
fn nothing_more_is_looked_for_until_something_is_chosen() {
    let catalog = Catalog::embedded().unwrap();
    assert!(who_candidates(&catalog, &world::vars(&[("namespace", &["a"])])).is_empty());
    assert!(!who_candidates(&catalog, &world::vars(&[("workload", &["granite"])])).is_empty());
}
