//! What `servelens import grafana` keeps shows in Servelens, with the numbers that its queries ask for.

use anyhow::{Context as _, Result, ensure};
use catalog::Catalog;
use tests::rig::{paths, serve::run};

use super::ask::{Range, Server};
use super::calc::{Look, Vector};
use super::store::{Generation, store};
use super::world::sim;
use super::{FLEET, compare, look};

const GENERATION: Generation = Generation::Three;

type Expect = fn(&Look<'_>) -> Vector;

const EXPECTED: [(&str, Expect); 3] = [
    // It asks for the old name; the fleet has engines with the new one, too, and they are the same thing.
    ("cache", |l| {
        l.of(&["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"])
            .now()
            .max(&["pod"])
    }),
    ("latency", |l| {
        let buckets = l.buckets(&["vllm:time_to_first_token_seconds"]).rate();
        l.quantile(&buckets.sum(&["le", "model_name"]), 0.95)
    }),
    // A filter that breaks out of nothing: no pod has such a name.
    ("breakout", |l| {
        l.of(&["vllm:num_requests_running"])
            .with("pod", &["\"}) or vector(1) #"])
            .now()
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn imported_panels_show_what_the_samples_of_the_fleet_make() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().to_string_lossy().into_owned();
    let fixture = paths::checkout().join("tests/fixtures/dashboards/grafana.json");
    let output = run(&["import", "grafana", &fixture.to_string_lossy(), "--out", &out], &[])?;
    ensure!(
        output.status.code() == Some(1),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let file = "imported_team_chat_serving.toml";
    let text = std::fs::read_to_string(folder.path().join(file))?;
    let layered = Catalog::embedded_with(&[(file, &text)], &|_| Ok(()))?;
    assert_eq!(layered.faults, []);

    let world = &FLEET.0;
    let range = Range::new(sim::RANGE, 255);
    let server = Server::start(&store(GENERATION, &[world]).await?, layered.catalog, "30s").await?;
    let ids: Vec<String> = EXPECTED
        .iter()
        .map(|(name, _)| format!("imported_team_chat_serving.{name}"))
        .collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let answers = server.ask(&ids, &range).await?;
    server.stop().await;
    let look = look(world, &range, 30, GENERATION);
    for (id, (_, expect)) in ids.iter().zip(EXPECTED) {
        let expected = expect(&look);
        let answer = answers.get(*id).context("no answer")?;
        let fault = compare::fault(&expected, [&expected, &expected], answer, 0, &look.at);
        assert_eq!(fault, None, "{id}");
        assert_eq!(answer.frames.is_empty(), expected.rows.is_empty(), "{id}");
    }
    Ok(())
}
