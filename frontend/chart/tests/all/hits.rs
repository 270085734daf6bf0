//! What the crosshair finds.

use chart::{ABSENT, Bar, Hit, Kind, Move, Series, Spec, hit, layout, moved};
use proptest::prelude::*;

use crate::{MIDNIGHT, day, minutes};

fn at(spec: &Spec<'_>, x: f64) -> Option<Hit> {
    hit(spec, &layout(spec), x)
}

/// The hit at an instant plus some seconds: seconds after midnight, then series and values.
fn said(spec: &Spec<'_>, unix: i64) -> String {
    let layout = layout(spec);
    match hit(spec, &layout, layout.x.x(unix)) {
        None => "nothing".to_owned(),
        Some(hit) => {
            let values: Vec<_> = hit
                .values
                .iter()
                .map(|(index, value, _)| format!("{index}={value}"))
                .collect();
            format!("{}: {}", hit.unix - MIDNIGHT, values.join(" "))
        }
    }
}

#[test]
fn the_nearest_instant_answers_and_absent_series_are_left_out() {
    let (a, b) = ([1.0, 2.0, 3.0], [7.0, ABSENT, f64::INFINITY]);
    let series = [minutes(&a), minutes(&b)];
    let spec = Spec {
        to: MIDNIGHT + 120,
        ..day(&series)
    };
    assert_eq!(said(&spec, MIDNIGHT), "0: 0=1 1=7");
    assert_eq!(said(&spec, MIDNIGHT + 29), "0: 0=1 1=7");
    assert_eq!(said(&spec, MIDNIGHT + 31), "60: 0=2");
    assert_eq!(said(&spec, MIDNIGHT + 120), "120: 0=3 1=inf");
}

#[test]
fn a_coarser_series_answers_with_the_value_that_holds() {
    let (fine, coarse) = ([1.0, 2.0, 3.0, 4.0, 5.0], [10.0, 20.0]);
    let series = [
        minutes(&fine),
        Series {
            step: 120,
            ..minutes(&coarse)
        },
    ];
    let spec = Spec {
        to: MIDNIGHT + 240,
        ..day(&series)
    };
    assert_eq!(said(&spec, MIDNIGHT + 60), "60: 0=2 1=10");
    assert_eq!(said(&spec, MIDNIGHT + 120), "120: 0=3 1=20");
    assert_eq!(said(&spec, MIDNIGHT + 240), "240: 0=5");
}

#[test]
fn instants_outside_the_range_are_never_hit() {
    let values = [1.0, 2.0, 3.0, 4.0];
    let series = [minutes(&values)];
    let spec = Spec {
        from: MIDNIGHT + 40,
        to: MIDNIGHT + 130,
        ..day(&series)
    };
    assert_eq!(said(&spec, MIDNIGHT + 40), "60: 0=2");
    assert_eq!(said(&spec, MIDNIGHT + 130), "120: 0=3");
}

#[test]
fn outside_the_plot_and_on_an_empty_chart_there_is_nothing() {
    let values = [1.0, 2.0];
    let series = [minutes(&values)];
    let spec = day(&series);
    let plot = layout(&spec).plot;
    assert_eq!(at(&spec, plot.left - 1.0), None);
    assert_eq!(at(&spec, plot.right + 1.0), None);
    assert_eq!(at(&spec, f64::NAN), None);
    assert_eq!(at(&day(&[]), plot.left + 50.0), None);
}

#[test]
fn an_instant_at_which_all_are_absent_is_hit_without_values() {
    let values = [1.0, ABSENT, 3.0];
    let series = [minutes(&values)];
    assert_eq!(
        said(
            &Spec {
                to: MIDNIGHT + 120,
                ..day(&series)
            },
            MIDNIGHT + 60
        ),
        "60: "
    );
}

#[test]
fn a_stack_answers_with_own_values_at_the_tops_of_their_bands() {
    let (a, b, c) = ([1.0, 2.0], [ABSENT, 3.0], [4.0, 5.0]);
    let series = [minutes(&a), minutes(&b), minutes(&c)];
    let spec = Spec {
        kind: Kind::Area,
        to: MIDNIGHT + 60,
        ..day(&series)
    };
    let layout = layout(&spec);
    let hit_at = |x| hit(&spec, &layout, x).map(|hit| hit.values).unwrap_or_default();
    let y = |value| layout.y.y(value);
    assert_eq!(hit_at(layout.plot.left), [(0, 1.0, y(1.0)), (2, 4.0, y(5.0))]);
    assert_eq!(
        hit_at(layout.plot.right),
        [(0, 2.0, y(2.0)), (1, 3.0, y(5.0)), (2, 5.0, y(10.0))]
    );
}

#[test]
fn the_bar_under_the_pointer_answers() {
    let bars = [
        Bar {
            label: "≤1",
            value: 3.0,
        },
        Bar {
            label: "≤2",
            value: ABSENT,
        },
        Bar {
            label: ">2",
            value: 9.0,
        },
    ];
    let spec = Spec {
        kind: Kind::Bar,
        bars: &bars,
        ..day(&[])
    };
    let layout = layout(&spec);
    let hit_at = |x| hit(&spec, &layout, x).map(|hit| (hit.bar, hit.values));
    assert_eq!(
        hit_at(layout.bars[0].left + 5.0),
        Some((Some(0), vec![(0, 3.0, layout.y.y(3.0))]))
    );
    assert_eq!(hit_at(layout.bars[1].right - 5.0), Some((Some(1), vec![])));
    assert_eq!(
        hit_at(layout.plot.right),
        Some((Some(2), vec![(2, 9.0, layout.y.y(9.0))]))
    );
}

