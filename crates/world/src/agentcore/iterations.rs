//! Iterations of a job: generate trajectories, update the policy, sometimes save a checkpoint.

use super::jobs::{End, Job};
use super::trouble::Trouble;
use super::{AgentCore, Plan};
use crate::random::Range;
use crate::recorder::{Recorder, share, text};
use crate::shared::{JOB, STEP, STEP_OF_JOB, millis, usd, work};
use cypher::Literal;

const GENERATION: [Range; 5] = [
    ((600.0, 5000.0), 3.0),
    ((5000.0, 10e3), 5.0),
    ((10e3, 28e3), 3.0),
    ((30e3, 90e3), 0.08),
    ((300e3, 360e3), 0.003),
];
const UPDATE: [Range; 4] = [
    ((80.0, 500.0), 2.0),
    ((500.0, 2000.0), 6.0),
    ((2000.0, 5000.0), 2.0),
    ((8e3, 34e3), 0.04),
];
const SAVE: [Range; 4] = [
    ((60.0, 500.0), 3.0),
    ((500.0, 2000.0), 5.0),
    ((2000.0, 8000.0), 1.0),
    ((10e3, 14e3), 0.05),
];
/// The number of iterations between checkpoints; the last one is also saved.
const CHECKPOINT_EVERY: u32 = 3;

/// The factor on the duration of slow trajectories.
const SLOW: f64 = 5.0;
/// The factor on the cost of an iteration while training is expensive.
const EXPENSIVE: f64 = 1.8;
/// The probability that an iteration fails its job, normally and while training diverges.
const FAILS: f64 = 0.004;
const FAILS_OFTEN: f64 = 0.09;
/// The probability that a job over its budget is stopped.
const STOPPED: f64 = 0.4;

/// The shares of the budget that are reported.
const REPORTED_SHARES: [f64; 3] = [75.0, 90.0, 100.0];

impl AgentCore {
    /// Begins an iteration.
    pub(super) fn generate(&mut self, job: &mut Job, recorder: &mut Recorder<'_>) {
        let slow = if self.trouble.is(Trouble::SlowTrajectories) {
            SLOW
        } else {
            1.0
        };
        job.generation_ms = slow * self.random.spread(&GENERATION);
        self.agenda.add(
            recorder.at + work(job.generation_ms),
            Plan::Generated(job.number),
        );
    }

    pub(super) fn generated(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(mut job) = self.jobs.remove(&number) else {
            return;
        };
        self.step(&job, "trajectory_generation", job.generation_ms, recorder);
        job.update_ms = self.random.spread(&UPDATE);
        self.agenda
            .add(recorder.at + work(job.update_ms), Plan::Updated(number));
        self.jobs.insert(number, job);
    }

    /// Ends an iteration: adds its cost and updates loss and reward.
    pub(super) fn updated(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(mut job) = self.jobs.remove(&number) else {
            return;
        };
        job.iteration += 1;
        self.step(&job, "policy_update", job.update_ms, recorder);
        self.step(
            &job,
            "training_iteration",
            job.generation_ms + job.update_ms,
            recorder,
        );
        self.learn(&mut job);
        self.pay(&mut job, recorder);
        let own = [
            ("iteration", Literal::Integer(job.iteration.into())),
            ("cost_usd", usd(job.cost)),
            ("loss", share(job.loss)),
            ("reward_mean", share(job.reward)),
        ];
        self.records.change(JOB, number, own, recorder);
        if let Some(why) = self.why_it_fails(&job) {
            self.finish(&job, End::Failed(why), recorder);
        } else if job.iteration.is_multiple_of(CHECKPOINT_EVERY) || job.iteration == job.iterations
        {
            job.save_ms = self.random.spread(&SAVE);
            self.agenda
                .add(recorder.at + work(job.save_ms), Plan::Saved(number));
            self.jobs.insert(number, job);
        } else {
            self.continue_job(job, recorder);
        }
    }

    pub(super) fn saved(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(job) = self.jobs.remove(&number) else {
            return;
        };
        self.step(&job, "checkpoint_save", job.save_ms, recorder);
        self.continue_job(job, recorder);
    }

    fn learn(&mut self, job: &mut Job) {
        if self.trouble.is(Trouble::Diverging) {
            job.loss *= self.random.between(1.0, 1.4);
            job.reward -= self.random.between(0.0, 0.15);
        } else {
            job.loss = 0.1 + (job.loss - 0.1) * self.random.between(0.78, 1.02);
            job.reward += (0.95 - job.reward) * self.random.between(-0.02, 0.18);
        }
    }

    fn pay(&mut self, job: &mut Job, recorder: &mut Recorder<'_>) {
        let before = job.used();
        let price = if self.trouble.is(Trouble::Expensive) {
            EXPENSIVE
        } else {
            1.0
        };
        job.cost += price * job.per_iteration * self.random.between(0.7, 1.3);
        let crossed = REPORTED_SHARES
            .into_iter()
            .rfind(|share| before <= *share && job.used() > *share);
        if let Some(share) = crossed {
            recorder.report(
                "training_budget_utilization_percent",
                format!("{} used {share} % of its budget", job.named()),
            );
        }
    }

    fn why_it_fails(&mut self, job: &Job) -> Option<&'static str> {
        let diverges = self.trouble.is(Trouble::Diverging);
        if self
            .random
            .chance(if diverges { FAILS_OFTEN } else { FAILS })
        {
            Some(if diverges {
                "the loss diverges"
            } else {
                "a worker is lost"
            })
        } else {
            (job.used() > 100.0 && self.random.chance(STOPPED)).then_some("the budget is exceeded")
        }
    }

    fn step(&mut self, job: &Job, kind: &str, ms: f64, recorder: &mut Recorder<'_>) {
        let own = [
            ("kind", text(kind)),
            ("ordinal", Literal::Integer(job.iteration.into())),
            ("status", text("pass")),
            ("duration_ms", millis(ms)),
        ];
        let step = self.records.event(STEP, job.group, own, recorder);
        self.records.link(STEP_OF_JOB, step, job.number, recorder);
    }
}

impl Job {
    /// The used share of the budget in percent; 0 without a limit.
    fn used(&self) -> f64 {
        if self.budget > 0.0 {
            100.0 * self.cost / self.budget
        } else {
            0.0
        }
    }
}
