//! `demo`: the whole product at work on a graph in which a synthetic world lives: one inside this process, or a real Neo4j.

mod owner;
mod screen;
mod target;

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use humantime::format_duration;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::project::{self, GraphSource, ONLY_GRAPH, Project};
use super::{ExitStatus, Graphs, counted, health, serve};
use crate::cli::{Common, DEMO_SEED, Demo};
use crate::config::check_uri;
#[cfg(feature = "embedded")]
use crate::graph::Embedded;
use crate::graph::Graph;
use crate::kpi::Schedule;
use cypher::UnixMillis;
use owner::{DemoOwner, Unclaimed};
use screen::Screen;
use target::DemoGraph;
use world::{Edit, World, joined};

pub(super) use screen::make_way;

/// A newcomer watches: nothing is older than this. In `serve` the KPIs run as their files say.
const AT_LEAST_EVERY: Duration = Duration::from_secs(5);
/// How often the graph follows the world.
const BEAT: Duration = Duration::from_millis(250);
/// More than a statement takes by far. Without a limit an engine that hangs would hang the demo without a word.
const WITHIN: Duration = Duration::from_secs(60);
/// What happened while the machine slept is caught up in steps: one huge transaction would keep the queries waiting.
const AT_ONCE: usize = 100;
/// What is written later than its time by more than this, the `lag` of the KPIs, is not counted by their windows.
const LATE: Duration = Duration::from_secs(10);

pub(super) async fn demo(common: &Common, options: &Demo) -> anyhow::Result<ExitStatus> {
    let Some((mut loaded, graph)) = prepare(common, options)? else {
        return Ok(ExitStatus::BadInput);
    };
    if !loaded.can_run()? {
        return Ok(ExitStatus::BadInput);
    }
    run_often(&mut loaded);
    let listener = serve::listen(
        options.listen.unwrap_or(loaded.config.web.listen),
        "--listen",
    )
    .await?;
    let stop = serve::stop_on_signal()?;
    let mut screen = Screen::new();
    screen.status(&format!(
        "writing {} days of work into the graph",
        World::PAST_DAYS
    ));
    let settled = stop.run_until_cancelled(settle(graph, options)).await;
    screen.end();
    let (world, home) = match settled {
        None => return Ok(ExitStatus::Done),
        Some(Err(error)) => return not_settled(error),
        Some(Ok(settled)) => settled,
    };
    introduce(&mut screen, &loaded, options);
    let address = health::on_this_machine(listener.local_addr()?);
    screen.say(&format!("open http://{address}/ for all values, http://{address}/metrics for Prometheus; Ctrl-C ends"));
    let graphs = [(ONLY_GRAPH.into(), home.graph.clone())];
    // Whichever fails ends the other.
    let at_work = async {
        let ended = serve::at_work(&loaded, &graphs, listener, &stop).await;
        stop.cancel();
        ended
    };
    let alive = async {
        let ended = live(world, options.speed, &home, &mut screen, &stop).await;
        stop.cancel();
        ended
    };
    let (served, lived) = tokio::join!(at_work, alive);
    served.and(lived).map(|()| ExitStatus::Done)
}

fn introduce(screen: &mut Screen, loaded: &Project, options: &Demo) {
    screen.say(&format!(
        "a graph with {} days of the work of agents in five systems",
        World::PAST_DAYS
    ));
    let kpis = counted(loaded.catalog.kpis.len(), "KPI", "KPIs");
    let (every, pace) = (
        format_duration(AT_LEAST_EVERY),
        format_duration(work_in(options.speed, 1)),
    );
    screen.say(&format!(
        "{kpis}, each asked at least every {every}; a second here is {pace} of their work"
    ));
}

/// How much the agents work in so many seconds.
fn work_in(speed: f64, seconds: u64) -> Duration {
    let work = Duration::from_secs_f64(speed * seconds as f64);
    if work.as_secs() > 0 {
        Duration::from_secs(work.as_secs())
    } else {
        work
    }
}

/// The graph of the demo as it stands at its start, for commands that ask it once. `None` in a build without it, which has
/// then been said.
pub(super) async fn graphs() -> anyhow::Result<Option<Graphs>> {
    let Some(graph) = empty_graph()? else {
        return Ok(None);
    };
    let (world, past) = World::new(DEMO_SEED, now(), 0.0);
    let home = DemoGraph::own(graph);
    fill(&home, &world, &past).await?;
    Ok(Some(vec![(ONLY_GRAPH.into(), home.graph)]))
}

