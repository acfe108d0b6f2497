//! Random worlds, the same for the same seed everywhere.

use super::world::{
    Agent, DAY, EDGES, Event, HOUR, Insight, Key, Pattern, Summary, Text, Time, World,
};
use test_support::random::Random;

/// How large a random world is, and how careless those who wrote it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) agents: usize,
    pub(crate) events: usize,
    pub(crate) patterns: usize,
    pub(crate) insights: usize,
    /// A property is missing once in so many times; 1 is always.
    pub(crate) missing_one_in: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            agents: 9,
            events: 150,
            patterns: 30,
            insights: 90,
            missing_one_in: 8,
        }
    }
}

/// `unknown` is next to missing ones on purpose, an empty text and awkward characters too.
const GROUPS: [&str; 6] = [
    "faith-meats",
    "diff-driven-saas",
    "global-coding-skills",
    "unknown",
    "",
    "Zoë's \\ \"shop\"\n",
];
const EVENT_TYPES: [&str; 7] = [
    "code_implementation",
    "review",
    "testing",
    "planning",
    "architecture_decision",
    "deployment",
    "unknown",
];
const DOMAINS: [&str; 4] = ["python", "javascript", "default", "unknown"];
const NAMES: [&str; 6] = ["Jay", "Winston", "Brooks", "Dutch", "unknown", "Troy"];
const BRAINS: usize = 4;

/// Rates, with the thresholds of the KPIs and both neighbours of each among them, and one that says
/// that it is not known.
const RATES: [f64; 15] = [
    -1.0, 0.0, 0.1, 0.29, 0.3, 0.31, 0.5, 0.59, 0.6, 0.7, 0.71, 0.85, 0.9, 0.97, 1.0,
];

/// Makes a world.
pub(crate) fn world(seed: u64, shape: Shape) -> World {
    let mut maker = Maker {
        random: Random::new(seed),
        shape,
    };
    World {
        agents: (0..shape.agents).map(|key| maker.agent(key)).collect(),
        brains: BRAINS,
        events: (0..shape.events).map(|key| maker.event(key)).collect(),
        outcomes: shape.events,
        patterns: (0..shape.patterns).map(|key| maker.pattern(key)).collect(),
        insights: (0..shape.insights).map(|key| maker.insight(key)).collect(),
        summaries: (0..shape.events / 10).map(|_| maker.summary()).collect(),
    }
}

struct Maker {
    random: Random,
    shape: Shape,
}

impl Maker {
    /// Up to `most` keys of `of`, one perhaps twice.
    fn some(&mut self, most: usize, of: usize) -> Vec<Key> {
        (0..self.random.below(most + 1))
            .map(|_| self.random.below(of))
            .collect()
    }

    fn agent(&mut self, key: Key) -> Agent {
        let learned = self.some(self.shape.insights / 3, self.shape.insights);
        let lessons = self.some(self.shape.insights / 2, self.shape.insights);
        Agent {
            key,
            name: self.text(&NAMES),
            system: self.system(),
            brains: if self.random.one_in(4) {
                Vec::new()
            } else {
                self.some(2, BRAINS)
            },
            learned,
            can_apply: lessons
                .into_iter()
                .map(|insight| (insight, self.time()))
                .collect(),
        }
    }

    fn event(&mut self, key: Key) -> Event {
        Event {
            key,
            event_type: self.text(&EVENT_TYPES),
            group_id: self.text(&GROUPS),
            timestamp: self.time(),
            system: self.system(),
            outcomes: self.some(2, self.shape.events),
            patterns: self.some(2, self.shape.patterns),
        }
    }

    fn pattern(&mut self, key: Key) -> Pattern {
        Pattern {
            key,
            group_id: self.text(&GROUPS),
            success_rate: self.rate(),
            times_used: self.count(9),
            system: self.system(),
        }
    }

    fn insight(&mut self, key: Key) -> Insight {
        Insight {
            key,
            group_id: self.text(&GROUPS),
            applies_to: self.text(&DOMAINS),
            confidence_score: self.rate(),
            created_at: self.time(),
            success_rate: self.rate(),
            times_applied: self.count(6),
            system: self.system(),
            memory: self.random.one_in(3),
        }
    }

    fn summary(&mut self) -> Summary {
        Summary {
            event_type: self.text(&EVENT_TYPES),
            group_id: self.text(&GROUPS),
            count: self.count(500),
            system: self.system(),
        }
    }

    fn missing(&mut self) -> bool {
        self.random.one_in(self.shape.missing_one_in)
    }

    fn text(&mut self, from: &[&str]) -> Text {
        (!self.missing()).then(|| (*self.random.pick(from)).to_owned())
    }

    fn rate(&mut self) -> Option<f64> {
        (!self.missing()).then(|| *self.random.pick(&RATES))
    }

    /// -1 says that it is not known.
    fn count(&mut self, end: usize) -> Option<i64> {
        (!self.missing())
            .then(|| i64::try_from(self.random.below(end + 1)).expect("it is small") - 1)
    }

    fn system(&mut self) -> Text {
        self.random
            .one_in(7)
            .then(|| (*self.random.pick(&["lazybird", "agentos"])).to_owned())
    }

    /// Up to 60 days ago. Close to the edges of the ranges (7 and 30 days) it keeps away from what
    /// the time between writing and asking could change: inside by ten minutes, or outside by a
    /// second.
    fn time(&mut self) -> Time {
        if self.missing() {
            return Time::Missing;
        }
        let edge = *self.random.pick(&[7 * DAY, 30 * DAY]);
        match self.random.below(10) {
            0 => Time::Ago(edge - 600),
            1 => Time::Ago(edge + 1),
            2 => Time::Text(HOUR),
            3 => Time::Ago(-HOUR),
            4..6 => Time::Ago(*self.random.pick(&EDGES)),
            _ => Time::Ago(
                DAY / 2 + i64::try_from(self.random.below(60)).expect("it is small") * DAY,
            ),
        }
    }
}
