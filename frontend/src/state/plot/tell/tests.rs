//! Pictures to sentences.

use chart::Unit;
use server_api::ABSENT;

use super::*;

fn line(name: &str, values: &[f64]) -> Line {
    Line {
        name: name.to_owned(),
        color: 0,
        start: 0,
        step: 60,
        values: values.to_vec(),
        above: vec![10.0],
        below: None,
        few: None,
    }
}

fn seconds(lines: Vec<Line>) -> Plot {
    Plot {
        unit: Unit::Seconds,
        lines,
        ..Plot::default()
    }
}

#[track_caller]
fn check(lines: Vec<Line>, expect: &str) {
    let clock = |unix: i64| format!("minute {}", unix / 60);
    assert_eq!(tell(&seconds(lines), "p95 time to first token", &clock), expect);
}

#[test]
fn a_step_is_said_with_both_levels_and_the_time() {
    check(
        vec![line("granite", &[0.4, 0.41, 0.39, 0.4, 0.4, 2.0, 2.1, 2.1, 2.2])],
        "p95 time to first token rose from 400 ms to 2.1 s since minute 5.",
    );
    check(
        vec![
            line("a", &[0.4; 9]),
            line("granite", &[2.0, 2.1, 2.1, ABSENT, f64::INFINITY, 0.4, 0.4, 0.41, 0.41]),
        ],
        "p95 time to first token of granite fell from 2.1 s to 410 ms since minute 5.",
    );
}

#[test]
fn noise_and_small_steps_are_no_change() {
    check(
        vec![line("a", &[0.4, 0.9, 0.4, 0.9, 0.4, 0.9, 0.4, 0.9])],
        "p95 time to first token stayed between 400 ms and 900 ms; it was 900 ms at minute 7.",
    );
    check(
        vec![line("a", &[1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.1, 1.1])],
        "p95 time to first token stayed between 1 s and 1.1 s; it was 1.1 s at minute 7.",
    );
    check(
        vec![line("a", &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0])],
        "p95 time to first token stayed between 1 s and 9 s; it was 9 s at minute 7.",
    );
}

#[test]
fn many_lines_without_a_change_name_the_highest() {
    check(
        vec![line("a", &[1.0; 8]), line("b", &[3.0; 8]), line("gone", &[ABSENT; 8])],
        "p95 time to first token: none of 2 lines changed much; the highest is b at 3 s.",
    );
}

#[test]
fn little_data_makes_a_short_sentence() {
    check(vec![], "p95 time to first token");
    check(vec![line("a", &[ABSENT])], "p95 time to first token");
    check(
        vec![line("a", &[0.5])],
        "p95 time to first token was 500 ms at minute 0.",
    );
    check(
        vec![line("a", &[f64::INFINITY])],
        "p95 time to first token was +Inf at minute 0.",
    );
}

#[test]
fn more_than_the_histogram_can_tell_is_said_so() {
    check(
        vec![line("a", &[1.0, 1.0, 1.0, 1.0, 10.0, 10.0, 10.0, 10.0])],
        "p95 time to first token rose from 1 s to more than 10 s since minute 4.",
    );
}

#[test]
fn bars_name_the_highest() {
    let plot = Plot {
        kind: Kind::Bar,
        unit: Unit::Requests,
        bars: vec![("≤100".to_owned(), 3.0), (">100".to_owned(), 40.0)],
        ..Plot::default()
    };
    let clock = |_| String::new();
    assert_eq!(
        tell(&plot, "Prompt length", &clock),
        "Prompt length: the highest of 2 bars is >100 at 40 req."
    );
    let hit = Hit {
        unix: 0,
        x: 0.0,
        values: vec![],
        bar: Some(1),
    };
    assert_eq!(cursor(&plot, &hit, None, &clock), ">100: 40 req");
}

#[test]
fn the_cursor_says_line_value_time_and_place() {
    let plot = seconds(vec![line("a", &[1.0, 2.0]), line("b", &[10.0, ABSENT])]);
    let clock = |unix: i64| format!("minute {}", unix / 60);
    let hit = |unix, values| Hit {
        unix,
        x: 0.0,
        values,
        bar: None,
    };
    let first = hit(0, vec![(0, 1.0, 0.0), (1, 10.0, 0.0)]);
    let second = hit(60, vec![(0, 2.0, 0.0)]);
    for (hit, series, expect) in [
        (&first, Some(0), "a: 1 s at minute 0, line 1 of 2"),
        (&first, Some(1), "b: more than 10 s at minute 0, line 2 of 2"),
        (&second, Some(1), "b: no sample at minute 1, line 2 of 2"),
        (&second, None, "No sample at minute 1"),
    ] {
        assert_eq!(cursor(&plot, hit, series, &clock), expect);
    }
}
