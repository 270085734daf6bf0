//! The history against the real promtool: what goes in comes out, nothing is made twice, nothing half made is left.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use super::*;
use crate::demo::double::Double;

/// A block boundary in 2023.
const BOUNDARY: i64 = 1_699_999_200;
const MINUTE: i64 = 60;

struct Rig {
    root: tempfile::TempDir,
    promtool: PathBuf,
    now: AtomicI64,
}

impl Rig {
    fn new(now: i64) -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            promtool: "promtool".into(),
            now: AtomicI64::new(now),
        }
    }

    async fn prepare(&self, create: impl Fn(i64) -> Double) -> Result<Prepared<Double>, DemoError> {
        let clock = || self.now.load(Ordering::Relaxed);
        let options = Options {
            root: self.root.path(),
            seed: 7,
            promtool: &self.promtool,
            span_s: 60 * MINUTE,
            clock: &clock,
            progress: |_, _| Progress::hidden(),
        };
        prepare(options, create).await
    }

    fn folders(&self, prefix: &str) -> usize {
        let keys = store::entries(self.root.path()).flat_map(|(_, path)| store::entries(&path));
        keys.chain(store::entries(self.root.path()))
            .filter(|(name, _)| name.starts_with(prefix))
            .count()
    }
}

fn fleet(origin: i64) -> Double {
    Double::new(origin, origin + 10 * MINUTE..origin + 15 * MINUTE)
}

/// Minutes from the boundary.
fn minutes(spans: &[Span]) -> Vec<(i64, i64)> {
    spans
        .iter()
        .map(|span| {
            (
                (span.from - BOUNDARY).div_euclid(MINUTE),
                (span.to - BOUNDARY).div_euclid(MINUTE),
            )
        })
        .collect()
}

