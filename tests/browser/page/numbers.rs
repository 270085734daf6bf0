//! The numbers: the page shows what the server answers, to the digit, and the server's numbers are the simulation's
//! truth, within what sampling can tell.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::rig::demo::demo;
use tests::rig::http;
use tests::rig::session::{Session, browse};

use super::{PAGES, Panel, Series, last_asked, open, panels};
use crate::browser::no_errors;

/// What `/truth` tells of the events in (from, to].
#[derive(Debug, Deserialize)]
struct Truth {
    workloads: BTreeMap<String, Workload>,
    routers: BTreeMap<String, Router>,
    gpus: BTreeMap<String, Gpu>,
}

#[derive(Debug, Deserialize)]
struct Workload {
    model: String,
    pods: BTreeMap<String, Pod>,
}

#[derive(Debug, Deserialize)]
struct Pod {
    finished: BTreeMap<String, u64>,
    generation_tokens: u64,
    ttft_s: Vec<f64>,
    mean_waiting: f64,
    mean_kv_usage: f64,
}

#[derive(Debug, Deserialize)]
struct Router {
    requests: u64,
    mean_ready_pods: f64,
}

#[derive(Debug, Deserialize)]
struct Gpu {
    mean_busy: f64,
}

impl Truth {
    async fn between(from: i64, to: i64) -> Result<Truth> {
        let answer = http::get_json(&format!("{}/truth?from={from}&to={to}", demo()?.fleet)).await?;
        serde_json::from_value(answer).context("reading the simulation's truth")
    }

    fn pods(&self, model: &str) -> impl Iterator<Item = (&String, &Pod)> {
        let of_model = self.workloads.values().filter(move |workload| workload.model == model);
        of_model.flat_map(|workload| &workload.pods)
    }

    /// Requests that ended well.
    fn finished(&self, model: &str) -> f64 {
        let good = |(reason, _): &(&String, &u64)| !matches!(reason.as_str(), "abort" | "error");
        let counts = self
            .pods(model)
            .flat_map(|(_, pod)| pod.finished.iter().filter(good).map(|(_, count)| *count));
        counts.sum::<u64>() as f64
    }

    fn generation_tokens(&self, model: &str) -> f64 {
        self.pods(model).map(|(_, pod)| pod.generation_tokens).sum::<u64>() as f64
    }
}

/// `rate()` knows a counter at scrapes only, 30 s apart, and stretches what it saw to the whole window: at each end it
/// guesses up to one interval of arrivals. Four times the spread of that guess, plus 2 %.
fn close_to_rate(got: f64, events: f64, seconds: f64, each: f64) -> bool {
    let truth = events / seconds;
    let guessed = (2.0 * 30.0 * truth * each).max(each);
    (got - truth).abs() <= 0.02 * truth + 4.0 * guessed.sqrt() * each.sqrt() / seconds
}

fn label<'a>(series: &'a Series, name: &str) -> &'a str {
    series.labels.get(name).map_or("", String::as_str)
}

/// The mean of a series over its samples.
fn mean(series: &Series) -> f64 {
    let (sum, count) = series
        .samples()
        .fold((0.0, 0.0), |(sum, count), (_, value)| (sum + value, count + 1.0));
    sum / count
}

/// Six hours that ended ten minutes ago, in steps of one scrape.
async fn six_hours(ids: &[&str]) -> Result<(BTreeMap<String, Panel>, Truth, f64)> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_secs();
    let to = i64::try_from(now)? / 30 * 30 - 600;
    let from = to - 6 * 3600;
    let request = json!({"panels": ids, "vars": {}, "from": from, "to": to, "width": 720});
    let answer = panels(&request).await?;
    for (id, panel) in &answer {
        assert_eq!(panel.state, "ok", "{id}");
    }
    Ok((answer, Truth::between(from, to).await?, (to - from) as f64))
}

#[tokio::test]
async fn rates_over_six_hours_are_the_requests_and_tokens_that_there_were() -> Result<()> {
    let (answer, truth, seconds) = six_hours(&["vllm.requests", "vllm.generation_tokens", "epp.requests"]).await?;
    let mut models = 0;
    for series in &answer["vllm.requests"].frames {
        let model = label(series, "model_name");
        let events = truth.finished(model);
        assert!(
            close_to_rate(mean(series), events, seconds, 1.0),
            "{model}: {} against {events} in {seconds} s",
            mean(series)
        );
        models += usize::from(events > 0.0);
    }
    assert!(models >= 2, "at least two models answered requests");
    for series in &answer["vllm.generation_tokens"].frames {
        let model = label(series, "model_name");
        let events = truth.generation_tokens(model);
        let each = events / truth.finished(model).max(1.0);
        assert!(
            close_to_rate(mean(series), events, seconds, each),
            "{model}: {} against {events} tokens in {seconds} s",
            mean(series)
        );
    }
    let routed: f64 = answer["epp.requests"].frames.iter().map(mean).sum();
    let events: u64 = truth.routers.values().map(|router| router.requests).sum();
    assert!(
        close_to_rate(routed, events as f64, seconds, 1.0),
        "routed: {routed} against {events} in {seconds} s"
    );
    Ok(())
}

