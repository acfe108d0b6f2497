//! The subcommands, one file each, and what they share. Only here are the floors wired together.

mod check;
mod completions;
mod demo;
mod generate;
mod health;
mod init;
mod log;
mod output;
mod project;
mod report;
mod run;
mod serve;
mod test;

use std::fmt::Display;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, anyhow};

use crate::cli::{Cli, Command};
use crate::graph::Graph;
use project::{GraphSource, Project};

pub use output::{error as print_error, set_format};

/// The outcome of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Success.
    Done,
    /// A failure that is not caused by the user's files.
    Failed,
    /// The settings or a KPI file are invalid; the mistakes have been printed.
    BadInput,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Done => ExitCode::SUCCESS,
            ExitStatus::Failed => ExitCode::FAILURE,
            // EX_USAGE of sysexits.
            ExitStatus::BadInput => ExitCode::from(64),
        }
    }
}

/// The stack of each thread; only the part that is used takes memory. The driver decodes and drops nested lists by recursion, and
/// a Neo4j sends up to about 12 000 levels.
const STACK: usize = 64 * 1024 * 1024;
/// Threads that are needed besides the workers: the main one, and some for files and name resolution.
const SPARE_THREADS: usize = 4;

/// Executes the command.
///
/// # Errors
/// Any failure that is not a mistake in the user's files.
pub fn execute(cli: &Cli) -> anyhow::Result<ExitStatus> {
    if let Err(invalid) = log::start(cli) {
        output::error(invalid)?;
        return Ok(ExitStatus::BadInput);
    }
    // The driver needs it before the first connection with TLS. It fails only on a second call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    check_threads().context(
        "cannot start threads; raise the limit of processes (`ulimit -u`, the pids limit of the container)",
    )?;
    // On a thread of our own, since the stack of the main thread is limited by the shell.
    thread::scope(|scope| {
        let main = thread::Builder::new().stack_size(STACK);
        let main = main.spawn_scoped(scope, || run_command(cli))?;
        main.join()
            .unwrap_or_else(|_| Err(anyhow!("internal error; the panic is printed above")))
    })
}

/// Fails unless the runtime can have its threads: without them it would panic or wait forever.
fn check_threads() -> std::io::Result<()> {
    let count = thread::available_parallelism()?.get() + SPARE_THREADS;
    let gate = Mutex::new(());
    thread::scope(|scope| {
        let closed = gate.lock();
        for _ in 0..count {
            // Each waits until all are there.
            let thread = thread::Builder::new().stack_size(STACK);
            thread.spawn_scoped(scope, || drop(gate.lock()))?;
        }
        drop(closed);
        Ok(())
    })
}

fn run_command(cli: &Cli) -> anyhow::Result<ExitStatus> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .thread_stack_size(STACK)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        match cli.command.as_ref().unwrap_or(&Command::Serve) {
            Command::Serve => serve::serve(&cli.common).await,
            Command::Check(options) => check::check(&cli.common, options).await,
            Command::Run(options) => run::run(&cli.common, options).await,
            Command::Test(options) => test::test(&cli.common, options).await,
            Command::Demo(options) => demo::demo(&cli.common, options).await,
            Command::Generate(options) => generate::generate(&cli.common, options),
            Command::Init(options) => init::init(&cli.common, options).await,
            Command::Health(options) => health::health(&cli.common, options).await,
            Command::Completions(options) => completions::completions(options.shell),
            Command::Man => completions::man(),
        }
    });
    // A query that hangs must not keep the process alive.
    runtime.shutdown_background();
    outcome
}

/// Graphs by name.
type Graphs = Vec<(Arc<str>, Arc<Graph>)>;

/// The graphs to query, not yet connected; `None` if there is none, and the error has been printed.
async fn graphs(project: &Project, source: GraphSource) -> anyhow::Result<Option<Graphs>> {
    match source {
        GraphSource::Configured => Ok(Some(project.graphs())),
        GraphSource::Demo => demo::graphs().await,
    }
}

/// `1 row`, `2 rows`.
fn counted<N: Display + From<u8> + PartialEq>(n: N, one: &str, many: &str) -> String {
    let noun = if n == N::from(1) { one } else { many };
    format!("{n} {noun}")
}
