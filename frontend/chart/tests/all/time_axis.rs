//! Where the time axis is marked: round local times, as many as have room.

use chart::{Clock, Grain, Spec, Utc, layout};

use crate::{MIDNIGHT, day};

/// Marks with their labels; a strong one in brackets, one without room for its label as a dot.
fn marks(from: i64, seconds: i64, width: f64, clock: &dyn Clock) -> String {
    let layout = layout(&Spec {
        from,
        to: from + seconds,
        width,
        clock,
        ..day(&[])
    });
    let said = layout
        .x_ticks
        .iter()
        .map(|tick| match (tick.label.as_str(), tick.strong) {
            ("", _) => "·".to_owned(),
            (label, true) => format!("[{label}]"),
            (label, false) => label.to_owned(),
        });
    said.collect::<Vec<_>>().join("  ")
}

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Not on any round time: 13:17:23.
const ODD: i64 = MIDNIGHT + 13 * HOUR + 17 * 60 + 23;

#[test]
fn ranges_from_seconds_to_centuries_are_marked_at_round_times() {
    let rows = [
        ("20 s", 20),
        ("5 min", 300),
        ("15 min", 900),
        ("1 h", HOUR),
        ("3 h", 3 * HOUR),
        ("6 h", 6 * HOUR),
        ("12 h", 12 * HOUR),
        ("24 h", DAY),
        ("2 d", 2 * DAY),
        ("7 d", 7 * DAY),
        ("30 d", 30 * DAY),
        ("90 d", 90 * DAY),
        ("1 y", 365 * DAY),
        ("5 y", 5 * 365 * DAY),
        ("100 y", 100 * 365 * DAY),
    ];
    let said = |width| {
        rows.iter()
            .map(|(name, span)| format!("{name}: {}\n", marks(ODD, *span, width, &Utc)))
            .collect::<String>()
    };
    insta::assert_snapshot!(said(620.0), @r#"
    20 s: 13:17:25  13:17:30  13:17:35  13:17:40
    5 min: 13:18  13:19  13:20  13:21  13:22
    15 min: 13:18  13:20  13:22  13:24  13:26  13:28  13:30  13:32
    1 h: 13:20  13:30  13:40  13:50  14:00  14:10
    3 h: 13:30  14:00  14:30  15:00  15:30  16:00
    6 h: 14:00  15:00  16:00  17:00  18:00  19:00
    12 h: 14:00  16:00  18:00  20:00  22:00  [Nov 24]
    24 h: 15:00  18:00  21:00  [Nov 24]  03:00  06:00  09:00  12:00
    2 d: 18:00  [Nov 24]  06:00  12:00  18:00  [Nov 25]  06:00  12:00
    7 d: Nov 24  Nov 25  Nov 26  Nov 27  Nov 28  Nov 29  Nov 30
    30 d: Nov 30  Dec 7  Dec 14  Dec 21
    90 d: Dec 7  Dec 21  Jan 4  Jan 18  Feb 1  Feb 15
    1 y: [2027]  Apr  Jul  Oct
    5 y: [2027]  Jul  [2028]  Jul  [2029]  Jul  [2030]  Jul  [2031]  Jul
    100 y: 2030  2040  2050  2060  2070  2080  2090  2100  2110  2120
    "#);
    insta::assert_snapshot!(said(360.0), @r#"
    20 s: 13:17:25  13:17:30  13:17:35  13:17:40
    5 min: 13:18  13:19  13:20  13:21  13:22
    15 min: 13:20  13:25  13:30
    1 h: 13:30  13:45  14:00  14:15
    3 h: 14:00  15:00  16:00
    6 h: 14:00  16:00  18:00
    12 h: 15:00  18:00  21:00  [Nov 24]
    24 h: 18:00  [Nov 24]  06:00  12:00
    2 d: [Nov 24]  12:00  [Nov 25]  12:00
    7 d: Nov 25  Nov 27  Nov 29
    30 d: Nov 30  Dec 7  Dec 14  Dec 21
    90 d: Dec  [2027]  Feb
    1 y: [2027]  Apr  Jul  Oct
    5 y: 2027  2028  2029  2030  2031
    100 y: 2040  2060  2080  2100  2120
    "#);
}

#[test]
fn a_wide_chart_has_more_marks_than_a_narrow_one() {
    let count = |width| layout(&Spec { width, ..day(&[]) }).x_ticks.len();
    assert_eq!(
        [200.0, 300.0, 400.0, 620.0, 1_200.0, 2_400.0].map(count),
        [3, 5, 5, 9, 13, 25]
    );
}

/// Berlin about its changes of clocks in 2026.
struct Berlin;

impl Clock for Berlin {
    fn offset_s(&self, unix: i64) -> i32 {
        const SPRING: i64 = 1_774_746_000;
        const AUTUMN: i64 = 1_792_890_000;
        if (SPRING..AUTUMN).contains(&unix) { 7_200 } else { 3_600 }
    }

    fn label(&self, unix: i64, grain: Grain) -> String {
        Utc.label(unix + i64::from(self.offset_s(unix)), grain)
    }
}

#[test]
fn marks_stay_on_round_local_times_across_a_change_of_clocks() {
    // From 22:30 UTC on the eve to noon: 02:00 is skipped in spring; in autumn it comes twice and is marked once.
    let spring = 1_774_746_000 - 2 * HOUR - 1_800;
    let autumn = 1_792_890_000 - 2 * HOUR - 1_800;
    insta::assert_snapshot!(marks(spring, 12 * HOUR, 1_200.0, &Berlin), @"[Mar 29]  01:00  03:00  04:00  05:00  06:00  07:00  08:00  09:00  10:00  11:00  12:00");
    insta::assert_snapshot!(marks(autumn, 12 * HOUR, 1_200.0, &Berlin), @"01:00  02:00  03:00  04:00  05:00  06:00  07:00  08:00  09:00  10:00  11:00");
    insta::assert_snapshot!(marks(autumn - 3 * DAY, 7 * DAY, 1_200.0, &Berlin), @"12:00  [Oct 23]  12:00  [Oct 24]  12:00  [Oct 25]  12:00  [Oct 26]  12:00  [Oct 27]  12:00  [Oct 28]  12:00");
}

/// Half an hour beside the full ones, as in India.
struct HalfHour;

impl Clock for HalfHour {
    fn offset_s(&self, _: i64) -> i32 {
        19_800
    }

    fn label(&self, unix: i64, grain: Grain) -> String {
        Utc.label(unix + 19_800, grain)
    }
}

#[test]
fn midnight_is_the_local_one() {
    insta::assert_snapshot!(marks(MIDNIGHT, DAY, 620.0, &HalfHour), @"06:00  09:00  12:00  15:00  18:00  21:00  [Nov 24]  03:00");
}
