//! What reaches the backend.

use chart::{ABSENT, Bar, Kind, Level, Rgb, Series, Spec, Theme, draw};

use crate::{
    MIDNIGHT, day, minutes,
    recorder::{Call, Paint, Recorder},
};

fn theme() -> Theme {
    Theme {
        palette: vec![Rgb(1, 0, 0), Rgb(2, 0, 0), Rgb(3, 0, 0)],
        axis: Rgb(4, 0, 0),
        grid: Rgb(5, 0, 0),
        text: Rgb(6, 0, 0),
        background: Rgb(7, 0, 0),
        warning: Rgb(8, 0, 0),
        critical: Rgb(9, 0, 0),
    }
}

fn calls(spec: &Spec<'_>) -> Vec<Call> {
    let recorder = Recorder::new(spec.width, spec.height);
    draw(recorder.clone(), spec, &theme()).expect("a recorder never fails");
    recorder.calls()
}

/// One line for each call, in CSS pixels; colours by their names in the theme.
fn said(calls: &[Call]) -> String {
    calls.iter().map(|call| line(call) + "\n").collect()
}

fn line(call: &Call) -> String {
    let px = |units: &i32| f64::from(*units) / 8.0;
    let list = |points: &[(i32, i32)]| {
        let said: Vec<_> = points.iter().map(|(x, y)| format!("{},{}", px(x), px(y))).collect();
        said.join(" ")
    };
    match call {
        Call::Rect { from, to, color } => format!("rect {} {}", name(color), list(&[*from, *to])),
        Call::Path {
            points,
            color,
            width,
            dash,
        } => {
            let broken = if dash.is_empty() { "" } else { ", broken" };
            format!(
                "path {} {} wide{broken}: {}",
                name(color),
                f64::from(*width) / 8.0,
                list(points)
            )
        }
        Call::Polygon { points, color } => format!("polygon {}: {}", name(color), list(points)),
        Call::Circle { center, radius, color } => {
            format!(
                "dot {} {} round {}",
                name(color),
                list(&[*center]),
                f64::from(*radius) / 8.0
            )
        }
        Call::Text {
            text,
            at,
            anchor,
            size,
            color,
        } => {
            format!(
                "text {} {text:?} at {} {anchor}, {} high",
                name(color),
                list(&[*at]),
                size / 8.0
            )
        }
        Call::Present => "present".to_owned(),
    }
}

fn name(paint: &Paint) -> String {
    let names = [
        "?",
        "series0",
        "series1",
        "series2",
        "axis",
        "grid",
        "text",
        "background",
        "warning",
        "critical",
    ];
    let name = names[usize::from(paint.rgb.0)];
    if paint.alpha == 1.0 {
        name.to_owned()
    } else {
        format!("{name}*{}", paint.alpha)
    }
}

/// Calls that draw data: everything in a series' colour.
fn data(calls: &[Call]) -> Vec<Call> {
    let is_data = |paint: &Paint| (1..=3).contains(&paint.rgb.0);
    calls
        .iter()
        .filter(|call| match call {
            Call::Path { color, .. } | Call::Polygon { color, .. } | Call::Circle { color, .. } => is_data(color),
            _ => false,
        })
        .cloned()
        .collect()
}

/// A chart so small that its geometry can be read: four minutes on 152 by 90 pixels.
fn small<'a>(series: &'a [Series<'a>]) -> Spec<'a> {
    Spec {
        to: MIDNIGHT + 240,
        width: 152.0,
        height: 90.0,
        ..day(series)
    }
}

#[test]
fn what_is_made_of_little_is_drawn_faint_up_to_its_neighbours() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0];
    let series = [Series {
        faint: &[(1, 2)],
        ..minutes(&values)
    }];
    insta::assert_snapshot!(said(&data(&calls(&small(&series)))), @r#"
    polygon series0*0.1: 40,59 65,49.875 90,40.875 115,31.75 140,22.75 140,68 40,68
    path series0*0.35 1.5 wide: 40,59 65,49.875 90,40.875
    path series0 1.5 wide: 90,40.875 115,31.75 140,22.75
    "#);
}

