//! `demo`: runs the exporter on a graph with live synthetic data, in this process or on a Neo4j.

mod owner;
mod screen;
mod target;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use humantime::format_duration;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::project::{self, GraphSource, ONLY_GRAPH, Project};
use super::{ExitStatus, Graphs, counted, health, output, serve};
use crate::cli::{Common, DEMO_SEED, Demo};
use crate::config::{Invalid, check_uri};
#[cfg(feature = "embedded")]
use crate::graph::Embedded;
use crate::graph::Graph;
use crate::kpi::Schedule;
use cypher::UnixMillis;
use owner::{DemoOwner, Unclaimed};
use screen::Screen;
use target::DemoGraph;
use world::{Edit, World, joined};

pub(super) use screen::clear_status;

/// The longest interval of a KPI in the demo, so that all values change while a newcomer watches.
const MAX_INTERVAL: Duration = Duration::from_secs(5);
/// The interval at which new happenings are written.
const WRITE_INTERVAL: Duration = Duration::from_millis(250);
/// Much longer than any statement takes. Without it a server that hangs would block the demo
/// silently.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Happenings per transaction: after a suspend one large transaction would block the queries.
const BATCH: usize = 100;
/// The default `lag` of KPIs: windows do not count what is written later than this.
const LAG: Duration = Duration::from_secs(10);

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
        "writing {} days of history to the graph",
        World::PAST_DAYS
    ));
    let filled = stop
        .run_until_cancelled(fill_with_world(graph, options))
        .await;
    screen.end();
    let (world, home) = match filled {
        None => return Ok(ExitStatus::Done),
        Some(Err(error)) => return not_filled(error),
        Some(Ok(filled)) => filled,
    };
    introduce(&mut screen, &loaded, options);
    let address = health::on_this_machine(listener.local_addr()?);
    screen.say(&format!(
        "status page http://{address}/, metrics http://{address}/metrics; press Ctrl-C to exit"
    ));
    let graphs = [(ONLY_GRAPH.into(), home.graph.clone())];
    // A failure of one ends the other.
    let serving = async {
        let ended = serve::at_work(&loaded, &graphs, listener, &stop).await;
        stop.cancel();
        ended
    };
    let writing = async {
        let ended = run_world(world, options.speed, &home, &mut screen, &stop).await;
        stop.cancel();
        ended
    };
    let (served, written) = tokio::join!(serving, writing);
    served.and(written).map(|()| ExitStatus::Done)
}

fn introduce(screen: &mut Screen, loaded: &Project, options: &Demo) {
    screen.say(&format!(
        "graph with {} days of synthetic data of five agent systems",
        World::PAST_DAYS
    ));
    let kpis = counted(loaded.catalog.kpis.len(), "KPI", "KPIs");
    let (every, pace) = (
        format_duration(MAX_INTERVAL),
        format_duration(work_in(options.speed, 1)),
    );
    screen.say(&format!(
        "{kpis}, each run at least every {every}; one second here is {pace} of work there"
    ));
}

/// The simulated time of so many seconds.
fn work_in(speed: f64, seconds: u64) -> Duration {
    let work = Duration::from_secs_f64(speed * seconds as f64);
    if work.as_secs() > 0 {
        Duration::from_secs(work.as_secs())
    } else {
        work
    }
}

/// The initial graph of the demo, for commands that query it once. `None` in a build without the
/// embedded graph; the error has already been printed.
pub(super) async fn graphs() -> anyhow::Result<Option<Graphs>> {
    let Some(graph) = empty_graph()? else {
        return Ok(None);
    };
    let (world, past) = World::new(DEMO_SEED, now(), 0.0);
    let home = DemoGraph::embedded(graph);
    fill(&home, &world, &past).await?;
    Ok(Some(vec![(ONLY_GRAPH.into(), home.graph)]))
}

/// The settings and the graph of the demo. `None` if one of them is invalid; the error has already
/// been printed.
fn prepare(common: &Common, options: &Demo) -> anyhow::Result<Option<(Project, Arc<Graph>)>> {
    let Some(uri) = &options.graph else {
        let Some(graph) = empty_graph()? else {
            return Ok(None);
        };
        return Ok(project::load(common, GraphSource::Demo)?.map(|loaded| (loaded, graph)));
    };
    if let Err(Invalid { reason, fix }) = check_uri(uri) {
        return refuse(&format!("is invalid: {reason}; {fix}"));
    }
    let Some(loaded) = project::load(common, GraphSource::Demo)? else {
        return Ok(None);
    };
    let Some(graph) = loaded.graph_at(uri) else {
        return refuse(
            "is not a graph of the settings: add it to the configuration with its user and password",
        );
    };
    Ok(Some((loaded, Arc::new(graph))))
}

