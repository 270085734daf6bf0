//! Passing an answer of the store on: Servelens beside nginx, which does nothing but that, and beside prom-label-proxy, which
//! confines the query as a namespace's door does. All three before the same store of canned answers, in turns.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::release::{Server, until_it_answers};
use super::table::Table;
use super::{http, median, nginx};
use crate::child::{self, Running};
use crate::place::Place;
use crate::program;
use crate::progress::say;

const ROUNDS: usize = 3;
/// Of wrk: one thread, sixteen connections, some seconds.
const LOAD: [&str; 4] = ["-t1", "-c16", "-d4s", "--latency"];

/// Name, series, samples of each, and how many of nginx's requests per second are the aim.
const ANSWERS: [(&str, usize, usize, f64); 3] = [
    ("40 KB", 4, 360, 0.85),
    ("270 KB", 25, 360, 1.0),
    ("5 MiB", 176, 1000, 1.0),
];

/// What wrk says of one run; times in milliseconds.
#[derive(Default, Clone, Copy)]
struct Run {
    per_second: f64,
    p50: f64,
    p99: f64,
}

/// Who is asked, and at which address.
struct Way {
    name: &'static str,
    base: String,
}

pub fn measure(place: &Place, server: &Server, table: &mut Table) -> Result<()> {
    let bodies: Vec<Vec<u8>> = ANSWERS
        .iter()
        .map(|(_, series, samples, _)| matrix(*series, *samples))
        .collect();
    let store = nginx::store(&bodies)?;
    let store_url = format!("http://{}", store.address);
    let plain = nginx::proxy(&store.address)?;
    let servelens = server.serve(place, &store_url, &[])?;
    let (_label_proxy, label_address) = label_proxy(place, &store_url)?;
    let ways = [
        Way {
            name: "nginx",
            base: format!("http://{}", plain.address),
        },
        Way {
            name: "Servelens",
            base: format!("http://{}", servelens.address),
        },
        Way {
            name: "Servelens, confined",
            base: format!("http://{}/ns/a", servelens.address),
        },
        Way {
            name: "prom-label-proxy",
            base: format!("http://{label_address}"),
        },
    ];
    for (index, (size, _, _, aim)) in ANSWERS.iter().enumerate() {
        say(&format!(
            "bench: passing on {size}, {ROUNDS} rounds of {} ways",
            ways.len()
        ));
        let mut runs: [Vec<Run>; 4] = Default::default();
        for _ in 0..ROUNDS {
            for (way, runs) in ways.iter().zip(&mut runs) {
                runs.push(load(way, index + 1)?);
            }
        }
        let [nginx, plain, confined, label] = runs.map(|runs| Run {
            per_second: median(runs.iter().map(|run| run.per_second).collect()),
            p50: median(runs.iter().map(|run| run.p50).collect()),
            p99: median(runs.iter().map(|run| run.p99).collect()),
        });
        let ratio = plain.per_second / nginx.per_second;
        table.report(
            &format!("Passing on {size}, requests/s (16 connections, release profile)"),
            &format!("{aim} × nginx or more"),
            format!(
                "{:.0}; nginx {:.0} (**{ratio:.2} ×**)",
                plain.per_second, nginx.per_second
            ),
        );
        table.report(
            "… p50 and p99",
            "p99 1.5 × nginx's or less",
            format!(
                "{:.1} and {:.1} ms; nginx {:.1} and {:.1} ms (**{:.2} ×**)",
                plain.p50,
                plain.p99,
                nginx.p50,
                nginx.p99,
                plain.p99 / nginx.p99
            ),
        );
        table.report(
            "… confined to a namespace, requests/s and p99",
            "ahead of prom-label-proxy",
            format!(
                "{:.0} and {:.1} ms; prom-label-proxy {:.0} and {:.1} ms (**{:.2} ×**)",
                confined.per_second,
                confined.p99,
                label.per_second,
                label.p99,
                confined.per_second / label.per_second
            ),
        );
    }
    Ok(())
}

/// Enforcing `namespace="a"`, as the platform runs it.
fn label_proxy(place: &Place, store: &str) -> Result<(Running, String)> {
    let mut ask = Command::new(program::build(place, "rig-tools")?);
    let label_proxy = child::capture(ask.arg("prom-label-proxy"))?;
    let address = http::free_address()?;
    let mut proxy = Command::new(label_proxy.trim());
    proxy
        .args(["--label=namespace", "--error-on-replace", "--enable-label-apis"])
        .arg(format!("--insecure-listen-address={address}"))
        .arg(format!("--upstream={store}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut running = Running::start(&mut proxy)?;
    until_it_answers(running.process(), &address, "/healthz")?;
    Ok((running, address))
}

fn load(way: &Way, answer: usize) -> Result<Run> {
    let namespace = if way.name == "prom-label-proxy" {
        "&namespace=a"
    } else {
        ""
    };
    let url = format!(
        "{}/api/v1/query_range?query=up&start=1&end=2&step={answer}{namespace}",
        way.base
    );
    let mut wrk = Command::new("wrk");
    wrk.args(LOAD).args(["-H", "authorization: Bearer bench"]).arg(&url);
    let said = child::capture(&mut wrk)?;
    read(&said).with_context(|| format!("{}: wrk said:\n{said}", way.name))
}

/// `Latency Distribution` and `Requests/sec` of wrk's text. A single wrong answer makes the run worthless.
fn read(said: &str) -> Result<Run> {
    ensure!(
        !said.contains("Non-2xx") && !said.contains("Socket errors"),
        "not every answer was good"
    );
    let after = |what: &str| {
        let mut lines = said.lines().map(str::trim);
        lines
            .find_map(|line| line.strip_prefix(what).map(str::trim))
            .with_context(|| format!("no {what}"))
    };
    Ok(Run {
        per_second: after("Requests/sec:")?.parse()?,
        p50: millis(after("50%")?)?,
        p99: millis(after("99%")?)?,
    })
}

/// `812.00us`, `4.52ms`, `1.20s`.
fn millis(text: &str) -> Result<f64> {
    let digits = text.find(char::is_alphabetic).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse()?;
    Ok(number
        * match unit {
            "us" => 1e-3,
            "ms" => 1.0,
            "s" => 1e3,
            _ => return Err(anyhow::anyhow!("no time: {text}")),
        })
}

/// An answer as Prometheus writes it.
fn matrix(series: usize, samples: usize) -> Vec<u8> {
    let values = |series: usize| -> String {
        let one = |index: usize| {
            let value = 0.1 + (index * 7 + series) as f64 * 0.000_123_456_7;
            format!("[{},\"{value}\"]", 1_763_796_000 + index * 60)
        };
        (0..samples).map(one).collect::<Vec<_>>().join(",")
    };
    let all: Vec<String> = (0..series)
        .map(|series| {
            format!(
                "{{\"metric\":{{\"namespace\":\"a\",\"pod\":\"p-{series}\"}},\"values\":[{}]}}",
                values(series)
            )
        })
        .collect();
    format!(
        "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{}]}}}}",
        all.join(",")
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read_and_a_bad_answer_spoils_it() -> Result<()> {
        let said = "  Latency Distribution\n     50%    1.17ms\n     90%    2.20ms\n     99%  812.00us\n  40 requests in 4.00s\nRequests/sec:  11873.20\n";
        let run = read(said)?;
        assert_eq!((run.per_second, run.p50, run.p99), (11873.2, 1.17, 0.812));
        assert!(read(&format!("{said}  Non-2xx or 3xx responses: 4\n")).is_err());
        assert!(read("").is_err());
        Ok(())
    }
}
