//! Nothing runs into anything else, whatever the size.

use chart::{Bar, FONT_PX, Kind, Layout, Spec, Unit, layout, text_width};
use proptest::prelude::*;

use crate::{MIDNIGHT, day, minutes};

fn units() -> impl Strategy<Value = Unit> {
    prop::sample::select(Unit::ALL.map(|(_, unit)| unit).to_vec())
}

/// Labels as boxes (left, right, top, bottom): those under the plot, those beside it.
fn boxes(layout: &Layout) -> Vec<(f64, f64, f64, f64)> {
    let under = layout.x_ticks.iter().filter(|tick| !tick.label.is_empty()).map(|tick| {
        let half = text_width(&tick.label) / 2.0;
        let top = layout.plot.bottom + 8.0;
        (tick.x - half, tick.x + half, top, top + FONT_PX)
    });
    let beside = layout.y_ticks.iter().filter(|tick| !tick.label.is_empty()).map(|tick| {
        let right = layout.plot.left - 8.0;
        (
            right - text_width(&tick.label),
            right,
            tick.y - FONT_PX / 2.0,
            tick.y + FONT_PX / 2.0,
        )
    });
    let caption = layout.caption.iter().map(|caption| {
        (
            caption.right - text_width(caption.text),
            caption.right,
            caption.y - FONT_PX / 2.0,
            caption.y + FONT_PX / 2.0,
        )
    });
    under.chain(beside).chain(caption).collect()
}

fn assert_tidy(layout: &Layout) -> Result<(), TestCaseError> {
    let boxes = boxes(layout);
    for (index, a) in boxes.iter().enumerate() {
        let inside = a.0 >= -0.01 && a.1 <= layout.width + 0.01 && a.2 >= -0.01 && a.3 <= layout.height + 0.01;
        prop_assert!(inside, "{:?} leaves the chart: {:?}", a, layout);
        for b in &boxes[index + 1..] {
            let apart = a.1 <= b.0 || b.1 <= a.0 || a.3 <= b.2 || b.3 <= a.2;
            prop_assert!(apart, "{:?} touches {:?}: {:?}", a, b, layout);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn labels_never_touch_each_other_nor_leave_the_chart(
        width in 20.0..1_600.0f64,
        height in 20.0..600.0f64,
        span in prop_oneof![10..10_000i64, 10_000..10_000_000i64, 10_000_000..10_000_000_000i64],
        start in -100_000_000..2_000_000_000i64,
        unit in units(),
        magnitude in -8.0..12.0f64,
        values in prop::collection::vec(-0.2..1.0f64, 0..20),
    ) {
        let values: Vec<f64> = values.iter().map(|value| value * 10f64.powf(magnitude)).collect();
        let series = [chart::Series { start, ..minutes(&values) }];
        let spec = Spec { unit, width, height, from: start, to: start + span, ..day(&series) };
        assert_tidy(&layout(&spec))?;
    }

    #[test]
    fn labels_of_bars_never_touch(width in 20.0..1_600.0f64, labels in prop::collection::vec("[≤>][0-9]{1,6}k?", 0..60)) {
        let bars: Vec<_> = labels.iter().enumerate().map(|(at, label)| Bar { label, value: at as f64 }).collect();
        let layout = layout(&Spec { kind: Kind::Bar, unit: Unit::Requests, bars: &bars, width, ..day(&[]) });
        assert_tidy(&layout)?;
        for (a, b) in layout.bars.iter().zip(&layout.bars[1.min(layout.bars.len())..]) {
            prop_assert!(a.left < a.right && a.right <= b.left + 0.01, "{:?} and {:?}", a, b);
        }
    }
}

#[test]
fn charts_of_like_units_line_up() {
    let left = |unit, top| {
        let values = [0.0, top];
        layout(&Spec {
            unit,
            ..day(&[minutes(&values)])
        })
        .plot
        .left
    };
    assert_eq!(
        left(Unit::RequestsPerSecond, 3.0),
        left(Unit::TokensPerSecond, 80_000.0)
    );
}

#[test]
fn a_sparkline_and_a_tiny_chart_have_no_axes() {
    let values = [1.0, 2.0];
    let series = [minutes(&values)];
    let bare = |spec: Spec<'_>| {
        let layout = layout(&spec);
        (layout.has_axes(), layout.x_ticks.len(), layout.caption)
    };
    assert_eq!(
        bare(Spec {
            kind: Kind::Sparkline,
            ..day(&series)
        }),
        (false, 0, None)
    );
    assert_eq!(
        bare(Spec {
            width: 100.0,
            ..day(&series)
        }),
        (false, 0, None)
    );
    assert_eq!(
        bare(Spec {
            height: 60.0,
            ..day(&series)
        }),
        (false, 0, None)
    );
    assert!(layout(&day(&series)).has_axes());
}

#[test]
fn a_chart_knows_whether_it_has_data() {
    let has = |values: &[f64]| layout(&day(&[minutes(values)])).has_data;
    assert!(has(&[0.0]));
    assert!(has(&[f64::INFINITY]));
    assert!(!has(&[chart::ABSENT, f64::NAN]));
    assert!(!layout(&day(&[])).has_data);
    let old = [1.0];
    assert!(
        !layout(&Spec {
            from: MIDNIGHT + 60,
            ..day(&[minutes(&old)])
        })
        .has_data,
        "before the range"
    );
}

#[test]
fn where_bars_are_too_many_to_be_named_the_last_one_still_is() {
    let labels: Vec<String> = (1..=20).map(|at| format!("≤{at}000")).collect();
    let bars: Vec<_> = labels.iter().map(|label| Bar { label, value: 1.0 }).collect();
    let named = |width| {
        let spec = Spec {
            kind: Kind::Bar,
            bars: &bars,
            width,
            ..day(&[])
        };
        let names: Vec<_> = layout(&spec).x_ticks.into_iter().map(|tick| tick.label).collect();
        names.join(" ")
    };
    insta::assert_snapshot!(named(400.0), @"≤2000 ≤5000 ≤8000 ≤11000 ≤14000 ≤17000 ≤20000");
    insta::assert_snapshot!(named(620.0), @"≤2000 ≤4000 ≤6000 ≤8000 ≤10000 ≤12000 ≤14000 ≤16000 ≤18000 ≤20000");
}
