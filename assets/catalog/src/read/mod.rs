//! Reading catalogue files: TOML to checked data.
//!
//! Every fault is found before any is reported, each with its file, line, reason and next step. Nothing half-read gets
//! out: a catalogue is whole or there is none. Of an installation's own files, laid over it, each counts whole or not at all.

mod check;
mod fault;
mod own;
mod places;
mod raw;
mod raw_rules;

#[cfg(feature = "export")]
pub(crate) use check::legend_fault;
pub use fault::{CatalogError, Fault};
pub use own::Layered;

use crate::model::Catalog;

/// The files that ship with Servelens: name and text.
#[cfg(feature = "embedded")]
const EMBEDDED: &[(&str, &str)] = &[
    ("panels/vllm.toml", include_str!("../../panels/vllm.toml")),
    (
        "panels/vllm_latency.toml",
        include_str!("../../panels/vllm_latency.toml"),
    ),
    (
        "panels/vllm_requests.toml",
        include_str!("../../panels/vllm_requests.toml"),
    ),
    ("panels/vllm_tokens.toml", include_str!("../../panels/vllm_tokens.toml")),
    ("panels/vllm_cache.toml", include_str!("../../panels/vllm_cache.toml")),
    (
        "panels/vllm_options.toml",
        include_str!("../../panels/vllm_options.toml"),
    ),
    (
        "panels/disaggregated.toml",
        include_str!("../../panels/disaggregated.toml"),
    ),
    ("panels/epp.toml", include_str!("../../panels/epp.toml")),
    (
        "panels/epp_requests.toml",
        include_str!("../../panels/epp_requests.toml"),
    ),
    (
        "panels/epp_scheduler.toml",
        include_str!("../../panels/epp_scheduler.toml"),
    ),
    ("panels/epp_flow.toml", include_str!("../../panels/epp_flow.toml")),
    ("panels/gpu.toml", include_str!("../../panels/gpu.toml")),
    ("panels/gpu_work.toml", include_str!("../../panels/gpu_work.toml")),
    ("panels/gpu_health.toml", include_str!("../../panels/gpu_health.toml")),
    ("panels/amd.toml", include_str!("../../panels/amd.toml")),
    ("panels/gaudi.toml", include_str!("../../panels/gaudi.toml")),
    ("panels/ovms.toml", include_str!("../../panels/ovms.toml")),
    ("panels/ovms_more.toml", include_str!("../../panels/ovms_more.toml")),
    ("panels/mlserver.toml", include_str!("../../panels/mlserver.toml")),
    (
        "panels/mlserver_more.toml",
        include_str!("../../panels/mlserver_more.toml"),
    ),
    ("panels/gateway.toml", include_str!("../../panels/gateway.toml")),
    ("panels/litellm.toml", include_str!("../../panels/litellm.toml")),
    ("panels/load_tests.toml", include_str!("../../panels/load_tests.toml")),
    (
        "panels/responsible_ai.toml",
        include_str!("../../panels/responsible_ai.toml"),
    ),
    ("panels/drift.toml", include_str!("../../panels/drift.toml")),
    ("panels/runtimes.toml", include_str!("../../panels/runtimes.toml")),
    ("panels/host.toml", include_str!("../../panels/host.toml")),
    ("panels/resources.toml", include_str!("../../panels/resources.toml")),
    ("panels/queues.toml", include_str!("../../panels/queues.toml")),
    ("panels/overview.toml", include_str!("../../panels/overview.toml")),
    ("panels/buckets.toml", include_str!("../../panels/buckets.toml")),
    ("panels/alerts_vllm.toml", include_str!("../../panels/alerts_vllm.toml")),
    (
        "panels/alerts_disaggregated.toml",
        include_str!("../../panels/alerts_disaggregated.toml"),
    ),
    (
        "panels/alerts_routing.toml",
        include_str!("../../panels/alerts_routing.toml"),
    ),
    ("panels/alerts_gpu.toml", include_str!("../../panels/alerts_gpu.toml")),
    ("panels/alerts_pods.toml", include_str!("../../panels/alerts_pods.toml")),
    (
        "panels/alerts_classic.toml",
        include_str!("../../panels/alerts_classic.toml"),
    ),
    (
        "panels/alerts_quality.toml",
        include_str!("../../panels/alerts_quality.toml"),
    ),
    (
        "panels/alerts_way_in.toml",
        include_str!("../../panels/alerts_way_in.toml"),
    ),
    (
        "panels/alerts_around.toml",
        include_str!("../../panels/alerts_around.toml"),
    ),
    ("panels/slos.toml", include_str!("../../panels/slos.toml")),
    ("panels/dashboards.toml", include_str!("../../panels/dashboards.toml")),
];

impl Catalog {
    /// The catalogue that ships with Servelens.
    #[cfg(feature = "embedded")]
    pub fn embedded() -> Result<Self, CatalogError> {
        Self::parse(EMBEDDED)
    }

    /// Reads `(file name, text)` pairs as one catalogue: a panel may use another file's concepts.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, CatalogError> {
        let mut faults = Vec::new();
        let read = toml_of(files, &mut faults);
        let catalog = check::catalog(&read, read.len(), &mut faults);
        if faults.is_empty() {
            Ok(catalog)
        } else {
            Err(CatalogError { faults })
        }
    }
}

/// The files that are TOML of the right shape; the others have left a fault.
fn toml_of<'a>(files: &[(&'a str, &'a str)], faults: &mut Vec<Fault>) -> Vec<check::Read<'a>> {
    let mut read = Vec::new();
    for (name, text) in files {
        match toml::from_str::<raw::File>(text) {
            Ok(file) => read.push((places::Places::new(name, text), file)),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let reason = error.message().trim().replace('\n', "; ");
                let next_step = "correct it; the shipped panels/*.toml show every key";
                faults.push(places::Places::new(name, text).fault(at, reason, next_step));
            }
        }
    }
    read
}
