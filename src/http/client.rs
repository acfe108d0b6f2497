//! An HTTP client for a single request: `health` queries a running exporter with it.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    /// Whether the status is 2xx.
    pub is_success: bool,
    /// The body as text.
    pub body: String,
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection failed.
    #[error(
        "cannot connect to {address}: {cause}; check that the exporter runs and that this is its `[web] listen`"
    )]
    Connect {
        /// Host and port.
        address: String,
        /// What the system reported.
        cause: std::io::Error,
    },
    /// The response is not valid HTTP.
    #[error("invalid HTTP response from {address}: {cause}")]
    Http {
        /// Host and port.
        address: String,
        /// What was wrong.
        cause: String,
    },
    /// The deadline passed.
    #[error("no response from {address} within {}", humantime::format_duration(*.limit))]
    Timeout {
        /// Host and port.
        address: String,
        /// The deadline.
        limit: Duration,
    },
}

/// Sends `GET path` to `address` (`host:port`) and waits at most `limit` for the response.
///
/// # Errors
/// When no complete response arrives in time.
pub async fn get(address: &str, path: &str, limit: Duration) -> Result<Response, Error> {
    let timed_out = Error::Timeout {
        address: address.to_owned(),
        limit,
    };
    tokio::time::timeout(limit, exchange(address, path))
        .await
        .map_err(|_| timed_out)?
}

async fn exchange(address: &str, path: &str) -> Result<Response, Error> {
    let failed = |cause: String| Error::Http {
        address: address.to_owned(),
        cause,
    };
    let stream = TcpStream::connect(address)
        .await
        .map_err(|cause| Error::Connect {
            address: address.to_owned(),
            cause,
        })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|cause| failed(cause.to_string()))?;
    // The task ends with the response, since `Connection: close` makes both sides close the
    // connection.
    tokio::spawn(connection);
    let request = Request::get(path)
        .header(http::header::HOST, address)
        .header(http::header::CONNECTION, "close");
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|cause| failed(cause.to_string()))?;
    let response = sender
        .send_request(request)
        .await
        .map_err(|cause| failed(cause.to_string()))?;
    let is_success = response.status().is_success();
    let body = response
        .into_body()
        .collect()
        .await
        .map_err(|cause| failed(cause.to_string()))?
        .to_bytes();
    Ok(Response {
        is_success,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
