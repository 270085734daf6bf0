//! Which range the value axis has and where it is marked.

use chart::{ABSENT, Kind, Level, Spec, Unit, layout};

use crate::{day, minutes};

/// `marks in low..high`, the marks from the bottom up.
fn axis(unit: Unit, values: &[f64], thresholds: &[(f64, Level)], height: f64) -> String {
    let series = [minutes(values)];
    let layout = layout(&Spec {
        unit,
        thresholds,
        height,
        ..day(&series)
    });
    let marks: Vec<_> = layout.y_ticks.iter().map(|tick| tick.label.as_str()).collect();
    format!(
        "{} in {}..{}",
        marks.join(" | "),
        round(layout.y.low),
        round(layout.y.high)
    )
}

fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

fn table(rows: &[(Unit, &[f64])]) -> String {
    rows.iter()
        .map(|(unit, values)| format!("{unit:?} {values:?}: {}\n", axis(*unit, values, &[], 220.0)))
        .collect()
}

#[test]
fn each_unit_is_marked_in_steps_that_humans_count_in() {
    insta::assert_snapshot!(table(&[
        (Unit::RequestsPerSecond, &[0.0, 0.034]),
        (Unit::RequestsPerSecond, &[2.0, 14.8]),
        (Unit::TokensPerSecond, &[100.0, 12_800.0]),
        (Unit::TokensPerSecond, &[100.0, 2_128_000.0]),
        (Unit::Seconds, &[0.000_1, 0.000_37]),
        (Unit::Seconds, &[0.1, 0.42]),
        (Unit::Seconds, &[0.1, 0.95]),
        (Unit::Seconds, &[1.0, 47.0]),
        (Unit::Seconds, &[1.0, 100.0]),
        (Unit::Seconds, &[1.0, 290.0]),
        (Unit::Seconds, &[1.0, 3_000.0]),
        (Unit::Seconds, &[1.0, 40_000.0]),
        (Unit::Seconds, &[1.0, 1_000_000.0]),
        (Unit::Milliseconds, &[1.0, 42.0]),
        (Unit::Milliseconds, &[1.0, 4_200.0]),
        (Unit::Ratio, &[0.1, 0.6]),
        (Unit::Ratio, &[0.0, 0.03]),
        (Unit::Ratio, &[0.0, 1.3]),
        (Unit::Percent, &[3.0, 97.0]),
        (Unit::Bytes, &[0.0, 900.0]),
        (Unit::Bytes, &[0.0, 1_020.0 * 1_048_576.0]),
        (Unit::Mebibytes, &[0.0, 38_000.0]),
        (Unit::BytesPerSecond, &[0.0, 3e9]),
        (Unit::Celsius, &[41.0, 66.0]),
        (Unit::Watts, &[60.0, 312.0]),
        (Unit::Watts, &[60.0, 1_900.0]),
        (Unit::Requests, &[0.0, 3.0]),
        (Unit::Requests, &[0.0, 0.2]),
        (Unit::Tokens, &[0.0, 90_000.0]),
        (Unit::Pods, &[1.0, 2.0]),
        (Unit::None, &[1_000_000.0, 1_000_003.0]),
        (Unit::None, &[-3.0, 4.0]),
    ]), @r#"
    RequestsPerSecond [0.0, 0.034]: 0 | 0.01 | 0.02 | 0.03 | 0.04 in 0..0.04
    RequestsPerSecond [2.0, 14.8]: 0 | 5 | 10 | 15 in 0..15.688
    TokensPerSecond [100.0, 12800.0]: 0 | 5k | 10k | 15k in 0..15000
    TokensPerSecond [100.0, 2128000.0]: 0 | 0.5M | 1.0M | 1.5M | 2.0M | 2.5M in 0..2500000
    Seconds [0.0001, 0.00037]: 0 | 100 µs | 200 µs | 300 µs | 400 µs in 0..0.0004
    Seconds [0.1, 0.42]: 0 | 100 ms | 200 ms | 300 ms | 400 ms | 500 ms in 0..0.5
    Seconds [0.1, 0.95]: 0 | 0.2 s | 0.4 s | 0.6 s | 0.8 s | 1.0 s in 0..1.007
    Seconds [1.0, 47.0]: 0 | 10 s | 20 s | 30 s | 40 s | 50 s in 0..50
    Seconds [1.0, 100.0]: 0 | 30 s | 60 s | 90 s | 120 s in 0..120
    Seconds [1.0, 290.0]: 0 | 1 min | 2 min | 3 min | 4 min | 5 min in 0..307.4
    Seconds [1.0, 3000.0]: 0 | 10 min | 20 min | 30 min | 40 min | 50 min | 60 min in 0..3600
    Seconds [1.0, 40000.0]: 0 | 2 h | 4 h | 6 h | 8 h | 10 h | 12 h in 0..43200
    Seconds [1.0, 1000000.0]: 0 | 5 d | 10 d in 0..1209600
    Milliseconds [1.0, 42.0]: 0 | 10 ms | 20 ms | 30 ms | 40 ms | 50 ms in 0..50
    Milliseconds [1.0, 4200.0]: 0 | 1 s | 2 s | 3 s | 4 s | 5 s in 0..5000
    Ratio [0.1, 0.6]: 0 | 20 % | 40 % | 60 % | 80 % | 100 % in 0..1
    Ratio [0.0, 0.03]: 0 | 1 % | 2 % | 3 % in 0..0.035
    Ratio [0.0, 1.3]: 0 | 50 % | 100 % | 150 % in 0..1.5
    Percent [3.0, 97.0]: 0 | 20 % | 40 % | 60 % | 80 % | 100 % in 0..100
    Bytes [0.0, 900.0]: 0 | 200 B | 400 B | 600 B | 800 B | 1000 B in 0..1000
    Bytes [0.0, 1069547520.0]: 0 | 0.2 GiB | 0.4 GiB | 0.6 GiB | 0.8 GiB | 1.0 GiB | 1.2 GiB in 0..1288490188.8
    Mebibytes [0.0, 38000.0]: 0 | 10 GiB | 20 GiB | 30 GiB | 40 GiB in 0..40960
    BytesPerSecond [0.0, 3000000000.0]: 0 | 0.5 GiB/s | 1.0 GiB/s | 1.5 GiB/s | 2.0 GiB/s | 2.5 GiB/s | 3.0 GiB/s in 0..3221225472
    Celsius [41.0, 66.0]: 40 °C | 50 °C | 60 °C | 70 °C in 35..70
    Watts [60.0, 312.0]: 0 | 100 W | 200 W | 300 W in 0..350
    Watts [60.0, 1900.0]: 0 | 0.5 kW | 1.0 kW | 1.5 kW | 2.0 kW in 0..2014
    Requests [0.0, 3.0]: 0 | 1 | 2 | 3 in 0..3.18
    Requests [0.0, 0.2]: 0 | 1 in 0..1
    Tokens [0.0, 90000.0]: 0 | 20k | 40k | 60k | 80k | 100k in 0..100000
    Pods [1.0, 2.0]: 0 | 1 | 2 in 0..2.12
    None [1000000.0, 1000003.0]: 0.985M | 0.990M | 0.995M | 1.000M | 1.005M | 1.010M in 985000..1011201.5336
    None [-3.0, 4.0]: -4 | -2 | 0 | 2 | 4 in -4..4.42
    "#);
}

#[test]
fn flat_empty_and_odd_series_have_a_sensible_range() {
    insta::assert_snapshot!(table(&[
        (Unit::RequestsPerSecond, &[]),
        (Unit::Ratio, &[ABSENT, ABSENT]),
        (Unit::Percent, &[f64::NAN]),
        (Unit::RequestsPerSecond, &[0.0, 0.0]),
        (Unit::Ratio, &[0.0]),
        (Unit::RequestsPerSecond, &[7.0, 7.0]),
        (Unit::Celsius, &[55.0, 55.0]),
        (Unit::None, &[0.0]),
        (Unit::RequestsPerSecond, &[-4.0, -1.0]),
        (Unit::RequestsPerSecond, &[-4.0, 9.0]),
        (Unit::Seconds, &[1.0, f64::INFINITY]),
        (Unit::Seconds, &[f64::INFINITY, f64::NEG_INFINITY]),
        (Unit::RequestsPerSecond, &[1e-300]),
        (Unit::RequestsPerSecond, &[1e300]),
        (Unit::None, &[f64::MIN, f64::MAX]),
    ]), @r#"
    RequestsPerSecond []: 0 | 0.2 | 0.4 | 0.6 | 0.8 | 1.0 in 0..1
    Ratio [NaN, NaN]: 0 | 20 % | 40 % | 60 % | 80 % | 100 % in 0..1
    Percent [NaN]: 0 | 20 % | 40 % | 60 % | 80 % | 100 % in 0..100
    RequestsPerSecond [0.0, 0.0]: 0 | 0.2 | 0.4 | 0.6 | 0.8 | 1.0 in 0..1
    Ratio [0.0]: 0 | 20 % | 40 % | 60 % | 80 % | 100 % in 0..1
    RequestsPerSecond [7.0, 7.0]: 0 | 2 | 4 | 6 | 8 in 0..8
    Celsius [55.0, 55.0]: 52 °C | 53 °C | 54 °C | 55 °C | 56 °C | 57 °C in 52..57.24
    None [0.0]: 0 | 0.2 | 0.4 | 0.6 | 0.8 | 1.0 in 0..1
    RequestsPerSecond [-4.0, -1.0]: -5 | -4 | -3 | -2 | -1 | 0 in -5..0
    RequestsPerSecond [-4.0, 9.0]: -5 | 0 | 5 | 10 in -5..10
    Seconds [1.0, inf]: 0 | 0.2 s | 0.4 s | 0.6 s | 0.8 s | 1.0 s | 1.2 s in 0..1.2
    Seconds [inf, -inf]: 0 | 0.2 s | 0.4 s | 0.6 s | 0.8 s | 1.0 s in 0..1
    RequestsPerSecond [1e-300]: 0 | 0.2 | 0.4 | 0.6 | 0.8 | 1.0 in 0..1
    RequestsPerSecond [1e300]: 0 | 2e289 | 4e289 | 6e289 | 8e289 | 1e290 | 1.2e290 in 0..120000000000000060000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    None [-1.7976931348623157e308, 1.7976931348623157e308]: -1.5e290 | -1e290 | -5e289 | 0 | 5e289 | 1e290 in -150000000000000090000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000..112000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    "#);
}

#[test]
fn a_threshold_within_reach_of_the_data_is_shown_and_a_far_one_is_not() {
    let at = |limit| axis(Unit::Seconds, &[0.1, 0.9], &[(limit, Level::Warning)], 220.0);
    insta::assert_snapshot!([at(0.5), at(2.0), at(30.0), at(f64::NAN)].join("\n"), @r#"
    0 | 0.2 s | 0.4 s | 0.6 s | 0.8 s | 1.0 s in 0..1
    0 | 0.5 s | 1.0 s | 1.5 s | 2.0 s in 0..2.12
    0 | 0.2 s | 0.4 s | 0.6 s | 0.8 s | 1.0 s in 0..1
    0 | 0.2 s | 0.4 s | 0.6 s | 0.8 s | 1.0 s in 0..1
    "#);
}

#[test]
fn a_floor_above_all_data_is_shown_and_one_below_them_moves_nothing() {
    let at = |limit: f64| {
        let series = [minutes(&[0.02, 0.05])];
        let floors = [(limit, Level::Warning)];
        let axis = layout(&Spec {
            unit: Unit::Ratio,
            floors: &floors,
            ..day(&series)
        })
        .y;
        format!("{}..{}", round(axis.low), round(axis.high))
    };
    insta::assert_snapshot!([at(0.3), at(0.01), at(-0.1), at(f64::NAN)].join("\n"), @r"
    0..0.35
    0..0.06
    0..0.06
    0..0.06
    ");
}

#[test]
fn a_low_chart_has_few_marks() {
    let at = |height| axis(Unit::RequestsPerSecond, &[2.0, 14.8], &[], height);
    insta::assert_snapshot!([at(80.0), at(120.0), at(160.0), at(500.0)].join("\n"), @r#"
    0 | 10 in 0..15.688
    0 | 10 in 0..15.688
    0 | 5 | 10 | 15 in 0..15.688
    0 | 2 | 4 | 6 | 8 | 10 | 12 | 14 | 16 in 0..16
    "#);
}

#[test]
fn only_what_is_shown_decides_the_range() {
    let values = [900.0, 900.0, 3.0, 2.0, 900.0];
    let series = [minutes(&values)];
    let spec = Spec {
        from: series[0].instant(2),
        to: series[0].instant(3),
        ..day(&series)
    };
    assert!(layout(&spec).y.high < 5.0);
}

#[test]
fn the_range_of_a_stack_is_that_of_its_sum() {
    let (lower, upper) = ([3.0, 5.0], [10.0, ABSENT]);
    let series = [minutes(&lower), minutes(&upper)];
    let high = |kind| layout(&Spec { kind, ..day(&series) }).y.high;
    assert!((13.0..=15.0).contains(&high(Kind::Area)), "{}", high(Kind::Area));
    assert!((10.0..=12.0).contains(&high(Kind::Line)), "{}", high(Kind::Line));
}