#[test]
fn a_whole_chart_is_drawn_ground_first_and_labels_last() {
    let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 5.0, ABSENT, 5.0, 5.0]);
    let series = [
        minutes(&a),
        Series {
            color: 1,
            ..minutes(&b)
        },
    ];
    let spec = Spec {
        thresholds: &[(4.5, Level::Critical)],
        ..small(&series)
    };
    insta::assert_snapshot!(said(&calls(&spec)), @r#"
    rect background 0,0 152,90
    path grid 1 wide: 40,22.5 140,22.5
    path grid 1 wide: 40.5,20 40.5,68
    path axis 1 wide: 40,68.5 140,68.5
    path series0 1.5 wide: 40,59 65,49.875 90,40.875 115,31.75 140,22.75
    path series1 1.5 wide, broken: 40,22.75 65,22.75
    path series1 1.5 wide, broken: 115,22.75 140,22.75
    path critical 1 wide: 40,27.5 46,27.5
    path critical 1 wide: 50,27.5 56,27.5
    path critical 1 wide: 60,27.5 66,27.5
    path critical 1 wide: 70,27.5 76,27.5
    path critical 1 wide: 80,27.5 86,27.5
    path critical 1 wide: 90,27.5 96,27.5
    path critical 1 wide: 100,27.5 106,27.5
    path critical 1 wide: 110,27.5 116,27.5
    path critical 1 wide: 120,27.5 126,27.5
    path critical 1 wide: 130,27.5 136,27.5
    path axis 1 wide: 40.5,68.5 40.5,72.5
    text text "Nov 23" at 40,76 middle hanging, 11 high
    text text "0" at 32,68 end central, 11 high
    text text "5" at 32,22.75 end central, 11 high
    text text "req/s" at 32,7 end central, 11 high
    present
    "#);
}

#[test]
fn a_gap_cuts_the_line_and_a_sample_alone_is_a_dot() {
    let values = [1.0, 2.0, ABSENT, 4.0, f64::NAN];
    let series = [minutes(&values), minutes(&[])];
    insta::assert_snapshot!(said(&data(&calls(&small(&series)))), @r#"
    path series0 1.5 wide: 40,56.625 65,45.375
    dot series0 115,22.75 round 2
    "#);
}

#[test]
fn a_single_line_from_zero_stands_on_a_light_ground() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0];
    let series = [minutes(&values)];
    insta::assert_snapshot!(said(&data(&calls(&small(&series)))), @r#"
    polygon series0*0.1: 40,59 65,49.875 90,40.875 115,31.75 140,22.75 140,68 40,68
    path series0 1.5 wide: 40,59 65,49.875 90,40.875 115,31.75 140,22.75
    "#);
}

