//! The program: reads the command line and runs one subcommand.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::{StartError, config, demo, export, import, provision, telemetry};

/// What a model-serving platform is doing: models, LLM routing, GPUs.
#[derive(Parser)]
#[command(name = "servelens", version, about, propagate_version = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(Box<config::ServeArgs>),
    Demo(demo::Args),
    Export(Box<export::Args>),
    Import(Box<import::Args>),
    /// Look what is missing for model monitoring on this cluster
    Check(Box<provision::CheckArgs>),
    /// Show what setting up the monitoring would change
    Plan(Box<provision::Args>),
    /// Set up the monitoring, with your own rights
    Apply(Box<provision::Args>),
    /// Ask the metrics themselves whether series arrive
    Verify(Box<provision::VerifyArgs>),
    /// Mend what was set up and has been changed or lost since
    Repair(Box<provision::Args>),
    /// Take back what was set up
    Remove(Box<provision::Args>),
    /// Print the objects that set up the monitoring, as YAML
    Render(Box<provision::RenderArgs>),
}

fn main() -> ExitCode {
    // clap itself ends with 2 on wrong use, and with 0 after --help.
    let line = Line::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return fail(&format!("the program could not start: {cause}"), 3),
    };
    let outcome: Result<u8, (String, u8)> = runtime.block_on(async {
        let outcome = match line.command {
            Command::Serve(args) => serve(&args)
                .await
                .map_err(|fault| (named(fault.code(), &fault), fault.exit_code())),
            Command::Export(args) => match export::run(&args).await {
                Ok(report) => say(&report),
                Err(fault) => Err((fault.to_string(), fault.exit_code())),
            },
            Command::Import(args) => match import::run(&args) {
                Ok((report, dropped)) => match say(&report) {
                    // The report has said which and why.
                    Ok(()) if dropped => return Ok(1),
                    said => said,
                },
                Err(fault) => Err((fault.to_string(), fault.exit_code())),
            },
            Command::Render(args) => match provision::render(&args).await {
                Ok(text) => say(&text),
                Err(fault) => Err((fault.to_string(), fault.exit_code())),
            },
            Command::Check(args) => return setup(provision::check(&args).await),
            Command::Verify(args) => return setup(provision::verify(&args).await),
            Command::Plan(args) => return setup(provision::plan(&args).await),
            Command::Apply(args) => return setup(provision::apply(&args).await),
            Command::Repair(args) => return setup(provision::repair(&args).await),
            Command::Remove(args) => return setup(provision::remove(&args).await),
            Command::Demo(args) => demo::run(args)
                .await
                .map_err(|fault| (named(fault.code(), &fault), fault.exit_code())),
        };
        outcome.map(|()| 0)
    });
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err((text, code)) => fail(&text, code),
    }
}

async fn serve(args: &config::ServeArgs) -> Result<(), StartError> {
    let config = config::load(args)?;
    telemetry::init(&config.log);
    server::run(config).await
}

fn setup(outcome: Result<u8, provision::SetupError>) -> Result<u8, (String, u8)> {
    outcome.map_err(|fault| (fault.to_string(), fault.exit_code()))
}

/// On standard output; a reader that has gone is no fault of ours.
fn say(text: &str) -> Result<(), (String, u8)> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => {
            Err((format!("standard output cannot be written: {cause}"), 3))
        }
        _ => Ok(()),
    }
}

/// The fault's fixed name before its sentence, so that a tool need not read the sentence.
fn named(code: &str, fault: &dyn std::error::Error) -> String {
    format!("[{code}] {fault}")
}

fn fail(text: &str, code: u8) -> ExitCode {
    eprintln!("servelens: {text}");
    ExitCode::from(code)
}
