//! Which models are served, from series alone.

use crate::Catalog;
use crate::models::{model_candidates, served_models, traffic};
use crate::resolve::choose;
use crate::tests::world;

fn check(world: &str, expect: &[&str]) {
    let catalog = Catalog::embedded().unwrap();
    let got: Vec<_> = served_models(&catalog, &world::sightings(world))
        .iter()
        .map(|m| {
            format!(
                "{} {} {} {} {} {} {}",
                m.namespace,
                m.kind.as_str(),
                m.workload,
                m.model,
                m.family,
                m.runtime,
                m.pods.join("+")
            )
        })
        .collect();
    assert_eq!(got, expect);
}

#[test]
fn a_monitors_label_names_an_llm_service_and_twins_are_one() {
    check(
        r#"vllm:num_requests_waiting{namespace="llm-prod",pod="granite-33-8b-kserve-0",llm_isvc_name="granite-33-8b",model_name="granite-3.3-8b-instruct",job="d"}
           kserve_vllm:num_requests_waiting{namespace="llm-prod",pod="granite-33-8b-kserve-0",llm_isvc_name="granite-33-8b",model_name="granite-3.3-8b-instruct",job="e"}
           vllm:num_requests_waiting{namespace="llm-prod",pod="granite-33-8b-kserve-1",llm_isvc_name="granite-33-8b",model_name="granite-3.3-8b-instruct",job="d"}"#,
        &[
            "llm-prod LLMInferenceService granite-33-8b granite-3.3-8b-instruct vllm vLLM granite-33-8b-kserve-0+granite-33-8b-kserve-1",
        ],
    );
}

#[test]
fn a_service_or_a_pods_name_tells_the_workload() {
    let one = |labels: &str, expect: &str| {
        check(
            &format!(r#"vllm:num_requests_waiting{{model_name="m",{labels}}}"#),
            &[expect],
        );
    };
    one(
        r#"namespace="a",pod="x",job="mistral-7b-metrics""#,
        "a InferenceService mistral-7b m vllm vLLM x",
    );
    one(
        r#"namespace="a",pod="x",service="mistral-7b-metrics",job="other""#,
        "a InferenceService mistral-7b m vllm vLLM x",
    );
    one(
        r#"namespace="a",pod="m-predictor-00001-deployment-5d",job="a/m-metrics""#,
        "a InferenceService m m vllm vLLM m-predictor-00001-deployment-5d",
    );
    one(
        r#"namespace="a",pod="g-kserve-prefill-5d""#,
        "a LLMInferenceService g m vllm vLLM g-kserve-prefill-5d",
    );
    one(
        r#"namespace="a",pod="g-kserve-mn-0""#,
        "a LLMInferenceService g m vllm vLLM g-kserve-mn-0",
    );
    one(
        r#"namespace="a",pod="my-vllm-5d""#,
        "a Pod my-vllm-5d m vllm vLLM my-vllm-5d",
    );
    one(r#"instance="host:8000""#, " Pod host:8000 m vllm vLLM host:8000");
}

#[test]
fn every_runtime_is_found_by_its_own_series() {
    check(
        r#"ovms_current_requests{namespace="predictive",pod="nomic-embed-text-predictor-7f",name="nomic-embed-text",version="1"}
           ovms_requests_success{namespace="predictive",pod="nomic-embed-text-predictor-7f",name="nomic-embed-text",method="ModelReady"}
           model_infer_request_success_total{namespace="predictive",pod="fraud-xgb-predictor-6c",model="fraud-xgb"}
           vllm:num_requests_waiting{namespace="predictive",pod="nameless"}
           up{namespace="predictive",pod="fraud-xgb-predictor-6c"}"#,
        &[
            "predictive InferenceService fraud-xgb fraud-xgb mlserver MLServer fraud-xgb-predictor-6c",
            "predictive InferenceService nomic-embed-text nomic-embed-text ovms OpenVINO Model Server nomic-embed-text-predictor-7f",
        ],
    );
}

#[test]
fn traffic_is_asked_of_the_families_that_are_here() {
    let catalog = Catalog::embedded().unwrap();
    let seen = world::sightings(
        r#"vllm:request_success_total{namespace="a",pod="p",model_name="m"}
           ovms_requests_success{namespace="a",pod="q",name="n",method="ModelInfer"}"#,
    );
    let choices = choose(&catalog, &model_candidates(&catalog), &seen);
    let vars = world::vars(&[("namespace", &["a"])]);
    let asked: Vec<_> = traffic(&catalog, &choices, &vars, 600)
        .into_iter()
        .flat_map(|t| [t.total, t.recent])
        .collect();
    insta::assert_snapshot!(asked.join("\n"), @r##"
    sum by (namespace, pod, name) (ovms_requests_success{namespace="a",method=~"ModelInfer|Predict|Unary|Stream"})
    sum by (namespace, pod, name) (increase(ovms_requests_success{namespace="a",method=~"ModelInfer|Predict|Unary|Stream"}[600s]))
    sum by (namespace, pod, model_name) (vllm:request_success_total{namespace="a"})
    sum by (namespace, pod, model_name) (increase(vllm:request_success_total{namespace="a"}[600s]))
    "##);
}
