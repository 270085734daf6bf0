//! What is kept of answers: for whom, how long, and what of it is asked again.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::http::Method;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use super::{
    harness::{Answer, START, Server, good, matrix, series, server_with},
    said::MARK,
    script::{Asked, Deed},
};
use crate::config::{CacheConfig, ServeConfig};

const DAY: i64 = 86_400;

fn keeping(config: &mut ServeConfig) {
    config.cache = CacheConfig {
        bytes: 16 << 20,
        refresh: Duration::from_secs(30),
    };
}

fn bearer(asked: &Asked) -> &str {
    let header = asked.headers.iter().find(|(name, _)| name == "authorization");
    header.map_or("", |(_, value)| value)
}

/// A store whose values tell the instant and who asked: nothing can be mixed up unseen.
fn clock(asked: &Asked) -> Deed {
    if !asked.path.ends_with("query_range") {
        return good(asked);
    }
    let number = |name: &str| asked.param(name).parse::<i64>().unwrap();
    let (start, end, step) = (number("start"), number("end"), number("step"));
    let values: Vec<_> = (0..=(end - start) / step)
        .map(|index| json!([start + index * step, (start + index * step).to_string()]))
        .collect();
    matrix(&json!([{"metric": {"pod": bearer(asked)}, "values": values}]))
}

async fn look(server: &Server, token: &str, panels: &[&str], range: (i64, i64)) -> Answer {
    let bearer = format!("Bearer {MARK}{token}");
    let request = json!({"panels": panels, "from": range.0, "to": range.1, "width": 600});
    let headers = [("authorization", bearer.as_str())];
    server
        .send(Method::POST, "/api/panels", &headers, &request.to_string())
        .await
}

/// `start..end` of every range query since the last look, and how many other questions there were.
fn runs(server: &Server, seen: &mut usize) -> (Vec<(i64, i64)>, usize) {
    let asked = server.upstream.asked().split_off(*seen);
    *seen += asked.len();
    // The probe is remembered in another way.
    let asked: Vec<&Asked> = asked.iter().filter(|asked| !asked.is_probe()).collect();
    let (ranges, others): (Vec<&Asked>, Vec<&Asked>) =
        asked.iter().partition(|asked| asked.path.ends_with("query_range"));
    let run = |asked: &&Asked| {
        (
            asked.param("start").parse().unwrap(),
            asked.param("end").parse().unwrap(),
        )
    };
    (ranges.iter().map(run).collect(), others.len())
}

#[tokio::test]
async fn of_a_range_that_moves_on_only_the_newest_part_is_asked() {
    let server = server_with(clock, keeping).await;
    let fresh = server_with(clock, |_| {}).await;
    let mut seen = 0;
    // Three days on 600 px: a point each 450 s.
    let check = async |seen: &mut usize, from: i64, to: i64| {
        let kept = look(&server, "a", &["t.gauge"], (from, to)).await.lines();
        assert_eq!(
            kept,
            look(&fresh, "a", &["t.gauge"], (from, to)).await.lines(),
            "{from}..{to}"
        );
        runs(&server, seen).0
    };
    // A whole multiple of it.
    let to = START - 300;
    let from = to - 3 * DAY;
    assert_eq!(check(&mut seen, from, to).await, [(from, to)]);
    assert_eq!(check(&mut seen, from, to).await, []);
    assert_eq!(check(&mut seen, from + 450, to + 450).await, [(to + 450, to + 450)]);
    assert_eq!(check(&mut seen, from + 1800, to + 1800).await, [(to + 900, to + 1800)]);
    // Back to a time before the first look: its days are asked, the known ones not.
    let midnight = (from + 1800).div_euclid(DAY) * DAY;
    let back = check(&mut seen, from - DAY, to - DAY).await;
    assert_eq!(back.first().unwrap().0, from - DAY);
    assert!(back.iter().all(|(_, end)| *end < midnight + DAY), "{back:?}");
}

#[tokio::test]
async fn a_time_that_may_still_change_is_asked_again_and_within_the_refresh_time_once() {
    let server = server_with(clock, keeping).await;
    let now = server.running.app.now();
    let (mut seen, range) = (0, (now - 3600, now));
    look(&server, "a", &["t.gauge"], range).await.lines();
    assert_eq!(runs(&server, &mut seen).0.len(), 1);
    for _ in 0..10 {
        look(&server, "a", &["t.gauge"], range).await.lines();
    }
    assert_eq!(
        runs(&server, &mut seen),
        (vec![], 0),
        "ten looks within the refresh time"
    );
    // One step later the last three minutes are asked, because they may have changed, and nothing before them.
    look(&server, "a", &["t.gauge"], (range.0 + 60, range.1 + 60))
        .await
        .lines();
    let (runs, _) = runs(&server, &mut seen);
    let [(start, end)] = runs[..] else { panic!("{runs:?}") };
    assert!(start >= now - 300 && end > now - 60, "{start}..{end} at {now}");
}

