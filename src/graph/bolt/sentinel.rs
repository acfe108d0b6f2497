//! An idle connection of our own, whose end shows that the server ended.
//!
//! The driver does not read from its idle connections and does not expose their sockets, so the end
//! of one shows only with the next query. This connection sends the login and then only waits for
//! its end, which costs one connection and no polling. Without the login, Neo4j would close it
//! after 30 s.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret, SecretString};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::tls::{Protection, TlsFiles};

/// The magic number and four versions, as the driver proposes them.
const HANDSHAKE: [u8; 20] = [
    0x60, 0x60, 0xb0, 0x17, 0, 0, 4, 4, 0, 0, 3, 4, 0, 0, 1, 4, 0, 0, 0, 4,
];
const DEFAULT_PORT: u16 = 7687;
const USER_AGENT: &str = concat!("cypher-exporter/", env!("CARGO_PKG_VERSION"));
const SUCCESS: u8 = 0x70;

/// As the driver does for its connections: the kernel detects a host that is gone.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// How to log in.
pub(super) struct Login {
    /// Without credentials.
    pub(super) uri: String,
    pub(super) user: String,
    pub(super) password: SecretString,
    pub(super) tls: TlsFiles,
}

/// Why there is no sentinel.
#[derive(Debug, thiserror::Error)]
pub(super) enum SentinelError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("{0}")]
    Tls(String),
    #[error("the server refused the login")]
    Refused,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection that is logged in and idle.
pub(super) struct Sentinel(Box<dyn Stream>);

impl Sentinel {
    pub(super) async fn open(login: &Login) -> Result<Self, SentinelError> {
        let (host, port) = host_and_port(&login.uri);
        let stream = TcpStream::connect((host, port)).await?;
        SockRef::from(&stream).set_tcp_keepalive(&TcpKeepalive::new().with_time(KEEPALIVE))?;
        let mut stream = protected(stream, host, login).await?;
        stream.write_all(&HANDSHAKE).await?;
        let mut version = [0; 4];
        stream.read_exact(&mut version).await?;
        stream.write_all(&chunked(&hello(login))).await?;
        stream.flush().await?;
        match signature(&mut stream).await? {
            SUCCESS => Ok(Self(stream)),
            _ => Err(SentinelError::Refused),
        }
    }

    /// Waits for the end of the connection.
    pub(super) async fn ended(mut self) {
        // A server may send empty chunks to keep a connection alive.
        let mut ignored = [0; 64];
        while let Ok(1..) = self.0.read(&mut ignored).await {}
    }
}

async fn protected(
    stream: TcpStream,
    host: &str,
    login: &Login,
) -> Result<Box<dyn Stream>, SentinelError> {
    let protection = Protection::of(&login.uri);
    if protection == Protection::None {
        return Ok(Box::new(stream));
    }
    let config = login.tls.config(protection).map_err(SentinelError::Tls)?;
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| SentinelError::Tls(error.to_string()))?;
    let connector = TlsConnector::from(Arc::new(config));
    Ok(Box::new(connector.connect(name, stream).await?))
}

/// The signature of the next message.
async fn signature(stream: &mut Box<dyn Stream>) -> io::Result<u8> {
    loop {
        let length = usize::from(stream.read_u16().await?);
        // An empty chunk before a message keeps the connection alive.
        if length == 0 {
            continue;
        }
        let mut chunk = vec![0; length];
        stream.read_exact(&mut chunk).await?;
        return chunk
            .get(1)
            .copied()
            .ok_or_else(|| io::ErrorKind::InvalidData.into());
    }
}

fn hello(login: &Login) -> Vec<u8> {
    let entries = [
        ("user_agent", USER_AGENT),
        ("scheme", "basic"),
        ("principal", &login.user),
        ("credentials", login.password.expose_secret()),
    ];
    // A structure of one field with the signature of HELLO, and a map of four entries.
    let mut message = vec![0xb1, 0x01, 0xa4];
    for (key, value) in entries {
        push_string(&mut message, key);
        push_string(&mut message, value);
    }
    message
}

/// A string in PackStream.
fn push_string(message: &mut Vec<u8>, text: &str) {
    let length = text.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length @ ..16), _) => message.push(0x80 | length),
        (Ok(length), _) => message.extend([0xd0, length]),
        (Err(_), Ok(length)) => {
            message.push(0xd1);
            message.extend(length.to_be_bytes());
        }
        (Err(_), Err(_)) => {
            message.push(0xd2);
            message.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
        }
    }
    message.extend(text.as_bytes());
}

fn chunked(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + 4);
    for chunk in message.chunks(usize::from(u16::MAX)) {
        let length = u16::try_from(chunk.len()).unwrap_or(u16::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(chunk);
    }
    bytes.extend([0, 0]);
    bytes
}

fn host_and_port(uri: &str) -> (&str, u16) {
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().unwrap_or(DEFAULT_PORT)),
        Some(_) | None => (rest, DEFAULT_PORT),
    };
    (host.trim_start_matches('[').trim_end_matches(']'), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_a_host_and_a_port() {
        for (uri, expected) in [
            ("bolt://db:7688", ("db", 7688)),
            ("bolt+s://db", ("db", DEFAULT_PORT)),
            ("bolt://[::1]:7688", ("::1", 7688)),
            ("bolt://[::1]", ("::1", DEFAULT_PORT)),
        ] {
            assert_eq!(host_and_port(uri), expected);
        }
    }

    #[test]
    fn the_login_is_one_chunked_message() {
        let login = Login {
            uri: "bolt://db".into(),
            user: "neo4j".into(),
            password: "p".repeat(300).into(),
            tls: TlsFiles::default(),
        };
        let bytes = chunked(&hello(&login));
        let (length, message) = bytes.split_at(2);
        assert_eq!(
            length,
            u16::try_from(bytes.len() - 4).unwrap().to_be_bytes()
        );
        assert!(message.starts_with(b"\xb1\x01\xa4\x8auser_agent"));
        assert!(message.ends_with(&[b"p".repeat(300), vec![0, 0]].concat()));
        // The length of the password needs two bytes.
        let password = message.len() - 302;
        assert_eq!(&message[password - 3..password], [0xd1, 1, 44]);
    }

    #[test]
    fn long_strings_and_messages_are_split() {
        for (length, head) in [(15, 1), (16, 2), (255, 2), (256, 3), (65_536, 5)] {
            let mut message = Vec::new();
            push_string(&mut message, &"x".repeat(length));
            assert_eq!(message.len(), length + head);
        }
        assert_eq!(chunked(&vec![0; 65_536]).len(), 65_536 + 2 + 2 + 2);
    }
}
