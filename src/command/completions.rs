//! `completions` and `man`: what a shell and a reader know of the command line, from its definition.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use super::ExitStatus;
use crate::cli::Cli;

pub(super) fn completions(shell: Shell) -> anyhow::Result<ExitStatus> {
    let mut script = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut script);
    anstream::stdout().write_all(&script)?;
    Ok(ExitStatus::Done)
}

/// One page: the program, then each subcommand with its options.
pub(super) fn man() -> anyhow::Result<ExitStatus> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page)?;
    let mut command = Cli::command();
    command.build();
    for subcommand in command.get_subcommands() {
        if subcommand.get_name() == "help" {
            continue;
        }
        let man = clap_mangen::Man::new(subcommand.clone());
        writeln!(page, ".SH {}", subcommand.get_name().to_uppercase())?;
        let mut section = Vec::new();
        man.render_synopsis_section(&mut section)?;
        man.render_description_section(&mut section)?;
        man.render_options_section(&mut section)?;
        man.render_extra_section(&mut section)?;
        page.extend(
            String::from_utf8_lossy(&section)
                .replace(".SH ", ".SS ")
                .bytes(),
        );
    }
    anstream::stdout().write_all(&page)?;
    Ok(ExitStatus::Done)
}
