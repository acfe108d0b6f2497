//! Accepts connections and serves each within its limits, until told to stop.

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

/// No scraper sends more; an address line of 64 kB is refused with 431.
const MAX_HEADER: usize = 16 * 1024;

/// The system's own choice is some megabytes: what waits there has left the processor's caches when it is read. With this
/// much, a large answer to a client on the same machine takes 0.6 of the time and the CPU.
const SEND_BUFFER: usize = 256 * 1024;

/// Out of file descriptors, for instance: the next try may succeed, since connections end.
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// Serves until `stop`; then answers under way are finished within the grace period.
pub async fn serve(listener: TcpListener, state: Arc<AppState>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(state.settings.limits.connections));
    let connections = TaskTracker::new();
    loop {
        let accepted = async {
            let place = places
                .clone()
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (state, stop) = (state.clone(), stop.clone());
                connections.spawn(async move {
                    if let Err(error) = connection(stream, state, stop).await {
                        tracing::debug!(%peer, %error, "connection ended");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(ACCEPT_RETRY).await;
            }
        }
    }
    // Whoever connects from now on is refused instead of left waiting.
    drop(listener);
    connections.close();
    connections.wait().await;
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
        async move { Ok::<_, Infallible>(routes::answer(&state, request).await) }
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

/// Why a connection did not end by itself.
#[derive(Debug, thiserror::Error)]
enum ConnectionError {
    #[error(transparent)]
    Socket(#[from] io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error("an answer was not finished in time")]
    Grace,
}
