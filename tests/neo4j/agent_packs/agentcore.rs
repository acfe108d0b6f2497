//! What the pack `agentcore` must have, and what each family must show of a world.

use std::collections::BTreeMap;

use crate::model::family::{Event, Family, Values, counter, gauge, histogram};
use crate::model::world::{HOUR, Job, Key, Number, Step, Text, Whole, World};

const TRAJECTORY: &[f64] = &[1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];
const POLICY: &[f64] = &[0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];
const ITERATION: &[f64] = &[5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0];
const CHECKPOINT: &[f64] = &[0.1, 0.5, 1.0, 2.0, 5.0, 10.0];
const AGENT: &[&str] = &["agent_id"];
const JOB: &[&str] = &["agent_id", "job_id"];

/// The last one is not of the system's own: an alert of the system needs it.
pub(crate) const FAMILIES: [Family; 17] = [
    counter("training_jobs_created_total", AGENT, created),
    counter("training_jobs_completed_total", AGENT, |world| {
        finished(world, "completed")
    }),
    counter("training_jobs_failed_total", AGENT, |world| {
        finished(world, "failed")
    }),
    counter("training_jobs_cancelled_total", AGENT, |world| {
        finished(world, "cancelled")
    }),
    gauge("training_jobs_active", &[], active),
    histogram(
        "training_trajectory_generation_duration_seconds",
        AGENT,
        TRAJECTORY,
        |world| durations(world, "trajectory_generation"),
    ),
    histogram(
        "training_policy_update_duration_seconds",
        AGENT,
        POLICY,
        |world| durations(world, "policy_update"),
    ),
    histogram(
        "training_iteration_duration_seconds",
        AGENT,
        ITERATION,
        |world| durations(world, "training_iteration"),
    ),
    histogram(
        "training_checkpoint_save_duration_seconds",
        AGENT,
        CHECKPOINT,
        |world| durations(world, "checkpoint_save"),
    ),
    gauge("training_budget_usage_usd", JOB, |world| {
        shown(world, |job| known(job.cost_usd))
    }),
    gauge("training_budget_limit_usd", JOB, |world| {
        shown(world, |job| job.budget_usd)
    }),
    gauge("training_budget_utilization_percent", JOB, |world| {
        shown(world, utilization)
    }),
    gauge("training_iteration_current", JOB, |world| {
        shown(world, |job| job.iteration.map(|n| n as f64))
    }),
    gauge("training_iteration_total", JOB, |world| {
        shown(world, |job| job.iterations_total.map(|n| n as f64))
    }),
    gauge("training_loss", JOB, |world| shown(world, |job| job.loss)),
    gauge("training_reward_mean", JOB, |world| {
        shown(world, |job| job.reward_mean)
    }),
    gauge("training_job_started_timestamp_seconds", JOB, started).of_moments(),
];

fn ours(system: &Text) -> bool {
    system.as_deref() == Some("agentcore")
}

fn jobs(world: &World) -> impl Iterator<Item = &Job> {
    world.jobs.iter().filter(|job| ours(&job.system))
}

/// The first by name of those that own one of these jobs.
fn owner(world: &World, jobs: &[Key]) -> String {
    let owners = world
        .agents
        .iter()
        .filter(|agent| agent.owns.iter().any(|job| jobs.contains(job)));
    owners
        .filter_map(|agent| agent.name.clone())
        .min()
        .unwrap_or_else(|| "unknown".to_owned())
}

fn created(world: &World) -> Vec<Event> {
    jobs(world)
        .map(|job| (job.created_at, vec![owner(world, &[job.key])], 1.0))
        .collect()
}

/// An agent with any job that was created or has finished has all three counters.
fn finished(world: &World, status: &str) -> Vec<Event> {
    let has = |job: &&Job, states: &[&str]| {
        job.status
            .as_deref()
            .is_some_and(|status| states.contains(&status))
    };
    let finished = jobs(world).filter(|job| has(job, &["completed", "failed", "cancelled"]));
    let counts = |job: &Job| if has(&job, &[status]) { 1.0 } else { 0.0 };
    let finished =
        finished.map(|job| (job.finished_at, vec![owner(world, &[job.key])], counts(job)));
    let created = jobs(world).map(|job| (job.created_at, vec![owner(world, &[job.key])], 0.0));
    finished.chain(created).collect()
}

fn is_live(job: &Job) -> bool {
    matches!(job.status.as_deref(), Some("queued" | "running"))
}

fn active(world: &World) -> BTreeMap<Values, f64> {
    BTreeMap::from([(
        Vec::new(),
        jobs(world).filter(|job| is_live(job)).count() as f64,
    )])
}

fn durations(world: &World, kind: &str) -> Vec<Event> {
    let steps = world
        .steps
        .iter()
        .filter(|step| ours(&step.system) && step.kind.as_deref() == Some(kind));
    let observed = |step: &Step| {
        Some((
            step.timestamp,
            vec![agent(world, step)],
            step.duration_ms? / 1000.0,
        ))
    };
    steps.filter_map(observed).collect()
}

fn agent(world: &World, step: &Step) -> String {
    let jobs: Vec<_> = step
        .part_of
        .iter()
        .filter_map(|whole| match whole {
            Whole::Job(key) => world.job(*key).map(|job| job.key),
            Whole::Session(_) | Whole::Task(_) => None,
        })
        .collect();
    owner(world, &jobs)
}

/// A value of each job that has an id.
fn by_job<'w>(
    world: &'w World,
    jobs: impl Iterator<Item = &'w Job>,
    value: impl Fn(&Job) -> Number,
) -> BTreeMap<Values, f64> {
    jobs.filter_map(|job| Some((vec![owner(world, &[job.key]), job.id.clone()?], value(job)?)))
        .collect()
}

/// A value of each job that is live or finished in the last hour.
fn shown(world: &World, value: impl Fn(&Job) -> Number) -> BTreeMap<Values, f64> {
    by_job(
        world,
        jobs(world).filter(|job| is_live(job) || job.finished_at.within(HOUR)),
        value,
    )
}

/// What is below 0, or no number at all, is how somebody wrote that it is not known.
fn known(number: Number) -> Number {
    number.filter(|number| *number >= 0.0)
}

fn utilization(job: &Job) -> Number {
    let limit = job.budget_usd?;
    if limit > 0.0 {
        Some(known(job.cost_usd)? / limit * 100.0)
    } else {
        Some(0.0)
    }
}

fn started(world: &World) -> BTreeMap<Values, f64> {
    let running = jobs(world).filter(|job| job.status.as_deref() == Some("running"));
    by_job(world, running, |job| {
        job.started_at
            .ago()
            .filter(|ago| *ago >= 0)
            .map(|ago| -ago as f64)
    })
}
