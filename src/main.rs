//! The program `cypher-exporter`.

fn main() {}
