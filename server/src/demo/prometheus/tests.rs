//! A real Prometheus on a short real history: what it answers is what the simulation says.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command as Program;

use super::*;
use crate::demo::double::Double;
use crate::demo::fleet::{FleetServer, unix_now};
use crate::demo::history::{Options, Prepared, prepare};
use crate::demo::progress::Progress;
use crate::demo::simulation::Simulation;

const FREE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// The fleet's `app` was down from the 10th to the 15th minute.
fn fleet(origin: i64) -> Double {
    Double::new(origin, origin + 600..origin + 900)
}

async fn history(root: &Path) -> Prepared<Double> {
    let options = Options {
        root,
        seed: 7,
        promtool: Path::new("promtool"),
        span_s: 3600,
        clock: &|| unix_now() as i64,
        progress: |_, _| Progress::hidden(),
    };
    prepare(options, fleet).await.unwrap()
}

async fn real() -> PathBuf {
    find(&Surroundings {
        chosen: None,
        path: std::env::var_os("PATH"),
    })
    .await
    .unwrap()
    .prometheus
}

/// What promtool prints for an instant query: one line for each series.
fn ask(prometheus: SocketAddr, query: &str, at: i64) -> String {
    let time = format!("--time={at}");
    let output = Program::new("promtool")
        .args(["query", "instant", &time, &format!("http://{prometheus}"), query])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_answers_the_simulations_numbers_for_the_past_and_goes_on_with_them() {
    let root = tempfile::tempdir().unwrap();
    let Prepared {
        simulation, run, made, ..
    } = history(root.path()).await;
    let origin = made.first().unwrap().from;
    let last = simulation.now() as i64;
    let processes = simulation.processes().to_vec();
    let listener = std::net::TcpListener::bind(FREE).unwrap();
    let fleet_server = FleetServer::start(simulation, listener).unwrap();
    let prometheus = Prometheus::start(&real().await, run, &processes, fleet_server.addr, FREE)
        .await
        .unwrap();
    let addr = prometheus.addr();

    let mut truth = fleet(origin);
    for at in [origin + 300, origin + 595, last - last % 5] {
        truth.advance_to(at as f64);
        let value = truth.requests();
        assert_eq!(
            ask(addr, r#"sum(requests_total)"#, at),
            format!("{{}} => {value} @[{at}]")
        );
        assert_eq!(
            ask(addr, r#"sum(kserve_wait_seconds_bucket{le="0.5"})"#, at),
            format!("{{}} => {value} @[{at}]")
        );
    }
    assert_eq!(
        ask(addr, "rate(requests_total[2m])", origin + 500)
            .split_once("=> ")
            .unwrap()
            .1,
        format!("3 @[{}]", origin + 500)
    );

    // Down: seen at once in `up`, gone from gauges and counters when the lookback is over.
    let down = origin + 600;
    assert_eq!(ask(addr, "sum(up)", down), format!("{{}} => 1 @[{down}]"));
    assert_eq!(ask(addr, "requests_total", down + 59), "");
    assert_eq!(
        ask(addr, "sum(up)", origin + 900),
        format!("{{}} => 3 @[{}]", origin + 900)
    );

    // Live: the same series goes on, with the numbers of the same simulation.
    let end = Instant::now() + Duration::from_secs(60);
    let fresh = format!("count(timestamp(requests_total) > {last} + 1)");
    let mut now = unix_now() as i64;
    while ask(addr, &fresh, now).is_empty() {
        assert!(Instant::now() < end, "no live scrape within a minute");
        tokio::time::sleep(Duration::from_millis(200)).await;
        now = unix_now() as i64;
    }
    assert_eq!(
        ask(addr, "count(count_over_time(requests_total[1h]))", now),
        format!("{{}} => 1 @[{now}]")
    );
    assert_eq!(
        ask(addr, "count(count_over_time(busy[1h]))", now),
        format!("{{}} => 1 @[{now}]")
    );
    assert_eq!(
        ask(addr, "sum(resets(requests_total[30m]))", now),
        format!("{{}} => 0 @[{now}]")
    );
    prometheus.stop().await;
}

/// A Prometheus on the history of `root`, what `end` does to it, and that nothing of it is left then.
async fn check_end(root: &Path, end: impl AsyncFnOnce(Prometheus)) {
    let Prepared { run, simulation, .. } = history(root).await;
    let folder = run.path().to_owned();
    let prometheus = Prometheus::start(&real().await, run, simulation.processes(), FREE, FREE)
        .await
        .unwrap();
    let process = PathBuf::from(format!("/proc/{}", prometheus.child.id().unwrap()));
    let is_linux = Path::new("/proc/self").exists();
    assert!(folder.exists() && (process.exists() || !is_linux));
    end(prometheus).await;
    assert!(!folder.exists() && !process.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_dies_with_its_handle_or_its_owners_panic_and_takes_its_folder_but_not_the_cache() {
    let root = tempfile::tempdir().unwrap();
    check_end(root.path(), async |prometheus| drop(prometheus)).await;
    check_end(root.path(), async |prometheus| {
        let owner = tokio::spawn(async move { panic!("as a fault would, with {}", prometheus.addr()) });
        assert!(owner.await.unwrap_err().is_panic());
    })
    .await;
    assert!(!history(root.path()).await.reused.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_ends_by_itself_when_the_demo_was_killed() {
    let root = tempfile::tempdir().unwrap();
    let prepared = history(root.path()).await;
    // A port where nothing listens any more, as a killed demo leaves it.
    let gone = std::net::TcpListener::bind(FREE).unwrap().local_addr().unwrap();
    let config = prepared.run.path().join("prometheus.yml");
    fs::write(
        &config,
        config::config(prepared.simulation.processes(), gone).to_string(),
    )
    .unwrap();
    let addr = address(FLAG, FREE, &claim(FLAG, FREE).unwrap()).unwrap();
    let mut child = spawn(&real().await, &prepared.run, &config, addr).unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !lines.next_line().await.unwrap().unwrap().contains("Server is ready") {}
    drop(lines);
    let status = tokio::time::timeout(Duration::from_secs(60), child.wait())
        .await
        .expect("within two scrapes")
        .unwrap();
    assert!(!status.success());
}

#[tokio::test]
async fn what_prometheus_says_when_it_fails_is_told() {
    let root = tempfile::tempdir().unwrap();
    let run = RunDir::create(root.path()).await.unwrap();
    let fake = root.path().join("prometheus");
    fs::write(
        &fake,
        "#!/bin/sh\necho 'level=info msg=hello' >&2\necho 'level=error err=\"no space left\"' >&2\nexit 1\n",
    )
    .unwrap();
    fs::set_permissions(&fake, fs::Permissions::from_mode(0o755)).unwrap();
    let error = Prometheus::start(&fake, run, &[], FREE, FREE)
        .await
        .map(drop)
        .unwrap_err();
    assert_eq!((error.code(), error.exit_code()), ("prometheus_failed", 3));
    assert_eq!(
        error.to_string(),
        "Prometheus did not become ready: level=error err=\"no space left\". Next: run the demo again, or try another \
         Prometheus with SERVELENS_PROMETHEUS."
    );
}
