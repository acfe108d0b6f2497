//! Daily work: events, how they went, and what becomes of them when they are old.

use super::graph::{EVENT, HAS_OUTCOME, OUTCOME, PERFORMED, SUMMARY, USED_PATTERN};
use super::projects::Group;
use super::{Bmad, DAY};
use crate::page::{Page, text};
use crate::time::WorkTime;
use cypher::Literal;

/// What `event_type` says.
pub(super) type EventType = &'static str;

/// The types of events, and how often each occurs.
const TYPES: [(EventType, f64); 6] = [
    ("code_implementation", 36.0),
    ("testing", 22.0),
    ("review", 18.0),
    ("planning", 10.0),
    ("deployment", 9.0),
    ("architecture_decision", 5.0),
];

/// How often work has a known outcome, how often it applies a lesson, and how often it goes well by neither lesson nor pattern.
const HAS_RESULT: f64 = 0.92;
const APPLIES_LESSON: f64 = 0.8;
const GOES_WELL: f64 = 0.62;

/// After so many days an event becomes a count.
const KEPT_DAYS: u32 = 30;

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) group: Group,
    kind: EventType,
    at: WorkTime,
    /// Its outcome has the same id.
    pub(super) has_outcome: bool,
}

/// Events of one type and project that are only a count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Archived {
    count: i64,
    last: WorkTime,
}

impl Bmad {
    pub(super) fn work(&mut self, page: &mut Page<'_>) {
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
            at: page.at,
            has_outcome: self.random.chance(HAS_RESULT),
        };
        self.write_event(&event, agent, page);
        let pattern = self
            .random
            .chance(self.reuse(group))
            .then(|| self.usable_pattern(group))
            .flatten();
        if let Some((id, _)) = &pattern {
            page.link(USED_PATTERN, &event.id, id);
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
            write_outcome(&event, success, page);
            if let Some((id, _)) = pattern {
                self.pattern_used(&id, success, page);
            }
            if let Some((id, _)) = lesson {
                self.lesson_applied(&id, success, page);
            }
        }
        self.events.push_back(event);
    }

    fn write_event(&self, event: &Event, agent: &str, page: &mut Page<'_>) {
        let Event {
            id, group, kind, ..
        } = event;
        page.create(
            EVENT,
            [
                ("event_id", text(id)),
                ("event_type", text(kind)),
                ("group_id", text(group)),
                ("timestamp", page.now()),
                ("performed_by", text(agent)),
            ],
        );
        page.link(PERFORMED, agent, id);
    }

    /// The latest work of a project whose outcome is known.
    pub(super) fn latest_outcome(&self, group: Group) -> Option<String> {
        self.events
            .iter()
            .rev()
            .find(|event| event.group == group && event.has_outcome)
            .map(|event| event.id.clone())
    }

    /// The events of a day become counts.
    pub(super) fn archive(&mut self, page: &mut Page<'_>) {
        let until = page.at - DAY * KEPT_DAYS;
        let old = self
            .events
            .iter()
            .take_while(|event| event.at < until)
            .count();
        let old: Vec<_> = self.events.drain(..old).collect();
        self.file_away(&old, page);
        if !old.is_empty() {
            let count = old.len();
            page.tell(
                "bmad_live_events",
                format!("{count} events of {KEPT_DAYS} days ago go into the archive"),
            );
        }
    }

    /// Events become counts and go, in one step: whoever counts both never misses one.
    pub(super) fn file_away(&mut self, events: &[Event], page: &mut Page<'_>) {
        let mut grown: Vec<(Group, EventType)> = Vec::new();
        for event in events {
            let of = (event.group, event.kind);
            let archived = self.archive.entry(of).or_insert_with(|| {
                write_summary(of, event, page);
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
                let last = page.stamp(archived.last);
                let id = text(&summary_id(of));
                page.set(
                    SUMMARY,
                    [
                        ("summary_id", id),
                        ("count", Literal::Integer(archived.count)),
                        ("last_event", last),
                    ],
                );
            }
        }
        page.delete(EVENT, events.iter().map(|event| event.id.clone()).collect());
        let with_outcome = events.iter().filter(|event| event.has_outcome);
        page.delete(
            OUTCOME,
            with_outcome.map(|event| event.id.clone()).collect(),
        );
    }
}

fn write_outcome(event: &Event, success: bool, page: &mut Page<'_>) {
    page.create(
        OUTCOME,
        [
            ("outcome_id", text(&event.id)),
            ("status", text(if success { "Success" } else { "Failed" })),
            ("group_id", text(event.group)),
            ("timestamp", page.now()),
        ],
    );
    page.link(HAS_OUTCOME, &event.id, &event.id);
}

fn write_summary(of: (Group, EventType), first: &Event, page: &mut Page<'_>) {
    page.create(
        SUMMARY,
        [
            ("summary_id", text(&summary_id(of))),
            ("group_id", text(of.0)),
            ("event_type", text(of.1)),
            ("period", text("archived")),
            ("count", Literal::Integer(0)),
            ("first_event", page.stamp(first.at)),
        ],
    );
}

fn summary_id((group, kind): (Group, EventType)) -> String {
    format!("{group}/{kind}")
}
