//! The clocks of one connection: a head that does not end, a pause that is too long, an answer that nobody takes.
//!
//! They are apart on purpose. A page may rest for a minute between two requests; a head is one packet, and whoever drips it
//! only wants to hold the connection.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, Bytes, HttpBody};
use futures_util::task::AtomicWaker;
use hyper::body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use crate::config::ConnectionLimits;

/// How many requests of a connection have begun and ended; the reader of the next one looks at it.
#[derive(Clone, Default)]
pub struct Exchanges(Arc<Counts>);

#[derive(Default)]
struct Counts {
    begun: AtomicUsize,
    ended: AtomicUsize,
    /// Whoever reads while a request is under way has no clock; it sets one when the request ends.
    reader: AtomicWaker,
}

/// One request, from its whole head to the last byte of its answer.
pub struct Exchange(Arc<Counts>);

impl Exchanges {
    pub fn begin(&self) -> Exchange {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        Exchange(Arc::clone(&self.0))
    }

    fn begun(&self) -> usize {
        self.0.begun.load(Ordering::Relaxed)
    }

    fn is_busy(&self) -> bool {
        self.begun() != self.0.ended.load(Ordering::Acquire)
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Release);
        self.0.reader.wake();
    }
}

/// A stream that ends by itself when its client does nothing for too long.
pub struct Paced<S> {
    stream: S,
    limits: ConnectionLimits,
    exchanges: Exchanges,
    /// As many as had begun when the clock for reading was set.
    seen: usize,
    /// Runs while no request is under way: to its first byte, then to the end of its head.
    reading: Clock,
    in_head: bool,
    writing: Clock,
}

impl<S> Paced<S> {
    /// A fresh connection has its first head before it like one that has begun.
    pub fn new(stream: S, limits: ConnectionLimits, exchanges: Exchanges) -> Paced<S> {
        Paced {
            stream,
            limits,
            seen: exchanges.begun(),
            exchanges,
            reading: Clock::default(),
            in_head: true,
            writing: Clock::default(),
        }
    }

    /// The time for what is read now; `None` while a request is under way.
    fn patience(&mut self) -> Option<Duration> {
        let begun = self.exchanges.begun();
        if begun != self.seen {
            self.seen = begun;
            self.in_head = false;
            self.reading.stop();
        }
        if self.exchanges.is_busy() {
            self.reading.stop();
            return None;
        }
        Some(if self.in_head {
            self.limits.header_timeout
        } else {
            self.limits.idle_timeout
        })
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        match read {
            Poll::Ready(read) => {
                if this.patience().is_some() && !this.in_head && buf.filled().len() > before {
                    // The first bytes of a head: from here on its own clock runs.
                    this.in_head = true;
                    this.reading.stop();
                }
                Poll::Ready(read)
            }
            Poll::Pending => {
                if this.patience().is_none() {
                    this.exchanges.0.reader.register(cx.waker());
                }
                // Looked at again: it may have ended before it knew whom to wake.
                match this.patience() {
                    Some(patience) => this.reading.run_out(cx, patience),
                    None => Poll::Pending,
                }
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> Paced<S> {
    fn write<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match write(Pin::new(&mut self.stream), cx) {
            Poll::Ready(written) => {
                self.writing.stop();
                Poll::Ready(written)
            }
            Poll::Pending => self.writing.run_out(cx, self.limits.write_timeout),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().write(cx, |stream, cx| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut()
            .write(cx, |stream, cx| stream.poll_write_vectored(cx, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().write(cx, |stream, cx| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().write(cx, |stream, cx| stream.poll_shutdown(cx))
    }
}

/// A deadline that is set when it is first waited for. The timer stays from one time to the next.
#[derive(Default)]
struct Clock {
    timer: Option<Pin<Box<Sleep>>>,
    runs: bool,
}

impl Clock {
    fn stop(&mut self) {
        self.runs = false;
    }

    /// Ready, with an error, when `patience` has passed since the first call after a stop.
    fn run_out<T>(&mut self, cx: &mut Context<'_>, patience: Duration) -> Poll<io::Result<T>> {
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(patience)));
        if !self.runs {
            timer.as_mut().reset(Instant::now() + patience);
            self.runs = true;
        }
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

/// An answer's body; while it lives, its exchange is under way.
pub struct Counted {
    body: Body,
    _exchange: Exchange,
}

impl Counted {
    pub fn new(body: Body, exchange: Exchange) -> Counted {
        Counted {
            body,
            _exchange: exchange,
        }
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
