//! The `/metrics` pages of the fleet's processes: real names, labels, types and bucket bounds, from the state of the
//! simulation. An exporter only reads; it counts nothing and invents no number.

pub mod amd;
pub mod buckets;
pub mod cadvisor;
#[cfg(test)]
mod conformance;
pub mod dcgm;
pub mod epp;
pub mod family;
pub mod gateway;
pub mod gaudi;
pub mod guardrails;
pub mod kube_state;
pub mod litellm;
pub mod load_test;
pub mod mlserver;
pub mod node;
pub mod ovms;
pub mod process;
pub mod runtimes;
pub mod trustyai;
pub mod vllm;
pub mod vllm_http;
pub mod vllm_v0;
