//! A scraper that keeps its connection and its buffer: it costs as little as a client can.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// The header that asks for a compressed response.
pub const GZIP: &str = "Accept-Encoding: gzip\r\n";

/// A connection that asks for `/metrics` again and again.
pub struct Scraper {
    stream: TcpStream,
    request: String,
    buffer: Vec<u8>,
}

impl Scraper {
    /// Connects; `headers` end with a line break.
    pub fn connect(address: SocketAddr, headers: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!("GET /metrics HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        Self {
            stream,
            request,
            buffer: vec![0; 1 << 20],
        }
    }

    /// Reads one response to its end, discards it, and returns the length of its body.
    pub fn scrape(&mut self) -> usize {
        self.stream.write_all(self.request.as_bytes()).unwrap();
        let mut read = 0;
        let head = loop {
            match self.stream.read(&mut self.buffer[read..]).unwrap() {
                0 => panic!("the server has closed the connection"),
                some => read += some,
            }
            if let Some(at) = self.buffer[..read]
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
            {
                break at + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head]).unwrap();
        assert!(text.starts_with("HTTP/1.1 200 "), "{text}");
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap()
            .parse()
            .unwrap();
        let mut left: usize = length - (read - head);
        while left > 0 {
            match self.stream.read(&mut self.buffer).unwrap() {
                0 => panic!("the response ends {left} bytes early"),
                some => left -= some,
            }
        }
        length
    }
}