#[tokio::test]
async fn gauges_over_six_hours_are_the_simulations_averages() -> Result<()> {
    let (answer, truth, _) = six_hours(&["vllm.kv_cache", "vllm.waiting", "gpu.utilization", "epp.ready_pods"]).await?;
    let pods: BTreeMap<&String, &Pod> = truth.workloads.values().flat_map(|workload| &workload.pods).collect();
    // A gauge seen every 30 s against its average over all time: short peaks fall between two looks.
    for (panel, slack, truth) in [
        (
            "vllm.kv_cache",
            0.03,
            (|pod: &Pod| pod.mean_kv_usage) as fn(&Pod) -> f64,
        ),
        ("vllm.waiting", 1.0, |pod| pod.mean_waiting),
    ] {
        let frames = &answer[panel].frames;
        assert!(frames.len() >= 3, "{panel}: {} replicas", frames.len());
        for series in frames {
            let expected = truth(pods[&label(series, "pod").to_owned()]);
            let got = mean(series);
            assert!(
                (got - expected).abs() <= slack + 0.1 * expected,
                "{panel} of {}: {got} against {expected}",
                label(series, "pod")
            );
        }
    }
    for series in &answer["gpu.utilization"].frames {
        let (node, gpu) = (label(series, "Hostname"), label(series, "gpu"));
        if !label(series, "GPU_I_ID").is_empty() {
            continue; // a slice's share of the card is not in the truth under this name
        }
        let expected = 100.0 * truth.gpus[&format!("{node}/{gpu}")].mean_busy;
        let got = mean(series);
        assert!(
            (got - expected).abs() <= 3.0 + 0.05 * expected,
            "{node}/{gpu}: {got} % against {expected} %"
        );
    }
    for series in &answer["epp.ready_pods"].frames {
        let expected = truth
            .routers
            .values()
            .next()
            .context("there is one router")?
            .mean_ready_pods;
        assert!(
            (mean(series) - expected).abs() <= 0.1,
            "{} ready pods against {expected}",
            mean(series)
        );
    }
    Ok(())
}

/// The upper ends of a histogram's buckets, as the store knows them, ascending; `+Inf` is left out.
async fn edges(metric: &str, model: &str) -> Result<Vec<f64>> {
    let matcher = format!("{metric}_bucket{{model_name=\"{model}\"}}");
    let query = http::query(&BTreeMap::from([("match[]", matcher)]));
    let answer = http::get_json(&format!("{}/api/v1/label/le/values?{query}", demo()?.servelens)).await?;
    let values: Vec<String> = serde_json::from_value(answer["data"].clone())?;
    let mut edges: Vec<f64> = values
        .iter()
        .filter_map(|le| le.parse().ok())
        .filter(|edge: &f64| edge.is_finite())
        .collect();
    edges.sort_by(f64::total_cmp);
    Ok(edges)
}

/// The bucket in which `value` lies; above the last edge there is one more, without an end.
fn bucket(edges: &[f64], value: f64) -> (f64, f64) {
    let upper = edges.partition_point(|edge| *edge < value);
    let lower = edges[..upper].last().copied().unwrap_or(0.0);
    (lower, edges.get(upper).copied().unwrap_or(f64::INFINITY))
}

/// What an answered quantile says of the truth: between which numbers it lies.
fn said(series: &Series, value: f64) -> (f64, f64) {
    match series.below {
        Some(first) if value < first => (0.0, first),
        _ if series.above.contains(&value) => (value, f64::INFINITY),
        _ => (value, value),
    }
}