#[tokio::test]
async fn a_board_that_moves_on_asks_nothing_but_its_panels_own_questions() {
    let server = server_with(clock, |config| {
        keeping(config);
        // Each look comes after the refresh time of the one before.
        config.cache.refresh = Duration::ZERO;
    })
    .await;
    let (mut seen, panels) = (0, ["t.gauge", "t.rate"]);
    for moved in 0..16 {
        let end = START - 540 + 30 * moved;
        let lines = look(&server, "a", &panels, (end - 3540, end)).await.lines();
        assert_eq!((&lines[0]["state"], &lines[1]["state"]), (&json!("ok"), &json!("ok")));
        let (ranges, others) = runs(&server, &mut seen);
        assert_eq!(
            (ranges.len(), others),
            (2, usize::from(moved == 0)),
            "moved by {moved} steps"
        );
    }
    // Ten minutes later what exists is looked up again.
    look(&server, "a", &panels, (START - 2940, START + 600)).await.lines();
    assert_eq!(runs(&server, &mut seen).1, 1);
}

#[tokio::test]
async fn promise_04_that_nothing_is_there_is_told_only_to_who_may_still_look() {
    let denied = Arc::new(AtomicBool::new(false));
    let play = Arc::clone(&denied);
    let server = server_with(
        move |asked| match asked.path.as_str() {
            _ if play.load(Ordering::Relaxed) => Deed::answer("403 Forbidden", "text/plain", "Forbidden"),
            "/api/v1/series" => series(&["t_new"]),
            _ => clock(asked),
        },
        |config| {
            keeping(config);
            config.cache.refresh = Duration::ZERO;
        },
    )
    .await;
    let (mut seen, range) = (0, (START - 3600, START));
    let states = async |panels: &[&str]| {
        let lines = look(&server, "a", panels, range).await.lines();
        let state = |panel: &&str| lines.iter().find(|line| line["panel"] == *panel).unwrap()["state"].clone();
        panels.iter().map(state).collect::<Vec<_>>()
    };
    assert_eq!(states(&["t.rate", "t.gauge"]).await, ["no_samples", "ok"]);
    assert_eq!(runs(&server, &mut seen).1, 1);
    denied.store(true, Ordering::Relaxed);
    // The list of names is still kept; nobody is told what is not on it.
    assert_eq!(states(&["t.rate"]).await, ["denied"]);
    assert_eq!(states(&["t.rate", "t.gauge"]).await, ["denied", "denied"]);
}

#[tokio::test]
async fn promise_03_nothing_kept_crosses_callers() {
    let server = server_with(clock, keeping).await;
    for round in 0..20 {
        let looks = (0..50).map(|turn| {
            let token = ["alice", "bob", "alicf", "alice2"][turn % 4];
            let from = START - 3600 + 30 * (round % 7);
            let answer = look(&server, token, &["t.gauge"], (from, START));
            async move { (token, answer.await.lines()) }
        });
        for (token, lines) in join_all(looks).await {
            let frames = lines[0]["frames"].as_array().unwrap();
            assert_eq!(frames.len(), 1, "{}", lines[0]);
            assert_eq!(frames[0]["labels"]["pod"], format!("Bearer {MARK}{token}"));
        }
    }
    let ranges = server
        .upstream
        .asked()
        .iter()
        .filter(|asked| asked.path.ends_with("query_range") && !asked.is_probe())
        .count();
    assert!(
        (4..=28).contains(&ranges),
        "{ranges} questions for 1000 looks of 4 callers"
    );
}

#[tokio::test]
async fn promise_18_an_answer_with_warnings_is_never_kept() {
    let server = server_with(
        |asked| {
            let Deed::Json(text) = clock(asked) else { unreachable!() };
            let mut body: Value = serde_json::from_str(&text).unwrap();
            body["warnings"] = json!(["a store is away"]);
            Deed::Json(body.to_string())
        },
        keeping,
    )
    .await;
    let mut seen = 0;
    for _ in 0..3 {
        let lines = look(&server, "a", &["t.gauge"], (START - 3600, START)).await.lines();
        assert_eq!(lines[0]["warnings"], json!(["a store is away"]));
        assert_eq!(runs(&server, &mut seen).0, [(START - 3600, START)]);
    }
}

