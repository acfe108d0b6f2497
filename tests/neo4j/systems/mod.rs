//! The systems of the shared graph model in the synthetic world: what must hold whatever happens in
//! them, what their numbers are like, and the KPIs of their packs on real graphs that follow them.

mod as_model;
mod graphs;
mod life;
mod order;

use crate::agent_packs::{agentcore, agentos, session_buddy};
use crate::lazybird::oracle as lazybird;
use crate::mirror::Mirror;
use crate::model::answer::Answer;
use crate::model::family::Family;
use crate::model::window::Window;
use cypher::UnixMillis;
use world::{Happening, World};

/// The packs and their families.
const PACKS: [(&str, &[Family]); 4] = [
    ("lazybird", &lazybird::FAMILIES),
    ("agentos", &agentos::FAMILIES),
    ("session_buddy", &session_buddy::FAMILIES),
    ("agentcore", &agentcore::FAMILIES),
];

const START: UnixMillis = UnixMillis(1_770_000_000_000);
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Ten minutes of work in a second.
const SPEED: f64 = 600.0;

/// Everything before now.
const ALWAYS: Window = Window {
    since: i64::MAX,
    until: 0,
};

fn families() -> impl Iterator<Item = &'static Family> {
    PACKS.iter().flat_map(|(_, families)| families.iter())
}

/// A world, and the graph that follows it.
struct Life {
    world: World,
    mirror: Mirror,
    now: UnixMillis,
}

impl Life {
    fn new(seed: u64) -> Self {
        let (world, past) = World::new(seed, START, SPEED);
        Self {
            world,
            mirror: Mirror::of(&past),
            now: START,
        }
    }

    /// Lives so many milliseconds on.
    fn go_on(&mut self, millis: i64) -> Vec<Happening> {
        self.now = UnixMillis(self.now.0 + millis);
        let happenings: Vec<_> = self.world.until(self.now).collect();
        self.mirror.follow_all(&happenings);
        happenings
    }

    /// What the families show, of events only those within the window.
    fn shows(&self, window: Window) -> Vec<(&'static Family, Answer)> {
        let world = self.mirror.as_model(self.now);
        families()
            .map(|family| (family, family.expected(&world, window)))
            .collect()
    }
}
