//! What the embedded engine does otherwise than Neo4j: the table that the contract goes by, and a test for each other thing.

use cypher_exporter::graph::{Embedded, Graph};
use cypher_exporter::row::Value;

use crate::contract::{Differences, Instead};

pub(crate) fn graph() -> Graph {
    Graph::Embedded(Embedded::new())
}

pub(crate) const EMBEDDED: &Differences = &[
    ("0.0 / 0.0", Instead::Answers(&Value::Null)),
    ("point({x: 1, y: 2})", Instead::Refuses("Cartesian points are not supported")),
    ("point({x: 1, y: 2, z: 3})", Instead::Refuses("3D points are not supported")),
    ("duration('-PT0.5S')", Instead::Refuses("cannot parse '-PT0.5S'")),
    ("date({year: 999999999})", Instead::Refuses("999999999-01-01 is not a valid date")),
    // It reads the pattern to its end before it looks at it.
    ("MATCH (n)\n  RETRN n AS v", Instead::SeesAt(2, 11)),
    // Without a pattern nothing is streamed: all rows are made first.
    ("UNWIND range(5000, 0, -1) AS i RETURN 10 / i AS v", Instead::GivesNoRow),
    // A list is at most 256 MiB.
    ("UNWIND range(1, 1000000000000) AS v RETURN v", Instead::IsAsked("UNWIND range(1, 1000000) AS v RETURN v")),
];
