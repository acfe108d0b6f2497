//! Parses the command line, runs the command, gives the exit code.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use cypher_exporter::cli::Cli;
use cypher_exporter::command::{Ended, execute};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            // A closed pipe is no reason to complain.
            let _ = usage.print();
            return if usage.use_stderr() { Ended::BadInput.into() } else { ExitCode::SUCCESS };
        }
    };
    match execute(&cli) {
        Ok(ended) => ended.into(),
        Err(error) => {
            let _ = writeln!(anstream::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
