//! The mirror as the plain world that the oracles of the packs know.

use std::collections::BTreeMap;

use cypher::{Literal, UnixMillis};
use world::{Kind, Link, Properties};

use crate::mirror::{Mirror, float, integer, text};
use crate::model::world::{
    Agent, Anomaly, Call, Count, Job, Key, Number, Sample, Session, Step, Switch, System, Task,
    Time, Whole, Work, World,
};

const AGENT: Kind = Kind {
    label: "AIAgent",
    key: "id",
};
const TASK: Kind = Kind {
    label: "Task",
    key: "id",
};
const JOB: Kind = Kind {
    label: "TrainingJob",
    key: "id",
};
const STEP: Kind = Kind {
    label: "Step",
    key: "id",
};

/// Keys in the order of the ids.
type Keys = BTreeMap<String, Key>;

/// A node as it is at a moment.
struct Node<'m> {
    properties: &'m Properties,
    now: UnixMillis,
}

impl Mirror {
    /// What it holds of the shared model. All relationships that no oracle looks at are left out.
    pub(crate) fn as_model(&self, now: UnixMillis) -> World {
        let of = |label| {
            let nodes = self
                .nodes_of(label)
                .map(move |(id, properties)| (id, Node { properties, now }));
            nodes.enumerate().map(|(key, (id, node))| (key, id, node))
        };
        let (tasks, jobs) = (self.keys(TASK), self.keys(JOB));
        let performed = self.ends(
            Link {
                from: AGENT,
                name: "PERFORMED",
                to: TASK,
            },
            &tasks,
        );
        let owned = self.ends(
            Link {
                from: AGENT,
                name: "OWNS",
                to: JOB,
            },
            &jobs,
        );
        let part_of = self.ends(
            Link {
                from: STEP,
                name: "PART_OF",
                to: JOB,
            },
            &jobs,
        );
        let all = |ends: &BTreeMap<String, Vec<Key>>, from: &String| {
            ends.get(from).cloned().unwrap_or_default()
        };
        World {
            agents: of("AIAgent")
                .map(|(key, id, node)| Agent {
                    performed: all(&performed, id).into_iter().map(Work::Task).collect(),
                    owns: all(&owned, id),
                    ..node.agent(key)
                })
                .collect(),
            tasks: of("Task").map(|(key, _, node)| node.task(key)).collect(),
            jobs: of("TrainingJob")
                .map(|(key, _, node)| node.job(key))
                .collect(),
            sessions: of("Session")
                .map(|(key, _, node)| node.session(key))
                .collect(),
            calls: of("Call").map(|(key, _, node)| node.call(key)).collect(),
            steps: of("Step")
                .map(|(key, id, node)| Step {
                    part_of: all(&part_of, id).into_iter().map(Whole::Job).collect(),
                    ..node.step(key)
                })
                .collect(),
            switches: of("AgentSwitch")
                .map(|(key, _, node)| node.switch(key))
                .collect(),
            anomalies: of("Anomaly")
                .map(|(key, _, node)| node.anomaly(key))
                .collect(),
            samples: of("Sample")
                .map(|(key, _, node)| node.sample(key))
                .collect(),
            systems: of("System")
                .map(|(key, _, node)| node.system(key))
                .collect(),
        }
    }

    fn keys(&self, kind: Kind) -> Keys {
        self.nodes_of(kind.label)
            .map(|(id, _)| id.clone())
            .zip(0..)
            .collect()
    }

    fn ends(&self, link: Link, keys: &Keys) -> BTreeMap<String, Vec<Key>> {
        self.ends_of(link).fold(
            BTreeMap::new(),
            |mut ends: BTreeMap<_, Vec<_>>, (from, to)| {
                ends.entry(from.clone()).or_default().push(keys[to]);
                ends
            },
        )
    }
}

