//! The systems of the shared graph model in the synthetic world: what must hold whatever happens in them, what their numbers are
//! like, and the KPIs of their packs on real graphs that follow them.
// The driver's futures lie so deep in each other that the compiler's default is just passed, or just not, by chance.
#![recursion_limit = "256"]
#![allow(
    clippy::unwrap_used,
    reason = "a test that fails has nothing better to do than to panic"
)]

#[path = "../agent_packs/agentcore.rs"]
mod agentcore;
#[path = "../agent_packs/agentos.rs"]
mod agentos;
mod as_model;
mod graphs;
#[path = "../lazybird/oracle.rs"]
mod lazybird;
mod life;
#[path = "../world/mirror.rs"]
mod mirror;
#[path = "../model/mod.rs"]
mod model;
mod order;
#[path = "../agent_packs/session_buddy.rs"]
mod session_buddy;

use cypher::UnixMillis;
use mirror::Mirror;
use model::answer::Answer;
use model::family::Family;
use model::window::Window;
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
