//! The command line and its help. `command/` executes it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Run Cypher files on a schedule against a knowledge graph and serve the results to Prometheus
#[derive(Debug, Parser)]
#[command(name = "cypher-exporter", version, about, after_help = EXAMPLES)]
pub struct Cli {
    /// The subcommand; `serve` by default.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Options of all commands.
    #[command(flatten)]
    pub common: Common,
}

/// Options of all commands.
#[derive(Debug, Args)]
pub struct Common {
    /// Read the settings from FILE [default: config.toml, if it exists]
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Set the log level, or directives such as `info,cypher_exporter::schedule=debug` [default: info; demo: warn]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log: Option<String>,

    /// Set the format of the log on standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// The format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people
    Text,
    /// One JSON object per line
    Json,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run all KPIs on their schedule and serve them (default)
    #[command(after_help = SERVE_EXAMPLES)]
    Serve,
    /// Check the settings and the KPI files, and report every mistake with its location and fix
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Run KPIs once and print their rows, series and duration
    #[command(after_help = RUN_EXAMPLES)]
    Run(Run),
    /// Run the tests of KPIs, each on an empty graph
    #[command(after_help = TEST_EXAMPLES)]
    Test(Test),
    /// Run the exporter against an in-process graph with synthetic data
    #[command(after_help = DEMO_EXAMPLES)]
    Demo(Demo),
    /// Generate Grafana dashboards, Prometheus rules, rule tests and runbooks from the KPI files
    #[command(after_help = GENERATE_EXAMPLES)]
    Generate(Generate),
    /// Write a first pack of KPIs for the configured graph, from its schema and a sample
    #[command(after_help = INIT_EXAMPLES)]
    Init(Init),
    /// Check that a running exporter is healthy
    #[command(after_help = HEALTH_EXAMPLES)]
    Health(Health),
    /// Print a script that completes commands and options in a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(Completions),
    /// Print the manual page, in roff
    #[command(after_help = MAN_EXAMPLES)]
    Man,
}

/// `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Name the pack PACK: its folder, and the prefix of its metrics
    #[arg(value_name = "PACK", default_value = "graph")]
    pub pack: String,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Connect to the graphs too: EXPLAIN each query, and report labels, types and properties that do not exist
    #[arg(long)]
    pub connect: bool,

    /// Do the same with the graph of `demo` at its start instead of the configured graphs
    #[arg(long, conflicts_with = "connect")]
    pub demo: bool,

    /// Treat warnings as errors
    #[arg(long)]
    pub strict: bool,

    /// Set the format of the report
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

/// The format of the report of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Text with carets, on standard error
    Text,
    /// One JSON document, on standard output
    Json,
    /// Annotations of GitHub Actions, on standard output
    Github,
}

/// `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// KPIs to run: `pack/name`, `name`, or the path of a file [default: all]
    #[arg(value_name = "KPI")]
    pub kpis: Vec<String>,

    /// Print at most N rows of each KPI
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub rows: usize,

    /// Query the graph of `demo` at its start instead of the configured graphs
    #[arg(long)]
    pub demo: bool,

    /// Print one JSON document per run
    #[arg(long)]
    pub json: bool,

    /// Run again each time a KPI file is saved, and print which series changed
    #[arg(long, conflicts_with = "json")]
    pub watch: bool,
}

/// `completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// `test`.
#[derive(Debug, Args)]
pub struct Test {
    /// The KPIs to test: `pack/name`, `name`, or the path of a file [default: all]
    #[arg(value_name = "KPI")]
    pub kpis: Vec<String>,

    /// Use this Neo4j instead of the embedded graph; it must be empty and is cleared after each test
    #[arg(long, value_name = "URI")]
    pub graph: Option<String>,
}

/// `demo`.
#[derive(Clone, Debug, Args)]
pub struct Demo {
    /// Seed the synthetic data: the same seed gives the same events
    #[arg(long, value_name = "N", default_value_t = DEMO_SEED, allow_negative_numbers = true)]
    pub seed: u64,

    /// Simulate X seconds per second, 0 to 100000
    #[arg(long, value_name = "X", default_value_t = DEMO_SPEED, value_parser = speed, allow_negative_numbers = true)]
    pub speed: f64,

    /// Write the data into the Neo4j at URI, which must be empty or hold an earlier demo; user and password are those of the settings
    #[arg(long, value_name = "URI")]
    pub graph: Option<String>,

    /// Listen on this IP address and port [default: `[web] listen` of the settings]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
}

/// The seed of `demo`, `check --demo` and `run --demo`.
pub const DEMO_SEED: u64 = 1;

/// Ten minutes per second: a day takes two and a half minutes, and there are about six new tasks per scrape interval of 15 s.
const DEMO_SPEED: f64 = 600.0;

/// More than a day per second: beyond it the graph does little but apply changes.
const TOP_SPEED: f64 = 100_000.0;

