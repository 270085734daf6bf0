//! Says of each frame of a chart of GPUs which pods and models use the device, and narrows the chart by model where that
//! is sure of every frame. It asks nothing: the series that the whole dashboard asked for tell it.

use std::collections::BTreeSet;

use catalog::join::{By, Join};
use server_api::{Frame, Joined, JoinedBy, JoinedPod};

use super::{names::Names, panel::Asking, partial::Found, plan::Plan};

/// Whether the chart is narrowed to the chosen models now.
pub fn join(asking: &Asking, plan: &Plan, names: &Names, found: &mut Found<'_>) -> bool {
    let catalog = &asking.app.catalog;
    let Some(family) = catalog.family(found.panel.family.as_str()) else {
        return false;
    };
    if family.devices.is_none() {
        return false;
    }
    let joins: Vec<(Frame, Option<Join>)> = found
        .frames
        .drain(..)
        .map(|frame| {
            let join = names.holders.of(family, &frame.labels);
            (frame, join)
        })
        .collect();
    let chosen: BTreeSet<&str> = plan.vars.get("model").iter().map(|model| model.as_str()).collect();
    let sure = joins
        .iter()
        .all(|(_, join)| join.as_ref().is_some_and(|join| join.by.is_sure()));
    let narrowed = !chosen.is_empty() && sure && !joins.is_empty() && names.holders.serves_any(&chosen);
    let uses = |join: &Join| {
        let mut models = join.pods.iter().flat_map(|holder| &holder.models);
        models.any(|model| chosen.contains(model.as_str()))
    };
    for (frame, join) in joins {
        if narrowed && !join.as_ref().is_some_and(uses) {
            continue;
        }
        found.joined.extend(join.map(|join| record(found.frames.len(), join)));
        found.frames.push(frame);
    }
    narrowed
}

fn record(frame: usize, join: Join) -> Joined {
    Joined {
        frame,
        by: match join.by {
            By::Exporter => JoinedBy::Exporter,
            By::Request => JoinedBy::Request,
            By::Node => JoinedBy::Node,
        },
        pods: join
            .pods
            .into_iter()
            .map(|holder| JoinedPod {
                namespace: holder.namespace,
                pod: holder.pod,
                models: holder.models,
            })
            .collect(),
    }
}
