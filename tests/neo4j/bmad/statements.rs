//! The Cypher that makes a graph of a world. It stays inside what every Cypher engine knows.

use cypher::UnixMillis;

use super::world::{Key, Text, Time, World};

/// One CREATE for each kind of node and of relationship that the world has at `now`; relationships
/// last.
pub(crate) fn statements(world: &World, now: UnixMillis) -> Vec<String> {
    let World {
        agents,
        brains,
        events,
        outcomes,
        patterns,
        insights,
        summaries,
    } = world;
    let (memories, plain): (Vec<_>, Vec<_>) = insights.iter().partition(|insight| insight.memory);
    let insight = |insight: &&super::world::Insight| {
        Map::keyed(insight.key)
            .text("group_id", &insight.group_id)
            .text("applies_to", &insight.applies_to)
            .number("confidence_score", insight.confidence_score)
            .time("created_at", insight.created_at, now)
            .number("success_rate", insight.success_rate)
            .integer("times_applied", insight.times_applied)
            .text("system", &insight.system)
    };
    let nodes = [
        nodes(
            "AIAgent",
            agents.iter().map(|a| {
                Map::keyed(a.key)
                    .text("name", &a.name)
                    .text("system", &a.system)
            }),
        ),
        nodes("Brain", (0..*brains).map(Map::keyed)),
        nodes("Outcome", (0..*outcomes).map(Map::keyed)),
        nodes(
            "Pattern",
            patterns.iter().map(|p| {
                Map::keyed(p.key)
                    .text("group_id", &p.group_id)
                    .number("success_rate", p.success_rate)
                    .integer("times_used", p.times_used)
                    .text("system", &p.system)
            }),
        ),
        nodes("Insight", plain.iter().map(insight)),
        nodes("Memory:Insight", memories.iter().map(insight)),
        nodes(
            "Event",
            events.iter().map(|e| {
                Map::keyed(e.key)
                    .text("event_type", &e.event_type)
                    .text("group_id", &e.group_id)
                    .time("timestamp", e.timestamp, now)
                    .text("system", &e.system)
            }),
        ),
        nodes(
            "EventSummary",
            summaries.iter().enumerate().map(|(key, s)| {
                Map::keyed(key)
                    .text("event_type", &s.event_type)
                    .text("group_id", &s.group_id)
                    .integer("count", s.count)
                    .text("system", &s.system)
            }),
        ),
    ];
    nodes
        .into_iter()
        .chain(relationships(world, now))
        .flatten()
        .collect()
}

fn relationships(world: &World, now: UnixMillis) -> [Option<String>; 5] {
    let agents = || world.agents.iter();
    let events = || world.events.iter();
    let bare = |from: Key, to: &Key| (from, *to, Map::default());
    [
        relate(
            "AIAgent",
            "HAS_MEMORY_IN",
            "Brain",
            agents().flat_map(|a| a.brains.iter().map(move |b| bare(a.key, b))),
        ),
        relate(
            "AIAgent",
            "LEARNED",
            "Insight",
            agents().flat_map(|a| a.learned.iter().map(move |i| bare(a.key, i))),
        ),
        relate(
            "AIAgent",
            "CAN_APPLY",
            "Insight",
            agents().flat_map(|a| {
                let shared = move |at: &Time| Map::default().time("shared_at", *at, now);
                a.can_apply
                    .iter()
                    .map(move |(insight, at)| (a.key, *insight, shared(at)))
            }),
        ),
        relate(
            "Event",
            "HAS_OUTCOME",
            "Outcome",
            events().flat_map(|e| e.outcomes.iter().map(move |o| bare(e.key, o))),
        ),
        relate(
            "Event",
            "USED_PATTERN",
            "Pattern",
            events().flat_map(|e| e.patterns.iter().map(move |p| bare(e.key, p))),
        ),
    ]
}

fn nodes(labels: &str, maps: impl Iterator<Item = Map>) -> Option<String> {
    let rows: Vec<_> = maps.map(|map| map.cypher()).collect();
    (!rows.is_empty()).then(|| {
        format!(
            "UNWIND [{}] AS row CREATE (n:{labels}) SET n = row",
            rows.join(", ")
        )
    })
}

fn relate(
    from: &str,
    kind: &str,
    to: &str,
    rows: impl Iterator<Item = (Key, Key, Map)>,
) -> Option<String> {
    let rows: Vec<_> = rows
        .map(|(a, b, map)| format!("{{a: {a}, b: {b}, properties: {}}}", map.cypher()))
        .collect();
    let matches = format!("MATCH (a:{from}), (b:{to}) WHERE a.key = row.a AND b.key = row.b");
    (!rows.is_empty()).then(|| {
        format!(
            "UNWIND [{}] AS row {matches} CREATE (a)-[r:{kind}]->(b) SET r = row.properties",
            rows.join(", ")
        )
    })
}

/// A map in Cypher, without the properties that are missing.
#[derive(Debug, Default)]
struct Map(Vec<String>);

impl Map {
    fn keyed(key: Key) -> Self {
        Self(vec![format!("key: {key}")])
    }

    fn text(self, name: &str, text: &Text) -> Self {
        self.property(name, text.as_deref().map(quoted))
    }

    /// A whole number becomes an integer, as scripts write it: a query must not divide it as one.
    fn number(self, name: &str, number: Option<f64>) -> Self {
        self.property(name, number.map(|number| number.to_string()))
    }

    fn integer(self, name: &str, number: Option<i64>) -> Self {
        self.property(name, number.map(|number| number.to_string()))
    }

    fn time(self, name: &str, time: Time, now: UnixMillis) -> Self {
        let ago = |seconds| format!("datetime('{}')", iso(moment(now, seconds)));
        self.property(
            name,
            match time {
                Time::Missing => None,
                Time::Ago(seconds) => Some(ago(seconds)),
                Time::Text(seconds) => Some(format!("toString({})", ago(seconds))),
            },
        )
    }

    fn property(mut self, name: &str, value: Option<String>) -> Self {
        self.0.extend(value.map(|value| format!("{name}: {value}")));
        self
    }

    fn cypher(&self) -> String {
        format!("{{{}}}", self.0.join(", "))
    }
}

/// The moment `ago` seconds before `now`.
pub(crate) fn moment(now: UnixMillis, ago: i64) -> UnixMillis {
    UnixMillis(now.0 - 1000 * ago)
}

fn iso(moment: UnixMillis) -> String {
    let time = chrono::DateTime::from_timestamp_millis(moment.0).expect("it is near now");
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn quoted(text: &str) -> String {
    format!(
        "'{}'",
        text.replace('\\', "\\\\")
            .replace('\'', "\\'")
            .replace('\n', "\\n")
    )
}
