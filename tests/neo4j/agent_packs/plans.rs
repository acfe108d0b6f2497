//! How a real Neo4j plans a query: asked with EXPLAIN over a connection of our own, since the
//! driver keeps the plan to itself.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use test_support::neo4j::Neo4j;

/// Operators that read all nodes of a label or all relationships of a type, whatever their times
/// are. A seek in an index is none.
const SCANS: [&str; 5] = [
    "AllNodesScan",
    "NodeByLabelScan",
    "NodeIndexScan",
    "RelationshipTypeScan",
    "RelationshipIndexScan",
];

/// The first bytes of the answers that matter: a structure of one field, and its signature.
const SUCCESS: [u8; 2] = [0xb1, 0x70];
const FAILURE: [u8; 2] = [0xb1, 0x7f];

/// A conversation in Bolt 4.4, without authentication.
pub(crate) struct Planner(TcpStream);

impl Planner {
    pub(crate) fn connect(neo4j: &Neo4j) -> Self {
        let mut stream = TcpStream::connect(neo4j.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        stream
            .write_all(&[
                0x60, 0x60, 0xb0, 0x17, 0, 0, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ])
            .unwrap();
        let mut version = [0; 4];
        stream.read_exact(&mut version).unwrap();
        assert_eq!(version, [0, 0, 4, 4]);
        let mut planner = Self(stream);
        let hello = [
            &[0xb1, 0x01, 0xa2][..],
            &string("user_agent"),
            &string("plans/1"),
            &string("scheme"),
            &string("none"),
        ];
        planner.send(&hello.concat());
        planner.succeeds("HELLO");
        planner
    }

    /// The scans in the plan of a query.
    pub(crate) fn scans(&mut self, query: &str) -> Vec<&'static str> {
        self.send(
            &[
                &[0xb3, 0x10][..],
                &string(&format!("EXPLAIN {query}")),
                &[0xa0, 0xa0],
            ]
            .concat(),
        );
        self.succeeds(query);
        // PULL {n: -1}: the plan comes with the end of the rows.
        self.send(&[&[0xb1, 0x3f, 0xa1][..], &string("n"), &[0xff]].concat());
        let summary = self.succeeds(query);
        let text = String::from_utf8_lossy(&summary);
        assert!(text.contains("ProduceResults"), "no plan: {text}");
        SCANS
            .into_iter()
            .filter(|scan| text.contains(scan))
            .collect()
    }

    /// One message in one chunk.
    fn send(&mut self, message: &[u8]) {
        let length = u16::try_from(message.len()).expect("a query is short");
        self.0
            .write_all(&[&length.to_be_bytes()[..], message, &[0, 0]].concat())
            .unwrap();
    }

    fn succeeds(&mut self, what: &str) -> Vec<u8> {
        let message = self.receive();
        assert!(
            !message.starts_with(&FAILURE),
            "{what}: {}",
            String::from_utf8_lossy(&message)
        );
        assert!(message.starts_with(&SUCCESS), "{what}: {message:?}");
        message
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut message = Vec::new();
        loop {
            let mut length = [0; 2];
            self.0.read_exact(&mut length).unwrap();
            match (u16::from_be_bytes(length), message.is_empty()) {
                // Between two messages it says that the connection lives.
                (0, true) => {}
                (0, false) => return message,
                (length, _) => {
                    let start = message.len();
                    message.resize(start + usize::from(length), 0);
                    self.0.read_exact(&mut message[start..]).unwrap();
                }
            }
        }
    }
}

/// A string of PackStream.
fn string(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a query is short");
    [&[0xd1][..], &length.to_be_bytes(), text.as_bytes()].concat()
}