/// Prints what is wrong with `--graph`.
fn refuse<T>(what: &str) -> anyhow::Result<Option<T>> {
    output::error(format_args!("--graph {what}"))?;
    Ok(None)
}

/// Creates the world and writes its history to the graph.
async fn fill_with_world(graph: Arc<Graph>, options: &Demo) -> anyhow::Result<(World, DemoGraph)> {
    let (seed, speed) = (options.seed, options.speed);
    // It takes a second, during which Ctrl-C must work.
    let (world, past) = spawn_blocking(move || World::new(seed, now(), speed)).await?;
    let mut home = DemoGraph::embedded(graph);
    if options.graph.is_some() {
        home.owner = Some(DemoOwner::claim(&home.graph).await?);
    }
    fill(&home, &world, &past).await?;
    Ok((world, home))
}

/// A graph with foreign nodes is a usage error; any other error is a failure.
fn not_filled(error: anyhow::Error) -> anyhow::Result<ExitStatus> {
    match error.downcast::<Unclaimed>()? {
        not_ours @ Unclaimed::NotOurs(_) => {
            refuse::<()>(&not_ours.to_string()).map(|_| ExitStatus::BadInput)
        }
        Unclaimed::Graph(error) => {
            Err(error).context("cannot prepare the graph of --graph for the demo")
        }
    }
}

/// An embedded graph. `None` in a build without it; the error has already been printed.
pub(super) fn empty_graph() -> anyhow::Result<Option<Arc<Graph>>> {
    #[cfg(feature = "embedded")]
    return Ok(Some(Arc::new(Graph::Embedded(Embedded::new()))));
    #[cfg(not(feature = "embedded"))]
    {
        let how = "build it with `--features embedded`, e.g. cargo run --features embedded -- demo";
        output::error(format_args!(
            "this build does not contain the embedded graph: {how}"
        ))?;
        Ok(None)
    }
}

/// Writes the history of a world, in transactions small enough for any server.
async fn fill(home: &DemoGraph, world: &World, past: &[Edit]) -> anyhow::Result<()> {
    home.graph
        .write(&world.indexes(), TIMEOUT)
        .await
        .context("cannot create the indexes of the demo")?;
    for edit in past {
        home.write(std::slice::from_ref(edit))
            .await
            .context("cannot write the history of the demo")?;
    }
    Ok(())
}

fn run_often(loaded: &mut Project) {
    for kpi in &mut loaded.catalog.kpis {
        let kpi = Arc::make_mut(kpi);
        kpi.schedule = Schedule::Every(kpi.schedule.interval().min(MAX_INTERVAL));
    }
}

/// Writes the happenings of the world to the graph and prints its story lines until `stop`.
async fn run_world(
    mut world: World,
    speed: f64,
    home: &DemoGraph,
    screen: &mut Screen,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut ticks = interval(WRITE_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let started = Instant::now();
    let mut happened = 0;
    let mut warned = false;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => {
                screen.end();
                return Ok(());
            }
            _ = ticks.tick() => {}
        }
        let (now, begun) = (now(), Instant::now());
        while !stop.is_cancelled() {
            let happenings: Vec<_> = world.until(now).take(BATCH).collect();
            if happenings.is_empty() {
                break;
            }
            let edits = joined(happenings.iter().flat_map(|happening| &happening.edits));
            let Some(written) = stop.run_until_cancelled(home.write(&edits)).await else {
                break;
            };
            written.context("cannot write to the graph of the demo")?;
            happenings
                .iter()
                .for_each(|happening| screen.report(happening));
            happened += happenings.len();
            if begun.elapsed() > LAG && !warned && !stop.is_cancelled() {
                warned = true;
                screen.say("writes are slower than the simulation, so counters miss events: use a lower --speed");
            }
        }
        let seconds = started.elapsed().as_secs();
        let (here, there) = (
            format_duration(Duration::from_secs(seconds)),
            format_duration(work_in(speed, seconds)),
        );
        screen.status(&format!(
            "{here} elapsed, {there} simulated, {happened} happenings"
        ));
    }
}

fn now() -> UnixMillis {
    SystemTime::now().into()
}
