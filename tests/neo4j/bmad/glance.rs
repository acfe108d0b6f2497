//! Small worlds whose right answer can be seen at a glance, so that the oracle itself is checked.

use super::world::{Agent, DAY, Event, HOUR, Insight, Pattern, Summary, Time, World};

/// What the world shows, the world, a KPI, and its series.
pub(crate) type Case = (
    &'static str,
    World,
    &'static str,
    Vec<(Vec<(&'static str, &'static str)>, f64)>,
);

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub(crate) fn at_a_glance() -> [Case; 14] {
    let done = |key, ago, outcomes, patterns| Event {
        key,
        group_id: text("a"),
        timestamp: Time::Ago(ago),
        outcomes,
        patterns,
        ..Event::default()
    };
    let insight = |key, group: Option<String>| Insight {
        key,
        group_id: group,
        applies_to: text("python"),
        confidence_score: Some(0.8),
        created_at: Time::Ago(DAY),
        success_rate: Some(1.0),
        times_applied: Some(1),
        ..Insight::default()
    };
    let teacher = |key, name: &str| Agent {
        key,
        name: text(name),
        learned: vec![0, 0],
        ..Agent::default()
    };
    let learner = |key, name: &str| Agent {
        key,
        name: text(name),
        can_apply: vec![(0, Time::Ago(DAY)), (0, Time::Ago(DAY)), (0, Time::Missing)],
        ..Agent::default()
    };
    let pattern = Pattern {
        group_id: text("a"),
        success_rate: Some(1.0),
        times_used: Some(6),
        ..Pattern::default()
    };
    [
        (
            "two outcomes and one pattern twice are one event; without an outcome or a second too old it is none",
            World {
                events: vec![
                    done(0, DAY, vec![0, 1], vec![0, 0]),
                    done(1, 7 * DAY - 600, vec![2], vec![]),
                    done(2, 7 * DAY + 1, vec![3], vec![]),
                    done(3, DAY, vec![], vec![0]),
                ],
                outcomes: 4,
                patterns: vec![pattern.clone()],
                ..World::default()
            },
            "pattern_reuse_rate",
            vec![(vec![("group_id", "a")], 0.5)],
        ),
        (
            "a missing group and the text `unknown` are one series",
            World {
                insights: vec![insight(0, None), insight(1, text("unknown"))],
                ..World::default()
            },
            "insight_total",
            vec![(vec![("applies_to", "python"), ("group_id", "unknown")], 2.0)],
        ),
        (
            "an empty group is not the unknown one",
            World {
                insights: vec![insight(0, None), insight(1, text(""))],
                ..World::default()
            },
            "insights_generated_this_week",
            vec![
                (vec![("group_id", "")], 1.0),
                (vec![("group_id", "unknown")], 1.0),
            ],
        ),
        (
            "a group that works and learns nothing",
            World {
                events: vec![done(0, DAY, vec![], vec![])],
                ..World::default()
            },
            "high_confidence_insights_this_week",
            vec![(vec![("group_id", "a")], 0.0)],
        ),
        (
            "rates written as integers are not divided as integers",
            World {
                insights: vec![
                    insight(0, text("a")),
                    Insight {
                        success_rate: Some(0.0),
                        times_applied: Some(2),
                        ..insight(1, text("a"))
                    },
                ],
                ..World::default()
            },
            "insight_accuracy",
            vec![(vec![("group_id", "a")], 1.0 / 3.0)],
        ),
        (
            "an insight of one's own is no transfer",
            World {
                agents: vec![Agent {
                    can_apply: vec![(0, Time::Ago(DAY))],
                    ..teacher(0, "Jay")
                }],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_total",
            vec![],
        ),
        (
            "written twice is one transfer, and what was shared at no known time is none",
            World {
                agents: vec![teacher(0, "Jay"), learner(1, "Troy")],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_total",
            vec![(vec![("from_agent", "Jay"), ("to_agent", "Troy")], 1.0)],
        ),
        (
            "shared again is another transfer",
            World {
                agents: vec![
                    teacher(0, "Jay"),
                    Agent {
                        can_apply: vec![(0, Time::Ago(DAY)), (0, Time::Ago(2 * DAY))],
                        ..learner(1, "Troy")
                    },
                ],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_total",
            vec![(vec![("from_agent", "Jay"), ("to_agent", "Troy")], 2.0)],
        ),
        (
            "what will be shared is no transfer yet",
            World {
                agents: vec![
                    teacher(0, "Jay"),
                    Agent {
                        can_apply: vec![(0, Time::Ago(-HOUR)), (0, Time::Text(HOUR))],
                        ..learner(1, "Troy")
                    },
                ],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_this_month",
            vec![(vec![], 0.0)],
        ),
        (
            "two teachers of one lesson are one transfer of the month",
            World {
                agents: vec![teacher(0, "Jay"), teacher(1, "Bob"), learner(2, "Troy")],
                insights: vec![insight(0, None)],
                ..World::default()
            },
            "knowledge_transfers_this_month",
            vec![(vec![], 1.0)],
        ),
        (
            "another pack's nodes are not counted",
            World {
                agents: vec![Agent {
                    key: 0,
                    system: text("agentos"),
                    ..Agent::default()
                }],
                ..World::default()
            },
            "orphaned_agents",
            vec![(vec![], 0.0)],
        ),
        (
            "live and archived events add up",
            World {
                events: vec![Event {
                    event_type: text("review"),
                    ..done(0, DAY, vec![], vec![])
                }],
                summaries: vec![Summary {
                    event_type: text("review"),
                    group_id: text("a"),
                    count: Some(41),
                    system: None,
                }],
                ..World::default()
            },
            "events_total",
            vec![(vec![("event_type", "review"), ("group_id", "a")], 42.0)],
        ),
        (
            "used five times is not enough",
            World {
                patterns: vec![
                    pattern.clone(),
                    Pattern {
                        key: 1,
                        success_rate: Some(0.0),
                        times_used: Some(5),
                        ..pattern.clone()
                    },
                ],
                ..World::default()
            },
            "avg_pattern_success_rate",
            vec![(vec![("group_id", "a")], 1.0)],
        ),
        (
            "a group whose patterns all fall short",
            World {
                patterns: vec![Pattern {
                    success_rate: Some(0.59),
                    ..pattern
                }],
                ..World::default()
            },
            "active_patterns",
            vec![(vec![("group_id", "a")], 0.0)],
        ),
    ]
}
