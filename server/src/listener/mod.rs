//! Sockets: bind, accept, encrypt, serve HTTP/1.1, stop without cutting anybody off.
//!
//! Knows nothing of routes. Every wait for a client has an end: see [`pace`].

mod pace;
mod signal;
mod tls;

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::Request, http::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use prometheus_client::metrics::gauge::Gauge;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::config::ConnectionLimits;
use pace::{Exchanges, Paced};
pub use signal::asked_to_stop;
pub use tls::Certificates;

/// The longest answer is over after the upstream timeout (25 s); Kubernetes kills after 30 s.
const GRACE: Duration = Duration::from_secs(27);
/// After a failed accept (no descriptors left): time for connections to end, instead of a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A port that is listened on and not served yet.
pub struct Bound {
    socket: TcpListener,
    pub addr: SocketAddr,
}

/// How a port is served.
#[derive(Clone)]
pub struct Port {
    pub limits: ConnectionLimits,
    /// `None`: plain HTTP.
    pub tls: Option<TlsAcceptor>,
    pub connections: Gauge,
}

/// Binds, so that a port in use is found before anything else starts.
pub async fn bind(addr: SocketAddr) -> io::Result<Bound> {
    let socket = TcpListener::bind(addr).await?;
    let addr = socket.local_addr()?;
    Ok(Bound { socket, addr })
}

/// Serves until `stop` changes, then lets the requests in flight finish.
#[must_use]
pub fn serve(bound: Bound, router: Router, port: Port, stop: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(accept(bound, router, port, stop))
}

async fn accept(bound: Bound, router: Router, port: Port, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(port.limits.most));
    loop {
        // Over the cap, connections wait in the kernel's backlog.
        let permit = tokio::select! {
            permit = Arc::clone(&free).acquire_owned() => permit,
            _ = stop.changed() => break,
        };
        let Ok(permit) = permit else { break };
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
        let open = Open::count(&port.connections);
        let connection = connection(stream, port.clone(), router.clone(), graceful.watcher());
        tokio::spawn(async move {
            if let Err(cause) = connection.await {
                // A client that goes away, is too slow or sends no HTTP is its own business.
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

type Ended = Result<(), Box<dyn std::error::Error + Send + Sync>>;

async fn connection(stream: TcpStream, port: Port, router: Router, watcher: Watcher) -> Ended {
    // Without it Nagle and delayed acknowledgements add 40 ms to answers of some packets.
    if let Err(cause) = stream.set_nodelay(true) {
        tracing::debug!(%cause, "TCP_NODELAY could not be set");
    }
    match port.tls {
        None => http(stream, port.limits, router, watcher).await,
        Some(acceptor) => {
            let handshake = tokio::time::timeout(port.limits.header_timeout, acceptor.accept(stream));
            let stream = handshake.await.map_err(|_| tls::late())??;
            http(stream, port.limits, router, watcher).await
        }
    }
}

async fn http<S>(stream: S, limits: ConnectionLimits, router: Router, watcher: Watcher) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let exchanges = Exchanges::default();
    let stream = Paced::new(stream, limits, exchanges.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let (exchange, router) = (exchanges.begin(), router.clone());
        async move {
            let answer: Result<Response<Body>, Infallible> = router.oneshot(request.map(Body::new)).await;
            // The exchange ends with the answer's body.
            answer.map(|answer| answer.map(|body| pace::Counted::new(body, exchange)))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // The stream's own clocks tell a slow head from a pause.
        .header_read_timeout(None)
        .max_header_size(limits.header_bytes)
        .max_headers(limits.headers)
        .serve_connection(TokioIo::new(stream), service);
    Ok(watcher.watch(connection).await?)
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
