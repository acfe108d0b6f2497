//! Iterations: call the agent, evaluate its result, check the gates, and sometimes switch to
//! another agent.

use super::query::Query;
use super::tasks::{End, Task};
use super::trouble::Trouble;
use super::{LazyBird, Plan};
use crate::random::Range;
use crate::recorder::{Recorder, text};
use crate::shared::{
    CALL, CALL_OF_TASK, PERFORMED_CALL, STEP, STEP_OF_TASK, SWITCH, SWITCH_OF_TASK, count, millis,
    percent, usd, work,
};
use cypher::Literal;

/// The duration of an evaluation in milliseconds, and the factor if its checks ran sequentially.
const EVALUATION: [Range; 4] = [
    ((180.0, 500.0), 5.0),
    ((500.0, 1200.0), 4.0),
    ((1200.0, 2600.0), 0.8),
    ((5200.0, 12_000.0), 0.02),
];
const SPEEDUP: [Range; 3] = [((1.0, 1.4), 3.0), ((1.4, 2.0), 6.0), ((2.0, 2.6), 0.3)];
/// The duration of a gate.
const GATE: [Range; 4] = [
    ((20.0, 100.0), 5.0),
    ((100.0, 200.0), 4.0),
    ((200.0, 500.0), 1.0),
    ((500.0, 900.0), 0.05),
];

/// The gates are after a third, two thirds and all of the iterations.
const GATES: u32 = 3;
/// The quality below which each gate fails, and the quality from which the last one passes without
/// a warning.
const LEAST: [f64; 3] = [45.0, 60.0, 70.0];
const ACCEPTED: f64 = 85.0;
/// The probability that a task ends when it fails a gate before the last.
const ENDS_EARLY: f64 = 0.6;

/// The part of the distance to the agent's quality that an iteration covers, and the reduction
/// during poor work.
const PROGRESS: (f64, f64) = (0.45, 0.85);
const POORER: f64 = 30.0;
/// The distance from the target at which a task may switch agents, and the probability of it.
const GAP: f64 = 13.0;
const SWITCHES: f64 = 0.55;

impl LazyBird {
    /// Begins the next iteration with a call to the agent.
    pub(super) fn iterate(&mut self, task: &mut Task, recorder: &mut Recorder<'_>) {
        task.iteration += 1;
        let agent = task.agent;
        let own = [
            ("kind", text("agent")),
            ("target", text(agent.name)),
            (
                "action",
                text(if task.iteration == 1 {
                    "generate"
                } else {
                    "refine"
                }),
            ),
            ("status", text("running")),
            ("started_at", recorder.now()),
        ];
        let call = self.records.begin(CALL, task.group, own, recorder);
        self.records
            .link_agent(PERFORMED_CALL, agent.name, call, recorder);
        self.records.link(CALL_OF_TASK, call, task.number, recorder);
        let (ms, fails) = (self.latency(agent), self.fails(agent));
        task.call = Some((call, ms, fails));
        self.agenda
            .add(recorder.at + work(ms), Plan::Answered(task.number));
    }

    /// Ends the call of the agent and begins the evaluation; after a failure another agent takes
    /// over.
    pub(super) fn answered(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(mut task) = self.tasks.remove(&number) else {
            return;
        };
        let Some((_, ms, fails)) = task.call else {
            return;
        };
        self.end_call(&mut task, recorder);
        if fails {
            self.step(
                &task,
                "iteration",
                [("status", text("fail")), ("duration_ms", millis(ms))],
                recorder,
            );
            task.iteration -= 1;
            self.switch(&mut task, recorder);
            self.continue_task(task, recorder);
        } else {
            task.evaluation_ms = self.random.spread(&EVALUATION);
            self.agenda.add(
                recorder.at + work(task.evaluation_ms),
                Plan::Evaluated(number),
            );
            self.tasks.insert(number, task);
        }
    }

    fn end_call(&mut self, task: &mut Task, recorder: &mut Recorder<'_>) {
        let Some((call, ms, fails)) = task.call else {
            return;
        };
        let cost = if fails {
            0.0
        } else {
            task.agent.usd * self.random.between(0.5, 1.6)
        };
        task.pay(cost);
        let (read, written) = (
            self.random.between(800.0, 9000.0),
            self.random.between(150.0, 2500.0),
        );
        let ended = [
            ("status", text(if fails { "error" } else { "success" })),
            ("duration_ms", millis(ms)),
            ("cost_usd", usd(cost)),
            ("tokens_in", count(read)),
            ("tokens_out", count(if fails { 0.0 } else { written })),
        ];
        let reason = fails.then(|| ("error_type", text("overloaded")));
        self.records
            .end(CALL, call, ended.into_iter().chain(reason), recorder);
    }

    /// Ends the iteration: evaluates its quality and decides the next step.
    pub(super) fn evaluated(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(mut task) = self.tasks.remove(&number) else {
            return;
        };
        let poorer = if self.trouble.is(Trouble::PoorWork) {
            POORER
        } else {
            0.0
        };
        let target =
            self.random.between(task.agent.level.0, task.agent.level.1) - poorer - task.handicap;
        task.quality += (target - task.quality) * self.random.between(PROGRESS.0, PROGRESS.1);
        self.measure_switch(&mut task, recorder);
        let call_ms = task.call.take().map_or(0.0, |(_, ms, _)| ms);
        self.write_evaluation(&task, recorder);
        let iteration = [
            ("status", text("pass")),
            ("duration_ms", millis(call_ms + task.evaluation_ms)),
        ];
        self.step(&task, "iteration", iteration, recorder);
        self.query(&task, Query::Insert, recorder);
        if let Some(end) = self.pass_gates(&mut task, recorder) {
            self.finish(task, end, recorder);
            return;
        }
        if target - task.quality > GAP && self.random.chance(SWITCHES) {
            self.switch(&mut task, recorder);
        }
        self.continue_task(task, recorder);
    }