#[test]
fn infinities_are_clipped_and_marked_at_the_edge() {
    let values = [1.0, f64::INFINITY, 2.0, f64::NEG_INFINITY, 1.0];
    let series = [minutes(&values), minutes(&[])];
    insta::assert_snapshot!(said(&data(&calls(&small(&series)))), @r#"
    path series0 1.5 wide: 40,45.375 65,20 90,22.75 115,68 140,45.375
    polygon series0: 65,20 69,26 61,26
    polygon series0: 115,68 119,62 111,62
    "#);
}

#[test]
fn a_line_that_begins_before_the_range_is_cut_at_the_plot() {
    let values = [0.0, 10.0];
    let series = [minutes(&values), minutes(&[])];
    let spec = Spec {
        from: MIDNIGHT + 15,
        to: MIDNIGHT + 45,
        ..small(&series)
    };
    insta::assert_snapshot!(said(&data(&calls(&spec))), @"path series0 1.5 wide: 40,56 140,32");
}

#[test]
fn bands_are_stacked_and_a_gap_in_one_is_no_gap_in_the_next() {
    let (a, b) = ([2.0, ABSENT, ABSENT, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0, 1.0]);
    let series = [
        minutes(&a),
        Series {
            color: 1,
            ..minutes(&b)
        },
    ];
    insta::assert_snapshot!(said(&data(&calls(&Spec { kind: Kind::Area, ..small(&series) }))), @r#"
    polygon series0*0.28: 115,37.75 140,37.75 140,68 115,68
    polygon series1*0.28: 40,22.75 65,52.875 90,52.875 115,22.75 140,22.75 140,37.75 115,37.75 90,68 65,68 40,37.75
    dot series0 40,37.75 round 2
    path series0 1.5 wide: 115,37.75 140,37.75
    path series1 1.5 wide: 40,22.75 65,52.875 90,52.875 115,22.75 140,22.75
    "#);
}

#[test]
fn bars_are_rounded_at_their_ends_and_zero_draws_nothing() {
    let bars = [("≤1", 4.0), ("≤2", 0.0), ("≤3", ABSENT), (">3", f64::INFINITY)];
    let bars = bars.map(|(label, value)| Bar { label, value });
    let spec = Spec {
        kind: Kind::Bar,
        bars: &bars,
        ..small(&[])
    };
    insta::assert_snapshot!(said(&data(&calls(&spec))), @r#"
    polygon series0: 42,68 42,25.75 42.375,24.25 43.5,23.125 45,22.75 59,22.75 60.5,23.125 61.625,24.25 62,25.75 62,68
    polygon series0: 117,68 117,23 117.375,21.5 118.5,20.375 120,20 134,20 135.5,20.375 136.625,21.5 137,23 137,68
    "#);
}

#[test]
fn a_sparkline_is_a_line_and_its_last_dot_and_nothing_else() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0];
    let series = [minutes(&values)];
    let spec = Spec {
        kind: Kind::Sparkline,
        width: 80.0,
        height: 40.0,
        ..small(&series)
    };
    insta::assert_snapshot!(said(&calls(&spec)), @r#"
    rect background 0,0 80,40
    polygon series0*0.1: 4,30 22,23.875 40,17.875 58,11.875 76,5.75 76,36 4,36
    path series0 1.5 wide: 4,30 22,23.875 40,17.875 58,11.875 76,5.75
    dot background 76,5.75 round 3.5
    dot series0 76,5.75 round 2.5
    present
    "#);
}

#[test]
fn each_line_is_one_stroke_whatever_its_length() {
    let many: Vec<f64> = (0..11_000).map(|at| f64::from(at % 97)).collect();
    let series: Vec<_> = (0..5)
        .map(|color| Series {
            color,
            step: 7,
            ..minutes(&many)
        })
        .collect();
    let strokes = data(&calls(&day(&series)));
    let sizes: Vec<_> = strokes
        .iter()
        .map(|call| match call {
            Call::Path { points, width, .. } => (points.len() <= 4 * 620, *width),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(sizes, [(true, 8); 5], "thinned to the pixels, one pixel wide");
}

/// How each line of `lines` with so many samples a day is broken, in CSS pixels.
fn dashes(kind: Kind, lines: usize, samples: i32) -> Vec<Vec<u32>> {
    let values: Vec<f64> = (0..samples).map(f64::from).collect();
    let step = 86_400 / samples.unsigned_abs();
    let series: Vec<_> = (0..lines)
        .map(|color| Series {
            color,
            step,
            ..minutes(&values)
        })
        .collect();
    let spec = Spec { kind, ..day(&series) };
    let strokes = data(&calls(&spec)).into_iter().filter_map(|call| match call {
        Call::Path { dash, .. } => Some(dash.iter().map(|length| length / 8).collect()),
        _ => None,
    });
    strokes.collect()
}

#[test]
fn lines_are_told_apart_by_their_dashes_where_there_is_room_for_them() {
    assert_eq!(
        dashes(Kind::Line, 5, 96),
        [vec![], vec![9, 4], vec![2, 3], vec![9, 3, 2, 3], vec![]]
    );
    assert_eq!(dashes(Kind::Line, 2, 2880), [vec![], vec![]], "denser than pixels");
    assert_eq!(dashes(Kind::Area, 2, 96), [vec![], vec![]], "bands stand in order");
}

#[test]
fn a_backend_that_fails_is_quoted() {
    let error = draw(broken::Broken, &day(&[]), &theme()).expect_err("it always fails");
    insta::assert_snapshot!(error, @"the chart could not be drawn: backend error: Drawing backend error: the canvas is gone");
}

mod broken {
    use plotters_backend::{BackendColor, BackendCoord, DrawingBackend, DrawingErrorKind};

    pub struct Broken;

    type Outcome = Result<(), DrawingErrorKind<std::io::Error>>;

    fn fail() -> Outcome {
        Err(DrawingErrorKind::DrawingError(std::io::Error::other(
            "the canvas is gone",
        )))
    }

    impl chart::Surface for Broken {
        fn dash(&mut self, _: &[u32]) {}
    }

    impl DrawingBackend for Broken {
        type ErrorType = std::io::Error;

        fn get_size(&self) -> (u32, u32) {
            (80, 80)
        }

        fn ensure_prepared(&mut self) -> Outcome {
            fail()
        }

        fn present(&mut self) -> Outcome {
            fail()
        }

        fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Outcome {
            fail()
        }
    }
}
