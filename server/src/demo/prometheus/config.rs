//! Prometheus's configuration: one scrape configuration for each job of each process. Written as JSON, which is YAML too,
//! so that no label value can change its structure.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::demo::labels::target_labels;
use crate::demo::sim::{Job, Process};

/// The whole file, for a fleet that listens at `fleet`.
pub fn config(processes: &[Process], fleet: SocketAddr) -> Value {
    let scrapes = processes.iter().flat_map(|process| {
        process
            .jobs
            .iter()
            .enumerate()
            .map(move |(index, job)| scrape(process, index, job, fleet))
    });
    json!({
        "global": { "scrape_interval": "30s", "evaluation_interval": "30s" },
        "scrape_configs": scrapes.collect::<Vec<_>>(),
    })
}

fn scrape(process: &Process, index: usize, job: &Job, fleet: SocketAddr) -> Value {
    let labels: serde_json::Map<_, _> = target_labels(process, job)
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    let interval = job.interval_s.max(1);
    let mut scrape = json!({
        // Names must differ, also for two jobs of one name; the series' `job` is a target label.
        "job_name": format!("{}/{index}/{}", process.name, job.job),
        "scrape_interval": format!("{interval}s"),
        // A fleet on loopback answers within milliseconds. Prometheus refuses more than the interval.
        "scrape_timeout": format!("{}s", interval.min(10)),
        "metrics_path": format!("/{}/metrics", process.name),
        "static_configs": [{ "targets": [fleet.to_string()], "labels": labels }],
    });
    if let (Some(prefix), Some(scrape)) = (job.rename_prefix, scrape.as_object_mut()) {
        let relabel = json!([{
            "source_labels": ["__name__"],
            "regex": "(.+)",
            "target_label": "__name__",
            "replacement": format!("{prefix}${{1}}"),
        }]);
        scrape.insert("metric_relabel_configs".to_owned(), relabel);
    }
    scrape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_twin_monitors_is_scraped_by_two_jobs() {
        let job = |name: &str, rename_prefix| Job {
            job: name.into(),
            interval_s: 5,
            labels: vec![
                ("pod".into(), "a\"b\\${1}: #".into()),
                ("instance".into(), "10.0.0.1:8000".into()),
            ],
            rename_prefix,
        };
        let process = Process {
            name: "vllm-0".into(),
            jobs: vec![job("plain", None), job("kserve", Some("kserve_"))],
        };
        insta::assert_snapshot!(serde_json::to_string_pretty(&config(&[process], ([127, 0, 0, 1], 9).into())).unwrap(), @r##"
        {
          "global": {
            "evaluation_interval": "30s",
            "scrape_interval": "30s"
          },
          "scrape_configs": [
            {
              "job_name": "vllm-0/0/plain",
              "metrics_path": "/vllm-0/metrics",
              "scrape_interval": "5s",
              "scrape_timeout": "5s",
              "static_configs": [
                {
                  "labels": {
                    "instance": "10.0.0.1:8000",
                    "job": "plain",
                    "pod": "a\"b\\${1}: #"
                  },
                  "targets": [
                    "127.0.0.1:9"
                  ]
                }
              ]
            },
            {
              "job_name": "vllm-0/1/kserve",
              "metric_relabel_configs": [
                {
                  "regex": "(.+)",
                  "replacement": "kserve_${1}",
                  "source_labels": [
                    "__name__"
                  ],
                  "target_label": "__name__"
                }
              ],
              "metrics_path": "/vllm-0/metrics",
              "scrape_interval": "5s",
              "scrape_timeout": "5s",
              "static_configs": [
                {
                  "labels": {
                    "instance": "10.0.0.1:8000",
                    "job": "kserve",
                    "pod": "a\"b\\${1}: #"
                  },
                  "targets": [
                    "127.0.0.1:9"
                  ]
                }
              ]
            }
          ]
        }
        "##);
    }
}
