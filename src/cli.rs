//! The command line: what can be said, and its help. What it does stands in `command/`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Runs Cypher files on a schedule against a knowledge graph and serves the answers to Prometheus.
#[derive(Debug, Parser)]
#[command(name = "cypher-exporter", version, about, after_help = EXAMPLES, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// What all commands know.
    #[command(flatten)]
    pub common: Common,
}

/// Options of all commands.
#[derive(Debug, Args)]
pub struct Common {
    /// The settings [default: config.toml, when there is one]
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// What is logged: a level, or directives such as `info,cypher_exporter::schedule=debug` [default: info; demo: warn]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log: Option<String>,

    /// How the log is written, to standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run all KPIs on their schedule and serve them (default)
    #[command(after_help = SERVE_EXAMPLES)]
    Serve,
    /// Show every mistake in the settings and the KPI files, with its place and the fix
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Run KPIs once and print rows, series and timing
    #[command(after_help = RUN_EXAMPLES)]
    Run(Run),
    /// Show all of it at work on a graph inside this process, in which synthetic agents live
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(Demo),
    /// Write Grafana dashboards, Prometheus rules, their tests and runbooks from the KPI files
    #[command(after_help = GENERATE_EXAMPLES)]
    Generate(Generate),
    /// Write a first pack of KPIs for the configured graph, from its schema and a sample
    #[command(after_help = INIT_EXAMPLES)]
    Init(Init),
    /// Ask a running exporter how it is; for container health checks
    #[command(after_help = HEALTH_EXAMPLES)]
    Health(Health),
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The name of the pack: its folder, and the beginning of its metrics
    #[arg(value_name = "PACK", default_value = "graph")]
    pub pack: String,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Also let the graph EXPLAIN each query, and name labels, types and properties that it does not have
    #[arg(long)]
    pub connect: bool,

    /// The same with the graph of `demo`, as it stands at its start, instead of the configured ones
    #[arg(long, conflicts_with = "connect")]
    pub demo: bool,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The KPIs: `pack/name`, `name`, or the path of a file; all when none is named
    #[arg(value_name = "KPI")]
    pub kpis: Vec<String>,

    /// The most rows to print of each KPI
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub rows: usize,

    /// Ask the graph of `demo`, as it stands at its start, instead of the configured ones
    #[arg(long)]
    pub demo: bool,
}

/// `demo`.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// Which world: the same seed brings the same agents to do the same things
    #[arg(long, value_name = "N", default_value_t = DEMO_SEED, allow_negative_numbers = true)]
    pub seed: u64,

    /// How many seconds of the agents' work go into one second here, 0 to 100000
    #[arg(long, value_name = "X", default_value_t = DEMO_SPEED, value_parser = speed, allow_negative_numbers = true)]
    pub speed: f64,

    /// A real Neo4j to write the world into, empty or of an earlier demo; the login is that of the settings
    #[arg(long, value_name = "URI")]
    pub graph: Option<String>,

    /// Where to listen: an IP address and a port [default: `[web] listen` of the settings]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
}

/// The world that `demo`, `check --demo` and `run --demo` show.
pub const DEMO_SEED: u64 = 1;

/// Ten minutes in a second: a day takes two and a half minutes, and between two scrapes 15 s apart six pieces of work are done.
const DEMO_SPEED: f64 = 600.0;

/// More than a day in a second: the graph is busy with little but changes.
const TOP_SPEED: f64 = 100_000.0;

fn speed(text: &str) -> Result<f64, String> {
    let speed = text
        .parse()
        .ok()
        .filter(|speed| (0.0..=TOP_SPEED).contains(speed));
    speed.ok_or_else(|| format!("must be a number from 0 to {TOP_SPEED}"))
}

/// `generate`.
#[derive(Debug, Args)]
pub struct Generate {
    /// The folder below which the files are written
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,

    /// Write nothing; show how the files there differ, and end with 1 if they do
    #[arg(long)]
    pub check: bool,
}

/// `health`.
#[derive(Debug, Args)]
pub struct Health {
    /// Ask for readiness: each KPI has run and a graph answers
    #[arg(long)]
    pub ready: bool,

    /// Where the exporter listens [default: the address in the settings, on this machine]
    #[arg(long, value_name = "HOST:PORT")]
    pub address: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  cypher-exporter                       serve ./queries as ./config.toml says
  NEO4J_URI=bolt://graph:7687 NEO4J_USER=neo4j NEO4J_PASSWORD=… cypher-exporter
  cypher-exporter check                 every mistake at once, with carets
  cypher-exporter run orphaned_agents   one KPI, once
  cypher-exporter demo                  without a graph of your own

Exit codes: 0 done, 1 failed, 64 bad settings or KPI files";

const SERVE_EXAMPLES: &str = "\
Examples:
  cypher-exporter serve
  cypher-exporter serve --config /etc/cypher-exporter/config.toml --log-format json

A KPI file with a mistake is shown and left out; the others run. SIGTERM and Ctrl-C end it within 5 s.";

const CHECK_EXAMPLES: &str = "\
Examples:
  cypher-exporter check
  cypher-exporter check --connect       needs the graph; runs no query
  cypher-exporter check --demo          needs no graph, but a build with `--features embedded`

Exit codes: 0 no error, 1 the graph cannot be asked, 64 at least one error";

const RUN_EXAMPLES: &str = "\
Examples:
  cypher-exporter run                   all KPIs
  cypher-exporter run bmad/orphaned_agents insight_total
  cypher-exporter run queries/bmad/x.cypher --rows 100
  cypher-exporter run --demo            needs no graph, but a build with `--features embedded`

Exit codes: 0 all ran well, 1 at least one failed, 64 no such KPI, or a mistake in its file";

const DEMO_EXAMPLES: &str = "\
Examples:
  cypher-exporter demo
  cypher-exporter demo --seed 7 --listen 127.0.0.1:9000
  cypher-exporter demo --speed 10000    much happens in a minute
  NEO4J_USER=neo4j NEO4J_PASSWORD=… cypher-exporter demo --graph bolt://localhost:7687

It runs the KPIs of ./queries, each at least every 5 s. Each line on standard output is something that happened, and the
metric that shows it. SIGTERM and Ctrl-C end it. Without --graph it needs a build with `--features embedded`. A graph that
holds anything else than an earlier demo is left as it is; an earlier demo is removed.";

const GENERATE_EXAMPLES: &str = "\
Examples:
  cypher-exporter generate              grafana/, prometheus/ and docs/runbook/ in this folder
  cypher-exporter generate --out deploy
  cypher-exporter generate --check      for CI: are the files those that the KPI files give?

It needs no graph. Exit codes: 0 written, or no difference; 1 a difference; 64 at least one mistake";

const HEALTH_EXAMPLES: &str = "\
Examples:
  cypher-exporter health                0 while the exporter answers
  cypher-exporter health --ready        0 once it has values to serve
  cypher-exporter health --address 127.0.0.1:9687";

const INIT_EXAMPLES: &str = "\
Examples:
  NEO4J_URI=bolt://localhost:7687 NEO4J_USER=neo4j NEO4J_PASSWORD=… cypher-exporter init
  cypher-exporter init shop             writes queries/shop/, metrics are called shop_…

Reads at most 1000 nodes of a label. Overwrites nothing: a second run adds what is new.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