fn speed(text: &str) -> Result<f64, String> {
    let speed = text
        .parse()
        .ok()
        .filter(|speed| (0.0..=TOP_SPEED).contains(speed));
    speed.ok_or_else(|| format!("expected a number from 0 to {TOP_SPEED}"))
}

/// `generate`.
#[derive(Debug, Args)]
pub struct Generate {
    /// Write the files below DIR
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,

    /// Write nothing; print how the existing files differ, and exit with 1 if they do
    #[arg(long)]
    pub check: bool,
}

/// `health`.
#[derive(Debug, Args)]
pub struct Health {
    /// Check readiness: each KPI has run and a graph is reachable
    #[arg(long)]
    pub ready: bool,

    /// Connect to the exporter at HOST:PORT [default: the address in the settings, on this machine]
    #[arg(long, value_name = "HOST:PORT")]
    pub address: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  cypher-exporter                       serve ./queries with the settings in ./config.toml
  NEO4J_URI=bolt://graph:7687 NEO4J_USER=neo4j NEO4J_PASSWORD=… cypher-exporter
  cypher-exporter check                 report all mistakes, with carets
  cypher-exporter run orphaned_agents   run one KPI once
  cypher-exporter demo                  try it without a graph of your own

Exit codes: 0 success, 1 failure, 64 invalid command line, settings or KPI files";

const SERVE_EXAMPLES: &str = "\
Examples:
  cypher-exporter serve
  cypher-exporter serve --config /etc/cypher-exporter/config.toml --log-format json

A KPI file with a mistake is reported and skipped; the others run. SIGTERM and Ctrl-C end the process within 5 s.";

const CHECK_EXAMPLES: &str = "\
Examples:
  cypher-exporter check
  cypher-exporter check --connect       needs the graphs; runs no query
  cypher-exporter check --demo          needs no graph, but a build with `--features embedded`
  cypher-exporter check --strict --format github

Exit codes: 0 no error, 1 a graph is unreachable, 64 at least one error (with --strict: or warning)";

const RUN_EXAMPLES: &str = "\
Examples:
  cypher-exporter run                   run all KPIs
  cypher-exporter run bmad/orphaned_agents insight_total
  cypher-exporter run queries/bmad/x.cypher --rows 100
  cypher-exporter run orphaned_agents --watch
  cypher-exporter run --demo            needs no graph, but a build with `--features embedded`

Without KPI, the files without mistakes run even if others have some.

Exit codes: 0 all succeeded, 1 at least one failed, 64 unknown KPI, or a mistake in a file";

const TEST_EXAMPLES: &str = "\
Examples:
  cypher-exporter test                  all tests
  cypher-exporter test bmad/orphaned_agents insight_total
  NEO4J_USER=neo4j NEO4J_PASSWORD=… cypher-exporter test --graph bolt://localhost:7687

The tests of orphaned_agents.cypher are in orphaned_agents.test.cypher. Without --graph it needs a build with
`--features embedded`.

Exit codes: 0 all passed, 1 at least one failed, 64 no such KPI, or a mistake in a file";

const DEMO_EXAMPLES: &str = "\
Examples:
  cypher-exporter demo
  cypher-exporter demo --seed 7 --listen 127.0.0.1:9000
  cypher-exporter demo --speed 10000    simulate a week per minute
  NEO4J_USER=neo4j NEO4J_PASSWORD=… cypher-exporter demo --graph bolt://localhost:7687

The demo runs the KPIs in ./queries, each at least every 5 s. Each line on standard output is an event, and the metric that
shows it. SIGTERM and Ctrl-C end the process. Without --graph it needs a build with `--features embedded`. A graph that holds
anything but an earlier demo is not changed; an earlier demo is removed.";

const GENERATE_EXAMPLES: &str = "\
Examples:
  cypher-exporter generate              write grafana/, prometheus/ and docs/runbook/ in this folder
  cypher-exporter generate --out deploy
  cypher-exporter generate --check      for CI: fail if the files are out of date

No graph is needed. Exit codes: 0 written, or no difference; 1 a difference; 64 at least one mistake";

const HEALTH_EXAMPLES: &str = "\
Examples:
  cypher-exporter health                exit with 0 if the exporter responds
  cypher-exporter health --ready        exit with 0 if it has values to serve
  cypher-exporter health --address 127.0.0.1:9687";

const INIT_EXAMPLES: &str = "\
Examples:
  NEO4J_URI=bolt://localhost:7687 NEO4J_USER=neo4j NEO4J_PASSWORD=… cypher-exporter init
  cypher-exporter init shop             write queries/shop/, with metrics shop_…

At most 1000 nodes per label are read. No file is overwritten: a second run adds what is new.";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(cypher-exporter completions bash)
  cypher-exporter completions zsh > \"${fpath[1]}/_cypher-exporter\"
  cypher-exporter completions fish > ~/.config/fish/completions/cypher-exporter.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  cypher-exporter man | man -l -
  cypher-exporter man > /usr/local/share/man/man1/cypher-exporter.1";

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
