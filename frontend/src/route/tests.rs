//! Addresses to locations and back.

use super::*;

#[track_caller]
fn check(address: &str, expect: Location, canonical: &str) {
    let got = Location::parse(address).expect("the page exists");
    assert_eq!(got, expect, "{address}");
    assert_eq!(got.address(), canonical, "{address}");
    assert_eq!(Location::parse(canonical), Ok(expect), "{canonical} reads back");
}

#[test]
fn a_bare_address_is_the_overview_of_the_last_day() {
    for address in [
        "",
        "/",
        "/servelens",
        "/servelens/",
        "/servelens/overview",
        "/servelens?range=24h&refresh=30s",
    ] {
        check(address, Location::default(), "/servelens/overview");
    }
}

#[test]
fn every_choice_has_its_place_in_the_address() {
    let location = Location {
        page: Page::Models,
        scope: Scope::Namespace("llm-prod".into()),
        models: vec!["granite-3.3-8b-instruct".into(), "org/model b&c=d".into()],
        workloads: vec!["granite".into()],
        range: TimeRange::Last(Preset::Week),
        refresh: Refresh::Every(300),
        rest: vec![("pod".into(), "granite-0".into())],
    };
    assert_eq!(location.pods(), ["granite-0"]);
    check(
        "/servelens/ns/llm-prod/models?range=7d&refresh=5m&model=granite-3.3-8b-instruct&pod=granite-0&workload=granite&model=org%2Fmodel+b%26c%3dd#top",
        location,
        "/servelens/ns/llm-prod/models?model=granite-3.3-8b-instruct&model=org%2Fmodel%20b%26c%3Dd&workload=granite&range=7d&refresh=5m&pod=granite-0",
    );
    check(
        "/servelens/all-namespaces/gpus?from=1763796000&to=1763882400&refresh=off",
        Location {
            page: Page::Gpus,
            scope: Scope::All,
            range: TimeRange::Between {
                from: 1_763_796_000,
                to: 1_763_882_400,
            },
            refresh: Refresh::Off,
            ..Location::default()
        },
        "/servelens/all-namespaces/gpus?from=1763796000&to=1763882400&refresh=off",
    );
}

#[test]
fn nonsense_falls_back_and_foreign_parameters_stay() {
    check(
        "/servelens/routing?range=5y&refresh=1ms&from=9&to=later&model=&lng=fr&%zz=100%",
        Location {
            page: Page::Routing,
            rest: vec![("lng".into(), "fr".into()), ("%zz".into(), "100%".into())],
            ..Location::default()
        },
        "/servelens/routing?lng=fr&%25zz=100%25",
    );
}

#[test]
fn a_range_that_runs_backwards_is_asked_for_as_it_stands() {
    check(
        "/servelens/gpus?from=9&to=3",
        Location {
            page: Page::Gpus,
            range: TimeRange::Between { from: 9, to: 3 },
            ..Location::default()
        },
        "/servelens/gpus?from=9&to=3",
    );
}

#[test]
fn what_can_be_no_dashboards_id_is_named_as_lost() {
    for address in [
        "/servelens/GPU",
        "/servelens/ns/a/GPU?range=1h",
        "/servelens/all-namespaces/GPU",
    ] {
        assert_eq!(Location::parse(address), Err(NoSuchPage { wanted: "GPU".into() }));
    }
}

#[test]
fn every_page_range_and_interval_survives_the_round_trip() {
    let refreshes = INTERVALS
        .iter()
        .map(|(_, seconds)| Refresh::Every(*seconds))
        .chain([Refresh::Off]);
    for refresh in refreshes {
        for page in Page::TABS.into_iter().chain([Page::Board("load_tests".into())]) {
            for preset in PRESETS.into_iter().chain(MORE_PRESETS) {
                let location = Location {
                    page: page.clone(),
                    refresh,
                    range: TimeRange::Last(preset),
                    scope: Scope::Namespace("ü/ x".into()),
                    ..Location::default()
                };
                assert_eq!(Location::parse(&location.address()), Ok(location));
            }
        }
    }
}

#[test]
fn a_moving_range_ends_now_and_a_fixed_one_stays() {
    assert_eq!(TimeRange::Last(Preset::Hour).bounds(10_000), (6_400, 10_000));
    assert_eq!(TimeRange::Between { from: 1, to: 2 }.bounds(10_000), (1, 2));
    assert!(TimeRange::default().moves());
    assert!(!TimeRange::Between { from: 1, to: 2 }.moves());
}

#[test]
fn a_range_that_was_pointed_at_has_an_order_and_a_least_length() {
    let check = |one, other, from, to| assert_eq!(TimeRange::around(one, other), TimeRange::Between { from, to });
    check(1_000, 5_000, 1_000, 5_000);
    check(5_000, 1_000, 1_000, 5_000);
    check(1_000, 1_000, 940, 1_060);
    check(1_000, 1_061, 971, 1_091);
}

#[test]
fn a_wider_or_a_moved_range_stays_out_of_the_future() {
    let between = |from, to| TimeRange::Between { from, to };
    let now = 100_000;
    assert_eq!(between(10_000, 20_000).wider(now), between(5_000, 25_000));
    assert_eq!(between(90_000, 100_000).wider(now), between(80_000, 100_000));
    assert_eq!(TimeRange::Last(Preset::Hour).wider(now), between(92_800, 100_000));
    assert_eq!(between(10_000, 20_000).moved(false, now), between(5_000, 15_000));
    assert_eq!(between(10_000, 20_000).moved(true, now), between(15_000, 25_000));
    assert_eq!(between(92_000, 98_000).moved(true, now), between(94_000, 100_000));
    assert_eq!(between(94_000, 100_000).moved(true, now), between(94_000, 100_000));
    for year in [366, 1_000] {
        let whole = between(0, year * 86_400);
        assert_eq!(whole.wider(i64::MAX), whole, "a year is the longest");
    }
    assert_eq!(
        between(110_000, 112_000).wider(now),
        between(108_000, 112_000),
        "a future that was asked for stays"
    );
}
