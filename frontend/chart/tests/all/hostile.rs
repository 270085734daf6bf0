//! Whatever the numbers, sizes and clocks: no panic, and nothing but finite geometry.

use chart::{ABSENT, Bar, Clock, Grain, Kind, Level, Rgb, Series, Spec, Theme, Unit, draw, hit, layout};
use proptest::prelude::*;

use crate::recorder::{Call, Recorder};

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => any::<f64>(),
        2 => prop::sample::select(vec![
            ABSENT, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e-9,
        ]),
        4 => -1e3..1e6f64,
    ]
}

fn length() -> impl Strategy<Value = f64> {
    prop_oneof![8 => 0.0..2_000.0f64, 1 => any::<f64>(), 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)]
}

fn instant() -> impl Strategy<Value = i64> {
    prop_oneof![6 => 1_700_000_000..1_800_000_000i64, 1 => any::<i64>(), 1 => Just(i64::MAX), 1 => Just(i64::MIN)]
}

prop_compose! {
    fn column()(start in instant(), step in prop_oneof![0..4_000u32, any::<u32>()], values in prop::collection::vec(number(), 0..80)) -> (i64, u32, Vec<f64>) {
        (start, step, values)
    }
}

/// Local time without sense: it jumps by up to a day and a half every hour.
struct Mad;

impl Clock for Mad {
    fn offset_s(&self, unix: i64) -> i32 {
        let hour = unix.div_euclid(3_600).rem_euclid(7);
        i32::try_from(hour * 40_000 - 120_000).unwrap_or(0)
    }

    fn label(&self, unix: i64, grain: Grain) -> String {
        format!("{grain:?} 年 {unix}")
    }
}

fn theme() -> Theme {
    let grey = Rgb(128, 128, 128);
    Theme {
        palette: vec![],
        axis: grey,
        grid: grey,
        text: grey,
        background: grey,
        warning: grey,
        critical: grey,
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::Line, Kind::Area, Kind::Sparkline, Kind::Bar])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn any_world_is_drawn_without_a_panic_and_inside_the_chart(
        kind in kinds(),
        unit in prop::sample::select(Unit::ALL.map(|(_, unit)| unit).to_vec()),
        from in instant(),
        to in instant(),
        columns in prop::collection::vec(column(), 0..5),
        bars in prop::collection::vec(number(), 0..30),
        thresholds in prop::collection::vec(number(), 0..3),
        floors in prop::collection::vec(number(), 0..3),
        width in length(),
        height in length(),
        pointer in number(),
    ) {
        let series: Vec<Series<'_>> = columns
            .iter()
            .enumerate()
            .map(|(color, (start, step, values))| Series { name: "s", color, start: *start, step: *step, values, faint: &[(0, 2), (3, 900)] })
            .collect();
        let bars: Vec<_> = bars.iter().map(|&value| Bar { label: "≤1", value }).collect();
        let thresholds: Vec<_> = thresholds.iter().map(|&at| (at, Level::Warning)).collect();
        let floors: Vec<_> = floors.iter().map(|&at| (at, Level::Critical)).collect();
        let spec = Spec {
            kind, unit, from, to, series: &series, bars: &bars, thresholds: &thresholds, floors: &floors, width, height, clock: &Mad,
        };

        let laid = layout(&spec);
        prop_assert!(laid.y.low.is_finite() && laid.y.high.is_finite() && laid.y.low < laid.y.high, "{:?}", laid.y);
        prop_assert!(laid.plot.left <= laid.plot.right && laid.plot.top <= laid.plot.bottom, "{:?}", laid.plot);
        prop_assert!(laid.x_ticks.len() < 200 && laid.y_ticks.len() < 40);

        let recorder = Recorder::new(laid.width, laid.height);
        draw(recorder.clone(), &spec, &theme()).expect("a recorder never fails");
        let edge = |length: f64| (length * 8.0) as i32;
        for call in recorder.calls() {
            let points = match call {
                Call::Path { points, .. } | Call::Polygon { points, .. } => points,
                Call::Circle { center, .. } => vec![center],
                Call::Rect { .. } | Call::Text { .. } | Call::Present => continue,
            };
            for (x, y) in points {
                prop_assert!((0..=edge(laid.width)).contains(&x) && (0..=edge(laid.height)).contains(&y));
            }
        }

        for x in [pointer, laid.plot.left, laid.plot.right, (laid.plot.left + laid.plot.right) / 2.0] {
            if let Some(hit) = hit(&spec, &laid, x) {
                let finite = hit.values.iter().all(|(_, value, y)| y.is_finite() && !value.is_nan());
                prop_assert!(finite && hit.x.is_finite(), "{:?}", hit);
            }
        }
    }

    #[test]
    fn any_number_is_said_in_few_letters(unit in prop::sample::select(Unit::ALL.map(|(_, unit)| unit).to_vec()), value in number()) {
        let said = unit.format(value);
        prop_assert!((1..=18).contains(&said.chars().count()), "{}", said);
        let compact = unit.compact(value);
        prop_assert!((1..=14).contains(&compact.chars().count()), "{}", compact);
    }

    #[test]
    fn any_text_is_read_as_a_colour_or_refused(css in "\\PC{0,20}|#[0-9a-f]{0,9}|rgba?\\([0-9 ,./]{0,16}\\)") {
        let _ = Rgb::parse(&css);
    }
}

#[test]
fn colours_are_read_as_style_sheets_write_them() {
    let blue = Some(Rgb(0, 102, 204));
    for css in [
        "#0066cc",
        " #06c ",
        "#0066CCFF",
        "#06cf",
        "rgb(0, 102, 204)",
        "rgba(0,102,204,0.5)",
        "rgb(0 102 204 / 50%)",
    ] {
        assert_eq!(Rgb::parse(css), blue, "{css}");
    }
    for css in [
        "",
        "#",
        "#12345",
        "#ggg",
        "blue",
        "rgb(1, 2)",
        "rgb(1, 2, 300)",
        "rgb 1 2 3",
        "var(--x)",
    ] {
        assert_eq!(Rgb::parse(css), None, "{css}");
    }
}
