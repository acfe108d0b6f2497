//! The subcommands, one file each, and what they share. The only place that wires the floors together.

mod check;
mod demo;
mod generate;
mod health;
mod init;
mod project;
mod run;
mod serve;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, anyhow};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::cli::{Cli, Command, LogFormat};
use crate::graph::Graph;
use project::{GraphSource, Project};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// As asked.
    Done,
    /// Something went wrong that the user's files are not to blame for.
    Failed,
    /// The settings or a KPI file are wrong; what is wrong has been said.
    BadInput,
}

impl From<ExitStatus> for ExitCode {
    fn from(ended: ExitStatus) -> Self {
        match ended {
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

/// Does what the command line says.
///
/// # Errors
/// Whatever kept it from being done and is not a matter of the user's files.
pub fn execute(cli: &Cli) -> anyhow::Result<ExitStatus> {
    if let Err((level, cause)) = start_log(cli) {
        writeln!(
            anstream::stderr(),
            "error: --log cannot be \"{level}\": {cause}"
        )?;
        return Ok(ExitStatus::BadInput);
    }
    // The driver needs it before the first connection with TLS; a second call would be an error, so its answer is left.
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
    let ended = runtime.block_on(async {
        match cli.command.as_ref().unwrap_or(&Command::Serve) {
            Command::Serve => serve::serve(&cli.common).await,
            Command::Check(options) => check::check(&cli.common, options).await,
            Command::Run(options) => run::run(&cli.common, options).await,
            Command::Demo(options) => demo::demo(&cli.common, options).await,
            Command::Generate(options) => generate::generate(&cli.common, options),
            Command::Init(options) => init::init(&cli.common, options).await,
            Command::Health(options) => health::health(&cli.common, options).await,
        }
    });
    // Queries that do not end must not keep the process.
    runtime.shutdown_background();
    ended
}

/// Graphs by name.
type Graphs = Vec<(Arc<str>, Arc<Graph>)>;

/// The graphs to ask; `None` when they cannot be had, which has then been said. None of the configured ones is connected yet.
async fn graphs(loaded: &Project, asked: GraphSource) -> anyhow::Result<Option<Graphs>> {
    match asked {
        GraphSource::Configured => Ok(Some(loaded.graphs())),
        GraphSource::Demo => demo::graphs().await,
    }
}

/// `1 row`, `2 rows`.
fn counted<N: Display + From<u8> + PartialEq>(n: N, one: &str, many: &str) -> String {
    let noun = if n == N::from(1) { one } else { many };
    format!("{n} {noun}")
}

/// The error is the level, and what is wrong with it.
fn start_log(cli: &Cli) -> Result<(), (&str, ParseError)> {
    let is_demo = matches!(cli.command, Some(Command::Demo(_)));
    // The demo has a story of its own to tell; only what is wrong may come in between.
    let level = cli
        .common
        .log
        .as_deref()
        .unwrap_or(if is_demo { "warn" } else { "info" });
    // The driver logs its internals at these levels, and the verifier what the error says too.
    let quiet = "neo4rs=warn,rustls_platform_verifier=off";
    let filter = EnvFilter::try_new(format!("{quiet},{level}")).map_err(|cause| (level, cause))?;
    let stderr = move || {
        if is_demo {
            demo::clear_status();
        }
        std::io::stderr()
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_target(false);
    match cli.common.log_format {
        LogFormat::Text => log
            .with_ansi(
                anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never,
            )
            .init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
