//! The program: reads the command line and runs one subcommand.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use server::{StartError, config, demo, telemetry};

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
}

fn main() -> ExitCode {
    // clap itself ends with 2 on wrong use, and with 0 after --help.
    let line = Line::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return fail(&format!("the program could not start: {cause}"), 3),
    };
    let outcome = runtime.block_on(async {
        match line.command {
            Command::Serve(args) => serve(&args)
                .await
                .map_err(|fault| (fault.to_string(), fault.exit_code())),
            Command::Demo(args) => demo::run(args)
                .await
                .map_err(|fault| (fault.to_string(), fault.exit_code())),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err((text, code)) => fail(&text, code),
    }
}

async fn serve(args: &config::ServeArgs) -> Result<(), StartError> {
    let config = config::load(args)?;
    telemetry::init(&config.log);
    server::run(config).await
}

fn fail(text: &str, code: u8) -> ExitCode {
    eprintln!("servelens: {text}");
    ExitCode::from(code)
}
