//! What the rig's Prometheus servers scrape: one number that never changes, for whoever asks.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use anyhow::Result;

const BODY: &str = "# HELP rig_load Never changes.\n# TYPE rig_load gauge\nrig_load 7\n";

/// Runs on a thread until this process ends.
pub(super) fn serve() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let addr = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A scraper that goes away gets nothing.
            std::thread::spawn(move || drop(answer(&stream)));
        }
    });
    Ok(addr)
}

fn answer(mut stream: &TcpStream) -> Result<()> {
    let mut lines = BufReader::new(stream).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let length = BODY.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{BODY}"
    )?;
    Ok(())
}
