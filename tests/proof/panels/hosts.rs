//! RHEL AI hosts, which have an instance and no namespace, and the common row of the other runtimes.

use super::{Proof, mean, proof};
use crate::proof::calc::{Look, Pick, Vector};

const HOST: &[&str] = &["instance"];
const POD: &[&str] = &["namespace", "pod"];

fn host<'a>(look: &'a Look<'a>, name: &str) -> Pick<'a> {
    look.of(&[&format!("node_{name}")]).with("namespace", &[""])
}

/// Kept in memory or put together from others: no disk.
fn disk<'a>(look: &'a Look<'a>, name: &str) -> Pick<'a> {
    host(look, name).without("fstype", &["tmpfs", "overlay", "squashfs"])
}

/// What is left of something, at its lowest, as the share that is gone.
fn gone(left: &Vector, all: &Vector) -> Vec<Vector> {
    vec![left.per(all).map(|left| 1.0 - left)]
}

fn pods(look: &Look<'_>, name: &str) -> Vector {
    look.of(&[name]).rate().sum(POD)
}

pub const PROOFS: &[Proof] = &[
    proof("host.cpu", |l| {
        let of = |pick: Pick<'_>| pick.rate().sum(HOST);
        let idle = of(host(l, "cpu_seconds_total").with("mode", &["idle"]));
        gone(&idle, &of(host(l, "cpu_seconds_total")))
    }),
    proof("host.memory", |l| {
        let left = host(l, "memory_MemAvailable_bytes").trough();
        gone(&left, &host(l, "memory_MemTotal_bytes").now())
    }),
    proof("host.pressure", |l| {
        ["cpu_waiting", "memory_stalled", "io_stalled"]
            .map(|what| host(l, &format!("pressure_{what}_seconds_total")).rate())
            .into()
    }),
    proof("host.disk", |l| {
        let left = disk(l, "filesystem_avail_bytes").trough();
        gone(&left, &disk(l, "filesystem_size_bytes").now())
    }),
    proof("host.network", |l| {
        ["receive", "transmit"]
            .map(|way| host(l, &format!("network_{way}_bytes_total")).without("device", &["lo"]))
            .map(|bytes| bytes.rate().sum(HOST))
            .into()
    }),
    proof("runtimes.requests", |l| {
        let sdk = l.count(&["request_predict_seconds"]).rate().sum(POD);
        vec![
            pods(l, "tgi_request_count"),
            pods(l, "predict_rpc_count_total"),
            pods(l, "nv_inference_request_success"),
            pods(l, "request_success_total"),
            sdk,
        ]
    }),
    proof("runtimes.errors", |l| {
        let caikit = l.of(&["predict_rpc_count_total"]).without("code", &["OK"]);
        vec![
            pods(l, "tgi_request_failure"),
            caikit.rate().sum(POD),
            pods(l, "nv_inference_request_failure"),
            pods(l, "request_failure_total"),
        ]
    }),
    // Triton counts the microseconds of good and bad requests together.
    proof("runtimes.duration", |l| {
        let ended = pods(l, "nv_inference_request_success").plus(&pods(l, "nv_inference_request_failure"));
        vec![
            mean(l, &["tgi_request_duration"], POD),
            mean(l, &["predict_caikit_library_duration_seconds"], POD),
            pods(l, "nv_inference_request_duration_us").times(1e-6).per(&ended),
            mean(l, &["e2e_request_latency_seconds"], POD),
            mean(l, &["request_predict_seconds"], POD),
        ]
    }),
];
