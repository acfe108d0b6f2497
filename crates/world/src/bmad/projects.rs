//! The projects: some are permanent; temporary ones end and take all nodes of their group with
//! them.

use super::graph::{BRAIN, INSIGHT, PATTERN};
use super::{Bmad, Plan};
use crate::recorder::{Recorder, text};
use crate::time::HOUR;

/// The value of `group_id`.
pub(super) type Group = &'static str;

/// The group of the patterns that all projects use.
pub(super) const COMMON: Group = "global-coding-skills";

/// The permanent projects and their share of the work.
const PERMANENT: [(Group, f64); 3] = [
    ("faith-meats", 45.0),
    ("diff-driven-saas", 35.0),
    (COMMON, 20.0),
];

/// The temporary projects, one at a time. They are reused, so that the archive does not grow
/// without bound.
const PASSING: [Group; 4] = [
    "hackathon",
    "incident-response",
    "trade-fair",
    "data-migration",
];
const WEIGHT: f64 = 20.0;

/// The initial probability that the work of a project uses a pattern, and its limits.
const REUSE: f64 = 0.7;
const REUSE_RANGE: (f64, f64) = (0.58, 0.86);
/// The largest change per night.
const REUSE_STEP: f64 = 0.05;

#[derive(Debug)]
pub(super) struct Project {
    pub(super) group: Group,
    /// Its share of the work, relative to the others.
    pub(super) weight: f64,
    /// The probability that its work uses a pattern.
    pub(super) reuse: f64,
}

/// Whether a project is permanent.
pub(super) fn is_permanent(group: Group) -> bool {
    PERMANENT.iter().any(|(permanent, _)| *permanent == group)
}

/// The brain of a project.
pub(super) fn brain(group: Group) -> String {
    format!("Memory of {group}")
}

impl Bmad {
    pub(super) fn open_permanent_projects(&mut self, recorder: &mut Recorder<'_>) {
        for (group, weight) in PERMANENT {
            self.open(group, weight, recorder);
        }
    }

    fn open(&mut self, group: Group, weight: f64, recorder: &mut Recorder<'_>) {
        self.projects.push(Project {
            group,
            weight,
            reuse: REUSE,
        });
        self.make_brain(group, recorder);
    }

    pub(super) fn make_brain(&mut self, group: Group, recorder: &mut Recorder<'_>) {
        let scope = if group == COMMON {
            "global"
        } else {
            "project_specific"
        };
        recorder.create(
            BRAIN,
            [
                ("name", text(&brain(group))),
                ("group_id", text(group)),
                ("scope", text(scope)),
                ("created_date", recorder.now()),
            ],
        );
        self.brains.push(group);
    }

    /// A random project, weighted by its share of the work.
    pub(super) fn any_project(&mut self) -> Option<Group> {
        let weights: Vec<_> = self
            .projects
            .iter()
            .map(|project| (project.group, project.weight))
            .collect();
        self.random.weighted(&weights)
    }

    pub(super) fn reuse(&self, group: Group) -> f64 {
        self.projects
            .iter()
            .find(|project| project.group == group)
            .map_or(0.0, |project| project.reuse)
    }

    /// Changes how often the projects use patterns.
    pub(super) fn change_habits(&mut self) {
        for project in &mut self.projects {
            let step = self.random.between(-REUSE_STEP, REUSE_STEP);
            project.reuse = (project.reuse + step).clamp(REUSE_RANGE.0, REUSE_RANGE.1);
        }
    }

    /// Begins a temporary project unless one is active.
    pub(super) fn found(&mut self, recorder: &mut Recorder<'_>) {
        if self.projects.len() > PERMANENT.len() {
            return;
        }
        let Some(group) = self.random.pick(PASSING.to_vec()) else {
            return;
        };
        self.open(group, WEIGHT, recorder);
        let hired = self.hire(group, recorder).join(" and ");
        recorder.report(
            "bmad_agents_registered",
            format!("project {group} began: {hired} joined the team"),
        );
        self.plan(recorder, Plan::Close(group), HOUR * 60);
    }

    /// Ends a project: aggregates its events and deletes all other nodes of its group in one edit.
    pub(super) fn close(&mut self, group: Group, recorder: &mut Recorder<'_>) {
        self.projects.retain(|project| project.group != group);
        let events: Vec<_> = self
            .events
            .iter()
            .filter(|event| event.group == group)
            .cloned()
            .collect();
        self.events.retain(|event| event.group != group);
        self.aggregate(&events, recorder);
        let gone = self
            .insights
            .extract_if(.., |insight| insight.group == group)
            .map(|insight| insight.id);
        recorder.delete(INSIGHT, gone.collect());
        let gone = self
            .patterns
            .extract_if(.., |pattern| pattern.group == group)
            .map(|pattern| pattern.id);
        recorder.delete(PATTERN, gone.collect());
        self.dismiss(group, recorder);
        recorder.delete(BRAIN, vec![brain(group)]);
        self.brains.retain(|brain| *brain != group);
        recorder.report(
            "bmad_pattern_reuse_rate",
            format!("project {group} ended: its series disappear"),
        );
    }
}
