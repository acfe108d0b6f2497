//! The command line: what can be said, and its help. What it does stands in `command/`.

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

    /// What is logged: a level, or directives such as `info,cypher_exporter::schedule=debug`
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info")]
    pub log: String,

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
    /// Write Grafana dashboards, Prometheus rules, their tests and runbooks from the KPI files
    #[command(after_help = GENERATE_EXAMPLES)]
    Generate(Generate),
    /// Ask a running exporter how it is; for container health checks
    #[command(after_help = HEALTH_EXAMPLES)]
    Health(Health),
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Also let the graph EXPLAIN each query, and name labels, types and properties that it does not have
    #[arg(long)]
    pub connect: bool,
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

Exit codes: 0 no error, 1 the graph cannot be asked, 64 at least one error";

const RUN_EXAMPLES: &str = "\
Examples:
  cypher-exporter run                   all KPIs
  cypher-exporter run bmad/orphaned_agents insight_total
  cypher-exporter run queries/bmad/x.cypher --rows 100

Exit codes: 0 all ran well, 1 at least one failed, 64 no such KPI, or a mistake in its file";

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
