//! A number held against the limits, as far as the buckets behind it can tell.

use catalog::{Objective, export::prometheus_rule::number, measure::Bounds, model::State};
use server_api::{Reading, SloState, slos::Beyond};

pub fn reading(slo: &Objective, value: f64, bounds: &Bounds) -> Reading {
    if !value.is_finite() {
        return Reading {
            value: None,
            state: SloState::NoTraffic,
            beyond: None,
        };
    }
    // What is known of it: it lies between these two.
    let (told, beyond, span) = match bounds {
        Bounds { below: Some(first), .. } if value < *first => (*first, Some(Beyond::LessThan), (0.0, *first)),
        Bounds { above, .. } if above.contains(&value) => (value, Some(Beyond::MoreThan), (value, f64::INFINITY)),
        _ => (value, None, (value, value)),
    };
    let state = if slo.state(span.0) == slo.state(span.1) {
        state(slo.state(value))
    } else {
        SloState::NotMeasurable
    };
    Reading {
        value: Some(told),
        state,
        beyond,
    }
}

/// The objective with each limit of a quantile moved to the nearest bound of its buckets, in the objective's unit, and what
/// there is to say of that: between two bounds nothing is measured. One below the first bound stays, and cannot be judged.
pub fn on_bounds(slo: &Objective, bounds: &[f64]) -> (Objective, Vec<String>) {
    let mut moved = slo.clone();
    let mut said = Vec::new();
    for (name, limit) in [
        ("The target", &mut moved.target),
        ("The warning", &mut moved.warning),
        ("The critical limit", &mut moved.critical),
    ] {
        let Some((first, last)) = bounds.first().zip(bounds.last()) else {
            break;
        };
        let nearest = bounds
            .iter()
            .copied()
            .min_by(|a, b| (a - *limit).abs().total_cmp(&(b - *limit).abs()));
        let inside = (*first..=*last).contains(limit);
        if let Some(nearest) = nearest.filter(|nearest| inside && (nearest - *limit).abs() > 1e-9 * *limit) {
            said.push(format!(
                "{name} of {} lies between two bounds of the buckets and is judged as {}.",
                number(*limit, slo.unit),
                number(nearest, slo.unit),
            ));
            *limit = nearest;
        }
    }
    (moved, said)
}

fn state(state: State) -> SloState {
    match state {
        State::Ok => SloState::Ok,
        State::Missed => SloState::Missed,
        State::Warning => SloState::Warning,
        State::Critical => SloState::Critical,
    }
}

#[cfg(test)]
mod tests {
    use catalog::Catalog;

    use super::*;

    fn slo(id: &str) -> Objective {
        let catalog = Catalog::embedded().unwrap();
        catalog.slos().find(|slo| slo.id.as_str() == id).unwrap().clone()
    }

    #[track_caller]
    fn check(slo: &Objective, value: f64, bounds: &Bounds, expect: (Option<f64>, SloState, Option<Beyond>)) {
        let got = reading(slo, value, bounds);
        assert_eq!((got.value, got.state, got.beyond), expect, "{value}");
    }

    #[test]
    fn a_limit_itself_still_belongs_to_the_better_side() {
        let (ttft, up) = (slo("first_token"), slo("available"));
        let none = Bounds::default();
        for (value, state) in [
            (2.5, SloState::Ok),
            (2.6, SloState::Missed),
            (5.1, SloState::Warning),
            (11.0, SloState::Critical),
        ] {
            check(&ttft, value, &none, (Some(value), state, None));
        }
        check(&up, 0.9995, &none, (Some(0.9995), SloState::Ok, None));
        check(&up, 0.5, &none, (Some(0.5), SloState::Critical, None));
        check(&up, f64::NAN, &none, (None, SloState::NoTraffic, None));
    }

    #[test]
    fn a_limit_between_two_bounds_is_judged_at_the_nearer_one_and_says_so() {
        let mut slo = slo("token_gap");
        let bounds = [0.05, 0.075, 0.1, 0.15];
        assert_eq!(on_bounds(&slo, &bounds), (slo.clone(), Vec::new()));
        assert_eq!(on_bounds(&slo, &[]), (slo.clone(), Vec::new()));
        (slo.target, slo.critical) = (0.08, 0.04);
        let (moved, said) = on_bounds(&slo, &bounds);
        assert_eq!((moved.target, moved.warning, moved.critical), (0.075, 0.1, 0.04));
        assert_eq!(
            said,
            ["The target of 80 ms lies between two bounds of the buckets and is judged as 75 ms."]
        );
    }

    #[test]
    fn what_the_buckets_cannot_tell_is_not_judged() {
        let mut fast = slo("first_token");
        (fast.target, fast.warning, fast.critical) = (0.08, 0.1, 0.15);
        let engine = Bounds {
            above: vec![120.0],
            below: Some(0.3),
        };
        // 285 ms is what Prometheus makes of any fast traffic.
        check(
            &fast,
            0.285,
            &engine,
            (Some(0.3), SloState::NotMeasurable, Some(Beyond::LessThan)),
        );
        check(&fast, 0.4, &engine, (Some(0.4), SloState::Critical, None));
        let usual = slo("first_token");
        check(
            &usual,
            0.285,
            &engine,
            (Some(0.3), SloState::Ok, Some(Beyond::LessThan)),
        );
        check(
            &usual,
            120.0,
            &engine,
            (Some(120.0), SloState::Critical, Some(Beyond::MoreThan)),
        );
        let short = Bounds {
            above: vec![4.0],
            below: None,
        };
        check(
            &usual,
            4.0,
            &short,
            (Some(4.0), SloState::NotMeasurable, Some(Beyond::MoreThan)),
        );
    }
}
