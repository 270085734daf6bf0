//! The list of what the GPU exporter collects: lines are added to the list that an administrator has named, never replaced.

use super::step::{Action, Step, Work};
use super::{diff, edits};
use crate::cluster::{CLUSTER_POLICY, CONFIG_MAP, Cause, Hands, Refusal};
use crate::provision::facts::{NAME, text};
use crate::provision::inventory::{Edited, Inventory};
use crate::provision::object::Reference;
use crate::provision::settings::Settings;

/// The key that the GPU operator reads.
pub const KEY: &str = "dcgm-metrics.csv";
/// Where the ClusterPolicy names the ConfigMap that holds it.
pub const LIST: &str = "/spec/dcgmExporter/config/name";
/// What the charts of GPU health show and the exporter's built-in lists leave out: field, type, meaning.
const WANTED: [(&str, &str, &str); 7] = [
    (
        "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL",
        "counter",
        "Single-bit ECC errors since the driver was loaded.",
    ),
    (
        "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
        "counter",
        "Double-bit ECC errors since the driver was loaded.",
    ),
    (
        "DCGM_FI_DEV_RETIRED_SBE",
        "counter",
        "Pages retired after single-bit errors.",
    ),
    (
        "DCGM_FI_DEV_RETIRED_DBE",
        "counter",
        "Pages retired after double-bit errors.",
    ),
    ("DCGM_FI_DEV_RETIRED_PENDING", "counter", "Pages that will be retired."),
    (
        "DCGM_FI_PROF_SM_OCCUPANCY",
        "gauge",
        "Ratio of warps on a multiprocessor to the most it holds.",
    ),
    ("DCGM_FI_DEV_FAN_SPEED", "gauge", "Fan speed in percent."),
];

/// `None` where there is no GPU operator to be seen.
pub async fn step(hands: &Hands, settings: &Settings, inventory: &Inventory) -> Result<Option<Step>, Refusal> {
    let policies = match hands.list(&CLUSTER_POLICY, None).await {
        Ok(policies) => policies.unwrap_or_default(),
        Err(refusal) if refusal.cause == Cause::Forbidden => Vec::new(),
        Err(refusal) => return Err(refusal),
    };
    let Some(policy) = policies.first() else {
        return Ok(None);
    };
    let name = text(policy, LIST);
    let reference = Reference {
        kind: &CONFIG_MAP,
        namespace: Some(settings.gpu_namespace.clone()),
        name: if name.is_empty() { OFFERED } else { name }.to_owned(),
    };
    if name.is_empty() {
        let why = "the ClusterPolicy names no list of counters (spec.dcgmExporter.config.name): the exporter collects its \
                   built-in one, without ECC errors, retired pages, SM occupancy and fan speed; whoever wants them makes \
                   this ConfigMap and names it";
        return Ok(Some(Step::skip(reference, why).with_diff(offer(text(policy, NAME)))));
    }
    let live = match hands.get(&CONFIG_MAP, Some(&settings.gpu_namespace), name).await {
        Ok(Some(live)) => live,
        Ok(None) => {
            return Ok(Some(Step::skip(
                reference,
                "the list that the ClusterPolicy names is not there",
            )));
        }
        Err(refusal) if refusal.cause == Cause::Forbidden => {
            let step = Step::new(Action::Edit, reference, REASON, Work::Nothing);
            return Ok(Some(step.blocked(format!("you may not read it: {refusal}"))));
        }
        Err(refusal) => return Err(refusal),
    };
    let old = live.pointer("/data").and_then(|data| data.get(KEY)?.as_str());
    let Some(old) = old else {
        return Ok(Some(Step::skip(reference, "it holds no dcgm-metrics.csv")));
    };
    let new = added(old);
    if new == old {
        return Ok(Some(Step::new(Action::Keep, reference, REASON, Work::Nothing)));
    }
    let known = inventory.edit(&settings.gpu_namespace, name, &[]);
    let edit = Edited {
        namespace: settings.gpu_namespace.clone(),
        name: name.to_owned(),
        key: KEY.to_owned(),
        path: Vec::new(),
        former: None,
        former_text: match known {
            Some(known) => edits::reverted(old, known),
            None => Some(old.to_owned()),
        },
        text: new.clone(),
        made: false,
    };
    let version = text(&live, "/metadata/resourceVersion").to_owned();
    let refused = edits::write(hands, &edit, Some(&version), Some(&live), true)
        .await
        .err();
    let work = Work::Edit {
        edit: Box::new(edit),
        version: Some(version),
    };
    let step = Step::new(Action::Edit, reference, REASON, work)
        .with_diff(diff::text_lines(old, &new))
        .with_risk("the exporter's pods start anew; a GPU that lacks a field shows nothing for it");
    Ok(Some(match refused {
        None => step,
        Some(refusal) if matches!(refusal.cause, Cause::Forbidden | Cause::Invalid) => {
            step.blocked(format!("the API server refuses it: {refusal}"))
        }
        Some(refusal) if refusal.cause == Cause::Conflict => step,
        Some(refusal) => return Err(refusal),
    }))
}