#[tokio::test]
async fn an_empty_answer_is_looked_up_again_because_a_dead_store_gives_one_too() {
    let empty = Arc::new(AtomicBool::new(true));
    let play = Arc::clone(&empty);
    let server = server_with(
        move |asked| {
            let is_range = asked.path.ends_with("query_range");
            if is_range && play.load(Ordering::Relaxed) {
                matrix(&json!([]))
            } else {
                clock(asked)
            }
        },
        |config| {
            keeping(config);
            config.cache.refresh = Duration::ZERO;
        },
    )
    .await;
    let state = async || look(&server, "a", &["t.gauge"], (START - 3600, START)).await.lines()[0]["state"].clone();
    assert_eq!(state().await, "no_samples");
    empty.store(false, Ordering::Relaxed);
    assert_eq!(state().await, "ok");
}

#[tokio::test]
async fn promise_04_a_refusal_ends_all_that_was_kept_of_the_caller_and_of_nobody_else() {
    let denied = Arc::new(AtomicBool::new(false));
    let play = Arc::clone(&denied);
    let server = server_with(
        move |asked| {
            if play.load(Ordering::Relaxed) && bearer(asked) == format!("Bearer {MARK}a") {
                return Deed::answer("403 Forbidden", "text/plain", "Forbidden");
            }
            clock(asked)
        },
        keeping,
    )
    .await;
    let range = (START - 3600, START);
    for token in ["a", "b"] {
        assert_eq!(
            look(&server, token, &["t.gauge"], range).await.lines()[0]["state"],
            "ok"
        );
    }
    denied.store(true, Ordering::Relaxed);
    // Another question is refused; from then on the kept answers are gone as well.
    assert_eq!(
        look(&server, "a", &["t.rate"], (START - 7200, START)).await.lines()[0]["state"],
        "denied"
    );
    let lines = look(&server, "a", &["t.gauge"], range).await.lines();
    assert_eq!(
        (&lines[0]["state"], &lines[0]["frames"]),
        (&json!("denied"), &json!([]))
    );
    let asked = server.upstream.asked().len();
    assert_eq!(look(&server, "b", &["t.gauge"], range).await.lines()[0]["state"], "ok");
    assert_eq!(server.upstream.asked().len(), asked, "what b has seen is still kept");
}

#[tokio::test]
async fn promise_04_after_the_refresh_time_the_store_is_asked_whether_the_caller_may_still_see() {
    let denied = Arc::new(AtomicBool::new(false));
    let play = Arc::clone(&denied);
    let server = server_with(
        move |asked| {
            let is_range = asked.path.ends_with("query_range");
            if is_range && play.load(Ordering::Relaxed) {
                return Deed::answer("401 Unauthorized", "text/plain", "Unauthorized");
            }
            clock(asked)
        },
        |config| {
            keeping(config);
            // Over at once: the days are kept, and nobody vouches for the caller.
            config.cache.refresh = Duration::ZERO;
        },
    )
    .await;
    let (mut seen, range) = (0, (START - 3600, START));
    for expect in [(START - 3600, START), (START, START)] {
        assert_eq!(look(&server, "a", &["t.gauge"], range).await.lines()[0]["state"], "ok");
        assert_eq!(runs(&server, &mut seen).0, [expect]);
    }
    denied.store(true, Ordering::Relaxed);
    let lines = look(&server, "a", &["t.gauge"], range).await.lines();
    assert_eq!(
        (&lines[0]["state"], &lines[0]["frames"]),
        (&json!("denied"), &json!([]))
    );
}

#[tokio::test]
async fn promise_20_equal_questions_of_one_caller_that_are_on_their_way_are_one() {
    let (asked, go) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (count, held) = (Arc::clone(&asked), Arc::clone(&go));
    let arrived = Arc::new(Notify::new());
    let arrives = Arc::clone(&arrived);
    let server = server_with(
        move |asked| {
            if !asked.path.ends_with("query_range") {
                return good(asked);
            }
            count.fetch_add(1, Ordering::SeqCst);
            arrives.notify_one();
            let Deed::Json(body) = clock(asked) else { unreachable!() };
            let (send, receive) = oneshot::channel();
            held.lock().unwrap().push(send);
            Deed::Wait(receive, body)
        },
        keeping,
    )
    .await;
    let range = (START - 3600, START);
    // The first one goes away while all others wait for its question.
    let first = tokio::time::timeout(Duration::from_secs(60), async {
        tokio::select! {
            _ = look(&server, "a", &["t.gauge"], range) => panic!("nobody has answered yet"),
            () = arrived.notified() => {}
        }
    });
    first.await.unwrap();
    let looks = join_all((0..50).map(|_| look(&server, "a", &["t.gauge"], range)));
    let release = async {
        arrived.notified().await;
        for send in go.lock().unwrap().drain(..) {
            // The first one's has gone with it.
            let _ = send.send(());
        }
    };
    let (answers, ()) = tokio::join!(looks, release);
    for answer in answers {
        assert_eq!(answer.lines()[0]["state"], "ok");
    }
    assert_eq!(
        asked.load(Ordering::SeqCst),
        2,
        "the one that went away, and one for all fifty"
    );
}
