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

pub const NEW: [&str; 2] = ["vllm:kv_cache_usage_perc", "vllm:inter_token_latency_seconds"];
pub const OLD: [&str; 2] = ["vllm:gpu_cache_usage_perc", "vllm:time_per_output_token_seconds"];

/// How a replica is seen.
struct Replica {
    namespace: &'static str,
    pod: &'static str,
    /// Prefixes and the jobs that write them; after an `@` the store that scraped it.
    jobs: &'static [(&'static str, &'static str)],
    /// Names of the KV cache's gauge and of the time between tokens.
    names: &'static [[&'static str; 2]],
    every: i64,
    /// What has been answered by this scrape; none: it was not there.
    answered: fn(i64) -> Option<f64>,
}

/// The job of OpenShift AI's OpenTelemetry collector, the second pipeline: it is scraped where it runs and tells whom it
/// has scraped in labels of its own.
const COLLECTOR: &str = "otel-collector";
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
        same("every-minute", |namespace| Replica {
            namespace,
            every: 60,
            ..BASE
        }),
        same("every-two-minutes", |namespace| Replica {
            namespace,
            every: 120,
            ..BASE
        }),
        same("slow-scrape", |namespace| Replica {
            namespace,
            every: 300,
            ..BASE
        }),
        same("second-pipeline", |namespace| Replica {
            namespace,
            jobs: &[("", "vllm"), ("", COLLECTOR)],
            ..BASE
        }),
        same("collected-only", |namespace| Replica {
            namespace,
            jobs: &[("", COLLECTOR)],
            ..BASE
        }),
        pair(
            Replica {
                namespace: "collected-in-part",
                jobs: &[("", COLLECTOR)],
                ..BASE
            },
            Replica {
                namespace: "collected-in-part",
                jobs: &[("kserve_", "engine"), ("", COLLECTOR)],
                ..BASE
            },
        ),
        same("two-stores", |namespace| Replica {
            namespace,
            jobs: &[
                ("", "vllm@openshift-monitoring/k8s"),
                ("", "vllm@user-workload/user-workload"),
            ],
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
    routers(&mut world);
    waiting(&mut world);
    odd_names(&mut world);
    wrong_types(&mut world);
    world
}

/// An exporter that sends a summary where a histogram belongs, and a histogram whose bounds are words; its gauges are right.
fn wrong_types(world: &mut World) {
    let mut put = |name: &str, more: &str, value: fn(f64) -> f64| {
        let labels = labels(&format!(
            "namespace=wrong-types pod=one instance=wrong:8000 job=vllm model_name=m {more}"
        ));
        let points = instants(SCRAPE).map(|scrape| (START + scrape * SCRAPE, value((scrape * SCRAPE) as f64)));
        let points = points.collect();
        world.add(name, Series { labels, points });
    };
    put("up", "", |_| 1.0);
    put("vllm:num_requests_waiting", "", |_| 3.0);
    for quantile in ["0.5", "0.99"] {
        let more = format!("quantile={quantile}");
        put("vllm:time_to_first_token_seconds", &more, |_| 0.25);
    }
    for name in ["vllm:time_to_first_token_seconds", "vllm:inter_token_latency_seconds"] {
        put(&format!("{name}_count"), "", |answered| answered);
        put(&format!("{name}_sum"), "", |answered| 0.25 * answered);
    }
    for le in ["le=soon", "le=late"] {
        put("vllm:inter_token_latency_seconds_bucket", le, |answered| answered);
    }
}

/// What a model may be called: all that breaks out of quotes, selectors and regular expressions.
pub fn odd() -> Vec<String> {
    let mut names: Vec<String> = [
        r#""}) or vector(1) #"#,
        r"back\\slash\",
        "two\nlines",
        "granite 🚀 é",
        ".*",
        "a|b",
        "$model {{ttft}} $1",
        "' or ''='",
    ]
    .map(str::to_owned)
    .into();
    names.push("4-KiB-".chars().cycle().take(4096).collect());
    names
}

/// One pod for each of these models, with as many requests waiting as its place in the list.
fn odd_names(world: &mut World) {
    for (place, name) in (1_u32..).zip(odd()) {
        let mut labels = labels(&format!(
            "namespace=odd-names pod=odd-{place} instance=odd-{place}:8000 job=vllm"
        ));
        labels.insert("model_name".to_owned(), name);
        let points = instants(SCRAPE)
            .map(|scrape| (START + scrape * SCRAPE, f64::from(place)))
            .collect();
        world.add("vllm:num_requests_waiting", Series { labels, points });
    }
}

/// Two pickers that route one request a second each: one writes the names of two generations, the other the oldest.
fn routers(world: &mut World) {
    let mut put = |name: &str, pod: &str, more: &str, share: f64| {
        let points = instants(SCRAPE).map(|scrape| (START + scrape * SCRAPE, share * (scrape * SCRAPE) as f64 + 500.0));
        let labels = labels(&format!(
            "namespace=two-routers pod={pod} instance={pod}:9090 job=scheduler model_name=m {more}"
        ));
        let points = points.collect();
        world.add(name, Series { labels, points });
    };
    put(
        "inference_objective_request_total",
        "epp-new",
        "target_model_name=m",
        1.0,
    );
    put(
        "llm_d_epp_request_total",
        "epp-new",
        "target_model_name=m priority=0",
        0.75,
    );
    put(
        "llm_d_epp_request_total",
        "epp-new",
        "target_model_name=m priority=1",
        0.25,
    );
    put("inference_model_request_total", "epp-old", "target_model_name=m", 1.0);
}

/// An engine of the generation before that nobody has asked anything: its counters appear with the first request.
fn waiting(world: &mut World) {
    let labels = labels("namespace=never-asked pod=one instance=never-asked:8000 job=vllm model_name=m");
    for name in ["vllm:num_requests_waiting", "vllm:num_requests_running"] {
        let points = instants(SCRAPE).map(|scrape| (START + scrape * SCRAPE, 0.0)).collect();
        world.add(
            name,
            Series {
                labels: labels.clone(),
                points,
            },
        );
    }
}

/// What the series of a pod look like after a scrape by this job.
fn target(replica: &Replica, job: &str) -> String {
    let (namespace, pod) = (replica.namespace, replica.pod);
    let (job, store) = job.split_once('@').unwrap_or((job, ""));
    let store = if store.is_empty() {
        String::new()
    } else {
        format!("prometheus={store}")
    };
    if job == COLLECTOR {
        return format!(
            "namespace=monitoring pod=collector-0 instance=collector:8889 job={job} exported_namespace={namespace} k8s_pod_name={pod} {store}"
        );
    }
    format!("namespace={namespace} pod={pod} instance={namespace}-{pod}:8000 job={job} {store}")
}

fn instants(every: i64) -> impl Iterator<Item = i64> {
    (0..SCRAPES).filter(move |scrape| (START + scrape * SCRAPE) % every == 0)
}

fn add(world: &mut World, replica: &Replica) {
    for (prefix, job) in replica.jobs {
        let target = labels(&target(replica, job));
        let mut own = target.clone();
        own.insert("model_name".to_owned(), replica.namespace.to_owned());
        let scraped = instants(replica.every).filter(|scrape| (replica.answered)(*scrape).is_some());
        let points: Vec<_> = scraped.map(|scrape| (START + scrape * SCRAPE, 1.0)).collect();
        let known = world
            .named("up")
            .iter()
            .any(|up| up.labels.get("job") == target.get("job") && *job == COLLECTOR);
        // The collector is one target, whomever it has scraped.
        if !known {
            let mut labels = target;
            labels.retain(|label, _| !matches!(label.as_str(), "exported_namespace" | "k8s_pod_name"));
            world.add("up", Series { labels, points });
        }
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
            let [kv, between] = names;
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
