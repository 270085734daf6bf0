//! Five people with a hundred open boards each, before OpenShift's own front.

use std::time::Instant;

use anyhow::Result;
use tests::rig::board;
use tests::rig::crowd::{Colleagues, now, percentile};

use super::asked;

const BOARDS: usize = 100;

#[tokio::test]
async fn a_hundred_open_boards_of_each_of_five_callers_are_one_board_to_the_store() -> Result<()> {
    let colleagues = Colleagues::start().await?;
    // A little ahead: the stores have been there for some seconds only.
    let began = now()?.div_euclid(30) * 30 + 60;
    let since = Instant::now();
    let mut last = (0, 0);
    let (mut told, mut took) = (Vec::new(), Vec::new());
    // At once, again within the refresh time, and a minute later.
    for to in [began, began, began + 60] {
        took.extend(colleagues.open(BOARDS, to).await?);
        let count = asked(&colleagues.server).await?;
        let count = |api: &str| count.get(api).copied().unwrap_or(0);
        told.push((
            count("query_range") - last.0,
            count("series") - last.1,
            since.elapsed().as_secs(),
        ));
        last = (count("query_range"), count("series"));
    }
    println!(
        "five callers with {BOARDS} boards of {} panels, three times: {told:?}; a board's median {:.1} s, p99 {:.1} s; peak \
         memory {} MiB",
        board::PANELS,
        percentile(&mut took, 50)?,
        percentile(&mut took, 99)?,
        colleagues.server.child.peak_kib()? >> 10
    );
    // Five callers; forty panels, one look at where the data begins and one list of names for each board. An answer serves its
    // caller for 30 s, so that a machine that takes longer for a round has to ask again; which names there are, for two
    // minutes, as long as others of the caller's questions are answered.
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
        (200..=205 * (1 + most)).contains(&later) && (lists_later == 0 || by_then >= 30),
        "{told:?}"
    );
    Ok(())
}