#[tokio::test]
async fn the_quantiles_of_time_to_first_token_lie_in_the_bucket_of_the_true_ones() -> Result<()> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)?
        .as_secs();
    // One step of four hours: the last value covers all of the window.
    let to = i64::try_from(now)? / 14_400 * 14_400;
    let request = json!({"panels": ["vllm.ttft"], "vars": {}, "from": to - 14_400, "to": to, "width": 1});
    let answer = panels(&request).await?;
    let panel = &answer["vllm.ttft"];
    let window = i64::from(panel.window_s.context("a quantile has a window")?);
    let mut checked = 0;
    for (query, quantile) in [(0, 0.5), (1, 0.95)] {
        for series in panel.frames.iter().filter(|series| series.query == query) {
            let model = label(series, "model_name");
            let Some((at, got)) = series.samples().next_back() else {
                continue;
            };
            let truth = Truth::between(at - window, at).await?;
            let mut times: Vec<f64> = truth.pods(model).flat_map(|(_, pod)| pod.ttft_s.clone()).collect();
            if times.len() < 200 {
                continue;
            }
            times.sort_by(f64::total_cmp);
            let edges = edges("vllm:time_to_first_token_seconds", model).await?;
            // One sample in a hundred to either side of the quantile, for what the window's ends guess.
            let rank = |quantile: f64| times[((times.len() - 1) as f64 * quantile.clamp(0.0, 1.0)) as usize];
            let (lower, upper) = (
                bucket(&edges, rank(quantile - 0.01)).0,
                bucket(&edges, rank(quantile + 0.01)).1,
            );
            let (least, most) = said(series, got);
            // A clamp says "more than", and only a truth above the last bound makes that right.
            let right = if most.is_infinite() {
                upper.is_infinite()
            } else {
                lower <= least && most <= upper
            };
            assert!(
                right,
                "{model} p{quantile}: {least} to {most} is outside {lower} to {upper}"
            );
            checked += 1;
        }
    }
    assert!(
        checked >= 4,
        "both quantiles of two models were compared, {checked} in all"
    );
    Ok(())
}

/// A number as the page holds it.
#[derive(Debug, Deserialize)]
struct OnPage {
    panel: String,
    name: String,
    value: f64,
}

/// Every legend's and every tile's number, with the panel it belongs to.
const ON_PAGE: &str = "return [...document.querySelectorAll('[data-panel][data-state=ok]')].flatMap(panel =>
    [...panel.querySelectorAll('[data-value]')].map(element => ({
        panel: panel.dataset.panel,
        name: element.closest('.sl-legend-row')?.querySelector('.sl-legend-name').textContent ?? '',
        value: Number(element.dataset.value),
    })))";

/// Names the series that a long legend keeps behind its button, on every card.
async fn name_all(session: &Session) -> Result<()> {
    let closed = "document.querySelectorAll('.sl-legend-more[aria-expanded=false]')";
    let script = format!("{closed}.forEach(button => button.click()); return {closed}.length");
    session
        .wait_eq("every legend names all of its series", &script, json!(0))
        .await
}

#[tokio::test]
async fn every_number_on_the_pages_is_the_servers_answer_to_the_digit() -> Result<()> {
    browse("numbers", async |session| {
        let now: i64 = session.eval("return Math.floor(Date.now() / 1000)").await?;
        let (from, to) = (now - 7200, now - 600);
        for page in PAGES {
            open(session, &format!("{page}?from={from}&to={to}")).await?;
            let answer = panels(&last_asked(session).await?).await?;
            name_all(session).await?;
            let shown: Vec<OnPage> = session.eval(ON_PAGE).await?;
            assert!(shown.len() >= 4, "{page} shows {} numbers", shown.len());
            for number in &shown {
                let frames = &answer[&number.panel].frames;
                // A value under its histogram's first bound stands at that bound.
                let last: Vec<f64> = frames
                    .iter()
                    .filter_map(|series| Some(series.samples().next_back()?.1.max(series.below.unwrap_or(f64::MIN))))
                    .collect();
                // The store adds series up in no fixed order, which shows in the sixteenth digit.
                let same = |value: &f64| (value - number.value).abs() <= 1e-12 * value.abs();
                assert!(last.iter().any(same), "{page}: {number:?} is none of {last:?}");
            }
            for (id, panel) in &answer {
                let is_chart = !id.starts_with("overview.") && !matches!(id.as_str(), "vllm.prompt_length");
                let lines = panel
                    .frames
                    .iter()
                    .filter(|series| series.samples().next().is_some())
                    .count();
                let rows = shown.iter().filter(|number| number.panel == *id).count();
                assert!(
                    !is_chart || rows == lines,
                    "{page}: {id} shows {rows} numbers of {lines} series"
                );
            }
        }
        no_errors(session).await
    })
    .await
}

/// Each legend row and tile whose text begins with `>` or `<`: panel, series, text.
const BEYOND: &str = "return [...document.querySelectorAll('[data-panel][data-state=ok]')].flatMap(panel =>
    [...panel.querySelectorAll('[data-value]')].map(element => [
        panel.dataset.panel,
        element.closest('.sl-legend-row')?.querySelector('.sl-legend-name').textContent ?? '',
        element.textContent.trim().slice(0, 1),
        panel.querySelector('.sl-note')?.textContent ?? '',
    ]))";

