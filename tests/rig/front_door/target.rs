//! What the rig's Prometheus servers scrape: one number that never changes, for whoever asks; and of the teams' pods, numbers
//! that differ from one to the next and never change either.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

use anyhow::Result;

const BODY: &str = "# HELP rig_load Never changes.\n# TYPE rig_load gauge\nrig_load 7\n";

/// A pod, how long its queue is, and how many of its answers took at most 1, 2 and 4 seconds.
pub const PODS: [(&str, u32, [u32; 3]); 3] = [("a-0", 1, [8, 8, 8]), ("a-1", 2, [8, 8, 8]), ("b-0", 40, [0, 0, 48])];

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
    let asked = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let mut body = BODY.to_owned();
    let of = |pod: &str| asked.contains(&format!("of={pod} "));
    for (_, queue, [one, two, four]) in PODS.into_iter().filter(|(pod, ..)| of(pod)) {
        write!(
            body,
            "# HELP rig_queue Never changes.\n# TYPE rig_queue gauge\nrig_queue {queue}\n\
             # HELP rig_seconds Never changes.\n# TYPE rig_seconds histogram\n\
             rig_seconds_bucket{{le=\"1\"}} {one}\nrig_seconds_bucket{{le=\"2\"}} {two}\n\
             rig_seconds_bucket{{le=\"4\"}} {four}\nrig_seconds_bucket{{le=\"+Inf\"}} {four}\n\
             rig_seconds_sum {four}\nrig_seconds_count {four}\n"
        )?;
    }
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )?;
    Ok(())
}
