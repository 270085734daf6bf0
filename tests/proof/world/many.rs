//! Small worlds, one in each namespace, that show the same two replicas at work as different clusters would: with old
//! names, new ones, both, behind a prefix, after a restart. Each replica answers one request a second, half of its KV cache
//! is full and three requests wait, so that a right picture has the same numbers everywhere.

use super::{Labels, Series, World, labels};

pub const START: i64 = 1_750_000_200;
const SCRAPE: i64 = 30;
const SCRAPES: i64 = 120;
/// The whole of it, once windows are full.
pub const RANGE: (i64, i64) = (START + 20 * SCRAPE, START + (SCRAPES - 1) * SCRAPE);
/// The replica of `restart` is away during these scrapes.
pub const AWAY: std::ops::Range<i64> = 60..80;

const NEW: &[&str] = &["vllm:kv_cache_usage_perc", "vllm:inter_token_latency_seconds"];
const OLD: &[&str] = &["vllm:gpu_cache_usage_perc", "vllm:time_per_output_token_seconds"];

/// How a replica is seen.
struct Replica {
    namespace: &'static str,
    pod: &'static str,
    /// Prefixes and the jobs that write them.
    jobs: &'static [(&'static str, &'static str)],
    /// Names of the KV cache's gauge and of the time between tokens.
    names: &'static [&'static [&'static str]],
    every: i64,
    /// What has been answered by this scrape; none: it was not there.
    answered: fn(i64) -> Option<f64>,
}

const PLAIN: &[(&str, &str)] = &[("", "vllm")];
const BUSY: fn(i64) -> Option<f64> = |scrape| Some((scrape * SCRAPE) as f64 + 500.0);
const BASE: Replica = Replica {
    namespace: "",
    pod: "one",
    jobs: PLAIN,
    names: &[NEW],
    every: SCRAPE,
    answered: BUSY,
};

/// It began again just after the scrape before.
fn reset(scrape: i64) -> Option<f64> {
    let since = if scrape < 70 { scrape + 17 } else { scrape - 69 };
    Some((since * SCRAPE) as f64)
}

fn restart(scrape: i64) -> Option<f64> {
    if AWAY.contains(&scrape) {
        return None;
    }
    let since = if scrape < AWAY.start {
        scrape + 17
    } else {
        scrape - AWAY.end
    };
    Some((since * SCRAPE) as f64)
}

pub fn worlds() -> World {
    let mut world = World::new("many");
    let pair = |one: Replica, two: Replica| [one, Replica { pod: "two", ..two }];
    let same = |namespace, replica: fn(&'static str) -> Replica| pair(replica(namespace), replica(namespace));
    let all = [
        same("new-names", |namespace| Replica { namespace, ..BASE }),
        same("old-names", |namespace| Replica {
            namespace,
            names: &[OLD],
            ..BASE
        }),
        same("both-names", |namespace| Replica {
            namespace,
            names: &[NEW, OLD],
            ..BASE
        }),
        same("prefixed", |namespace| Replica {
            namespace,
            jobs: &[("kserve_", "engine")],
            ..BASE
        }),
        same("twins", |namespace| Replica {
            namespace,
            jobs: &[("kserve_", "engine"), ("", "engine-default")],
            ..BASE
        }),
        same("two-jobs", |namespace| Replica {
            namespace,
            jobs: &[("", "first"), ("", "second")],
            ..BASE
        }),
        pair(
            Replica {
                namespace: "old-beside-new",
                names: &[OLD],
                ..BASE
            },
            Replica {
                namespace: "old-beside-new",
                ..BASE
            },
        ),
        pair(
            Replica {
                namespace: "reset",
                ..BASE
            },
            Replica {
                namespace: "reset",
                answered: reset,
                ..BASE
            },
        ),
        pair(
            Replica {
                namespace: "restart",
                ..BASE
            },
            Replica {
                namespace: "restart",
                answered: restart,
                ..BASE
            },
        ),
        same("slow-scrape", |namespace| Replica {
            namespace,
            every: 300,
            ..BASE
        }),
        same("idle", |namespace| Replica {
            namespace,
            answered: |_| Some(500.0),
            ..BASE
        }),
    ];
    for replica in all.iter().flatten() {
        add(&mut world, replica);
    }
    gpus(&mut world);
    world
}

fn instants(every: i64) -> impl Iterator<Item = i64> {
    (0..SCRAPES).filter(move |scrape| (START + scrape * SCRAPE) % every == 0)
}

fn add(world: &mut World, replica: &Replica) {
    for (prefix, job) in replica.jobs {
        let own = labels(&format!(
            "namespace={0} pod={1} instance={0}-{1}:8000 job={job} model_name={0}",
            replica.namespace, replica.pod
        ));
        let mut put = |name: &str, more: &str, value: &dyn Fn(f64) -> f64| {
            let mut labels: Labels = own.clone();
            labels.extend(super::labels(more));
            let points = instants(replica.every)
                .filter_map(|scrape| Some((START + scrape * SCRAPE, value((replica.answered)(scrape)?))))
                .collect();
            world.add(&format!("{prefix}{name}"), Series { labels, points });
        };
        put("vllm:request_success_total", "finished_reason=stop", &|answered| {
            answered
        });
        put("vllm:request_success_total", "finished_reason=error", &|_| 0.0);
        put("vllm:generation_tokens_total", "", &|answered| 40.0 * answered);
        put("vllm:num_requests_running", "", &|_| 4.0);
        put("vllm:num_requests_waiting", "", &|_| 3.0);
        histogram(&mut put, "vllm:time_to_first_token_seconds", ["0.25", "0.5"]);
        for names in replica.names {
            let [kv, between] = names else { panic!("two names") };
            put(kv, "", &|_| 0.5);
            histogram(&mut put, between, ["0.025", "0.05"]);
        }
    }
}

/// All of it between these two bounds.
fn histogram(put: &mut impl FnMut(&str, &str, &dyn Fn(f64) -> f64), name: &str, [below, above]: [&str; 2]) {
    let high: f64 = above.parse().expect("a bound is a number");
    put(&format!("{name}_bucket"), &format!("le={below}"), &|_| 0.0);
    for le in [above, "+Inf"] {
        put(&format!("{name}_bucket"), &format!("le={le}"), &|answered| answered);
    }
    put(&format!("{name}_count"), "", &|answered| answered);
    put(&format!("{name}_sum"), "", &|answered| 0.8 * high * answered);
}

/// A card without a pod's label, and one in two slices, which tell the whole card's power each.
fn gpus(world: &mut World) {
    let exporter = "namespace=nvidia-gpu-operator pod=dcgm-0 instance=dcgm:9400 job=dcgm";
    let mut put = |name: &str, more: &str, value: f64| {
        let points = instants(SCRAPE)
            .map(|scrape| (START + scrape * SCRAPE, value))
            .collect();
        let labels = labels(&format!("{exporter} {more}"));
        world.add(name, Series { labels, points });
    };
    let whole = "Hostname=no-pods gpu=0 UUID=GPU-0";
    put("DCGM_FI_DEV_GPU_UTIL", whole, 80.0);
    put("DCGM_FI_DEV_POWER_USAGE", whole, 250.0);
    for (slice, busy) in [("1", 0.3), ("2", 0.9)] {
        let slice = format!("Hostname=sliced gpu=0 UUID=GPU-1 GPU_I_PROFILE=3g.20gb GPU_I_ID={slice}");
        put("DCGM_FI_PROF_GR_ENGINE_ACTIVE", &slice, busy);
        put("DCGM_FI_DEV_POWER_USAGE", &slice, 300.0);
    }
}