proptest! {
    #[test]
    fn no_instant_of_the_grid_is_nearer_than_the_one_hit(
        count in 1..200usize, step in 1..600u32, offset in -500..500i64, span in 60..100_000i64, share in 0.0..=1.0f64,
    ) {
        let values = vec![1.0; count];
        let series = [Series { start: MIDNIGHT + offset, step, ..minutes(&values) }];
        let spec = Spec { to: MIDNIGHT + span, ..day(&series) };
        let layout = layout(&spec);
        let x = layout.plot.left + share * layout.plot.width();
        let shown = (0..count).map(|index| series[0].instant(index)).filter(|unix| (spec.from..=spec.to).contains(unix));
        let distance = |unix: i64| unix.abs_diff(layout.x.unix_at(x));
        let nearest = shown.map(distance).min();
        prop_assert_eq!(hit(&spec, &layout, x).map(|hit| distance(hit.unix)), nearest);
    }
}

#[test]
fn a_stack_of_unlike_grids_holds_the_coarser_value_between_its_instants() {
    let (fine, coarse) = ([1.0, 2.0, 3.0], [10.0, 20.0]);
    let series = [
        minutes(&fine),
        Series {
            step: 120,
            ..minutes(&coarse)
        },
    ];
    let spec = Spec {
        kind: Kind::Area,
        to: MIDNIGHT + 120,
        ..day(&series)
    };
    let layout = layout(&spec);
    let top = |unix| {
        let hit = hit(&spec, &layout, layout.x.x(unix));
        hit.and_then(|hit| hit.values.last().map(|&(_, value, y)| (value, y)))
    };
    assert_eq!(top(MIDNIGHT + 60), Some((10.0, layout.y.y(12.0))));
    assert_eq!(top(MIDNIGHT + 120), Some((20.0, layout.y.y(23.0))));
    assert!(layout.y.high >= 23.0);
}

#[test]
fn a_series_knows_its_nearest_instant() {
    let values = [1.0, 2.0, 3.0];
    let nearest = |unix| minutes(&values).nearest(unix).map(|unix| unix - MIDNIGHT);
    let asked = [-90, 29, 30, 89, 90, 5_000];
    assert_eq!(
        asked.map(|unix| nearest(MIDNIGHT + unix)),
        [0, 0, 60, 60, 120, 120].map(Some)
    );
    assert_eq!(minutes(&[]).nearest(MIDNIGHT), None);
}

/// Where the keyboard gets to from the newest sample (or the first bar) by these moves: seconds after midnight, or bars.
#[track_caller]
fn walk(spec: &Spec<'_>, moves: &[Move], expect: &[i64]) {
    let layout = layout(spec);
    let mut now: Option<Hit> = None;
    let mut seen = Vec::new();
    for movement in moves {
        now = moved(spec, &layout, now.as_ref(), *movement);
        let place = |hit: &Hit| hit.bar.map_or(hit.unix - MIDNIGHT, |bar| bar as i64);
        seen.push(now.as_ref().map_or(-1, place));
    }
    assert_eq!(seen, expect);
}

#[test]
fn the_keyboard_goes_from_sample_to_sample_of_all_series_and_stops_at_the_ends() {
    use Move::{By, First, Last};
    let (fine, coarse) = ([1.0, 2.0, 3.0, 4.0, 5.0], [10.0, 20.0]);
    let late = Series {
        start: MIDNIGHT + 30,
        step: 120,
        ..minutes(&coarse)
    };
    let series = [minutes(&fine), late];
    let spec = Spec {
        to: MIDNIGHT + 200,
        ..day(&series)
    };
    walk(&spec, &[By(1), By(-1), By(-1), By(1)], &[180, 150, 120, 150]);
    walk(&spec, &[First, By(1), By(1), By(1)], &[0, 30, 60, 120]);
    walk(&spec, &[First, By(-3), By(3), By(100), Last], &[0, 0, 120, 180, 180]);
    walk(&day(&[]), &[By(1), First, Last], &[-1, -1, -1]);
}

#[test]
fn the_keyboard_goes_from_bar_to_bar() {
    use Move::{By, First, Last};
    let bars = ["a", "b", "c"].map(|label| Bar { label, value: 1.0 });
    let spec = Spec {
        kind: Kind::Bar,
        bars: &bars,
        ..day(&[])
    };
    walk(&spec, &[By(1), By(1), By(9), By(-1), First, Last], &[0, 1, 2, 1, 0, 2]);
}

proptest! {
    /// Every step of the keyboard lands where a pointer would, and each way leads back.
    #[test]
    fn a_step_and_a_step_back_lead_home(starts in proptest::collection::vec((0_i64..500, 1_u32..200, 1_usize..40), 1..4)) {
        let values: Vec<Vec<f64>> = starts.iter().map(|(.., count)| vec![1.0; *count]).collect();
        let series: Vec<_> = starts
            .iter()
            .zip(&values)
            .map(|((start, step, _), values)| Series { start: MIDNIGHT + start, step: *step, ..minutes(values) })
            .collect();
        let spec = day(&series);
        let layout = layout(&spec);
        let first = moved(&spec, &layout, None, Move::First).unwrap();
        let mut now = first.clone();
        for _ in 0..150 {
            let next = moved(&spec, &layout, Some(&now), Move::By(1)).unwrap();
            if next == now {
                break;
            }
            prop_assert!(next.unix > now.unix);
            prop_assert_eq!(&moved(&spec, &layout, Some(&next), Move::By(-1)).unwrap(), &now);
            now = next;
        }
        prop_assert_eq!(now, moved(&spec, &layout, None, Move::Last).unwrap());
    }
}
