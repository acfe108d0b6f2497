//! The team and the brains that hold its memory: agents are orphaned and adopted, and freelancers
//! join for one project.

use super::graph::{AGENT, BRAIN, HAS_MEMORY_IN};
use super::projects::{self, COMMON, Group, brain};
use super::{Bmad, Plan};
use crate::recorder::{Recorder, text};
use crate::time::HOUR;

/// The unique name of an agent.
pub(super) type Name = &'static str;

/// The team of the BMAD method: name, role, and the project whose brain it belongs to at first.
const TEAM: [(Name, &str, Group); 9] = [
    ("Jay", "Analyst", "faith-meats"),
    ("Winston", "Architect", COMMON),
    ("Brooks", "Developer", COMMON),
    ("Dutch", "PM", "diff-driven-saas"),
    ("Troy", "TEA", COMMON),
    ("Bob", "Scrum Master", "diff-driven-saas"),
    ("Allura", "UX Expert", "faith-meats"),
    ("BMad Master", "Master", COMMON),
    ("BMad Orchestrator", "Orchestrator", COMMON),
];

/// Freelancers who join for a project, two at a time.
const FREELANCERS: [Name; 4] = ["Nova", "Pike", "Quill", "Rhea"];

/// The maximum number of orphans: that many count as an outage, more would stop all learning.
const MOST_ORPHANS: usize = 6;

#[derive(Debug)]
pub(super) struct Agent {
    pub(super) name: Name,
    /// The project whose brain it belongs to; `None` for an orphan.
    pub(super) brain: Option<Group>,
    /// The project of a freelancer; `None` for the team.
    hired_for: Option<Group>,
}

impl Bmad {
    pub(super) fn gather_team(&mut self, recorder: &mut Recorder<'_>) {
        for (name, role, brain) in TEAM {
            self.join(name, role, brain, None, recorder);
        }
    }

    fn join(
        &mut self,
        name: Name,
        role: &str,
        home: Group,
        hired_for: Option<Group>,
        recorder: &mut Recorder<'_>,
    ) {
        let properties = [
            ("name", text(name)),
            ("role", text(role)),
            ("status", text("active")),
            ("created_date", recorder.now()),
        ];
        recorder.create(AGENT, properties);
        recorder.link(HAS_MEMORY_IN, name, &brain(home));
        self.agents.push(Agent {
            name,
            brain: Some(home),
            hired_for,
        });
    }

    /// Two freelancers join for a project.
    pub(super) fn hire(&mut self, group: Group, recorder: &mut Recorder<'_>) -> Vec<Name> {
        let mut hired = Vec::new();
        for _ in 0..2 {
            let free = FREELANCERS
                .into_iter()
                .filter(|name| self.agents.iter().all(|agent| agent.name != *name));
            if let Some(name) = self.random.pick(free.collect()) {
                self.join(name, "Freelancer", group, Some(group), recorder);
                hired.push(name);
            }
        }
        hired
    }

    /// The freelancers of a project leave; their lessons stay.
    pub(super) fn dismiss(&mut self, group: Group, recorder: &mut Recorder<'_>) {
        let gone: Vec<_> = self
            .agents
            .extract_if(.., |agent| agent.hired_for == Some(group))
            .collect();
        for agent in &gone {
            self.remove_teacher(agent.name);
        }
        recorder.delete(
            AGENT,
            gone.iter().map(|agent| agent.name.to_owned()).collect(),
        );
    }

    /// Orphans all members of a deleted brain; returns their number.
    fn orphan_members(&mut self, group: Group, recorder: &mut Recorder<'_>) -> usize {
        let orphans: Vec<_> = self
            .agents
            .iter_mut()
            .filter(|agent| agent.brain == Some(group))
            .map(Agent::lose_memory)
            .collect();
        for name in &orphans {
            self.plan(recorder, Plan::Adopt(name), HOUR * 14);
        }
        orphans.len()
    }

    /// A random agent, orphaned or not.
    pub(super) fn any_agent(&mut self) -> Option<Name> {
        self.random
            .pick(self.agents.iter().map(|agent| agent.name).collect())
    }

    /// A random agent with a brain.
    pub(super) fn any_learner(&mut self) -> Option<Name> {
        let remembers = self.agents.iter().filter(|agent| agent.brain.is_some());
        self.random
            .pick(remembers.map(|agent| agent.name).collect())
    }

    fn orphans(&self) -> usize {
        self.agents
            .iter()
            .filter(|agent| agent.brain.is_none())
            .count()
    }

    pub(super) fn lose_memory(&mut self, recorder: &mut Recorder<'_>) {
        let Some(name) = self.any_learner() else {
            return;
        };
        if self.orphans() >= MOST_ORPHANS {
            return;
        }
        for agent in self.agents.iter_mut().filter(|agent| agent.name == name) {
            if let Some(home) = agent.brain {
                recorder.unlink(HAS_MEMORY_IN, name, &brain(home));
                agent.lose_memory();
            }
        }
        recorder.report(
            "bmad_orphaned_agents",
            format!("{name} was orphaned: it lost its memory"),
        );
        self.plan(recorder, Plan::Adopt(name), HOUR * 9);
    }

    /// Deletes the brain with the most members that keeps the number of orphans within the limit.
    pub(super) fn lose_brain(&mut self, recorder: &mut Recorder<'_>) {
        let brains = self.lasting_brains();
        // At least one other brain must remain to adopt the orphans.
        if brains.len() < 2 {
            return;
        }
        let room = MOST_ORPHANS.saturating_sub(self.orphans());
        let members = |group: Group| {
            self.agents
                .iter()
                .filter(|agent| agent.brain == Some(group))
                .count()
        };
        let losses = brains
            .into_iter()
            .filter(|group| (2..=room).contains(&members(group)));
        let Some(lost) = losses.max_by_key(|group| members(group)) else {
            return;
        };
        recorder.delete(BRAIN, vec![brain(lost)]);
        self.brains.retain(|brain| *brain != lost);
        let orphans = self.orphan_members(lost, recorder);
        recorder.report(
            "bmad_health_status_numeric",
            format!("the memory of {lost} was lost: {orphans} agents were orphaned"),
        );
        self.plan(recorder, Plan::RestoreBrain(lost), HOUR * 4);
    }

    pub(super) fn restore_brain(&mut self, group: Group, recorder: &mut Recorder<'_>) {
        self.make_brain(group, recorder);
        recorder.report(
            "bmad_orphaned_agents",
            format!("the memory of {group} was restored, without its contents"),
        );
    }

    fn lasting_brains(&self) -> Vec<Group> {
        self.brains
            .iter()
            .copied()
            .filter(|group| projects::is_permanent(group))
            .collect()
    }

    /// Adopts an orphan into a permanent brain, so that the end of a project does not orphan it
    /// again.
    pub(super) fn adopt(&mut self, name: Name, recorder: &mut Recorder<'_>) {
        // It may have left or been adopted in the meantime.
        let is_orphan = self
            .agents
            .iter()
            .any(|agent| agent.name == name && agent.brain.is_none());
        let Some(home) = self
            .random
            .pick(self.lasting_brains())
            .filter(|_| is_orphan)
        else {
            return;
        };
        for agent in self.agents.iter_mut().filter(|agent| agent.name == name) {
            agent.brain = Some(home);
        }
        recorder.link(HAS_MEMORY_IN, name, &brain(home));
        recorder.report(
            "bmad_orphaned_agents",
            format!("{name} was adopted by the memory of {home}"),
        );
    }
}

impl Agent {
    fn lose_memory(&mut self) -> Name {
        self.brain = None;
        self.name
    }
}
