//! Other programs read what the exporter serves and generates: Prometheus and its tools, strict
//! parsers, and HTTP clients.
// The driver's futures are nested about as deep as the compiler's default limit allows.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]
#![allow(clippy::print_stdout, reason = "a test prints what it has measured")]

mod clients;
mod judges;
mod panels;