/// The name that the plan gives to a list that is not there yet.
const OFFERED: &str = "servelens-dcgm-metrics";
/// In the image of the exporter. A list of one's own takes its place, so it has to begin with it.
const BUILT_IN: &str = "/etc/dcgm-exporter/dcp-metrics-included.csv";

/// What would have to be written. Left to people: the built-in list is in an image that nobody reads here, and a list without
/// it would take away what is collected now.
fn offer(policy: &str) -> Vec<String> {
    let mut lines = vec![format!(
        "+ data.{KEY}: the lines of {BUILT_IN} in the exporter's image, and behind them"
    )];
    lines.extend(added("").lines().map(|line| format!("+   {line}")));
    lines.push(format!(
        "+ ClusterPolicy {policy}: spec.dcgmExporter.config.name: {OFFERED}"
    ));
    lines
}

const REASON: &str = "the charts of GPU health need counters that the exporter does not collect";

/// The fields that a list lacks. A field in a comment is not collected.
#[must_use]
pub fn missing(list: &str) -> Vec<&'static str> {
    let first = |line: &'_ str| -> String { line.split(',').next().unwrap_or_default().trim().to_owned() };
    let listed: Vec<String> = list.lines().map(first).collect();
    let fields = WANTED.iter().map(|(field, ..)| *field);
    fields.filter(|field| !listed.iter().any(|one| one == field)).collect()
}

/// The list with what is missing behind its last line.
fn added(list: &str) -> String {
    let missing = missing(list);
    let lines: String = WANTED
        .iter()
        .filter(|(field, ..)| missing.contains(field))
        .map(|(field, kind, meaning)| format!("{field}, {kind}, {meaning}\n"))
        .collect();
    let gap = if list.is_empty() || list.ends_with('\n') || lines.is_empty() {
        ""
    } else {
        "\n"
    };
    format!("{list}{gap}{lines}")
}

/// The list without the lines that `edit` has added.
pub fn without(now: &str, edit: &Edited) -> String {
    let former: Vec<&str> = edit.former_text.as_deref().unwrap_or_default().lines().collect();
    let ours: Vec<&str> = edit.text.lines().filter(|line| !former.contains(line)).collect();
    let kept = now.split_inclusive('\n');
    kept.filter(|line| !ours.contains(&line.trim_end_matches(['\r', '\n'])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_counters_are_added_and_only_those_are_taken_out() {
        let list = "# mine\nDCGM_FI_DEV_GPU_UTIL, gauge, x\n# DCGM_FI_DEV_FAN_SPEED, gauge, x\n  DCGM_FI_DEV_RETIRED_SBE, counter, y";
        let new = added(list);
        assert_eq!(new.lines().count(), list.lines().count() + WANTED.len() - 1);
        assert!(
            new.starts_with(list) && new.contains("\nDCGM_FI_DEV_FAN_SPEED, gauge"),
            "{new}"
        );
        assert_eq!(added(&new), new);
        let edit = Edited {
            namespace: String::new(),
            name: String::new(),
            key: KEY.to_owned(),
            path: Vec::new(),
            former: None,
            former_text: Some(list.to_owned()),
            text: new.clone(),
            made: false,
        };
        let theirs = format!("{new}DCGM_FI_DEV_SM_CLOCK, gauge, z\n");
        assert_eq!(
            without(&theirs, &edit),
            format!("{list}\nDCGM_FI_DEV_SM_CLOCK, gauge, z\n")
        );
    }

    #[test]
    fn where_no_list_is_named_the_plan_shows_the_whole_of_what_would_be_written() {
        let lines = offer("gpu-cluster-policy");
        assert_eq!(lines.len(), WANTED.len() + 2);
        for (field, kind, _) in WANTED {
            assert!(
                lines.iter().any(|line| line.contains(&format!("{field}, {kind}, "))),
                "{lines:?}"
            );
        }
        assert!(lines.first().unwrap().contains(BUILT_IN), "{lines:?}");
        assert!(lines.last().unwrap().ends_with(OFFERED), "{lines:?}");
    }
}
