//! nginx as a store of canned answers, and as the plain proxy that others are compared with.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::Result;
use tempfile::TempDir;

use super::http;
use super::release::until_it_answers;
use crate::child::Running;

/// Ends when dropped.
pub struct Nginx {
    _running: Running,
    _folder: TempDir,
    pub address: String,
}

/// Answers `/api/v1/query_range?step=N` with the N-th body.
pub fn store(bodies: &[Vec<u8>]) -> Result<Nginx> {
    let folder = tempfile::tempdir()?;
    for (index, body) in bodies.iter().enumerate() {
        fs::write(folder.path().join(format!("{}.json", index + 1)), body)?;
    }
    let at = folder.path().display().to_string();
    start(folder, |address| {
        format!(
            "server {{ listen {address}; location = /api/v1/query_range {{ default_type application/json; \
             alias {at}/$arg_step.json; }} }}"
        )
    })
}

/// `proxy_pass` and nothing else, with connections to the store that stay open.
pub fn proxy(store: &str) -> Result<Nginx> {
    start(tempfile::tempdir()?, |address| {
        format!(
            "upstream store {{ server {store}; keepalive 64; keepalive_requests 100000000; }} \
             server {{ listen {address}; location / {{ proxy_pass http://store; proxy_http_version 1.1; \
             proxy_set_header Connection \"\"; }} }}"
        )
    })
}

fn start(folder: TempDir, servers: impl FnOnce(&str) -> String) -> Result<Nginx> {
    let address = http::free_address()?;
    let at = folder.path().display();
    let paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {at}/{name}; "))
        .concat();
    let user = if rustix::process::geteuid().is_root() {
        "user root; "
    } else {
        ""
    };
    let text = format!(
        "{user}daemon off; pid {at}/pid; error_log {at}/error.log crit; worker_processes auto;\n\
         events {{ worker_connections 1024; }}\n\
         http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 100000000; {paths}\n{} }}\n",
        servers(&address)
    );
    let config = folder.path().join("nginx.conf");
    fs::write(&config, text)?;
    let mut nginx = Command::new("nginx");
    nginx
        .arg("-e")
        .arg(folder.path().join("start.log"))
        .arg("-c")
        .arg(&config)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut running = Running::start(&mut nginx)?;
    until_it_answers(running.process(), &address, "/")?;
    Ok(Nginx {
        _running: running,
        _folder: folder,
        address,
    })
}
