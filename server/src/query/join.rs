//! Says of each frame of a chart of GPUs which pods and models use the device, and narrows the chart to the chosen models
//! or workloads where that is sure of every frame. It asks nothing: the series that the whole dashboard asked for tell it.

use catalog::{
    join::{By, Join},
    who::Who,
};
use server_api::{Frame, Joined, JoinedBy, JoinedPod};

use super::{names::Names, panel::Asking, partial::Found};

/// Whether the chart is narrowed to what is chosen now.
pub fn join(asking: &Asking, names: &Names, found: &mut Found<'_>) -> bool {
    let catalog = &asking.catalog;
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
    let sure = joins
        .iter()
        .all(|(_, join)| join.as_ref().is_some_and(|join| join.by.is_sure()));
    let chosen = names
        .who
        .as_ref()
        .filter(|who| sure && !who.is_empty() && !joins.is_empty());
    let uses = |who: &Who, join: &Join| join.pods.iter().any(|holder| who.has(&holder.namespace, &holder.pod));
    for (frame, join) in joins {
        if chosen.is_some_and(|who| !join.as_ref().is_some_and(|join| uses(who, join))) {
            continue;
        }
        found.joined.extend(join.map(|join| record(found.frames.len(), join)));
        found.frames.push(frame);
    }
    chosen.is_some()
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
