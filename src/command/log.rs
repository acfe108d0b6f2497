//! The log: its level and directives, checked, and its format on standard error.

use tracing_subscriber::EnvFilter;

use super::{demo, output};
use crate::cli::{Cli, Command, LogFormat};
use crate::diagnostic::{listed, nearest};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// What logs: parts of this program, and the libraries that use the log.
const TARGETS: [&str; 13] = [
    "cypher_exporter",
    "cypher_exporter::board",
    "cypher_exporter::command",
    "cypher_exporter::graph",
    "cypher_exporter::http",
    "cypher_exporter::schedule",
    "cypher_exporter::state",
    "cypher_exporter::supervisor",
    "hyper",
    "neo4rs",
    "rustls",
    "rustls_platform_verifier",
    "tokio_cron_scheduler",
];

/// Quiet unless a directive names them: the driver and the cron trigger log their internals, and the verifier what the error
/// says too.
const QUIET: &str = "neo4rs=warn,tokio_cron_scheduler=warn,rustls_platform_verifier=off";

/// Starts the log.
///
/// # Errors
/// What is wrong with `--log`, and the fix.
pub(super) fn start(cli: &Cli) -> Result<(), String> {
    output::set_format(cli.common.log_format);
    let is_demo = matches!(cli.command, Some(Command::Demo(_)));
    // The demo prints events of its own; only warnings and errors come in between.
    let default = if is_demo { "warn" } else { "info" };
    let filter = filter(cli.common.log.as_deref().unwrap_or(default))?;
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
        LogFormat::Text => {
            let choice = anstream::AutoStream::choice(&std::io::stderr());
            log.with_ansi(choice != anstream::ColorChoice::Never).init();
        }
        LogFormat::Json => {
            log.json().init();
            // A panic is an event like any other.
            std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "panicked")));
        }
    }
    Ok(())
}

/// The directives, none of which may be misspelt: the crate takes any word for a target, and logs nothing.
fn filter(directives: &str) -> Result<EnvFilter, String> {
    let mut filter = QUIET.to_owned();
    for directive in directives.split(',').map(str::trim) {
        check(directive)?;
        filter = format!("{filter},{directive}");
    }
    EnvFilter::try_new(filter).map_err(|cause| format!("invalid value for --log: {cause}"))
}

fn check(directive: &str) -> Result<(), String> {
    let (target, level) = match directive.split_once('=') {
        Some((target, level)) => (Some(target), level),
        None if is_target(directive) => return Ok(()),
        None => (None, directive),
    };
    if !LEVELS.contains(&level.to_lowercase().as_str()) {
        return Err(unknown("level", level, &LEVELS));
    }
    match target {
        Some(target) if !is_target(target) => Err(unknown("target", target, &TARGETS)),
        Some(_) | None => Ok(()),
    }
}

fn is_target(word: &str) -> bool {
    TARGETS.contains(&word)
}

fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    // `warning` is further from `warn` than a slip of the pen, but means it.
    let begins = known
        .iter()
        .find(|name| word.to_lowercase().starts_with(**name));
    let begins = begins.filter(|_| what == "level").copied();
    let fix = match begins.or_else(|| nearest(word, known.iter().copied())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("use one of {}", listed(known.iter().copied())),
    };
    format!("unknown {what} `{word}` in --log: {fix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives() {
        let levels = "use one of `off`, `error`, `warn`, `info`, `debug`, `trace`";
        for (directives, problem) in [
            ("info", None),
            ("WARN", None),
            ("off", None),
            ("info,cypher_exporter::schedule=debug", None),
            ("warn, neo4rs=trace", None),
            ("cypher_exporter", None),
            ("warning", Some("unknown level `warning` in --log: did you mean `warn`?".to_owned())),
            ("inf", Some("unknown level `inf` in --log: did you mean `info`?".to_owned())),
            ("verbose", Some(format!("unknown level `verbose` in --log: {levels}"))),
            ("", Some(format!("unknown level `` in --log: {levels}"))),
            ("info,", Some(format!("unknown level `` in --log: {levels}"))),
            ("3", Some(format!("unknown level `3` in --log: {levels}"))),
            ("=x", Some(format!("unknown level `x` in --log: {levels}"))),
            (
                "cypher_exporter::shedule=debug",
                Some("unknown target `cypher_exporter::shedule` in --log: did you mean `cypher_exporter::schedule`?".to_owned()),
            ),
            (
                "schedule",
                Some(format!("unknown level `schedule` in --log: {levels}")),
            ),
        ] {
            assert_eq!(filter(directives).err(), problem, "{directives}");
        }
    }

    /// The target of an event is the module that logs it.
    #[test]
    fn every_part_that_logs_is_a_target() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![source.clone()];
        let mut parts = std::collections::BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if std::fs::read_to_string(&path)
                    .unwrap()
                    .contains("tracing::")
                {
                    let inside = path.strip_prefix(&source).unwrap().display().to_string();
                    let part = inside.split(['/', '.']).next().unwrap().to_owned();
                    parts.insert(format!("cypher_exporter::{part}"));
                }
            }
        }
        for part in parts {
            assert!(is_target(&part), "{part} logs, but is not in TARGETS");
        }
    }
}
