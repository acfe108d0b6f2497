//! Simulates systems of agents at work and produces the graph edits that record it, for `demo` and
//! tests.
//!
//! A world is determined by its seed, its start and its speed, however often it is polled. It has
//! no clock and no graph: callers pass the time in, and the edits can be written to any graph.
//!
//! It uses two times. *Work time* is the time of the agents: the duration of a piece of work, the
//! days after which an unused lesson fades. Timestamps in the graph are real time, because queries
//! compare them with `datetime()`. Before the start both are the same; after it a second of real
//! time contains `speed` seconds of work. The graph has the same contents at any speed; only the
//! distance between its timestamps differs.
//!
//! **To add a system**: a file beside `bmad.rs` with a type that is a `System`, and its line in
//! `systems`.

mod agenda;
mod agentcore;
mod agentos;
mod bmad;
mod edit;
mod joined;
mod lazybird;
mod past;
mod random;
mod recorder;
mod session_buddy;
mod shared;
mod time;

use std::collections::BTreeSet;
use std::fmt::Debug;

use cypher::{Change, UnixMillis};

use agentcore::AgentCore;
use agentos::AgentOs;
use bmad::Bmad;
use lazybird::LazyBird;
use past::Past;
use random::Random;
use recorder::Recorder;
use session_buddy::SessionBuddy;
use time::{Clock, WorkTime};

pub use edit::{Edit, Ends, Kind, Link, Properties};
pub use joined::joined;
pub use recorder::{Happening, News};

/// The systems of the world. Each has its own random numbers, so that a new one does not change the
/// others.
fn systems(seed: u64, beginning: WorkTime) -> Vec<Box<dyn System>> {
    let choices = |who| Random::of(seed, who);
    vec![
        Box::new(Bmad::new(choices("bmad"), beginning)),
        Box::new(LazyBird::new(choices(lazybird::SYSTEM))),
        Box::new(AgentOs::new(choices(agentos::SYSTEM))),
        Box::new(SessionBuddy::new(choices(session_buddy::SYSTEM))),
        Box::new(AgentCore::new(choices(agentcore::SYSTEM))),
    ]
}

/// One simulated system: a sequence of happenings.
trait System: Debug + Send {
    /// The kinds of nodes that it creates.
    fn kinds(&self) -> &'static [Kind];

    /// The time of the next happening.
    fn due(&self) -> WorkTime;

    /// Executes the next happening and records its edits and news.
    fn happen(&mut self, recorder: &mut Recorder<'_>);
}

/// The current state of the world.
#[derive(Debug)]
pub struct World {
    clock: Clock,
    systems: Vec<Box<dyn System>>,
}

impl World {
    /// Days simulated before the start.
    pub const PAST_DAYS: u32 = Clock::PAST_DAYS;

    /// The world of a seed at `start`, with a past of [`World::PAST_DAYS`], and the edits that
    /// create it in an empty graph. From then on a second contains `speed` seconds of work; at 0 or
    /// less nothing happens.
    pub fn new(seed: u64, start: UnixMillis, speed: f64) -> (Self, Vec<Edit>) {
        Self::of(Clock::new(start, speed), systems(seed, Clock::BEGINNING))
    }

    fn of(clock: Clock, systems: Vec<Box<dyn System>>) -> (Self, Vec<Edit>) {
        let mut world = Self { clock, systems };
        let mut past = Past::default();
        while let Some(happening) = world.next(WorkTime::START) {
            happening.edits.into_iter().for_each(|edit| past.add(edit));
        }
        (world, past.edits())
    }

    /// The indexes that the edits use to find their nodes. Neo4j requires a separate transaction
    /// for them.
    pub fn indexes(&self) -> Vec<Change> {
        let kinds: BTreeSet<_> = self
            .systems
            .iter()
            .flat_map(|system| system.kinds())
            .collect();
        kinds.into_iter().map(Kind::index).collect()
    }

    /// The happenings since the last call, in order, computed lazily because there are many after a
    /// long pause. The edits of one happening must be written in one transaction.
    pub fn until(&mut self, now: UnixMillis) -> impl Iterator<Item = Happening> {
        let until = self.clock.work_time(now);
        std::iter::from_fn(move || self.next(until))
    }

    fn next(&mut self, until: WorkTime) -> Option<Happening> {
        let system = self.systems.iter_mut().min_by_key(|system| system.due())?;
        let due = system.due();
        if due > until {
            return None;
        }
        let mut recorder = Recorder::new(&self.clock, due);
        system.happen(&mut recorder);
        Some(recorder.happening())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMillis = UnixMillis(1_770_000_000_000);

    fn hour(mut world: World) -> Vec<Happening> {
        world.until(UnixMillis(START.0 + 3_600_000)).collect()
    }

    #[test]
    fn each_system_does_the_same_alone_and_beside_the_others() {
        let (seed, clock) = (7, Clock::new(START, 600.0));
        let together = hour(World::new(seed, START, 600.0).0);
        let mut happened = 0;
        for (at, system) in systems(seed, Clock::BEGINNING).into_iter().enumerate() {
            let alone = hour(World::of(clock, vec![system]).0);
            assert!(alone.len() > 1000, "system {at}: {}", alone.len());
            let mut rest = together.iter();
            assert!(
                alone
                    .iter()
                    .all(|happening| rest.any(|other| other == happening)),
                "system {at}"
            );
            happened += alone.len();
        }
        assert_eq!(happened, together.len());
    }
}
