//! Parses the command line, runs the command, sets the exit code.

use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};
use cypher_exporter::cli::{Cli, LogFormat};
use cypher_exporter::command::{ExitStatus, execute, print_error, set_format};

/// The exit code that a shell reports for a program killed by SIGPIPE.
const CLOSED_PIPE: u8 = 128 + 13;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) if usage.use_stderr() => return refuse(&usage),
        Err(help) => {
            // A closed pipe is not an error.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    match execute(&cli) {
        Ok(status) => status.into(),
        // As when `head` has read enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::from(CLOSED_PIPE),
        Err(error) => {
            let _ = print_error(format_args!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// An invalid command line, of which the format of the log is valid all the same.
fn refuse(usage: &clap::Error) -> ExitCode {
    let options = Cli::command().ignore_errors(true).try_get_matches();
    let cli = options.and_then(|options| Cli::from_arg_matches(&options));
    if cli.is_ok_and(|cli| cli.common.log_format == LogFormat::Json) {
        set_format(LogFormat::Json);
        let text = usage.render().to_string();
        let text = text.trim_end();
        let _ = print_error(text.strip_prefix("error: ").unwrap_or(text));
    } else {
        let _ = usage.print();
    }
    ExitStatus::BadInput.into()
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let cause = error.root_cause().downcast_ref::<io::Error>();
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
