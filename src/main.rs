//! Parses the command line, runs the command, gives the exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use cypher_exporter::cli::Cli;
use cypher_exporter::command::{ExitStatus, execute};

/// What a shell shows of a program that SIGPIPE ended.
const CLOSED_PIPE: u8 = 128 + 13;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            // A closed pipe is no reason to complain.
            let _ = usage.print();
            return if usage.use_stderr() {
                ExitStatus::BadInput.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match execute(&cli) {
        Ok(ended) => ended.into(),
        // As `head` ends what it has read enough of.
        Err(error) if is_closed_pipe(&error) => ExitCode::from(CLOSED_PIPE),
        Err(error) => {
            let _ = writeln!(anstream::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
