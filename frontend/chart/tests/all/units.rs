//! How numbers are said.

use chart::{ABSENT, Unit, bucket_labels};

fn check(unit: &str, value: f64, format: &str, compact: &str) {
    let unit = Unit::parse(unit).expect("a unit of the catalogue");
    assert_eq!(
        (unit.format(value).as_str(), unit.compact(value).as_str()),
        (format, compact),
        "{unit:?} {value}"
    );
}

#[test]
fn every_unit_of_the_catalogue_is_known_by_its_name() {
    for (name, unit) in Unit::ALL {
        assert_eq!(Unit::parse(name), Some(unit));
    }
    assert_eq!(Unit::parse("furlongs"), None);
}

#[test]
fn numbers_have_three_digits_and_a_prefix() {
    for (unit, value, format, compact) in [
        ("requests_per_second", 0.0, "0 req/s", "0"),
        ("requests_per_second", 0.012_34, "0.0123 req/s", "0.0123"),
        ("requests_per_second", 3.0, "3 req/s", "3"),
        ("requests_per_second", -2.5, "-2.5 req/s", "-2.5"),
        ("tokens_per_second", 12_345.0, "12.3 k tok/s", "12.3k"),
        ("tokens_per_second", 999.4, "999 tok/s", "999"),
        ("tokens_per_second", 999.7, "1 k tok/s", "1k"),
        ("tokens_per_second", 999_600.0, "1 M tok/s", "1M"),
        ("seconds", 0.0, "0 s", "0s"),
        ("seconds", 1.24, "1.24 s", "1.24s"),
        ("seconds", 0.34, "340 ms", "340ms"),
        ("seconds", 0.001, "1 ms", "1ms"),
        ("seconds", 0.000_25, "250 µs", "250µs"),
        ("seconds", 0.999_9, "1 s", "1s"),
        ("seconds", 90.0, "90 s", "90s"),
        ("seconds", 150.0, "2.5 min", "2.5min"),
        ("seconds", 9_000.0, "2.5 h", "2.5h"),
        ("seconds", 345_600.0, "4 d", "4d"),
        ("milliseconds", 0.0, "0 ms", "0ms"),
        ("milliseconds", 340.0, "340 ms", "340ms"),
        ("milliseconds", 1_240.0, "1.24 s", "1.24s"),
        ("ratio", 0.87, "87 %", "87%"),
        ("ratio", 0.873_4, "87.3 %", "87.3%"),
        ("ratio", 1.0, "100 %", "100%"),
        ("percent", 7.0, "7 %", "7%"),
        ("bytes", 0.0, "0 B", "0B"),
        ("bytes", 1_536.0, "1.5 KiB", "1.5KiB"),
        ("bytes", 1_073_741_823.0, "1 GiB", "1GiB"),
        ("mebibytes", 0.0, "0 MiB", "0MiB"),
        ("mebibytes", 40_960.0, "40 GiB", "40GiB"),
        ("bytes_per_second", 52_428_800.0, "50 MiB/s", "50MiB/s"),
        ("celsius", 67.0, "67 °C", "67°C"),
        ("celsius", 1_200.0, "1200 °C", "1200°C"),
        ("watts", 312.0, "312 W", "312W"),
        ("watts", 1_240.0, "1.24 kW", "1.24kW"),
        ("watt_hours", 1_500.0, "1.5 kWh", "1.5kWh"),
        ("hertz", 1.41e9, "1.41 GHz", "1.41GHz"),
        ("cores", 1.0, "1 core", "1"),
        ("cores", 0.25, "0.25 cores", "0.25"),
        ("per_second", 12.0, "12 /s", "12"),
        ("requests", 3.0, "3 req", "3"),
        ("tokens", 2_048.0, "2.05 k tok", "2.05k"),
        ("pods", 1.0, "1 pod", "1"),
        ("pods", 2.0, "2 pods", "2"),
        ("gpus", 1.0, "1 GPU", "1"),
        ("gpus", 0.0, "0 GPUs", "0"),
        ("count", 1_500_000.0, "1.5 M", "1.5M"),
        ("none", 0.5, "0.5", "0.5"),
        ("none", 1e-7, "1e-7", "1e-7"),
        ("none", 1.27e300, "1.3e300", "1.3e300"),
    ] {
        check(unit, value, format, compact);
    }
}

#[test]
fn what_is_no_number_is_said_in_a_word() {
    for (value, word) in [
        (ABSENT, "–"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
        (-0.0, "0 s"),
    ] {
        assert_eq!(Unit::Seconds.format(value), word);
    }
}

#[test]
fn a_caption_says_what_bare_axis_numbers_count() {
    let said: Vec<_> = Unit::ALL
        .iter()
        .filter_map(|(name, unit)| Some((*name, unit.caption()?)))
        .collect();
    insta::assert_debug_snapshot!(said, @r#"
    [
        (
            "requests_per_second",
            "req/s",
        ),
        (
            "tokens_per_second",
            "tok/s",
        ),
        (
            "cores",
            "cores",
        ),
        (
            "requests",
            "req",
        ),
        (
            "tokens",
            "tok",
        ),
        (
            "pods",
            "pods",
        ),
        (
            "gpus",
            "GPUs",
        ),
        (
            "per_second",
            "/s",
        ),
    ]
    "#);
}

#[test]
fn buckets_are_named_by_their_upper_bounds() {
    assert_eq!(
        bucket_labels(&["0.5", "1", "20000.0", "+Inf"]),
        ["≤0.5", "≤1", "≤20k", ">20k"]
    );
    assert_eq!(bucket_labels(&["+Inf"]), ["all"]);
    assert_eq!(bucket_labels(&["small", "NaN"]), ["small", "NaN"]);
}
