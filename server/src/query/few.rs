//! Where a quantile, a mean or a share is made of so few events that it says little: their number is asked beside it, and
//! the instants are marked. One question for all values that are made of the same events.

use std::collections::BTreeMap;

use catalog::{
    Panel,
    measure::Events,
    promql::{BindError, Grid, Vars, bind_events},
    resolve::Choices,
};
use futures_util::future::try_join_all;
use server_api::{Few, Frame};

use super::{fetch, panel::Asking, plan::Plan};
use crate::error::Fault;

/// The question that counts the events of these queries.
pub type Question = (String, Vec<usize>);

pub fn questions(
    asking: &Asking,
    panel: &Panel,
    events: &[Option<Events>],
    choices: &Choices,
    vars: &Vars,
    grid: &Grid,
) -> Result<Vec<Question>, BindError> {
    let mut questions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (query, events) in events.iter().enumerate() {
        let Some(events) = events else { continue };
        if let Some(expr) = bind_events(&asking.catalog, panel, events, choices, vars, grid)? {
            questions.entry(expr).or_default().push(query);
        }
    }
    Ok(questions.into_iter().collect())
}

/// How many events there were at each instant, and of which queries.
pub async fn ask(
    asking: &Asking,
    plan: &Plan,
    questions: Vec<Question>,
) -> Result<Vec<(Vec<Frame>, Vec<usize>)>, Fault> {
    let one = |(expr, queries): Question| async move {
        let counted = fetch::range(asking, expr, 0, plan.columns()).await?;
        Ok((counted.data, queries))
    };
    try_join_all(questions.into_iter().map(one)).await
}

pub fn mark(frame: &mut Frame, made_of: &Events, counted: &[(Vec<Frame>, Vec<usize>)]) {
    let of_query = |(_, queries): &&(Vec<Frame>, Vec<usize>)| queries.contains(&frame.query);
    let Some((counts, _)) = counted.iter().find(of_query) else {
        return;
    };
    let same = |counted: &&Frame| {
        let agrees = |label: &String| counted.labels.get(label) == frame.labels.get(label);
        // Only the highest of several is left: which one it is, nobody knows.
        !made_of.bare || made_of.by.iter().all(agrees)
    };
    let counts: Vec<&Frame> = counts.iter().filter(same).collect();
    let events = |index: usize| {
        let here = counts.iter().filter_map(|counted| counted.values.get(index));
        // Of nothing that was counted nobody can say that it was little.
        here.copied().filter(|count| !count.is_nan()).max_by(f64::total_cmp)
    };
    let needed = f64::from(made_of.needs);
    let is_few = |(index, value): (usize, &f64)| !value.is_nan() && events(index).is_some_and(|events| events < needed);
    frame.few = Few::of(made_of.needs, frame.values.iter().enumerate().map(is_few));
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, measure::events, promql::Template};

    use super::*;

    fn frame(model: &str, values: &[f64]) -> Frame {
        Frame {
            labels: [("model_name".to_owned(), model.to_owned())].into(),
            values: values.to_vec(),
            ..Frame::default()
        }
    }

    #[test]
    fn each_series_is_held_against_its_own_events_and_the_highest_against_the_most() {
        let nan = f64::NAN;
        let counted = [(
            vec![frame("busy", &[500.0, 19.9, nan]), frame("quiet", &[2.0, 3.0, 25.0])],
            vec![0],
        )];
        let check = |text: &str, labels: &str, expect: &[(u32, u32)]| {
            let made_of = events(&Catalog::default(), &Template::parse(text).unwrap()).unwrap();
            let mut told = frame(labels, &[0.1, 0.2, 0.3]);
            mark(&mut told, &made_of, &counted);
            let runs = told.few.map(|few| (few.under, few.runs));
            assert_eq!(runs, (!expect.is_empty()).then(|| (20, expect.to_vec())), "{text}");
        };
        let by_model = "histogram_quantile(0.95, sum by (le, model_name) (rate({{x.bucket}}[$window])))";
        check(by_model, "busy", &[(1, 2)]);
        check(by_model, "quiet", &[(0, 2)]);
        check(by_model, "unknown", &[]);
        check(&format!("max({by_model})"), "", &[(1, 2)]);
    }
}
