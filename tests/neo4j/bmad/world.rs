//! What a BMAD graph holds. Nodes point at each other by `key`; a key that no node has is a
//! relationship that is not there.

pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The ends of the windows that worlds are asked by, in seconds before now. Random worlds have many
/// events exactly there, so that one that is lost or seen twice is noticed; others lie before the
/// first window or after the last.
pub(crate) const EDGES: [i64; 4] = [45 * DAY, 20 * DAY, 5 * DAY, HOUR];

/// A text property that may be missing; an empty text is there.
pub(crate) type Text = Option<String>;

/// The name of a node, unique among those of its label.
pub(crate) type Key = usize;

/// A time property.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Time {
    /// Not there.
    #[default]
    Missing,
    /// A datetime, this many seconds before now.
    Ago(i64),
    /// The same, but stored as a string by some careless script: no query may count it, none may
    /// stumble over it.
    Text(i64),
}

impl Time {
    /// Whether it is a datetime not older than `seconds`, and not still to come.
    pub(crate) fn within(self, seconds: i64) -> bool {
        match self {
            Time::Ago(ago) => (0..=seconds).contains(&ago),
            Time::Missing | Time::Text(_) => false,
        }
    }

    /// Whether it is a datetime that is not still to come.
    pub(crate) fn has_been(self) -> bool {
        match self {
            Time::Ago(ago) => ago > 0,
            Time::Missing | Time::Text(_) => false,
        }
    }

    /// The same, and missing when it is not in the window after `since`, up to `until`.
    fn between(self, since: i64, until: i64) -> Self {
        match self {
            Time::Ago(ago) if ago < since && ago >= until => self,
            Time::Ago(_) | Time::Missing | Time::Text(_) => Time::Missing,
        }
    }

    /// Whether it is a datetime later than so many seconds ago, and past: a time to come is written
    /// by a clock that is wrong.
    fn is_after(self, seconds: i64) -> bool {
        matches!(self, Time::Ago(ago) if (0..seconds).contains(&ago))
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Agent {
    pub(crate) key: Key,
    pub(crate) name: Text,
    /// The pack that the node belongs to, when it is not this one. So on all nodes.
    pub(crate) system: Text,
    pub(crate) brains: Vec<Key>,
    pub(crate) learned: Vec<Key>,
    pub(crate) can_apply: Vec<(Key, Time)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Event {
    pub(crate) key: Key,
    pub(crate) event_type: Text,
    pub(crate) group_id: Text,
    pub(crate) timestamp: Time,
    pub(crate) system: Text,
    pub(crate) outcomes: Vec<Key>,
    pub(crate) patterns: Vec<Key>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Pattern {
    pub(crate) key: Key,
    pub(crate) group_id: Text,
    pub(crate) success_rate: Option<f64>,
    pub(crate) times_used: Option<i64>,
    pub(crate) system: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Insight {
    pub(crate) key: Key,
    pub(crate) group_id: Text,
    pub(crate) applies_to: Text,
    pub(crate) confidence_score: Option<f64>,
    pub(crate) created_at: Time,
    pub(crate) success_rate: Option<f64>,
    pub(crate) times_applied: Option<i64>,
    pub(crate) system: Text,
    /// Carries the label `Memory` as well.
    pub(crate) memory: bool,
}

/// Archived events.
#[derive(Clone, Debug, Default)]
pub(crate) struct Summary {
    pub(crate) event_type: Text,
    pub(crate) group_id: Text,
    pub(crate) count: Option<i64>,
    pub(crate) system: Text,
}

/// A whole graph. Of brains and outcomes only the keys matter: they are 0, 1, 2, …
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) agents: Vec<Agent>,
    pub(crate) brains: usize,
    pub(crate) events: Vec<Event>,
    pub(crate) outcomes: usize,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) insights: Vec<Insight>,
    pub(crate) summaries: Vec<Summary>,
}

impl World {
    pub(crate) fn pattern(&self, key: Key) -> Option<&Pattern> {
        self.patterns.iter().find(|pattern| pattern.key == key)
    }

    pub(crate) fn insight(&self, key: Key) -> Option<&Insight> {
        self.insights.iter().find(|insight| insight.key == key)
    }

    /// What was learned and passed on up to so many seconds ago, and all else.
    pub(crate) fn up_to(&self, seconds: i64) -> Self {
        let mut world = self.clone();
        for agent in &mut world.agents {
            agent.can_apply.retain(|(_, at)| !at.is_after(seconds));
        }
        let shared: Vec<_> = world
            .agents
            .iter()
            .flat_map(|agent| &agent.can_apply)
            .map(|(key, _)| *key)
            .collect();
        world.insights.retain(|insight| {
            shared.contains(&insight.key) || !insight.created_at.is_after(seconds)
        });
        world
    }

    /// The same graph, in which nothing has a time outside of the window after `since`, up to
    /// `until`.
    pub(crate) fn between(&self, since: i64, until: i64) -> Self {
        let mut world = self.clone();
        world
            .insights
            .iter_mut()
            .for_each(|insight| insight.created_at = insight.created_at.between(since, until));
        let shared = world
            .agents
            .iter_mut()
            .flat_map(|agent| &mut agent.can_apply);
        shared.for_each(|(_, at)| *at = at.between(since, until));
        world
    }

    /// The same graph after everything of a group was deleted.
    pub(crate) fn without_group(mut self, group: &str) -> Self {
        let stays = |group_id: &Text| group_id.as_deref() != Some(group);
        self.events.retain(|event| stays(&event.group_id));
        self.patterns.retain(|pattern| stays(&pattern.group_id));
        self.insights.retain(|insight| stays(&insight.group_id));
        self.summaries.retain(|summary| stays(&summary.group_id));
        self
    }

    /// The same graph after the weekly roll-up: events older than `seconds` became counts.
    pub(crate) fn archived(mut self, seconds: i64) -> Self {
        let is_old = |event: &Event| {
            matches!(event.timestamp, Time::Ago(ago) if ago > seconds) && event.system.is_none()
        };
        let (old, kept): (Vec<_>, Vec<_>) = self.events.into_iter().partition(is_old);
        self.events = kept;
        for Event {
            event_type,
            group_id,
            ..
        } in old
        {
            let summary = self.summaries.iter_mut().find(|summary| {
                summary.system.is_none()
                    && summary.event_type == event_type
                    && summary.group_id == group_id
            });
            match summary {
                Some(summary) => *summary.count.get_or_insert(0) += 1,
                None => self.summaries.push(Summary {
                    event_type,
                    group_id,
                    count: Some(1),
                    system: None,
                }),
            }
        }
        self
    }
}
