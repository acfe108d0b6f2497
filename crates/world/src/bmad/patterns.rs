//! Patterns: known solutions. Some become outdated and new ones are found.

use super::graph::{INFORMS, PATTERN};
use super::projects::{COMMON, Group};
use super::{Bmad, DAY};
use crate::recorder::{Recorder, share, text};
use crate::time::WorkTime;
use cypher::Literal;

/// All patterns and their categories; the first ones are known from the beginning.
const KNOWN: [(&str, &str); 44] = [
    ("Repository", "architectural"),
    ("Circuit Breaker", "architectural"),
    ("Test Data Builder", "testing"),
    ("Contract Test", "testing"),
    ("Cursor Pagination", "api"),
    ("Idempotency Key", "api"),
    ("Connection Pool", "database"),
    ("Outbox", "database"),
    ("Least Privilege", "security"),
    ("Blue-Green Deployment", "devops"),
    ("Ports and Adapters", "architectural"),
    ("Golden Master", "testing"),
    ("Problem Details", "api"),
    ("Read Replica", "database"),
    ("Secret Rotation", "security"),
    ("Canary Release", "devops"),
    ("Strangler Fig", "architectural"),
    ("Property Test", "testing"),
    ("Conditional Request", "api"),
    ("Optimistic Locking", "database"),
    ("Bulkhead", "architectural"),
    ("Event Sourcing", "architectural"),
    ("Anti-Corruption Layer", "architectural"),
    ("Saga", "architectural"),
    ("Mutation Test", "testing"),
    ("Recorder Object", "testing"),
    ("Snapshot Test", "testing"),
    ("Hermetic Test", "testing"),
    ("Bulk Endpoint", "api"),
    ("Webhook", "api"),
    ("Rate Limit", "api"),
    ("Schema First", "api"),
    ("Materialized View", "database"),
    ("Soft Delete", "database"),
    ("Expand and Contract", "database"),
    ("Partitioning", "database"),
    ("Allow List", "security"),
    ("Signed URL", "security"),
    ("Defense in Depth", "security"),
    ("Feature Flag", "devops"),
    ("Immutable Server", "devops"),
    ("Trunk-Based Development", "devops"),
    ("Health Probe", "devops"),
    ("Runbook", "devops"),
];
const FROM_THE_BEGINNING: usize = 20;
/// The number of patterns known from the beginning; the others are found in projects.
const SHARED_BY_ALL: usize = 14;

/// The weight of the latest use in the success rate.
const LATEST: f64 = 0.1;
/// Below this success rate a pattern is not used any more, and a KPI does not count it as active.
const SHUNNED: f64 = 0.5;
const ACTIVE: f64 = 0.6;
/// With fewer good patterns than this none becomes outdated.
const FEWEST: usize = 12;
/// A day longer than events are kept, so that no event in the graph uses a deleted pattern.
const FORGOTTEN_AFTER_DAYS: u32 = 31;

#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) id: String,
    pub(super) group: Group,
    name: &'static str,
    /// The probability that work succeeds with it.
    quality: f64,
    success_rate: f64,
    times_used: i64,
    last_used: WorkTime,
}

impl Bmad {
    pub(super) fn collect_patterns(&mut self, recorder: &mut Recorder<'_>) {
        let projects: Vec<_> = self.projects.iter().map(|project| project.group).collect();
        for (at, (name, category)) in KNOWN.into_iter().take(FROM_THE_BEGINNING).enumerate() {
            let group = if at < SHARED_BY_ALL {
                Some(COMMON)
            } else {
                self.random.pick(projects.clone())
            };
            self.add_pattern(name, category, group.unwrap_or(COMMON), recorder);
        }
    }

