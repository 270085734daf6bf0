//! The differences between the simulated exporters and the facts that are right, each with its reason.

/// Names of endpoints, separated by blanks, the difference, and why it is right.
pub const ALLOWED: &[(&str, &str, &str)] = &[
    (
        VLLM,
        "lacks vllm:num_requests_waiting_by_reason",
        "not verified: seen in secondary sources only",
    ),
    (
        VLLM,
        "vllm:cache_config_info lacks label model_name",
        "its labels are the cache configuration and `engine`; the catalogue says so too",
    ),
    (
        "phi-4",
        "has vllm:lora_requests_info, which this version does not expose by default",
        "it runs with --enable-lora",
    ),
    ("qwen-coder-7b", "lacks http_requests_total", NO_REQUEST),
    ("qwen-coder-7b", "lacks http_request_duration_seconds", NO_REQUEST),
    ("qwen-coder-7b", "lacks http_request_size_bytes", NO_REQUEST),
    ("qwen-coder-7b", "lacks http_response_size_bytes", NO_REQUEST),
    (
        "mistral-7b",
        "vllm:cache_config_info lacks label model_name",
        "v0 writes the cache configuration alone",
    ),
    (
        "mistral-7b",
        "vllm:cache_config_info lacks label prefix_caching_hash_algo",
        "came with the v1 engine",
    ),
    (
        "mistral-7b",
        "lacks vllm:time_in_queue_requests",
        "replaced by request_queue_time_seconds, which 0.8 has",
    ),
    (
        "mistral-7b",
        "lacks vllm:request_params_best_of",
        "best_of left the engine before 0.8",
    ),
    ("mistral-7b", "lacks vllm:model_forward_time_milliseconds", DETAILED),
    ("mistral-7b", "lacks vllm:model_execute_time_milliseconds", DETAILED),
    (
        "mistral-7b",
        "lacks vllm:avg_prompt_throughput_toks_per_s",
        "very old: gone before 0.8",
    ),
    (
        "mistral-7b",
        "lacks vllm:avg_generation_throughput_toks_per_s",
        "very old: gone before 0.8",
    ),
    (
        "mistral-7b",
        "lacks vllm:spec_decode_draft_acceptance_rate",
        SPECULATIVE,
    ),
    ("mistral-7b", "lacks vllm:spec_decode_efficiency", SPECULATIVE),
    (
        "mistral-7b",
        "lacks vllm:spec_decode_num_emitted_tokens_total",
        SPECULATIVE,
    ),
    ("mistral-7b", "lacks vllm:tokens_total", "documented, never implemented"),
    (EPP, "lacks inference_objective_request_sizes", SMALL),
    (EPP, "lacks llm_d_epp_request_size_bytes", SMALL),
    (EPP, "lacks inference_objective_response_sizes", SMALL),
    (EPP, "lacks llm_d_epp_response_size_bytes", SMALL),
    (EPP, "lacks llm_d_epp_request_streaming_tpot_seconds", SMALL),
    (EPP, "lacks llm_d_epp_request_streaming_itl_seconds", SMALL),
    (EPP, "lacks inference_extension_model_rewrite_decisions_total", REWRITE),
    (EPP, "lacks llm_d_epp_model_rewrite_decisions_total", REWRITE),
    (EPP, "has llm_d_epp_std_dev_queue_size, which no fact knows", DEVIATION),
    (
        EPP,
        "has llm_d_epp_std_dev_running_requests, which no fact knows",
        DEVIATION,
    ),
    (EPP, "has process_cpu_seconds_total, which no fact knows", GO),
    (EPP, "has process_resident_memory_bytes, which no fact knows", GO),
    (EPP, "has process_start_time_seconds, which no fact knows", GO),
    ("dcgm-gpu-node-a", "lacks MIG labels", "no GPU of this node is sliced"),
    (
        "dcgm-gpu-node-b",
        "lacks MIG labels",
        "utilisation exists only for its GPU that is not sliced",
    ),
    (
        "dcgm-gpu-node-b",
        "utilisation lacks workload labels",
        "its GPU that is not sliced is idle, and its sliced one has no utilisation",
    ),
    ("amd-exporter", "lacks gpu_hbm_temperature", SMALL),
    ("amd-exporter", "lacks pcie_speed", SMALL),
    ("amd-exporter", "lacks pcie_max_speed", SMALL),
    ("amd-exporter", "lacks pcie_rx", SMALL),
    ("amd-exporter", "lacks pcie_tx", SMALL),
    ("amd-exporter", "lacks pcie_bidirectional_bandwidth", SMALL),
    ("amd-exporter", "lacks gpu_vram_max_bandwidth", SMALL),
    ("amd-exporter", "lacks gpu_max_clock", SMALL),
    ("amd-exporter", "lacks gpu_process_cu_occupancy", SMALL),
    (
        "amd-exporter",
        "lacks gpu_violation_socket_thermal_residency_percentage",
        SMALL,
    ),
    ("amd-exporter", "lacks gpu_xgmi_link_rx", SMALL),
    ("amd-exporter", "lacks gpu_xgmi_link_tx", SMALL),
    ("amd-exporter", "lacks gpu_prof_sm_active", SMALL),
    ("gaudi-exporter", "lacks habanalabs_pci_link_speed", SMALL),
    ("gaudi-exporter", "lacks habanalabs_pci_link_width", SMALL),
    ("gaudi-exporter", "lacks habanalabs_pcie_rx", SMALL),
    ("gaudi-exporter", "lacks habanalabs_pcie_tx", SMALL),
    ("gaudi-exporter", "lacks habanalabs_pcie_receive_throughput", SMALL),
    ("gaudi-exporter", "lacks habanalabs_pcie_transmit_throughput", SMALL),
    ("gaudi-exporter", "lacks habanalabs_nic_port_status", SMALL),
    ("gaudi-exporter", "lacks habanalabs_device_config", SMALL),
    ("gaudi-exporter", "lacks accelerator_temperature_celcius", SMALL),
    (OVMS, "lacks ovms_requests_accepted", GRAPH),
    (OVMS, "lacks ovms_requests_rejected", GRAPH),
    (OVMS, "lacks ovms_responses", GRAPH),
    (OVMS, "lacks ovms_current_graphs", GRAPH),
    (OVMS, "lacks ovms_graph_error", GRAPH),
    (OVMS, "lacks ovms_graph_processing_time_us", GRAPH),
    (OVMS, "lacks ovms_graph_request_latency_us", GRAPH),
    (
        "fraud-xgb",
        "lacks grpc_server_handled_total",
        "no client calls over gRPC, and the series come with the first call",
    ),
    (
        "fraud-xgb",
        "lacks grpc_server_started_total",
        "no client calls over gRPC, and the series come with the first call",
    ),
    ("fraud-xgb", "rest_server_requests_total has label app_name", APP),
    (
        "fraud-xgb",
        "rest_server_request_duration_seconds has label app_name",
        APP,
    ),
    ("fraud-xgb", "rest_server_requests_in_progress has label app_name", APP),
    ("inference-gateway", "lacks istio_request_bytes", SMALL),
    ("inference-gateway", "lacks istio_response_bytes", SMALL),
    ("litellm", "lacks litellm_llm_api_latency_metric", SMALL),
    ("litellm", "lacks litellm_llm_api_time_to_first_token_metric", SMALL),
    ("litellm", "lacks litellm_overhead_latency_metric", SMALL),
    ("litellm", "lacks litellm_request_queue_time_seconds", SMALL),
    ("litellm", "lacks litellm_deployment_latency_per_output_token", SMALL),
    ("litellm", "lacks litellm_deployment_total_requests_total", SMALL),
    ("litellm", "lacks litellm_deployment_success_responses_total", SMALL),
    ("litellm", "lacks litellm_deployment_failure_responses_total", SMALL),
    ("litellm", "lacks litellm_guardrail_errors_total", UNSET),
    ("litellm", "lacks litellm_guardrail_latency_seconds", UNSET),
    ("litellm", "lacks litellm_guardrail_requests_total", UNSET),
    ("litellm", "lacks litellm_cache_hits_metric_total", UNSET),
    ("litellm", "lacks litellm_cache_misses_metric_total", UNSET),
    ("litellm", "lacks litellm_deployment_cooled_down_total", UNSET),
    ("litellm", "lacks litellm_deployment_failed_fallbacks_total", UNSET),
    ("litellm", "lacks litellm_deployment_successful_fallbacks_total", UNSET),
    ("litellm", "lacks litellm_remaining_api_key_budget_metric", UNSET),
    ("litellm", "lacks litellm_remaining_org_budget_metric", UNSET),
    ("litellm", "lacks litellm_remaining_user_budget_metric", UNSET),
];

const VLLM: &str = "granite-33-8b-0 granite-33-8b-1 qwen-coder-7b llama-31-8b phi-4";
const EPP: &str = "granite-33-8b-epp";
const OVMS: &str = "nomic-embed-text";
const NO_REQUEST: &str = "no request yet: a handler's series come with its first request";
const DETAILED: &str = "only with --collect-detailed-traces";
const SPECULATIVE: &str = "only with speculative decoding";
const SMALL: &str = "left out to keep the demo's history small; no chart needs it";
const REWRITE: &str = "appears with the first rewrite, and no InferenceModelRewrite exists";
const DEVIATION: &str = "the catalogue names one of the std_dev_* family of the pool for all";
const GO: &str = "the Go client's process collector, which the catalogue lists for vLLM only";
const UNSET: &str =
    "nothing sets it here: no guardrails, cache, fallbacks, nor budgets of keys, users and organisations";
const GRAPH: &str = "only for MediaPipe graphs; this is a plain model";
const APP: &str = "starlette_exporter adds its app_name to every series";
