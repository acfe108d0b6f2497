//! The program at work: the exporter as its users start it, on real servers, in good times and bad.
//!
//! Every look at `/metrics` on the way is also a check that it answers within a second, whatever
//! the graph does.

mod ending;
mod load;
mod numbers;
mod observer;
mod outages;
mod panics;
mod refresh;
mod schedule;
