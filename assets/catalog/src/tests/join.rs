//! GPU ↔ pod ↔ model in many worlds: with and without the exporter's pod labels, MIG, shared cards, several pods.

use crate::Catalog;
use crate::join::Holders;
use crate::tests::world;

const REQUEST: &str = "kube_pod_container_resource_requests";

/// A card of NVIDIA's with further labels.
fn card(node: &str, gpu: &str, more: &str) -> String {
    format!(r#"DCGM_FI_DEV_POWER_USAGE{{Hostname="{node}",gpu="{gpu}",instance="{node}:9400",job="dcgm",{more}}}"#)
}

const EXPORTER: &str = r#"namespace="nvidia-gpu-operator",pod="dcgm-x""#;

fn requested(pod: &str, resource: &str, node: &str) -> String {
    format!(r#"{REQUEST}{{namespace="a",pod="{pod}",resource="{resource}",node="{node}"}}"#)
}

fn serves(pod: &str, model: &str, node: &str) -> String {
    format!(r#"vllm:num_requests_waiting{{namespace="a",pod="{pod}",model_name="{model}",node="{node}"}}"#)
}

/// `by pod[models] …` of the device with these labels; `-` where nothing tells.
fn check(family: &str, world: &[String], labels: &str, expect: &str) {
    let catalog = Catalog::embedded().unwrap();
    let holders = Holders::new(&catalog, &world::sightings(&world.join("\n")));
    let labels = world::sighting(&format!("x{{{labels}}}")).labels;
    let said = holders.of(catalog.family(family).unwrap(), &labels).map(|join| {
        let pods = join.pods.iter().map(|p| format!(" {}[{}]", p.pod, p.models.join(" ")));
        format!("{}{}", join.by.as_str(), pods.collect::<String>())
    });
    assert_eq!(said.as_deref().unwrap_or("-"), expect, "{world:#?} {labels:?}");
}

#[test]
fn the_exporters_pod_label_is_sure_and_a_card_without_one_is_unused() {
    let held = format!(r#"{EXPORTER},exported_namespace="a",exported_pod="p-0""#);
    let world = [
        card("n1", "0", &held),
        card("n1", "1", EXPORTER),
        serves("p-0", "m", "n1"),
        // Another pod asks for the same kind on the same node: the label says which one has it.
        requested("p-0", "nvidia_com_gpu", "n1"),
        requested("p-9", "nvidia_com_gpu", "n1"),
    ];
    check("dcgm", &world, r#"Hostname="n1",gpu="0""#, "exporter p-0[m]");
    check("dcgm", &world, r#"Hostname="n1",gpu="1""#, "exporter");
    check("dcgm", &world, r#"Hostname="n1",gpu="2""#, "-");
    check("dcgm", &world, r#"Hostname="n2",gpu="0""#, "-");
    // Totals are of no device.
    check("dcgm", &world, "", "-");
    check("dcgm", &world, r#"Hostname="n1""#, "-");
}

#[test]
fn honoured_labels_are_the_workloads_where_the_pod_is_known_as_one() {
    let world = [card("n1", "0", r#"namespace="a",pod="p-0""#), serves("p-0", "m", "n1")];
    check("dcgm", &world, r#"Hostname="n1",gpu="0""#, "exporter p-0[m]");
    // The exporter's own pod is nobody's workload.
    let world = [card("n1", "0", EXPORTER), requested("p-0", "nvidia_com_gpu", "n1")];
    check("dcgm", &world, r#"Hostname="n1",gpu="0""#, "request p-0[]");
}

#[test]
fn without_pod_labels_one_request_on_the_node_is_sure_and_several_are_not() {
    let bare = [
        card("n1", "0", EXPORTER),
        card("n1", "1", EXPORTER),
        serves("p-0", "m", "n1"),
    ];
    let with = |more: &[String]| [&bare[..], more].concat();
    let gpu = r#"Hostname="n1",gpu="1""#;
    check(
        "dcgm",
        &with(&[requested("p-0", "nvidia_com_gpu", "n1")]),
        gpu,
        "request p-0[m]",
    );
    let two = [
        requested("p-0", "nvidia_com_gpu", "n1"),
        requested("p-1", "nvidia_com_mig_3g_40gb", "n1"),
    ];
    check("dcgm", &with(&two), gpu, "node p-0[m] p-1[]");
    // Of another node, of another kind, or not yet placed.
    let others = [
        requested("p-1", "nvidia_com_gpu", "n2"),
        requested("p-2", "amd_com_gpu", "n1"),
        requested("p-3", "cpu", "n1"),
        requested("p-4", "nvidia_com_gpu", ""),
    ];
    check("dcgm", &with(&others), gpu, "node p-0[m]");
    check("dcgm", &bare[..2], gpu, "-");
}

#[test]
fn each_mig_slice_has_its_pod_and_their_card_has_both() {
    let slice = |id: &str, pod: &str| {
        format!(r#"{EXPORTER},GPU_I_PROFILE="3g.40gb",GPU_I_ID="{id}",exported_namespace="a",exported_pod="{pod}""#)
    };
    let world = [
        card("n1", "0", &slice("1", "p-0")),
        card("n1", "0", &slice("2", "p-1")),
        serves("p-0", "m", "n1"),
        serves("p-1", "n", "n1"),
    ];
    check(
        "dcgm",
        &world,
        r#"Hostname="n1",gpu="0",GPU_I_ID="1""#,
        "exporter p-0[m]",
    );
    check(
        "dcgm",
        &world,
        r#"Hostname="n1",gpu="0",GPU_I_ID="2""#,
        "exporter p-1[n]",
    );
    check("dcgm", &world, r#"Hostname="n1",gpu="0""#, "exporter p-0[m] p-1[n]");
}

#[test]
fn a_card_shared_in_turn_is_of_all_its_pods_and_a_pod_may_serve_several_models() {
    let held = |pod: &str| format!(r#"{EXPORTER},exported_namespace="a",exported_pod="{pod}""#);
    let world = [
        card("n1", "0", &held("p-0")),
        card("n1", "0", &held("p-1")),
        serves("p-0", "m", "n1"),
        serves("p-0", "lora", "n1"),
    ];
    check("dcgm", &world, r#"Hostname="n1",gpu="0""#, "exporter p-0[lora m] p-1[]");
}

#[test]
fn a_renamed_host_label_and_the_other_vendors_are_joined_alike() {
    let newer = card(
        "n1",
        "0",
        &format!(r#"{EXPORTER},exported_namespace="a",exported_pod="p-0""#),
    );
    let world = [newer.replace("Hostname", "hostname")];
    check("dcgm", &world, r#"Hostname="n1",gpu="0""#, "exporter p-0[]");
    let amd =
        |gpu: &str, more: &str| format!(r#"gpu_package_power{{hostname="n3",gpu_id="{gpu}",instance="n3"{more}}}"#);
    let world = [
        amd("0", r#",namespace="a",pod="p-0""#),
        amd("1", ""),
        requested("p-0", "amd_com_gpu", "n3"),
        serves("p-0", "m", "n3"),
    ];
    check("amd", &world, r#"hostname="n3",gpu_id="0""#, "exporter p-0[m]");
    check("amd", &world, r#"hostname="n3",gpu_id="1""#, "exporter");
    let gaudi = |id: &str, more: &str| {
        format!(r#"habanalabs_power_mW{{UUID="u{id}",id="{id}",instance="i",node="n4",{EXPORTER}{more}}}"#)
    };
    let world = [gaudi("0", r#",pod_namespace="a",pod_name="p-0""#), gaudi("1", "")];
    check("gaudi", &world, r#"UUID="u0",id="0",instance="i""#, "exporter p-0[]");
    check("gaudi", &world, r#"UUID="u1",id="1",instance="i""#, "exporter");
}

#[test]
fn an_empty_chart_of_devices_says_which_counter_is_missing_or_who_may_see_it() {
    let catalog = Catalog::embedded().unwrap();
    let notes = |panel: &str, world: &[String]| {
        let seen = world::sightings(&world.join("\n"));
        let panel = catalog.panel(panel).unwrap();
        Holders::new(&catalog, &seen).notes(&catalog, panel, &seen).join("\n")
    };
    let list = "Add to dcgm-metrics.csv, a key of the ConfigMap that the ClusterPolicy names as \
                spec.dcgmExporter.config.name, and restart the exporter:";
    let world = [card("n1", "0", EXPORTER)];
    assert_eq!(
        notes("gpu.sm_occupancy", &world),
        format!(
            "The exporter does not collect DCGM_FI_PROF_SM_OCCUPANCY. {list}\nDCGM_FI_PROF_SM_OCCUPANCY, gauge, SM occupancy"
        )
    );
    assert_eq!(
        notes("gpu.ecc", &world),
        format!(
            "The exporter does not collect DCGM_FI_DEV_ECC_SBE_VOL_TOTAL and DCGM_FI_DEV_ECC_DBE_VOL_TOTAL. {list}\n\
             DCGM_FI_DEV_ECC_SBE_VOL_TOTAL, counter, ECC memory errors\nDCGM_FI_DEV_ECC_DBE_VOL_TOTAL, counter, ECC memory errors"
        )
    );
    assert_eq!(notes("gpu.power", &world), "");
    assert_eq!(
        notes("gpu.power", &[requested("p-0", "nvidia_com_gpu", "n1")]),
        "No series of NVIDIA GPUs is visible here: they carry the exporter's namespace, which only cluster viewers may read; pods here requested p-0 (nvidia_com_gpu)."
    );
    assert_eq!(notes("gpu.power", &[]), "");
    assert_eq!(notes("vllm.ttft", &world), "");
}