impl Node<'_> {
    fn text(&self, name: &str) -> Option<String> {
        text(self.properties, name)
    }

    fn number(&self, name: &str) -> Number {
        float(self.properties, name)
    }

    fn count(&self, name: &str) -> Count {
        integer(self.properties, name)
    }

    fn boolean(&self, name: &str) -> Option<bool> {
        let Literal::Boolean(boolean) = self.properties.get(name)? else {
            panic!("{name} is no boolean")
        };
        Some(*boolean)
    }

    /// How long ago, rounded down, so that a window in whole seconds holds it or does not.
    fn time(&self, name: &str) -> Time {
        match self.properties.get(name) {
            Some(Literal::DateTime(at)) => Time::Ago((self.now.0 - at.0).div_euclid(1000)),
            None => Time::Missing,
            Some(other) => panic!("{name} is no time: {other:?}"),
        }
    }

    /// The same rounded up, which is the moment rounded down, as `epochSeconds` has it.
    fn second(&self, name: &str) -> Time {
        match self.properties.get(name) {
            Some(Literal::DateTime(at)) => Time::Ago(-(at.0 - self.now.0).div_euclid(1000)),
            _ => self.time(name),
        }
    }

    fn agent(&self, key: Key) -> Agent {
        let (system, name, status) = (self.text("system"), self.text("name"), self.text("status"));
        Agent {
            key,
            system,
            name,
            status,
            ..Agent::default()
        }
    }

    fn task(&self, key: Key) -> Task {
        Task {
            key,
            system: self.text("system"),
            status: self.text("status"),
            created_at: self.time("created_at"),
            started_at: self.time("started_at"),
            finished_at: self.time("finished_at"),
            duration_ms: self.number("duration_ms"),
            quality: self.number("quality"),
            coverage: self.number("coverage"),
            cost_usd: self.number("cost_usd"),
            baseline_cost_usd: self.number("baseline_cost_usd"),
            early_terminated: self.boolean("early_terminated"),
        }
    }

    fn job(&self, key: Key) -> Job {
        Job {
            key,
            system: self.text("system"),
            id: self.text("id"),
            status: self.text("status"),
            created_at: self.time("created_at"),
            started_at: self.second("started_at"),
            finished_at: self.time("finished_at"),
            cost_usd: self.number("cost_usd"),
            budget_usd: self.number("budget_usd"),
            iteration: self.count("iteration"),
            iterations_total: self.count("iterations_total"),
            loss: self.number("loss"),
            reward_mean: self.number("reward_mean"),
        }
    }

    fn session(&self, key: Key) -> Session {
        let (started_at, ended_at) = (self.time("started_at"), self.time("ended_at"));
        Session {
            key,
            system: self.text("system"),
            started_at,
            ended_at,
        }
    }

    fn call(&self, key: Key) -> Call {
        Call {
            key,
            system: self.text("system"),
            kind: self.text("kind"),
            target: self.text("target"),
            action: self.text("action"),
            status: self.text("status"),
            started_at: self.time("started_at"),
            timestamp: self.time("timestamp"),
            duration_ms: self.number("duration_ms"),
            tokens_in: self.count("tokens_in"),
            tokens_out: self.count("tokens_out"),
            cost_usd: self.number("cost_usd"),
            response_bytes: self.count("response_bytes"),
            error_type: self.text("error_type"),
            workspace_id: self.text("workspace_id"),
            part_of: Vec::new(),
        }
    }

    fn step(&self, key: Key) -> Step {
        Step {
            key,
            system: self.text("system"),
            kind: self.text("kind"),
            ordinal: self.count("ordinal"),
            status: self.text("status"),
            timestamp: self.time("timestamp"),
            duration_ms: self.number("duration_ms"),
            serial_ms: self.number("serial_ms"),
            score: self.number("score"),
            type_errors: self.count("type_errors"),
            test_failures: self.count("test_failures"),
            vuln_critical: self.count("vuln_critical"),
            vuln_high: self.count("vuln_high"),
            vuln_medium: self.count("vuln_medium"),
            vuln_low: self.count("vuln_low"),
            part_of: Vec::new(),
        }
    }

    fn switch(&self, key: Key) -> Switch {
        Switch {
            key,
            system: self.text("system"),
            from_agent: self.text("from_agent"),
            to_agent: self.text("to_agent"),
            quality_delta: self.number("quality_delta"),
            cost_ratio: self.number("cost_ratio"),
            timestamp: self.time("timestamp"),
            part_of: Vec::new(),
        }
    }

    fn anomaly(&self, key: Key) -> Anomaly {
        Anomaly {
            key,
            system: self.text("system"),
            kind: self.text("type"),
            target: self.text("target"),
            score: self.number("score"),
            timestamp: self.time("timestamp"),
        }
    }

    fn sample(&self, key: Key) -> Sample {
        Sample {
            key,
            system: self.text("system"),
            name: self.text("name"),
            value: self.number("value"),
            resource: self.text("resource"),
            cache_layer: self.text("cache_layer"),
            timestamp: self.time("timestamp"),
        }
    }

    fn system(&self, key: Key) -> System {
        System {
            key,
            system: self.text("system"),
            name: self.text("name"),
            version: self.text("version"),
            protocols: self.text("protocols"),
            service: self.text("service"),
        }
    }
}
