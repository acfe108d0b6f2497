//! Window KPIs on a real graph: every event is counted exactly once, whatever ends the program, the graph or the disk.
// The driver's futures lie so deep in each other that the compiler's default is just passed, or just not, by chance.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::print_stdout, reason = "a test tells what it has measured")]

mod cost;
mod counting;
mod events;
mod forms;
mod growth;
mod kills;
mod limits;
mod restart;
