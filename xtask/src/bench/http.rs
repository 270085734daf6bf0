//! The least HTTP that measuring needs: one request a connection, timed while the body comes in.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// An answer, with the times since the request at which pieces of its body arrived.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Bytes of the body so far, and when.
    arrivals: Vec<(usize, Duration)>,
}

impl Answer {
    /// When the first `bytes` of the body had arrived.
    pub fn arrived(&self, bytes: usize) -> Duration {
        let found = self.arrivals.iter().find(|(so_far, _)| *so_far >= bytes);
        found.or(self.arrivals.last()).map_or(Duration::ZERO, |(_, when)| *when)
    }
}

/// An address that was free a moment ago.
pub fn free_address() -> Result<String> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.to_string())
}

pub fn get(address: &str, path: &str) -> Result<Answer> {
    send(address, &format!("GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n"))
}

pub fn post(address: &str, path: &str, accept: &str, json: &str) -> Result<Answer> {
    let length = json.len();
    send(
        address,
        &format!(
            "POST {path} HTTP/1.0\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: {accept}\r\n\
             content-length: {length}\r\n\r\n{json}"
        ),
    )
}

/// Version 1.0: the server then ends the body by closing, without chunk marks in between.
fn send(address: &str, request: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let since = Instant::now();
    stream.write_all(request.as_bytes())?;
    let (mut all, mut reads) = (Vec::new(), Vec::new());
    let mut room = vec![0; 64 * 1024];
    loop {
        let count = stream.read(&mut room)?;
        if count == 0 {
            break;
        }
        all.extend_from_slice(room.get(..count).unwrap_or_default());
        reads.push((all.len(), since.elapsed()));
    }
    let end = all
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .context("no end of the head")?;
    let head = String::from_utf8_lossy(all.get(..end).unwrap_or_default()).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .context("no status")?;
    let body = all.split_off(end + 4);
    let arrivals = reads
        .into_iter()
        .map(|(so_far, when)| (so_far.saturating_sub(end + 4), when))
        .collect();
    Ok(Answer { status, body, arrivals })
}
