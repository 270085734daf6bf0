//! The project's own commands: `cargo xtask setup | build | demo | image | test | mutants | bench`.
//!
//! Only drives other programs and prepares files. Never holds product logic: whatever a user of Servelens needs at run
//! time lives in `server`, `frontend` or `catalog`.

mod bench;
mod build;
mod child;
mod demo;
mod image;
mod mutants;
mod place;
mod program;
mod progress;
mod scrap;
mod setup;
mod stop;
mod test;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::place::Place;

/// Prepares the machine, builds the product and its image, runs its demo, tests it and measures it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what the other commands need: the WebAssembly target, wasm-opt, Prometheus, Chromium, Node.js.
    Setup,
    /// Build the page's files (WebAssembly, styles, plugin entry) and the server.
    Build,
    /// Build and run the demo: a simulated fleet, a real Prometheus, Servelens.
    Demo {
        /// Passed on to `servelens demo`, as `--listen 127.0.0.1:9000`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        passed: Vec<OsString>,
    },
    /// Make the container image as an OCI archive, the same bytes each time, without a container engine.
    Image(image::Options),
    /// Check formatting and lints, then run every test of every crate, those in a real browser included.
    Test {
        /// Leave out what needs a Prometheus or a browser.
        #[arg(long)]
        quick: bool,
    },
    /// Take the guard of each promise of the metrics door out, one at a time, and see its tests fail.
    Mutants {
        /// Numbers of promises; all of them without.
        promises: Vec<u8>,
    },
    /// Measure size, memory and times, beside other programs too; print them and keep them in BENCHMARKS.md.
    Bench {
        /// One part alone.
        part: Option<bench::Part>,
    },
}

fn main() -> ExitCode {
    let args = Args::parse();
    match child::end_with_us().and_then(|()| run(args.task)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress::say(&format!("error: {error:#}"));
            stop::exit_code(&error)
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let place = Place::find()?;
    match task {
        Task::Setup => setup::all(&place),
        Task::Build => build::run(&place, &setup::run(&place, setup::Need::Build)?),
        Task::Demo { passed } => demo::run(&place, &passed),
        Task::Image(options) => image::run(&place, options),
        Task::Test { quick } => test::run(&place, quick),
        Task::Mutants { promises } => mutants::run(&place, &promises),
        Task::Bench { part } => bench::run(&place, part),
    }
}
