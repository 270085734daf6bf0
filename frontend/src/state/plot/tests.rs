//! From a panel's answer to what a chart draws.

use server_api::ABSENT;

use super::*;

fn entry(kind: &str, unit: &str, legend: &str) -> PanelEntry {
    serde_json::from_str(&format!(
        r#"{{"id":"x","title":"Panel","tells":"","when_bad":"","unit":"{unit}","kind":"{kind}","covers":[],
            "queries":[{{"expr":"","legend":"{legend}"}}],
            "thresholds":[{{"at":0.9,"level":"critical"}},{{"at":0.7,"level":"warning"}},{{"at":0.1,"level":"purple"}}]}}"#
    ))
    .unwrap()
}

fn frame(labels: &[(&str, &str)], values: &[f64]) -> Frame {
    Frame {
        query: 0,
        labels: labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        start: 1_000,
        step: 60,
        values: values.to_vec(),
        ..Frame::default()
    }
}

#[track_caller]
fn check_legend(template: &str, labels: &[(&str, &str)], expect: &str) {
    assert_eq!(
        legend(template, &frame(labels, &[]).labels, "Panel"),
        expect,
        "{template}"
    );
}

#[test]
fn a_legend_takes_its_words_from_the_labels() {
    let both = [("model", "granite"), ("pod", "a-0")];
    check_legend("{pod}", &both, "a-0");
    check_legend("p95 {model} on {pod}", &both, "p95 granite on a-0");
    check_legend("p95 {nowhere}", &both, "p95");
    check_legend("{nowhere}", &both, "granite a-0");
    check_legend("", &[], "Panel");
    check_legend("open { brace", &both, "open { brace");
    check_legend("{pod}", &[("pod", "{model}")], "{model}");
}

#[test]
fn a_line_knows_its_newest_sample_and_its_extent() {
    let plot = Plot::new(
        &entry("line", "ratio", "{pod}"),
        vec![
            frame(&[("pod", "a")], &[0.5, 0.25, f64::INFINITY, f64::NAN, ABSENT]),
            frame(&[], &[ABSENT]),
        ],
        0,
        1,
    );
    let [line, nothing] = plot.lines.as_slice() else {
        panic!("two lines: {plot:?}");
    };
    assert_eq!(line.last(), Some((1_120, f64::INFINITY)));
    assert_eq!(line.extent(), Some((0.25, 0.5)));
    assert_eq!((nothing.last(), nothing.extent(), nothing.color), (None, None, 1));
    assert!(!plot.is_empty());
}

#[test]
fn absent_everywhere_is_nothing_to_draw_but_a_real_nan_is() {
    for (value, empty) in [(ABSENT, true), (f64::NAN, false), (0.0, false)] {
        let plot = Plot::new(&entry("line", "ratio", ""), vec![frame(&[], &[value])], 0, 1);
        assert_eq!(plot.is_empty(), empty, "{value:?}");
    }
}

#[test]
fn the_worst_threshold_reached_counts_and_an_unknown_level_is_left_out() {
    let plot = Plot::new(&entry("stat", "ratio", ""), vec![], 0, 1);
    assert_eq!(plot.thresholds.len(), 2);
    for (value, level) in [(0.2, None), (0.7, Some(Level::Warning)), (0.95, Some(Level::Critical))] {
        assert_eq!(plot.judge(value), level.map(Beyond::High), "{value}");
    }
}

#[test]
fn below_a_floor_is_low_and_at_it_is_good() {
    let mut entry = entry("stat", "ratio", "");
    for (limit, at) in entry.thresholds.iter_mut().zip([0.88, 0.92]) {
        (limit.at, limit.below) = (at, true);
    }
    let plot = Plot::new(&entry, vec![], 0, 1);
    for (value, said) in [
        (0.95, None),
        (0.92, None),
        (0.9, Some("low")),
        (0.5, Some("critically low")),
        (f64::NAN, None),
    ] {
        assert_eq!(plot.judge(value).map(Beyond::word), said, "{value}");
    }
    assert_eq!((plot.thresholds.len(), plot.floors.len()), (0, 2));
}

#[test]
fn buckets_stand_in_rising_order_under_readable_bounds() {
    let plot = Plot::new(
        &entry("bar", "requests", ""),
        vec![
            frame(&[("le", "+Inf")], &[3.0]),
            frame(&[("le", "20000.0")], &[2.0]),
            frame(&[("le", "100.0")], &[1.0, ABSENT]),
            frame(&[("pod", "no bucket")], &[9.0]),
        ],
        0,
        1,
    );
    let expect: Vec<(String, f64)> = [("≤100", 1.0), ("≤20k", 2.0), (">20k", 3.0)]
        .map(|(label, value)| (label.to_owned(), value))
        .into();
    assert_eq!(plot.bars, expect);
}

#[test]
fn a_quantile_at_the_end_of_its_histogram_is_said_as_more_or_less() {
    let mut quantile = frame(&[], &[0.1, 0.3, 4.0, 10.0, ABSENT]);
    quantile.above = vec![10.0];
    quantile.below = Some(0.3);
    let plot = Plot::new(&entry("line", "seconds", "p95"), vec![quantile], 0, 1);
    let [line] = plot.lines.as_slice() else {
        panic!("one line: {plot:?}")
    };
    let said: Vec<_> = line
        .values
        .iter()
        .map(|value| line.say(Unit::Seconds, *value))
        .collect();
    assert_eq!(said.get(..4).unwrap(), ["<300 ms", "<300 ms", "4 s", ">10 s"]);
    assert_eq!(line.extent(), Some((0.3, 10.0)), "drawn at the bounds");
    assert!(plot.beyond().unwrap().starts_with("> and < mean"));
    let plain = Plot::new(&entry("line", "seconds", "p95"), vec![frame(&[], &[0.1, 10.0])], 0, 1);
    assert_eq!(plain.beyond(), None);
}

#[test]
fn infinite_samples_are_explained_and_others_need_no_word() {
    let plot = |values: &[f64]| Plot::new(&entry("line", "ratio", "a"), vec![frame(&[], values)], 0, 1);
    for value in [f64::INFINITY, f64::NEG_INFINITY] {
        assert!(plot(&[0.5, value]).infinite().unwrap().starts_with("∞ marks"));
    }
    assert_eq!(plot(&[0.5, f64::NAN, ABSENT]).infinite(), None);
}