/// The settings and the graph in which the world is to live. `None` when one cannot be had, which has then been said.
fn prepare(common: &Common, options: &Demo) -> anyhow::Result<Option<(Project, Arc<Graph>)>> {
    let Some(uri) = &options.graph else {
        let Some(graph) = empty_graph()? else {
            return Ok(None);
        };
        return Ok(project::load(common, GraphSource::Demo)?.map(|loaded| (loaded, graph)));
    };
    if let Err(rule) = check_uri(uri) {
        return refuse(&rule);
    }
    let Some(loaded) = project::load(common, GraphSource::Demo)? else {
        return Ok(None);
    };
    let Some(graph) = loaded.graph_at(uri) else {
        return refuse(
            "is none of the graphs of the settings: write it there, with its user and password",
        );
    };
    Ok(Some((loaded, Arc::new(graph))))
}

/// Says what is wrong with the graph that was asked for.
fn refuse<T>(what: &str) -> anyhow::Result<Option<T>> {
    writeln!(anstream::stderr(), "error: --graph {what}")?;
    Ok(None)
}

/// A world in its graph, as it stands now.
async fn settle(graph: Arc<Graph>, options: &Demo) -> anyhow::Result<(World, DemoGraph)> {
    let (seed, speed) = (options.seed, options.speed);
    // It takes a second, in which Ctrl-C is to be heard.
    let (world, past) = spawn_blocking(move || World::new(seed, now(), speed)).await?;
    let mut home = DemoGraph::own(graph);
    if options.graph.is_some() {
        home.claim = Some(DemoOwner::take(&home.graph).await?);
    }
    fill(&home, &world, &past).await?;
    Ok((world, home))
}

/// Somebody's graph is a wrong word on the command line; any other error is not the user's.
fn not_settled(error: anyhow::Error) -> anyhow::Result<ExitStatus> {
    match error.downcast::<Unclaimed>()? {
        not_ours @ Unclaimed::NotOurs(_) => {
            refuse::<()>(&not_ours.to_string()).map(|_| ExitStatus::BadInput)
        }
        Unclaimed::Graph(error) => {
            Err(error).context("cannot make the graph of --graph the demo's")
        }
    }
}

/// A graph inside this process. `None` in a build without one, which has then been said.
fn empty_graph() -> anyhow::Result<Option<Arc<Graph>>> {
    #[cfg(feature = "embedded")]
    return Ok(Some(Arc::new(Graph::Embedded(Embedded::new()))));
    #[cfg(not(feature = "embedded"))]
    {
        let how =
            "build it with the feature `embedded`, e.g. cargo run --features embedded -- demo";
        writeln!(
            anstream::stderr(),
            "error: this build has no graph of its own: {how}"
        )?;
        Ok(None)
    }
}

/// Writes the past of a world, in transactions that no server finds too large.
async fn fill(home: &DemoGraph, world: &World, past: &[Edit]) -> anyhow::Result<()> {
    home.graph
        .write(&world.indexes(), WITHIN)
        .await
        .context("cannot make the indexes of the demo")?;
    for edit in past {
        home.write(std::slice::from_ref(edit))
            .await
            .context("cannot write the past of the demo")?;
    }
    Ok(())
}

fn run_often(loaded: &mut Project) {
    for kpi in &mut loaded.catalog.kpis {
        let kpi = Arc::make_mut(kpi);
        kpi.schedule = Schedule::Every(kpi.schedule.interval().min(AT_LEAST_EVERY));
    }
}

/// Lets the graph follow the world, and tells what happens, until `stop`.
async fn live(
    mut world: World,
    speed: f64,
    home: &DemoGraph,
    screen: &mut Screen,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let started = Instant::now();
    let mut happened = 0;
    let mut told_late = false;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                screen.end();
                return Ok(());
            }
            _ = beat.tick() => {}
        }
        let (now, begun) = (now(), Instant::now());
        while !stop.is_cancelled() {
            let happenings: Vec<_> = world.until(now).take(AT_ONCE).collect();
            if happenings.is_empty() {
                break;
            }
            let edits = joined(happenings.iter().flat_map(|happening| &happening.edits));
            let Some(followed) = stop.run_until_cancelled(home.write(&edits)).await else {
                break;
            };
            followed.context("the graph of the demo does not follow")?;
            happenings
                .iter()
                .for_each(|happening| screen.tell(happening));
            happened += happenings.len();
        }
        if begun.elapsed() > LATE && !told_late && !stop.is_cancelled() {
            told_late = true;
            screen.say("the graph follows the agents too late for counters to see it all: give it a lower --speed");
        }
        let seconds = started.elapsed().as_secs();
        let (here, there) = (
            format_duration(Duration::from_secs(seconds)),
            format_duration(work_in(speed, seconds)),
        );
        screen.status(&format!(
            "{here} here, {there} of work there: {happened} things have happened"
        ));
    }
}

fn now() -> UnixMillis {
    SystemTime::now().into()
}
