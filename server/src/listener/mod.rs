//! Sockets: bind, accept, serve HTTP/1.1, stop without cutting anybody off.
//!
//! Knows nothing of routes. TLS will slip in between `accept` and `serve_connection`.

mod signal;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinHandle,
};

pub use signal::asked_to_stop;

/// A hundred viewers with some tabs each, and far below a container's usual 65,536 descriptors.
const MOST_CONNECTIONS: usize = 1024;
/// Covers a slow header and an idle connection alike: hyper starts one clock for both.
const HEADER_DEADLINE: Duration = Duration::from_secs(30);
/// All headers together, the address included; a token with many groups has some kilobytes.
const MOST_HEADER_BYTES: usize = 16 << 10;
const MOST_HEADERS: usize = 64;
/// The longest answer is over after the upstream timeout (25 s); Kubernetes kills after 30 s.
const GRACE: Duration = Duration::from_secs(27);
/// After a failed accept (no descriptors left): time for connections to end, instead of a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A port that is listened on and not served yet.
pub struct Bound {
    socket: TcpListener,
    pub addr: SocketAddr,
}

/// Binds, so that a port in use is found before anything else starts.
pub async fn bind(addr: SocketAddr) -> io::Result<Bound> {
    let socket = TcpListener::bind(addr).await?;
    let addr = socket.local_addr()?;
    Ok(Bound { socket, addr })
}

/// Serves until `stop` changes, then lets the requests in flight finish.
#[must_use]
pub fn serve(bound: Bound, router: Router, connections: Gauge, stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(accept(bound, router, connections, stop))
}

async fn accept(bound: Bound, router: Router, connections: Gauge, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        // Over the cap, connections wait in the kernel's backlog.
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = bound.socket.accept() => accepted,
            _ = stop.changed() => break,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(cause) => {
                tracing::warn!(%cause, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let connection = http(stream, router.clone());
        let connection = graceful.watch(connection);
        let open = Open::count(&connections);
        tokio::spawn(async move {
            if let Err(cause) = connection.await {
                // A client that goes away or sends no HTTP is its own business.
                tracing::debug!(%cause, "a connection ended early");
            }
            drop((open, permit));
        });
    }
    drop(bound);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            "some requests were still in flight after {} s and were cut off",
            GRACE.as_secs()
        );
    }
}

fn http(stream: TcpStream, router: Router) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    // Without it Nagle and delayed acknowledgements add 40 ms to answers of some packets.
    if let Err(cause) = stream.set_nodelay(true) {
        tracing::debug!(%cause, "TCP_NODELAY could not be set");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        .max_header_size(MOST_HEADER_BYTES)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
}

/// Counts a connection for as long as it lives.
struct Open(Gauge);

impl Open {
    fn count(connections: &Gauge) -> Open {
        connections.inc();
        Open(connections.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
