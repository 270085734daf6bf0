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
        rest: vec![],
    };
    check(
        "/servelens/ns/llm-prod/models?range=7d&refresh=5m&model=granite-3.3-8b-instruct&workload=granite&model=org%2Fmodel+b%26c%3dd#top",
        location,
        "/servelens/ns/llm-prod/models?model=granite-3.3-8b-instruct&model=org%2Fmodel%20b%26c%3Dd&workload=granite&range=7d&refresh=5m",
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
        "/servelens/routing?range=5y&refresh=1ms&from=9&to=3&model=&lng=fr&%zz=100%",
        Location {
            page: Page::Routing,
            rest: vec![("lng".into(), "fr".into()), ("%zz".into(), "100%".into())],
            ..Location::default()
        },
        "/servelens/routing?lng=fr&%25zz=100%25",
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
            for preset in PRESETS {
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
