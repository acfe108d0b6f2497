//! Accepts connections and serves each within its limits, until the server is stopped.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::progress::Progress;
use super::{AppState, routes};
use crate::supervisor::{Task, supervise};

/// No scraper sends more; a request line of 64 kB is rejected with status 431.
const MAX_HEADER: usize = 16 * 1024;

/// The default of the system is some megabytes, which no longer fit the processor's caches when
/// they are read. With this size, a large response to a client on the same machine takes 0.6 times
/// the time and the CPU.
const SEND_BUFFER: usize = 256 * 1024;

/// Out of file descriptors, for example: a retry can succeed, since connections end.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Serves until `stop`; responses in progress are then finished within the grace period.
pub async fn serve(listener: TcpListener, state: Arc<AppState>, stop: CancellationToken) {
    let board = state.board.clone();
    let mut acceptor = Acceptor {
        listener,
        permits: Arc::new(Semaphore::new(state.settings.limits.connections)),
        connections: TaskTracker::new(),
        state,
        stop: stop.clone(),
    };
    supervise(&mut acceptor, &board, &stop).await;
    let connections = acceptor.connections.clone();
    // A client that connects from now on is refused instead of left waiting.
    drop(acceptor);
    connections.close();
    connections.wait().await;
}

struct Acceptor {
    listener: TcpListener,
    permits: Arc<Semaphore>,
    connections: TaskTracker,
    state: Arc<AppState>,
    stop: CancellationToken,
}

impl Task for Acceptor {
    fn name(&self) -> String {
        "acceptor".to_owned()
    }

    async fn run(&mut self) {
        loop {
            let permit = self
                .permits
                .clone()
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    let (state, stop) = (self.state.clone(), self.stop.clone());
                    self.connections.spawn(async move {
                        if let Err(error) = connection(stream, state, stop).await {
                            tracing::debug!(%peer, %error, "connection ended");
                        }
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_RETRY).await;
                }
            }
        }
    }
}

async fn connection(
    stream: TcpStream,
    state: Arc<AppState>,
    stop: CancellationToken,
) -> Result<(), ConnectionError> {
    stream.set_nodelay(true)?;
    SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER)?;
    let limits = state.settings.limits.clone();
    let service = service_fn(|request| {
        let state = state.clone();
        async move { Ok::<_, Infallible>(routes::respond(&state, request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_header_size(MAX_HEADER)
        .serve_connection(TokioIo::new(Progress::new(stream, limits.stall)), service);
    tokio::pin!(serving);
    tokio::select! {
        served = serving.as_mut() => return Ok(served?),
        () = sleep(limits.age) => {}
        () = stop.cancelled() => {}
    }
    serving.as_mut().graceful_shutdown();
    match timeout(limits.grace, serving).await {
        Ok(served) => Ok(served?),
        Err(_) => Err(ConnectionError::Grace),
    }
}

/// Why a connection was ended.
#[derive(Debug, thiserror::Error)]
enum ConnectionError {
    #[error(transparent)]
    Socket(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("the response was not finished in time")]
    Grace,
}
