//! The team, and the brains that hold its memory: agents get orphaned and adopted, come for a project and leave with it.

use super::graph::{AGENT, BRAIN, HAS_MEMORY_IN};
use super::projects::{self, COMMON, Group, brain};
use super::{Bmad, Plan};
use crate::page::{Page, text};
use crate::time::HOUR;

/// What an agent is called: no two at the same time by one name.
pub(super) type Name = &'static str;

/// The team of the BMAD method: name, role, and the project in whose brain it has its memory at first.
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

/// Those who come for a project, two at a time.
const FREELANCERS: [Name; 4] = ["Nova", "Pike", "Quill", "Rhea"];

/// So many without a brain at one time is an outage; more would be the end.
const MOST_ORPHANS: usize = 6;

#[derive(Debug)]
pub(super) struct Agent {
    pub(super) name: Name,
    /// In whose brain it has its memory; an orphan has none.
    pub(super) brain: Option<Group>,
    /// The project it came for, if it is not of the team.
    hired_for: Option<Group>,
}

impl Bmad {
    pub(super) fn gather_team(&mut self, page: &mut Page<'_>) {
        for (name, role, brain) in TEAM {
            self.join(name, role, brain, None, page);
        }
    }

    fn join(
        &mut self,
        name: Name,
        role: &str,
        home: Group,
        hired_for: Option<Group>,
        page: &mut Page<'_>,
    ) {
        let properties = [
            ("name", text(name)),
            ("role", text(role)),
            ("status", text("active")),
            ("created_date", page.now()),
        ];
        page.create(AGENT, properties);
        page.link(HAS_MEMORY_IN, name, &brain(home));
        self.agents.push(Agent {
            name,
            brain: Some(home),
            hired_for,
        });
    }

    /// Two freelancers come for a project.
    pub(super) fn hire(&mut self, group: Group, page: &mut Page<'_>) -> Vec<Name> {
        let mut hired = Vec::new();
        for _ in 0..2 {
            let free = FREELANCERS
                .into_iter()
                .filter(|name| self.agents.iter().all(|agent| agent.name != *name));
            if let Some(name) = self.random.pick(free.collect()) {
                self.join(name, "Freelancer", group, Some(group), page);
                hired.push(name);
            }
        }
        hired
    }

    /// Those who came for a project leave; what they learned stays.
    pub(super) fn dismiss(&mut self, group: Group, page: &mut Page<'_>) {
        let gone: Vec<_> = self
            .agents
            .extract_if(.., |agent| agent.hired_for == Some(group))
            .collect();
        for agent in &gone {
            self.forget_agent(agent.name);
        }
        page.delete(
            AGENT,
            gone.iter().map(|agent| agent.name.to_owned()).collect(),
        );
    }

    /// A brain is gone: all who had their memory in it are orphans. How many they are.
    fn forsake(&mut self, group: Group, page: &mut Page<'_>) -> usize {
        let orphans: Vec<_> = self
            .agents
            .iter_mut()
            .filter(|agent| agent.brain == Some(group))
            .map(Agent::lose_memory)
            .collect();
        for name in &orphans {
            self.plan(page, Plan::Adopt(name), HOUR * 14);
        }
        orphans.len()
    }

    /// One of the team, at work with or without a memory.
    pub(super) fn any_agent(&mut self) -> Option<Name> {
        self.random
            .pick(self.agents.iter().map(|agent| agent.name).collect())
    }

    /// One who remembers.
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

    pub(super) fn lose_memory(&mut self, page: &mut Page<'_>) {
        let Some(name) = self.any_learner() else {
            return;
        };
        if self.orphans() >= MOST_ORPHANS {
            return;
        }
        for agent in self.agents.iter_mut().filter(|agent| agent.name == name) {
            if let Some(home) = agent.brain {
                page.unlink(HAS_MEMORY_IN, name, &brain(home));
                agent.lose_memory();
            }
        }
        page.tell(
            "bmad_orphaned_agents",
            format!("{name} has lost its memory and remembers nothing new"),
        );
        self.plan(page, Plan::Adopt(name), HOUR * 9);
    }

    /// A brain is lost: the one with most members that leaves no more orphans than there may be.
    pub(super) fn lose_brain(&mut self, page: &mut Page<'_>) {
        let brains = self.lasting_brains();
        // Without another one nobody could be adopted.
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
        page.delete(BRAIN, vec![brain(lost)]);
        self.brains.retain(|brain| *brain != lost);
        let orphans = self.forsake(lost, page);
        page.tell(
            "bmad_health_status_numeric",
            format!("the memory of {lost} is lost: {orphans} agents are orphaned"),
        );
        self.plan(page, Plan::RestoreBrain(lost), HOUR * 4);
    }

    pub(super) fn restore_brain(&mut self, group: Group, page: &mut Page<'_>) {
        self.make_brain(group, page);
        page.tell(
            "bmad_orphaned_agents",
            format!("the memory of {group} is back, and empty"),
        );
    }

    fn lasting_brains(&self) -> Vec<Group> {
        self.brains
            .iter()
            .copied()
            .filter(|group| projects::stands(group))
            .collect()
    }

    /// An orphan finds a place in a brain that lasts: nobody is orphaned again by the end of a project.
    pub(super) fn adopt(&mut self, name: Name, page: &mut Page<'_>) {
        // It may have left, or been adopted in the meantime.
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
        page.link(HAS_MEMORY_IN, name, &brain(home));
        page.tell(
            "bmad_orphaned_agents",
            format!("{name} is adopted by the memory of {home}"),
        );
    }
}

impl Agent {
    fn lose_memory(&mut self) -> Name {
        self.brain = None;
        self.name
    }
}