    fn write_evaluation(&mut self, task: &Task, recorder: &mut Recorder<'_>) {
        let (flaws, ms) = (100.0 - task.quality, task.evaluation_ms);
        let mut found = |often: f64| {
            count(if self.random.chance(often) {
                self.random.between(0.6, 2.4)
            } else {
                0.0
            })
        };
        let vulnerabilities = [
            ("vuln_critical", found(flaws / 2500.0)),
            ("vuln_high", found(flaws / 600.0)),
            ("vuln_medium", found(flaws / 200.0)),
            ("vuln_low", found(flaws / 90.0)),
        ];
        let critical = vulnerabilities[0].1 != Literal::Integer(0);
        let status = if task.quality < LEAST[1] {
            "fail"
        } else {
            pass_or_warn(task.quality)
        };
        let own = [
            ("status", text(status)),
            ("duration_ms", millis(ms)),
            ("serial_ms", millis(ms * self.random.spread(&SPEEDUP))),
            ("score", percent(task.quality)),
            (
                "type_errors",
                count(flaws / 9.0 * self.random.between(0.0, 0.9)),
            ),
            (
                "test_failures",
                count(flaws / 12.0 * self.random.between(0.0, 0.8)),
            ),
        ];
        self.step(
            task,
            "evaluation",
            own.into_iter().chain(vulnerabilities),
            recorder,
        );
        if critical {
            let news = format!(
                "an evaluation found a critical vulnerability in task {}",
                task.number
            );
            recorder.report("lazybird_security_vulnerabilities_total", news);
        }
    }

    /// Checks all gates of this iteration; returns the end of the task, if any.
    fn pass_gates(&mut self, task: &mut Task, recorder: &mut Recorder<'_>) -> Option<End> {
        while task.gate <= GATES && task.iteration * GATES >= task.gate * task.planned {
            let passed = self.pass_gate(task, recorder);
            let (last, early) = (task.gate == GATES, task.iteration < task.planned);
            if !passed && (last || (early && self.random.chance(ENDS_EARLY))) {
                return Some(if last { End::Failed } else { End::Early });
            }
            task.gate += 1;
        }
        (task.gate > GATES).then_some(End::Success)
    }

    fn pass_gate(&mut self, task: &Task, recorder: &mut Recorder<'_>) -> bool {
        let least = LEAST
            .get(task.gate as usize - 1)
            .copied()
            .unwrap_or_default();
        let passed = task.quality >= least;
        let ms = self.random.spread(&GATE);
        let own = [
            ("ordinal", Literal::Integer(task.gate.into())),
            (
                "status",
                text(if passed {
                    pass_or_warn(task.quality)
                } else {
                    "fail"
                }),
            ),
            ("duration_ms", millis(ms)),
            ("score", percent(task.quality)),
        ];
        let step = [("kind", text("checkpoint"))].into_iter().chain(own);
        let step = self.records.event(STEP, task.group, step, recorder);
        self.records.link(STEP_OF_TASK, step, task.number, recorder);
        passed
    }

    /// Switches to another agent; the effect is measured after its first iteration.
    fn switch(&mut self, task: &mut Task, recorder: &mut Recorder<'_>) {
        // Two switches without an evaluation in between count as one from the first agent.
        let before = (task.iteration > 0).then_some(task.quality);
        let from = task.switched.take().unwrap_or((task.agent, before));
        task.agent = self.successor(task.agent);
        task.switched = (task.agent.name != from.0.name).then_some(from);
        self.assign(task, recorder);
    }

    fn measure_switch(&mut self, task: &mut Task, recorder: &mut Recorder<'_>) {
        let Some((from, before)) = task.switched.take() else {
            return;
        };
        let (to, number) = (task.agent, task.number);
        // Sometimes a new agent does not understand the previous work.
        let setback = if self.random.chance(0.15) {
            self.random.between(5.0, 20.0)
        } else {
            0.0
        };
        task.quality = (task.quality - setback).max(0.0);
        let gained = before.map(|before| task.quality - before);
        let own = [
            ("from_agent", text(from.name)),
            ("to_agent", text(to.name)),
            ("cost_ratio", millis(to.usd / from.usd)),
        ];
        let delta = gained.map(|gained| {
            (
                "quality_delta",
                Literal::Float((gained * 10.0).round() / 10.0),
            )
        });
        let switch = self
            .records
            .event(SWITCH, task.group, own.into_iter().chain(delta), recorder);
        self.records.link(SWITCH_OF_TASK, switch, number, recorder);
        let worth = gained.map_or(String::new(), |gained| {
            format!(": {gained:+.0} points of quality")
        });
        let news = format!(
            "task {number} switched from {} to {}{worth}",
            from.name, to.name
        );
        recorder.report("lazybird_agent_switch_total", news);
    }

    /// Records a step of this iteration that ended now.
    pub(super) fn step<'p>(
        &mut self,
        task: &Task,
        kind: &str,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        recorder: &mut Recorder<'_>,
    ) {
        let common = [
            ("kind", text(kind)),
            ("ordinal", Literal::Integer(task.iteration.into())),
        ];
        let step = self
            .records
            .event(STEP, task.group, common.into_iter().chain(own), recorder);
        self.records.link(STEP_OF_TASK, step, task.number, recorder);
    }
}

fn pass_or_warn(quality: f64) -> &'static str {
    if quality >= ACCEPTED { "pass" } else { "warn" }
}
