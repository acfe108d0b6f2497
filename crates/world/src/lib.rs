//! A synthetic world: systems of agents at work, and the edits by which a graph follows what they do. For `demo` and tests.
//!
//! A world is fixed by its seed, its start and its speed; how often it is asked changes nothing. It has no clock and no
//! graph: the time is handed to it, and what comes out can be written to any graph.
//!
//! Two times run in it. *Work time* is that of the agents: so long takes a piece of work, after so many days a lesson fades
//! that nobody applies. The stamps in the graph are real time, since queries compare them with `datetime()`. In the past
//! both are the same; from the start on a second of real time holds `speed` seconds of work. So the graph holds as much of
//! everything at any speed, and only its stamps lie closer.
//!
//! **To add a system**: a file beside `bmad.rs` with a type that is a `System`, and its line in `systems`.

mod agenda;
mod agentcore;
mod agentos;
mod bmad;
mod edit;
mod joined;
mod lazybird;
mod page;
mod past;
mod random;
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
use page::Page;
use past::Past;
use random::Random;
use session_buddy::SessionBuddy;
use time::{Clock, WorkTime};

pub use edit::{Edit, Ends, Kind, Link, Properties};
pub use joined::joined;
pub use page::{Happening, News};

/// The systems of the world. Each has random choices of its own, so that a new one does not change what the others do.
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

/// What lives in the world: one thing after the other happens to it.
trait System: Debug + Send {
    /// The kinds of nodes that it makes.
    fn kinds(&self) -> &'static [Kind];

    /// When the next thing happens.
    fn due(&self) -> WorkTime;

    /// Lets it happen, and writes down what a graph must know of it.
    fn happen(&mut self, page: &mut Page<'_>);
}

/// The world as it stands.
#[derive(Debug)]
pub struct World {
    clock: Clock,
    systems: Vec<Box<dyn System>>,
}

impl World {
    /// How long its past is.
    pub const PAST_DAYS: u32 = Clock::PAST_DAYS;

    /// The world of a seed at `start`, and the edits that make it in an empty graph: it has a past of [`World::PAST_DAYS`].
    /// From there on a second brings `speed` seconds of work; not more than 0 is a world that stands still.
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

    /// The indexes by which the edits find their nodes. Neo4j wants them in a transaction of their own.
    pub fn indexes(&self) -> Vec<Change> {
        let kinds: BTreeSet<_> = self
            .systems
            .iter()
            .flat_map(|system| system.kinds())
            .collect();
        kinds.into_iter().map(Kind::index).collect()
    }

    /// What has happened since the world was last asked, in order, each as it is taken: after a long sleep it is much. The
    /// edits of one happening belong together: a graph must never be seen with a part of them.
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
        let mut page = Page::new(&self.clock, due);
        system.happen(&mut page);
        Some(page.happening())
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
    fn each_system_does_beside_the_others_what_it_does_alone() {
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
