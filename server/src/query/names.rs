//! Which of the known metric names exist here: one series request for a whole dashboard, limited to its range.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc, time::Instant};

use catalog::{
    Catalog, Panel,
    join::{Holders, join_candidates},
    resolve::{Candidate, Choices, Sighting, alive_candidates, candidates, choose, match_selectors},
    who::{Who, who_candidates, who_vars},
};

use super::{
    decode::{self, Decoded, Holds},
    fetch,
    kept::Question,
    panel::Asking,
    plan::Plan,
};
use crate::{
    error::Fault,
    upstream::{Api, Params},
};

/// What was found, or why nobody can tell.
pub struct Names {
    pub choices: Result<Choices, Fault>,
    /// The upstream's own doubts about the list: then a name that is not there may exist all the same.
    pub warnings: Vec<String>,
    /// Who uses which device, where a panel shows devices.
    pub holders: Holders,
    /// What was seen of it all.
    pub seen: Arc<Decoded<Vec<Sighting>>>,
    /// Which pods and served names are meant, where models or workloads are chosen.
    pub who: Option<Who>,
    /// Whether the store has answered the caller within the refresh time. Where it has not, nothing of this may be told
    /// before it has.
    pub vouched: bool,
}

/// Whether a list will do that is kept from before the refresh time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It will: whatever is told of it is asked about first.
    Kept,
    Vouched,
}

struct Sightings {
    seen: Arc<Decoded<Vec<Sighting>>>,
    vouched: bool,
}

impl Names {
    /// For these panels, in the plan's range and within its variables.
    pub async fn find(asking: &Asking, plan: &Plan, panels: &[&Panel], trust: Trust) -> Names {
        let catalog = &asking.catalog;
        let mut candidates = candidates(catalog, panels.iter().copied());
        let more = join_candidates(catalog, panels);
        let devices = !more.is_empty();
        let chosen = who_candidates(catalog, &plan.vars);
        let choice = !chosen.is_empty();
        let alive = alive_candidates(catalog, panels);
        for candidate in more.into_iter().chain(chosen).chain(alive) {
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
        let selectors = match_selectors(&candidates, &who_vars(&plan.vars));
        match sightings(asking, &selectors, plan, trust).await {
            Ok(Sightings { seen, vouched }) => {
                let who = choice.then(|| Who::new(catalog, &seen.data, &plan.vars));
                let concerned = match &who {
                    Some(who) => of_choice(catalog, &candidates, &seen.data, who, plan),
                    None => Cow::Borrowed(seen.data.as_slice()),
                };
                Names {
                    choices: Ok(choose(catalog, &candidates, &concerned)),
                    warnings: seen.warnings.clone(),
                    who,
                    holders: if devices {
                        Holders::new(catalog, &seen.data)
                    } else {
                        Holders::default()
                    },
                    seen,
                    vouched,
                }
            }
            Err(fault) => Names {
                choices: Err(fault),
                warnings: Vec::new(),
                who: None,
                holders: Holders::default(),
                seen: nothing(),
                vouched: true,
            },
        }
    }
}

/// The series of what is chosen.
fn of_choice<'a>(
    catalog: &Catalog,
    candidates: &[Candidate],
    seen: &'a [Sighting],
    who: &Who,
    plan: &Plan,
) -> Cow<'a, [Sighting]> {
    let by_series: BTreeMap<&str, &Candidate> = candidates
        .iter()
        .map(|candidate| (candidate.series.as_str(), candidate))
        .collect();
    let concerns = |sighting: &&Sighting| {
        let candidate = by_series.get(sighting.series.as_str());
        candidate.is_some_and(|candidate| who.concerns(catalog, candidate, sighting, &plan.vars))
    };
    Cow::Owned(seen.iter().filter(concerns).cloned().collect())
}

async fn sightings(asking: &Asking, selectors: &[String], plan: &Plan, trust: Trust) -> Result<Sightings, Fault> {
    // Without a known panel there is nothing to look for, and a series request without match[] is an error.
    if selectors.is_empty() {
        return Ok(Sightings {
            seen: nothing(),
            vouched: true,
        });
    }
    let (start, end) = around(plan);
    let mut params = Params::default()
        .with("start", start.to_string())
        .with("end", end.to_string());
    for selector in selectors {
        params.push("match[]", selector.as_str());
    }
    let (kept, eyes) = (&asking.app.kept, asking.eyes()?);
    if trust == Trust::Vouched && !kept.is_vouched(&eyes.key()) {
        let question = Question::new(eyes, &Api::Series, &params);
        kept.sightings.remove(&question).await;
    }
    let begun = Instant::now();
    let (api, holds) = (&Api::Series, Holds::Series);
    let answer = fetch::answer(asking, &kept.sightings, api, params, holds, decode::sightings).await?;
    Ok(Sightings {
        seen: answer.decoded,
        vouched: answer.asked >= begun || kept.is_vouched(&eyes.key()),
    })
}

fn nothing() -> Arc<Decoded<Vec<Sighting>>> {
    Arc::new(Decoded {
        data: Vec::new(),
        warnings: Vec::new(),
    })
}

/// The plan's range, with a window before it for its first instant, between two times that stay while it moves a little.
fn around(plan: &Plan) -> (i64, i64) {
    let coarse = plan.coarse_s();
    let down = |at: i64| at.div_euclid(coarse).saturating_mul(coarse);
    let start = plan.grid.start.saturating_sub(i64::from(plan.grid.window_s));
    (down(start), down(plan.grid.end.saturating_add(coarse - 1)))
}
