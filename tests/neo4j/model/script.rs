//! A world as the changes that write it into a graph. They stay inside what every Cypher engine
//! knows.

use std::collections::BTreeMap;

use cypher::{Change, Literal, UnixMillis};

use super::world::{Count, Key, Number, Text, Time, Whole, Work, World};

/// How many rows one statement takes.
const BATCH: usize = 500;

/// All nodes and relationships of a world, ready to be written in parts.
pub(crate) struct Script {
    nodes: Vec<Node>,
    relationships: Vec<Relationship>,
}

struct Node {
    label: &'static str,
    properties: Properties,
}

impl Node {
    fn end(&self) -> End {
        (self.label, self.properties.key)
    }
}

/// Label and key of a node.
type End = (&'static str, Key);

struct Relationship {
    from: End,
    kind: &'static str,
    to: End,
}

impl Script {
    /// The world as it is at `now`.
    pub(crate) fn of(world: &World, now: UnixMillis) -> Self {
        let mut script = Self {
            nodes: nodes(world, now),
            relationships: relationships(world),
        };
        script.wholes_before_their_parts();
        script
    }

    /// A job is there before the steps that are a part of it, whatever its own times say.
    fn wholes_before_their_parts(&mut self) {
        let earliest: BTreeMap<End, _> = self
            .nodes
            .iter()
            .map(|node| (node.end(), node.properties.earliest))
            .collect();
        for part in self
            .relationships
            .iter()
            .filter(|relationship| relationship.kind == "PART_OF")
        {
            let from = earliest.get(&part.from).copied().flatten();
            // What has no time at all is there before everything.
            if let Some(whole) = self.nodes.iter_mut().find(|node| node.end() == part.to) {
                whole.properties.earliest = whole
                    .properties
                    .earliest
                    .map(|own| from.map_or(own, |from| own.max(from)));
            }
        }
    }

    /// The changes that write everything whose stage is `stage`: a node's stage is that of its
    /// earliest time, a relationship's the later one of its ends.
    pub(crate) fn part(
        &self,
        stage: usize,
        stage_of: impl Fn(Option<i64>) -> usize,
    ) -> Vec<Change> {
        let mut stages = BTreeMap::<End, usize>::new();
        let mut rows = BTreeMap::<String, Vec<Literal>>::new();
        for node in &self.nodes {
            let own = stage_of(node.properties.earliest);
            stages.insert(node.end(), own);
            if own == stage {
                let create = format!("UNWIND $rows AS row CREATE (n:{}) SET n = row", node.label);
                rows.entry(create)
                    .or_default()
                    .push(Literal::Map(node.properties.map.clone()));
            }
        }
        let mut changes = changes(std::mem::take(&mut rows));
        for Relationship { from, kind, to } in &self.relationships {
            // An end that is not there has no stage, and the relationship is not there either.
            if stages.get(from).max(stages.get(to)) == Some(&stage) {
                let ends = format!(
                    "MATCH (a:{}), (b:{}) WHERE a.key = row.a AND b.key = row.b",
                    from.0, to.0
                );
                let create = format!("UNWIND $rows AS row {ends} CREATE (a)-[:{kind}]->(b)");
                let keys =
                    [("a", from.1), ("b", to.1)].map(|(end, key)| (end.to_owned(), integer(key)));
                rows.entry(create)
                    .or_default()
                    .push(Literal::Map(keys.into()));
            }
        }
        changes.extend(self::changes(rows));
        changes
    }
}

fn changes(rows: BTreeMap<String, Vec<Literal>>) -> Vec<Change> {
    let batches = |(statement, rows): (String, Vec<Literal>)| {
        let batch = |rows: &[Literal]| Change {
            statement: statement.clone().into(),
            parameters: [("rows".to_owned(), Literal::List(rows.to_vec()))].into(),
        };
        rows.chunks(BATCH).map(batch).collect::<Vec<_>>()
    };
    rows.into_iter().flat_map(batches).collect()
}

fn nodes(world: &World, now: UnixMillis) -> Vec<Node> {
    let World {
        agents,
        tasks,
        jobs,
        sessions,
        calls,
        steps,
        switches,
        anomalies,
        samples,
        systems,
    } = world;
    let node = |label, properties| Node { label, properties };
    let of = |key, system: &Text| Properties::of(key, now).text("system", system);
    let mut nodes = Vec::new();
    nodes.extend(agents.iter().map(|a| {
        node(
            "AIAgent",
            of(a.key, &a.system)
                .text("name", &a.name)
                .text("status", &a.status),
        )
    }));
    nodes.extend(tasks.iter().map(|t| {
        let task = of(t.key, &t.system)
            .text("status", &t.status)
            .time("created_at", t.created_at)
            .time("started_at", t.started_at)
            .time("finished_at", t.finished_at)
            .number("duration_ms", t.duration_ms)
            .number("quality", t.quality)
            .number("coverage", t.coverage)
            .number("cost_usd", t.cost_usd)
            .number("baseline_cost_usd", t.baseline_cost_usd)
            .boolean("early_terminated", t.early_terminated);
        node("Task", task)
    }));
    nodes.extend(jobs.iter().map(|j| {
        let job = of(j.key, &j.system)
            .text("id", &j.id)
            .text("status", &j.status)
            .time("created_at", j.created_at)
            .time("started_at", j.started_at)
            .time("finished_at", j.finished_at)
            .number("cost_usd", j.cost_usd)
            .number("budget_usd", j.budget_usd)
            .count("iteration", j.iteration)
            .count("iterations_total", j.iterations_total)
            .number("loss", j.loss)
            .number("reward_mean", j.reward_mean);
        node("TrainingJob", job)
    }));
    nodes.extend(sessions.iter().map(|s| {
        node(
            "Session",
            of(s.key, &s.system)
                .time("started_at", s.started_at)
                .time("ended_at", s.ended_at),
        )
    }));
    nodes.extend(calls.iter().map(|c| {
        let call = of(c.key, &c.system)
            .text("kind", &c.kind)
            .text("target", &c.target)
            .text("action", &c.action)
            .text("status", &c.status)
            .time("started_at", c.started_at)
            .time("timestamp", c.timestamp)
            .number("duration_ms", c.duration_ms)
            .count("tokens_in", c.tokens_in)
            .count("tokens_out", c.tokens_out)
            .number("cost_usd", c.cost_usd)
            .count("response_bytes", c.response_bytes)
            .text("error_type", &c.error_type)
            .text("workspace_id", &c.workspace_id);
        node("Call", call)
    }));
    nodes.extend(steps.iter().map(|s| {
        let step = of(s.key, &s.system)
            .text("kind", &s.kind)
            .count("ordinal", s.ordinal)
            .text("status", &s.status)
            .time("timestamp", s.timestamp)
            .number("duration_ms", s.duration_ms)
            .number("serial_ms", s.serial_ms)
            .number("score", s.score)
            .count("type_errors", s.type_errors)
            .count("test_failures", s.test_failures)
            .count("vuln_critical", s.vuln_critical)
            .count("vuln_high", s.vuln_high)
            .count("vuln_medium", s.vuln_medium)
            .count("vuln_low", s.vuln_low);
        node("Step", step)
    }));
    nodes.extend(switches.iter().map(|s| {
        let switch = of(s.key, &s.system)
            .text("from_agent", &s.from_agent)
            .text("to_agent", &s.to_agent)
            .number("quality_delta", s.quality_delta)
            .number("cost_ratio", s.cost_ratio)
            .time("timestamp", s.timestamp);
        node("AgentSwitch", switch)
    }));
    nodes.extend(anomalies.iter().map(|a| {
        let anomaly = of(a.key, &a.system)
            .text("type", &a.kind)
            .text("target", &a.target)
            .number("score", a.score)
            .time("timestamp", a.timestamp);
        node("Anomaly", anomaly)
    }));
    nodes.extend(samples.iter().map(|s| {
        let sample = of(s.key, &s.system)
            .text("name", &s.name)
            .number("value", s.value)
            .text("resource", &s.resource)
            .text("cache_layer", &s.cache_layer)
            .time("timestamp", s.timestamp);
        node("Sample", sample)
    }));
    nodes.extend(systems.iter().map(|s| {
        let system = of(s.key, &s.system)
            .text("name", &s.name)
            .text("version", &s.version)
            .text("protocols", &s.protocols)
            .text("service", &s.service);
        node("System", system)
    }));
    nodes
}

fn relationships(world: &World) -> Vec<Relationship> {
    let World {
        agents,
        tasks: _,
        jobs: _,
        sessions: _,
        calls,
        steps,
        switches,
        anomalies: _,
        samples: _,
        systems: _,
    } = world;
    let mut all = Vec::new();
    for agent in agents {
        let from = ("AIAgent", agent.key);
        all.extend(agent.performed.iter().map(|work| Relationship {
            from,
            kind: "PERFORMED",
            to: work.end(),
        }));
        all.extend(agent.owns.iter().map(|job| Relationship {
            from,
            kind: "OWNS",
            to: ("TrainingJob", *job),
        }));
    }
    let mut parts = |from, wholes: &[Whole]| {
        all.extend(wholes.iter().map(|whole| Relationship {
            from,
            kind: "PART_OF",
            to: whole.end(),
        }));
    };
    calls
        .iter()
        .for_each(|call| parts(("Call", call.key), &call.part_of));
    steps
        .iter()
        .for_each(|step| parts(("Step", step.key), &step.part_of));
    switches
        .iter()
        .for_each(|switch| parts(("AgentSwitch", switch.key), &switch.part_of));
    all
}

impl Work {
    fn end(self) -> End {
        match self {
            Work::Call(key) => ("Call", key),
            Work::Step(key) => ("Step", key),
            Work::Task(key) => ("Task", key),
        }
    }
}

impl Whole {
    fn end(self) -> End {
        match self {
            Whole::Job(key) => ("TrainingJob", key),
            Whole::Session(key) => ("Session", key),
            Whole::Task(key) => ("Task", key),
        }
    }
}

fn integer(key: Key) -> Literal {
    Literal::Integer(i64::try_from(key).expect("a key is small"))
}

/// The properties of a node that are there.
struct Properties {
    now: UnixMillis,
    key: Key,
    map: BTreeMap<String, Literal>,
    /// The age of its earliest datetime.
    earliest: Option<i64>,
}

impl Properties {
    fn of(key: Key, now: UnixMillis) -> Self {
        Self {
            now,
            key,
            map: [("key".to_owned(), integer(key))].into(),
            earliest: None,
        }
    }

    fn text(self, name: &str, text: &Text) -> Self {
        self.property(name, text.clone().map(Literal::String))
    }

    /// A whole number becomes an integer, as scripts write it: a query must not divide it as one.
    fn number(self, name: &str, number: Number) -> Self {
        let literal = |number: f64| {
            if number.fract() == 0.0 {
                Literal::Integer(number as i64)
            } else {
                Literal::Float(number)
            }
        };
        self.property(name, number.map(literal))
    }

    fn count(self, name: &str, count: Count) -> Self {
        self.property(name, count.map(Literal::Integer))
    }

    fn boolean(self, name: &str, boolean: Option<bool>) -> Self {
        self.property(name, boolean.map(Literal::Boolean))
    }

    fn time(mut self, name: &str, time: Time) -> Self {
        self.earliest = self.earliest.max(time.ago());
        let literal = match time {
            Time::Missing => None,
            Time::Ago(ago) => Some(Literal::DateTime(moment(self.now, ago))),
            Time::Text(ago) => Some(Literal::String(iso(moment(self.now, ago)))),
        };
        self.property(name, literal)
    }

    fn property(mut self, name: &str, value: Option<Literal>) -> Self {
        self.map.extend(value.map(|value| (name.to_owned(), value)));
        self
    }
}

/// The moment `ago` seconds before `now`.
pub(crate) fn moment(now: UnixMillis, ago: i64) -> UnixMillis {
    UnixMillis(now.0 - 1000 * ago)
}

fn iso(moment: UnixMillis) -> String {
    let time = chrono::DateTime::from_timestamp_millis(moment.0).expect("it is near now");
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
