//! Window KPIs on a real graph: every event is counted exactly once, whatever ends the program, the
//! graph or the disk.

mod cost;
mod counting;
mod events;
mod forms;
mod growth;
mod kills;
mod limits;
mod restart;
