//! `hot_paths <decode|enforce|cache_hit> <times>`: does one piece of work that often, for callgrind to count. The difference
//! between two numbers of times is the work alone.

use std::{hint::black_box, process::ExitCode};

use promql_guard::Wall;
use server::hot;

const SERIES: usize = 20;
/// A query as a dashboard has it.
const QUERY: &str = "histogram_quantile(0.95, sum by (le, model_name) (rate(vllm:time_to_first_token_seconds_bucket\
                     {model_name=~\"a|b\"}[2m]))) or on () max(vllm:num_requests_waiting) > 3";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let times = args.get(1).and_then(|times| times.parse().ok());
    let (Some(what), Some(times)) = (args.first(), times) else {
        // `cargo bench` without arguments of ours has nothing to measure.
        return ExitCode::SUCCESS;
    };
    match run(what, times) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("hot_paths: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(what: &str, times: usize) -> Result<(), String> {
    match what {
        "decode" => {
            let body = hot::answer(SERIES);
            for _ in 0..times {
                expect(hot::decode(black_box(&body)))?;
            }
        }
        "cache_hit" => {
            let kept = hot::Kept::new(SERIES)?;
            for _ in 0..times {
                expect(black_box(kept.hit()).len())?;
            }
        }
        "enforce" => {
            let wall = Wall::new("namespace", ["team-a".to_owned()]).map_err(|fault| fault.to_string())?;
            for _ in 0..times {
                let confined = wall.confine(black_box(QUERY)).map_err(|fault| fault.to_string())?;
                expect(confined.matches("namespace=\"team-a\"").count() * SERIES / 2)?;
            }
        }
        other => return Err(format!("there is no {other}")),
    }
    Ok(())
}

/// What did nothing is not measured.
fn expect(series: usize) -> Result<(), String> {
    if series == SERIES {
        return Ok(());
    }
    Err(format!("{series} series instead of {SERIES}"))
}
