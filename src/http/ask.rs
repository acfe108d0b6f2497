//! A client of one request: how `health` asks a running exporter.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whether the status is 2xx.
    pub well: bool,
    /// The text.
    pub body: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody listens there.
    #[error(
        "nobody answers on {address}: {cause}; is the exporter running, and is this its `[web] listen`?"
    )]
    Connect {
        /// Where.
        address: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Whoever listens there speaks no HTTP.
    #[error("{address} gives no proper answer: {cause}")]
    Http {
        /// Where.
        address: String,
        /// What was wrong.
        cause: String,
    },
    /// Too late.
    #[error("{address} does not answer within {}", humantime::format_duration(*.within))]
    Timeout {
        /// Where.
        address: String,
        /// How long was waited.
        within: Duration,
    },
}

/// Asks `GET path` of `address` (`host:port`) and waits no longer than `within`.
///
/// # Errors
/// When there is no answer in time.
pub async fn ask(address: &str, path: &str, within: Duration) -> Result<Answer, AskError> {
    let late = AskError::Timeout {
        address: address.to_owned(),
        within,
    };
    tokio::time::timeout(within, exchange(address, path))
        .await
        .map_err(|_| late)?
}

async fn exchange(address: &str, path: &str) -> Result<Answer, AskError> {
    let failed = |cause: String| AskError::Http {
        address: address.to_owned(),
        cause,
    };
    let stream = TcpStream::connect(address)
        .await
        .map_err(|cause| AskError::Connect {
            address: address.to_owned(),
            cause,
        })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|cause| failed(cause.to_string()))?;
    // Ends with the answer: both sides close the connection then.
    tokio::spawn(connection);
    let request = Request::get(path)
        .header(http::header::HOST, address)
        .header(http::header::CONNECTION, "close");
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|cause| failed(cause.to_string()))?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|cause| failed(cause.to_string()))?;
    let well = answer.status().is_success();
    let body = answer
        .into_body()
        .collect()
        .await
        .map_err(|cause| failed(cause.to_string()))?
        .to_bytes();
    Ok(Answer {
        well,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