    fn add_pattern(
        &mut self,
        name: &'static str,
        category: &str,
        group: Group,
        recorder: &mut Recorder<'_>,
    ) -> String {
        let id = format!("pattern-{}", self.number());
        let success_rate = self.random.between(0.68, 0.9);
        recorder.create(
            PATTERN,
            [
                ("pattern_id", text(&id)),
                ("name", text(name)),
                ("category", text(category)),
                ("group_id", text(group)),
                (
                    "scope",
                    text(if group == COMMON {
                        "global"
                    } else {
                        "project_specific"
                    }),
                ),
                ("success_rate", share(success_rate)),
                ("times_used", Literal::Integer(0)),
            ],
        );
        let quality = self.random.between(0.74, 0.96);
        let new = Pattern {
            id: id.clone(),
            group,
            name,
            quality,
            success_rate,
            times_used: 0,
            last_used: recorder.at,
        };
        self.patterns.push(new);
        id
    }

    /// A pattern that a project can use, and its probability of success.
    pub(super) fn usable_pattern(&mut self, group: Group) -> Option<(String, f64)> {
        let usable = |pattern: &&Pattern| {
            [COMMON, group].contains(&pattern.group) && pattern.success_rate >= SHUNNED
        };
        let usable = self.patterns.iter().filter(usable);
        self.random.pick(
            usable
                .map(|pattern| (pattern.id.clone(), pattern.quality))
                .collect(),
        )
    }

    pub(super) fn pattern_used(&mut self, id: &str, success: bool, recorder: &mut Recorder<'_>) {
        let Some(pattern) = self.patterns.iter_mut().find(|pattern| pattern.id == id) else {
            return;
        };
        let before = pattern.success_rate;
        pattern.success_rate += LATEST * (if success { 1.0 } else { 0.0 } - before);
        pattern.times_used += 1;
        pattern.last_used = recorder.at;
        recorder.set(
            PATTERN,
            [
                ("pattern_id", text(id)),
                ("success_rate", share(pattern.success_rate)),
                ("times_used", Literal::Integer(pattern.times_used)),
                ("last_used", recorder.now()),
            ],
        );
        if before >= ACTIVE && pattern.success_rate < ACTIVE {
            recorder.report(
                "bmad_active_patterns",
                format!(
                    "pattern {} became inactive: its success rate is too low",
                    pattern.name
                ),
            );
        }
    }

    /// Makes a good pattern fail more often; its recorded success rate does not show it yet.
    pub(super) fn outdate(&mut self) {
        let quality = self.random.between(0.1, 0.3);
        let good = self
            .patterns
            .iter_mut()
            .filter(|pattern| pattern.quality > ACTIVE);
        let good: Vec<_> = good.collect();
        if good.len() <= FEWEST {
            return;
        }
        if let Some(outdated) = self.random.pick(good) {
            outdated.quality = quality;
        }
    }

    /// The best lesson of a project becomes a pattern, unless all patterns are known.
    pub(super) fn discover(&mut self, recorder: &mut Recorder<'_>) {
        let new = KNOWN
            .into_iter()
            .filter(|(name, _)| self.patterns.iter().all(|pattern| pattern.name != *name));
        let (new, group) = (self.random.pick(new.collect()), self.any_project());
        let (Some((name, category)), Some(group)) = (new, group) else {
            return;
        };
        let Some(lesson) = self.most_trusted(group) else {
            return;
        };
        let id = self.add_pattern(name, category, group, recorder);
        recorder.link(INFORMS, &lesson, &id);
        recorder.report(
            "bmad_active_patterns",
            format!("a lesson of {group} became the pattern {name}"),
        );
    }

    /// Deletes patterns that have not been used for long.
    pub(super) fn delete_unused_patterns(&mut self, recorder: &mut Recorder<'_>) {
        let until = recorder.at - DAY * FORGOTTEN_AFTER_DAYS;
        let gone: Vec<_> = self
            .patterns
            .extract_if(.., |pattern| pattern.last_used < until)
            .collect();
        for pattern in &gone {
            let name = pattern.name;
            recorder.report(
                "bmad_active_patterns",
                format!("pattern {name} was removed: not used for a month"),
            );
        }
        recorder.delete(
            PATTERN,
            gone.into_iter().map(|pattern| pattern.id).collect(),
        );
    }
}
