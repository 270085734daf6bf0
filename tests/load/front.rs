//! Five people with a hundred open boards each, before OpenShift's own front.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use futures_util::future::try_join_all;
use tests::rig::front_door::{User, front};
use tests::rig::serve::serve_with;
use tests::rig::{board, http, small_dist};

use super::asked;

const BOARDS: usize = 100;

#[tokio::test]
async fn a_hundred_open_boards_of_each_of_five_callers_are_one_board_to_the_store() -> Result<()> {
    let front = front()?;
    let (assets, boards) = (small_dist::write()?, board::write()?);
    let settings = [
        "--upstream",
        "thanos",
        "--cluster-url",
        &front.cluster_url,
        "--tenancy-url",
        &front.tenancy_url,
        "--rules-url",
        &front.rules_url,
        "--kube-url",
        &front.kube.url,
        "--ca-file",
        &front.ca_file.to_string_lossy(),
        "--dashboards",
        &boards.path().to_string_lossy(),
        // The test's machine has two cores for five programs and five hundred readers.
        "--queue-timeout",
        "1m",
        "--scrape-interval",
        "1s",
    ];
    let server = serve_with(assets.path(), &settings).await?;
    // A second session of somebody who has one is another caller.
    let second = front.kube.another_token(User::Admin).await?;
    let callers = [
        (front.kube.token(User::Admin), None),
        (front.kube.token(User::Viewer), None),
        (front.kube.token(User::One), Some("team-a")),
        (front.kube.token(User::Two), Some("team-b")),
        (second.as_str(), None),
    ];
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    // A little ahead: the stores have been there for some seconds only.
    let began = now.div_euclid(30) * 30 + 60;
    let since = Instant::now();
    let mut last = (0, 0);
    let mut told = Vec::new();
    // At once, again within the refresh time, and a minute later.
    for to in [began, began, began + 60] {
        let open = callers.iter().flat_map(|(token, namespace)| {
            let request = board::request(*namespace, to);
            (0..BOARDS).map(move |_| (*token, request.clone()))
        });
        let looks = open.map(async |(token, request)| {
            let bearer = format!("Bearer {token}");
            let url = format!("{}/api/panels", server.url);
            let answer = http::post_json(&url, &[("authorization", &bearer)], &request).await?;
            board::is_whole(&answer)
        });
        try_join_all(looks).await?;
        let count = asked(&server).await?;
        let count = |api: &str| count.get(api).copied().unwrap_or(0);
        told.push((
            count("query_range") - last.0,
            count("series") - last.1,
            since.elapsed().as_secs(),
        ));
        last = (count("query_range"), count("series"));
    }
    println!(
        "five callers with {BOARDS} boards of {} panels, three times: {told:?}",
        board::PANELS
    );
    // Five callers; forty panels, one look at where the data begins and one list of names for each board. An answer serves its
    // caller for 30 s, so that a machine that takes longer for a round has to ask again.
    let [
        (ranges, lists, _),
        (again, lists_again, by_then),
        (later, lists_later, _),
    ] = told[..]
    else {
        panic!("{told:?}")
    };
    let most = by_then / 30;
    assert!((ranges, lists) == (205, 5) || by_then >= 30, "{told:?}");
    assert!(again <= 205 * most && lists_again <= 5 * most, "{told:?}");
    assert!(
        (200..=205 * (1 + most)).contains(&later) && lists_later >= 5,
        "{told:?}"
    );
    Ok(())
}
