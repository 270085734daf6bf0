//! The program as it is shipped: what is compared with others must not run in the development profile.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::http;
use crate::child::{self, Running};
use crate::place::{self, Place};
use crate::progress::say;

/// The built program.
pub struct Server(PathBuf);

pub fn build(place: &Place) -> Result<Server> {
    say("bench: building the server in the release profile");
    let mut cargo = place::cargo();
    cargo.args([
        "build",
        "--release",
        "--quiet",
        "--package",
        "server",
        "--bin",
        "servelens",
    ]);
    child::run(cargo.current_dir(&place.root).env("CARGO_TARGET_DIR", &place.target))?;
    Ok(Server(place.target.join("release").join("servelens")))
}

/// A server that answers; ends when dropped.
pub struct Served {
    _running: Running,
    pub address: String,
    /// Of its own metrics.
    pub metrics: String,
}

impl Server {
    pub fn path(&self) -> &std::path::Path {
        &self.0
    }

    /// `servelens serve` before a plain Prometheus at `store`.
    pub fn serve(&self, place: &Place, store: &str, more: &[&str]) -> Result<Served> {
        let (address, metrics) = (http::free_address()?, http::free_address()?);
        let mut serve = Command::new(&self.0);
        place::clean(&mut serve);
        serve
            .args(["serve", "--listen", &address, "--metrics-listen", &metrics, "--assets"])
            .arg(place.dist())
            .args([
                "--upstream",
                "prometheus",
                "--cluster-url",
                store,
                "--log-level",
                "warn",
            ])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut running = Running::start(&mut serve)?;
        until_it_answers(running.process(), &address, "/healthz")?;
        Ok(Served {
            _running: running,
            address,
            metrics,
        })
    }
}

/// Waits until a program that was just started answers at all.
pub fn until_it_answers(process: &mut Child, address: &str, path: &str) -> Result<()> {
    let since = Instant::now();
    while http::get(address, path).is_err() {
        if let Some(status) = process.try_wait()? {
            bail!("the program at {address} ended with {status}");
        }
        if since.elapsed() > Duration::from_secs(30) {
            bail!("nothing answers at {address}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
