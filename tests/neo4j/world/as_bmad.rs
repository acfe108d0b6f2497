//! The mirror as the plain world that the oracle of the pack `bmad` knows.

use std::collections::BTreeMap;

use cypher::{Literal, UnixMillis};
use world::Properties;

use crate::bmad::world::{Agent, Event, Insight, Key, Pattern, Summary, Time, World};
use crate::mirror::{Mirror, float, integer, text};

impl Mirror {
    /// The same as the plain world that the oracle of the pack knows.
    pub(crate) fn bmad(&self, now: UnixMillis) -> World {
        let ago = |literal: Option<&Literal>| match literal {
            Some(Literal::DateTime(at)) => Time::Ago((now.0 - at.0).div_euclid(1000)),
            None => Time::Missing,
            other => panic!("no time: {other:?}"),
        };
        let numbers = |label| {
            self.nodes_of(label)
                .map(|(key, _)| key.clone())
                .zip(0..)
                .collect::<BTreeMap<String, Key>>()
        };
        let (brains, outcomes) = (numbers("Brain"), numbers("Outcome"));
        let (patterns, insights) = (numbers("Pattern"), numbers("Insight"));
        let ends = |name: &'static str, keys: &BTreeMap<String, Key>| {
            self.links_of(name).fold(
                BTreeMap::<String, Vec<Key>>::new(),
                |mut ends, ((from, to), _)| {
                    ends.entry(from.clone()).or_default().push(keys[to]);
                    ends
                },
            )
        };
        let (memories, learned) = (ends("HAS_MEMORY_IN", &brains), ends("LEARNED", &insights));
        let (had, used) = (
            ends("HAS_OUTCOME", &outcomes),
            ends("USED_PATTERN", &patterns),
        );
        let of = |ends: &BTreeMap<String, Vec<Key>>, from: &String| {
            ends.get(from).cloned().unwrap_or_default()
        };
        let agent = |(key, (name, node)): (usize, (&String, &Properties))| {
            let shared = self
                .links_of("CAN_APPLY")
                .filter(|(ends, _)| ends.0 == *name);
            Agent {
                key,
                name: text(node, "name"),
                system: text(node, "system"),
                brains: of(&memories, name),
                learned: of(&learned, name),
                can_apply: shared
                    .map(|(ends, p)| (insights[&ends.1], ago(p.get("shared_at"))))
                    .collect(),
            }
        };
        let event = |(key, (id, node)): (usize, (&String, &Properties))| Event {
            key,
            event_type: text(node, "event_type"),
            group_id: text(node, "group_id"),
            timestamp: ago(node.get("timestamp")),
            system: None,
            outcomes: of(&had, id),
            patterns: of(&used, id),
        };
        let pattern = |(key, (_, node)): (usize, (&String, &Properties))| Pattern {
            key,
            group_id: text(node, "group_id"),
            success_rate: float(node, "success_rate"),
            times_used: integer(node, "times_used"),
            system: None,
        };
        let insight = |(key, (_, node)): (usize, (&String, &Properties))| Insight {
            key,
            group_id: text(node, "group_id"),
            applies_to: text(node, "applies_to"),
            confidence_score: float(node, "confidence_score"),
            created_at: ago(node.get("created_at")),
            success_rate: float(node, "success_rate"),
            times_applied: integer(node, "times_applied"),
            system: None,
            memory: false,
        };
        let summary = |(_, node): (&String, &Properties)| Summary {
            event_type: text(node, "event_type"),
            group_id: text(node, "group_id"),
            count: integer(node, "count"),
            system: None,
        };
        World {
            agents: self.nodes_of("AIAgent").enumerate().map(agent).collect(),
            brains: brains.len(),
            events: self.nodes_of("Event").enumerate().map(event).collect(),
            outcomes: outcomes.len(),
            patterns: self.nodes_of("Pattern").enumerate().map(pattern).collect(),
            insights: self.nodes_of("Insight").enumerate().map(insight).collect(),
            summaries: self.nodes_of("EventSummary").map(summary).collect(),
        }
    }
}
