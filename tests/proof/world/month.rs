//! A month in which an engine is upgraded: one request a second all the time, half of the KV cache full, first by an old
//! engine behind a prefix, then by a new one in a pod of another name. Scraped every five minutes.

use super::many::{NEW, OLD};
use super::{Series, World, labels};

pub const START: i64 = 1_747_000_200;
const SCRAPE: i64 = 300;
const DAYS: i64 = 31;
const SCRAPES: i64 = DAYS * 86_400 / SCRAPE;
/// The first scrape of the new engine.
pub const UPGRADE: i64 = 15 * 86_400 / SCRAPE + 3;
pub const END: i64 = START + (SCRAPES - 1) * SCRAPE;
/// The last 30 days.
pub const RANGE: (i64, i64) = (END - 30 * 86_400, END);

pub fn month() -> World {
    let mut world = World::new("month");
    add(
        &mut world,
        0..UPGRADE,
        "kserve_",
        "granite-kserve-old",
        "a/engine",
        OLD,
        "0.3",
    );
    add(
        &mut world,
        UPGRADE..SCRAPES,
        "",
        "granite-kserve-new",
        "a/engine-default",
        NEW,
        "0.25",
    );
    world
}

fn add(
    world: &mut World,
    scrapes: std::ops::Range<i64>,
    prefix: &str,
    pod: &str,
    job: &str,
    [kv, between]: [&str; 2],
    first_bound: &str,
) {
    let target = format!("namespace=a pod={pod} instance={pod}:8000 job={job}");
    // Counted since some time before it was first seen.
    let answered = |scrape: i64| ((scrape - scrapes.start) * SCRAPE + 100_000) as f64;
    let mut put = |name: &str, more: &str, value: &dyn Fn(i64) -> f64| {
        let points = scrapes.clone().map(|scrape| (START + scrape * SCRAPE, value(scrape)));
        let labels = labels(&format!("{target} {more}"));
        world.add(
            name,
            Series {
                labels,
                points: points.collect(),
            },
        );
    };
    put("up", "", &|_| 1.0);
    let model = "model_name=granite";
    let mut metric = |name: &str, more: &str, value: &dyn Fn(i64) -> f64| {
        put(&format!("{prefix}{name}"), &format!("{model} {more}"), value);
    };
    metric("vllm:request_success_total", "finished_reason=stop", &answered);
    metric("vllm:generation_tokens_total", "", &|scrape| 40.0 * answered(scrape));
    metric("vllm:num_requests_waiting", "", &|_| 3.0);
    metric(kv, "", &|_| 0.5);
    for (name, bounds) in [
        ("vllm:time_to_first_token_seconds", [first_bound, "0.5"]),
        (between, ["0.025", "0.05"]),
    ] {
        metric(&format!("{name}_bucket"), &format!("le={}", bounds[0]), &|_| 0.0);
        for le in [bounds[1], "+Inf"] {
            metric(&format!("{name}_bucket"), &format!("le={le}"), &answered);
        }
        metric(&format!("{name}_count"), "", &answered);
        metric(&format!("{name}_sum"), "", &|scrape| 0.4 * answered(scrape));
    }
}