#[tokio::test]
async fn every_scrape_of_the_simulation_comes_out_of_the_blocks_and_nothing_else() {
    let rig = Rig::new(BOUNDARY + 30 * MINUTE);
    let prepared = rig.prepare(fleet).await.unwrap();
    // promtool reads a whole storage; the log that Prometheus makes at its start is not there yet.
    fs::create_dir(prepared.run.data().join("wal")).unwrap();
    let dump = Command::new("promtool")
        .args(["tsdb", "dump"])
        .arg(prepared.run.data())
        .output()
        .unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    let stored: BTreeSet<String> = String::from_utf8(dump.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();

    let origin = BOUNDARY - 30 * MINUTE;
    let mut again = fleet(origin);
    let mut expected = BTreeSet::new();
    let mut expect =
        |series: &str, value: f64, at: i64| expected.insert(format!("{{__name__={series}}} {value} {at}000"));
    let mut added = [0.0; 2];
    for at in (origin..=BOUNDARY + 30 * MINUTE).step_by(5) {
        again.advance_to(at as f64);
        let requests = again.requests();
        let up = again.scrape(0).is_some();
        for (job, prefix) in [("plain", ""), ("twin", "kserve_")] {
            let tail = format!(r#"instance="app", job="{job}", namespace="ns", pod="app-0""#);
            if up {
                let model = r#"model="a\"b\\c\nd""#;
                expect(
                    &format!(
                        r#""{prefix}requests_total", instance="app", job="{job}", {model}, namespace="ns", pod="app-0""#
                    ),
                    requests,
                    at,
                );
                for le in ["0.5", "+Inf"] {
                    let name = format!(r#""{prefix}wait_seconds_bucket", instance="app", job="{job}""#);
                    expect(
                        &format!(r#"{name}, le="{le}", namespace="ns", pod="app-0""#),
                        requests,
                        at,
                    );
                }
                expect(&format!(r#""{prefix}wait_seconds_sum", {tail}"#), requests / 7.0, at);
                expect(&format!(r#""{prefix}wait_seconds_count", {tail}"#), requests, at);
            }
            let series = if up { 5.0 } else { 0.0 };
            let new = f64::max(series - added[0], 0.0);
            report(&mut expect, &tail, up, series, new, at);
            if job == "twin" {
                added[0] = series;
            }
        }
        if at % 10 == 0 {
            let busy = r#""busy", exported_namespace="llm", instance="gpu", job="gpus", namespace="ns", pod="gpu-0""#;
            expect(busy, requests % 101.0 / 100.0, at);
            report(
                &mut expect,
                r#"instance="gpu", job="gpus", namespace="ns", pod="gpu-0""#,
                true,
                1.0,
                1.0 - added[1],
                at,
            );
            added[1] = 1.0;
        }
    }
    let missing: Vec<_> = expected.difference(&stored).take(5).collect();
    let surplus: Vec<_> = stored.difference(&expected).take(5).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing {missing:#?}, surplus {surplus:#?}"
    );
    assert_eq!(stored.len(), 721 * 2 * 5 + 661 * 2 * 5 + 361 * 6);
}

fn report(expect: &mut impl FnMut(&str, f64, i64) -> bool, tail: &str, up: bool, series: f64, new: f64, at: i64) {
    for (name, value) in [
        ("up", f64::from(up)),
        ("scrape_duration_seconds", 0.001 + series * 1e-6),
        ("scrape_samples_scraped", series),
        ("scrape_samples_post_metric_relabeling", series),
        ("scrape_series_added", new),
    ] {
        expect(&format!(r#""{name}", {tail}"#), value, at);
    }
}

#[tokio::test]
async fn a_warm_start_makes_the_gap_and_nothing_twice() {
    let rig = Rig::new(BOUNDARY + 30 * MINUTE);
    let cold = rig.prepare(fleet).await.unwrap();
    assert_eq!(
        (minutes(&cold.made), minutes(&cold.reused)),
        (vec![(-30, 0), (0, 30)], vec![])
    );

    rig.now.store(BOUNDARY + 35 * MINUTE, Ordering::Relaxed);
    let soon = rig.prepare(fleet).await.unwrap();
    assert_eq!(
        (minutes(&soon.made), minutes(&soon.reused)),
        (vec![(30, 35)], vec![(-30, 0), (0, 30)])
    );

    rig.now.store(BOUNDARY + 150 * MINUTE, Ordering::Relaxed);
    let later = rig.prepare(fleet).await.unwrap();
    let spans = (vec![(30, 120), (120, 150)], vec![(-30, 0), (0, 30)]);
    assert_eq!(
        (minutes(&later.made), minutes(&later.reused)),
        spans,
        "five minutes are not kept"
    );
    assert_eq!(later.simulation.now(), (BOUNDARY + 150 * MINUTE) as f64);
    assert_eq!(store::entries(&later.run.data()).count(), 4);
}

#[tokio::test]
async fn blocks_of_another_simulation_are_made_anew() {
    let rig = Rig::new(BOUNDARY + 30 * MINUTE);
    rig.prepare(fleet).await.unwrap();
    let changed = rig.prepare(|origin| fleet(origin).changed()).await.unwrap();
    assert_eq!(
        (minutes(&changed.made), minutes(&changed.reused)),
        (vec![(-30, 0), (0, 30)], vec![])
    );
}

#[tokio::test]
async fn two_demos_at_once_share_one_history() {
    let rig = Rig::new(BOUNDARY + 30 * MINUTE);
    let (one, other) = tokio::join!(rig.prepare(fleet), rig.prepare(fleet));
    let (one, other) = (one.unwrap(), other.unwrap());
    let made: Vec<_> = [one.made, other.made].concat();
    let reused: Vec<_> = [one.reused, other.reused].concat();
    assert_eq!(
        (minutes(&made), minutes(&reused)),
        (vec![(-30, 0), (0, 30)], vec![(-30, 0), (0, 30)])
    );
    assert_eq!(store::entries(&one.run.data()).count(), 2);
    assert_eq!(store::entries(&other.run.data()).count(), 2);
}

#[tokio::test]
async fn a_demo_that_is_ended_while_it_makes_history_leaves_nothing_half_made() {
    let mut rig = Rig::new(BOUNDARY + 30 * MINUTE);
    // A promtool that says that it began, and never ends.
    let began = rig.root.path().join("began");
    rig.promtool = script(&rig, &format!("touch '{}'; exec sleep 600", began.display()));
    let rig = Arc::new(rig);
    let task = tokio::spawn({
        let rig = Arc::clone(&rig);
        async move { rig.prepare(fleet).await.map(drop) }
    });
    eventually("promtool runs", || began.exists()).await;
    assert!(rig.folders("tmp-") > 0 && rig.folders("run-") == 1);
    task.abort();
    eventually("everything is gone", || rig.folders("tmp-") + rig.folders("run-") == 0).await;
}

#[tokio::test]
async fn what_promtool_says_is_told() {
    let mut rig = Rig::new(BOUNDARY + 30 * MINUTE);
    rig.promtool = script(&rig, "echo 'getting min and max timestamp: disk on fire' >&2; exit 1");
    let error = rig.prepare(fleet).await.map(drop).unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("history_failed", 3));
    assert_eq!(
        error.to_string(),
        "The history of the last day could not be made: promtool ended with exit status: 1: getting min and max timestamp: \
         disk on fire. Next: run the demo again; finished hours are kept."
    );
    assert_eq!(rig.folders("tmp-") + rig.folders("run-"), 0);
}

fn script(rig: &Rig, text: &str) -> PathBuf {
    let file = rig.root.path().join("promtool");
    fs::write(&file, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file
}

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "not within a minute: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
