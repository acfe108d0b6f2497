//! The projects: some stand for ever, others come and go, and with them everything that carries their group.

use super::graph::{BRAIN, INSIGHT, PATTERN};
use super::{Bmad, Plan};
use crate::page::{Page, text};
use crate::time::HOUR;

/// What `group_id` says.
pub(super) type Group = &'static str;

/// The group of the patterns that all projects use.
pub(super) const COMMON: Group = "global-coding-skills";

/// The projects that never end, and how much of the work each gets.
const STANDING: [(Group, f64); 3] = [
    ("faith-meats", 45.0),
    ("diff-driven-saas", 35.0),
    (COMMON, 20.0),
];

/// Those that come and go, one at a time. They come again, so that the archive does not grow for ever.
const PASSING: [Group; 4] = [
    "hackathon",
    "incident-response",
    "trade-fair",
    "data-migration",
];
const WEIGHT: f64 = 20.0;

/// How often the work of a project uses a pattern at first, and between what this moves.
const REUSE: f64 = 0.7;
const REUSE_RANGE: (f64, f64) = (0.58, 0.86);
/// The most it moves in a night.
const REUSE_STEP: f64 = 0.05;

#[derive(Debug)]
pub(super) struct Project {
    pub(super) group: Group,
    /// How much of the work it gets, compared with the others.
    pub(super) weight: f64,
    /// How often its work uses a pattern, 0 to 1.
    pub(super) reuse: f64,
}

/// Whether a project never ends.
pub(super) fn stands(group: Group) -> bool {
    STANDING.iter().any(|(standing, _)| *standing == group)
}

/// The brain of a project.
pub(super) fn brain(group: Group) -> String {
    format!("Memory of {group}")
}

impl Bmad {
    pub(super) fn open_standing_projects(&mut self, page: &mut Page<'_>) {
        for (group, weight) in STANDING {
            self.open(group, weight, page);
        }
    }

    fn open(&mut self, group: Group, weight: f64, page: &mut Page<'_>) {
        self.projects.push(Project {
            group,
            weight,
            reuse: REUSE,
        });
        self.make_brain(group, page);
    }

    pub(super) fn make_brain(&mut self, group: Group, page: &mut Page<'_>) {
        let scope = if group == COMMON {
            "global"
        } else {
            "project_specific"
        };
        page.create(
            BRAIN,
            [
                ("name", text(&brain(group))),
                ("group_id", text(group)),
                ("scope", text(scope)),
                ("created_date", page.now()),
            ],
        );
        self.brains.push(group);
    }

    /// A project, the more often the more work it gets.
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

    /// Habits change slowly.
    pub(super) fn change_habits(&mut self) {
        for project in &mut self.projects {
            let step = self.random.between(-REUSE_STEP, REUSE_STEP);
            project.reuse = (project.reuse + step).clamp(REUSE_RANGE.0, REUSE_RANGE.1);
        }
    }

    /// A passing project begins, unless one is on already.
    pub(super) fn found(&mut self, page: &mut Page<'_>) {
        if self.projects.len() > STANDING.len() {
            return;
        }
        let Some(group) = self.random.pick(PASSING.to_vec()) else {
            return;
        };
        self.open(group, WEIGHT, page);
        let hired = self.hire(group, page).join(" and ");
        page.tell(
            "bmad_agents_registered",
            format!("the project {group} begins; {hired} join the team"),
        );
        self.plan(page, Plan::Close(group), HOUR * 60);
    }

    /// It ends: its events become counts, and everything else that carries its group goes, in one step.
    pub(super) fn close(&mut self, group: Group, page: &mut Page<'_>) {
        self.projects.retain(|project| project.group != group);
        let events: Vec<_> = self
            .events
            .iter()
            .filter(|event| event.group == group)
            .cloned()
            .collect();
        self.events.retain(|event| event.group != group);
        self.file_away(&events, page);
        let gone = self
            .insights
            .extract_if(.., |insight| insight.group == group)
            .map(|insight| insight.id);
        page.delete(INSIGHT, gone.collect());
        let gone = self
            .patterns
            .extract_if(.., |pattern| pattern.group == group)
            .map(|pattern| pattern.id);
        page.delete(PATTERN, gone.collect());
        self.dismiss(group, page);
        page.delete(BRAIN, vec![brain(group)]);
        self.brains.retain(|brain| *brain != group);
        page.tell(
            "bmad_pattern_reuse_rate",
            format!("the project {group} is over and its series are gone"),
        );
    }
}