#[tokio::test]
async fn a_quantile_beyond_its_histogram_says_more_than_and_not_a_number() -> Result<()> {
    browse("more-than", async |session| {
        let now: i64 = session.eval("return Math.floor(Date.now() / 1000)").await?;
        // A day in steps of one scrape, to find an instant at which a tail lies beyond its engine's last bucket.
        let to = now / 30 * 30 - 600;
        let day = panels(&json!({"panels": ["vllm.ttft"], "from": to - 86_400, "to": to, "width": 2_880})).await?;
        let beyond = |series: &Series| {
            let clamped = |(_, value): &(i64, f64)| said(series, *value).1.is_infinite();
            series.samples().filter(clamped).map(|(at, _)| at).next_back()
        };
        let to = day["vllm.ttft"].frames.iter().filter_map(beyond).max();
        let to = to.context("no tail of the day lies beyond its last bucket")?;
        let mut signs = 0;
        open(session, &format!("models?from={}&to={to}", to - 3_600)).await?;
        let answer = panels(&last_asked(session).await?).await?;
        name_all(session).await?;
        let shown: Vec<[String; 4]> = session.eval(BEYOND).await?;
        for [panel, name, sign, note] in shown.iter().filter(|[panel, ..]| panel == "vllm.ttft") {
            let quantile = ["p50", "p95", "p99"].iter().position(|suffix| name.ends_with(suffix));
            let series = answer[panel]
                .frames
                .iter()
                .find(|series| Some(series.query) == quantile && name.starts_with(label(series, "model_name")))
                .with_context(|| name.clone())?;
            let (_, last) = series.samples().next_back().context("a row without a sample")?;
            let expect = match said(series, last) {
                (_, most) if most.is_infinite() => ">",
                (least, _) if least < last => "<",
                _ => "",
            };
            let sign = if matches!(sign.as_str(), ">" | "<") { sign } else { "" };
            assert_eq!(sign, expect, "{name}: {last}");
            signs += usize::from(!expect.is_empty());
            assert!(
                expect.is_empty() || note.contains("bucket"),
                "the card explains {sign}: {note:?}"
            );
        }
        session.screenshot("more-than").await?;
        assert!(signs >= 1, "the page shows no number beyond the last bucket");
        no_errors(session).await
    })
    .await
}

#[tokio::test]
async fn the_request_rates_on_the_page_are_the_requests_that_there_were() -> Result<()> {
    browse("rates-on-the-page", async |session| {
        // A week in view makes long windows: more requests in each, and so a sharper comparison.
        let to: i64 = session.eval("return Math.floor(Date.now() / 1000)").await?;
        open(session, &format!("models?from={}&to={to}", to - 604_800)).await?;
        let answer = panels(&last_asked(session).await?).await?;
        let panel = &answer["vllm.requests"];
        let window = i64::from(panel.window_s.context("a rate has a window")?);
        let shown: Vec<OnPage> = session.eval(ON_PAGE).await?;
        let mut checked = 0;
        for number in shown.iter().filter(|number| number.panel == "vllm.requests") {
            let series = panel
                .frames
                .iter()
                .find(|series| label(series, "model_name") == number.name)
                .with_context(|| number.name.clone())?;
            let (at, _) = series
                .samples()
                .next_back()
                .context("a series without a sample has no row")?;
            let events = Truth::between(at - window, at).await?.finished(&number.name);
            assert!(
                close_to_rate(number.value, events, window as f64, 1.0),
                "{}: {} per second against {events} in {window} s",
                number.name,
                number.value
            );
            checked += 1;
        }
        assert!(checked >= 2, "two models or more were compared");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_bars_of_prompt_lengths_add_up_to_the_requests_that_there_were() -> Result<()> {
    let (answer, truth, seconds) = six_hours(&["vllm.prompt_length"]).await?;
    let bars: f64 = answer["vllm.prompt_length"]
        .frames
        .iter()
        .flat_map(|series| series.values.iter().filter_map(Value::as_f64))
        .sum();
    // Only language models have prompts.
    let has_prompts = |workload: &&Workload| workload.pods.values().any(|pod| !pod.ttft_s.is_empty());
    let models = truth
        .workloads
        .values()
        .filter(has_prompts)
        .map(|workload| &workload.model);
    let events: f64 = models.map(|model| truth.finished(model)).sum();
    assert!(
        (bars - events).abs() <= 0.05 * events,
        "{bars} requests in the bars against {events} in {seconds} s"
    );
    Ok(())
}
