//! Daily work: events, their outcomes, and their archive.

use super::graph::{EVENT, HAS_OUTCOME, OUTCOME, PERFORMED, SUMMARY, USED_PATTERN};
use super::projects::Group;
use super::{Bmad, DAY};
use crate::recorder::{Recorder, text};
use crate::time::WorkTime;
use cypher::Literal;

/// The value of `event_type`.
pub(super) type EventType = &'static str;

/// The types of events and their weights.
const TYPES: [(EventType, f64); 6] = [
    ("code_implementation", 36.0),
    ("testing", 22.0),
    ("review", 18.0),
    ("planning", 10.0),
    ("deployment", 9.0),
    ("architecture_decision", 5.0),
];

/// The probabilities that work has a known outcome, applies a lesson, and succeeds without lesson
/// or pattern.
const HAS_RESULT: f64 = 0.92;
const APPLIES_LESSON: f64 = 0.8;
const GOES_WELL: f64 = 0.62;

/// Events are aggregated after so many days.
const RETENTION_DAYS: u32 = 30;

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) group: Group,
    kind: EventType,
    at: WorkTime,
    /// Also the id of its outcome.
    pub(super) has_outcome: bool,
}

/// A count of archived events of one type and project.
#[derive(Clone, Copy, Debug)]
pub(super) struct Archived {
    count: i64,
    last: WorkTime,
}

impl Bmad {
    pub(super) fn work(&mut self, recorder: &mut Recorder<'_>) {
        let chosen = (
            self.any_project(),
            self.any_agent(),
            self.random.weighted(&TYPES),
        );
        let (Some(group), Some(agent), Some(kind)) = chosen else {
            return;
        };
        let event = Event {
            id: format!("event-{}", self.number()),
            group,
            kind,
            at: recorder.at,
            has_outcome: self.random.chance(HAS_RESULT),
        };
        self.write_event(&event, agent, recorder);
        let pattern = self
            .random
            .chance(self.reuse(group))
            .then(|| self.usable_pattern(group))
            .flatten();
        if let Some((id, _)) = &pattern {
            recorder.link(USED_PATTERN, &event.id, id);
        }
        if event.has_outcome {
            let lesson = self
                .random
                .chance(APPLIES_LESSON)
                .then(|| self.usable_lesson(group))
                .flatten();
            let odds = [&pattern, &lesson]
                .into_iter()
                .flatten()
                .map(|(_, quality)| *quality)
                .fold(GOES_WELL, f64::max);
            let success = self.random.chance(odds);
            write_outcome(&event, success, recorder);
            if let Some((id, _)) = pattern {
                self.pattern_used(&id, success, recorder);
            }
            if let Some((id, _)) = lesson {
                self.lesson_applied(&id, success, recorder);
            }
        }
        self.events.push_back(event);
    }

    fn write_event(&self, event: &Event, agent: &str, recorder: &mut Recorder<'_>) {
        let Event {
            id, group, kind, ..
        } = event;
        recorder.create(
            EVENT,
            [
                ("event_id", text(id)),
                ("event_type", text(kind)),
                ("group_id", text(group)),
                ("timestamp", recorder.now()),
                ("performed_by", text(agent)),
            ],
        );
        recorder.link(PERFORMED, agent, id);
    }

    /// The latest event of a project with a known outcome.
    pub(super) fn latest_outcome(&self, group: Group) -> Option<String> {
        self.events
            .iter()
            .rev()
            .find(|event| event.group == group && event.has_outcome)
            .map(|event| event.id.clone())
    }

    /// Archives events that are too old.
    pub(super) fn archive(&mut self, recorder: &mut Recorder<'_>) {
        let until = recorder.at - DAY * RETENTION_DAYS;
        let old = self
            .events
            .iter()
            .take_while(|event| event.at < until)
            .count();
        let old: Vec<_> = self.events.drain(..old).collect();
        self.aggregate(&old, recorder);
        if !old.is_empty() {
            let count = old.len();
            recorder.report(
                "bmad_live_events",
                format!("{count} events were archived after {RETENTION_DAYS} days"),
            );
        }
    }

    /// Aggregates and deletes events in one edit, so that a query over both counts each exactly
    /// once.
    pub(super) fn aggregate(&mut self, events: &[Event], recorder: &mut Recorder<'_>) {
        let mut grown: Vec<(Group, EventType)> = Vec::new();
        for event in events {
            let of = (event.group, event.kind);
            let archived = self.archive.entry(of).or_insert_with(|| {
                write_summary(of, event, recorder);
                Archived {
                    count: 0,
                    last: event.at,
                }
            });
            *archived = Archived {
                count: archived.count + 1,
                last: archived.last.max(event.at),
            };
            if !grown.contains(&of) {
                grown.push(of);
            }
        }
        for of in grown {
            if let Some(archived) = self.archive.get(&of) {
                let last = recorder.stamp(archived.last);
                let id = text(&summary_id(of));
                recorder.set(
                    SUMMARY,
                    [
                        ("summary_id", id),
                        ("count", Literal::Integer(archived.count)),
                        ("last_event", last),
                    ],
                );
            }
        }
        recorder.delete(EVENT, events.iter().map(|event| event.id.clone()).collect());
        let with_outcome = events.iter().filter(|event| event.has_outcome);
        recorder.delete(
            OUTCOME,
            with_outcome.map(|event| event.id.clone()).collect(),
        );
    }
}

fn write_outcome(event: &Event, success: bool, recorder: &mut Recorder<'_>) {
    recorder.create(
        OUTCOME,
        [
            ("outcome_id", text(&event.id)),
            ("status", text(if success { "Success" } else { "Failed" })),
            ("group_id", text(event.group)),
            ("timestamp", recorder.now()),
        ],
    );
    recorder.link(HAS_OUTCOME, &event.id, &event.id);
}

fn write_summary(of: (Group, EventType), first: &Event, recorder: &mut Recorder<'_>) {
    recorder.create(
        SUMMARY,
        [
            ("summary_id", text(&summary_id(of))),
            ("group_id", text(of.0)),
            ("event_type", text(of.1)),
            ("period", text("archived")),
            ("count", Literal::Integer(0)),
            ("first_event", recorder.stamp(first.at)),
        ],
    );
}

fn summary_id((group, kind): (Group, EventType)) -> String {
    format!("{group}/{kind}")
}
