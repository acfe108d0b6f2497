//! `init`: reads the schema and a bounded sample of the configured graph, and writes a first pack for it.

mod survey;

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::project;
use super::{ExitStatus, counted, output};
use crate::cli::{Common, Init};
use crate::config::Config;
use crate::graph::Graph;
use crate::metric::MetricName;
use crate::starter::{self, Starter};

/// The settings that `init` writes where there are none.
const SETTINGS: &str = "\
[graph]
# Or by the environment: NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD.
uri = \"{uri}\"

[queries]
path = \"queries\"

[state]
# Where the totals of window KPIs survive a restart.
path = \"state\"
";

pub(super) async fn init(common: &Common, options: &Init) -> anyhow::Result<ExitStatus> {
    if let Err(cause) = MetricName::new(&options.pack) {
        let pack = &options.pack;
        output::error(format_args!(
            "invalid pack name `{pack}`: {cause}; its KPIs begin with it"
        ))?;
        return Ok(ExitStatus::BadInput);
    }
    let Some(config) = project::settings(common)? else {
        return Ok(ExitStatus::BadInput);
    };
    let Some((uri, graph)) = only_graph(&config)? else {
        return Ok(ExitStatus::BadInput);
    };
    let schema = match survey::survey(&graph).await {
        Ok(schema) => schema,
        Err(error) => {
            output::error(error)?;
            return Ok(ExitStatus::Failed);
        }
    };
    if schema.labels.is_empty() {
        writeln!(
            anstream::stdout(),
            "the graph has no nodes yet: run `cypher-exporter init` again when it has some"
        )?;
        return Ok(ExitStatus::Done);
    }
    let starter = starter::write(&options.pack, &schema);
    let folder = config.queries.path.join(&options.pack);
    let (new, kept) = write_files(&folder, &starter)?;
    report(&folder, &new, &kept, &starter)?;
    write_settings(common, &uri)?;
    Ok(ExitStatus::Done)
}

/// The graph to look at, with its address.
fn only_graph(config: &Config) -> anyhow::Result<Option<(String, Graph)>> {
    let [only] = &config.graphs[..] else {
        let names: Vec<_> = config
            .graphs
            .iter()
            .filter_map(|graph| graph.name.as_deref())
            .collect();
        let names = names.join(", ");
        output::error(format_args!(
            "several graphs are configured ({names}); set NEO4J_URI for the one to read, and use another --config"
        ))?;
        return Ok(None);
    };
    let uri = only.uris.first().cloned().unwrap_or_default();
    Ok(Some((uri, project::bolt(only.clone()))))
}

/// Writes what is not there yet. Returns the names of the new files and of those that are left as they are.
fn write_files(folder: &Path, starter: &Starter) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    fs::create_dir_all(folder)
        .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    let (mut new, mut kept) = (Vec::new(), Vec::new());
    for file in &starter.files {
        if write_new(&folder.join(&file.name), &file.text)? {
            new.push(file.name.clone());
        } else {
            kept.push(file.name.clone());
        }
    }
    Ok((new, kept))
}

/// False where the file exists: nothing is ever overwritten.
fn write_new(path: &Path, text: &str) -> anyhow::Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("cannot write {}", path.display())),
    }
}

fn report(folder: &Path, new: &[String], kept: &[String], starter: &Starter) -> anyhow::Result<()> {
    let mut out = anstream::stdout();
    for name in new {
        writeln!(out, "new   {}", folder.join(name).display())?;
    }
    for name in kept {
        writeln!(out, "kept  {}", folder.join(name).display())?;
    }
    writeln!(
        out,
        "{} written, {} left as they were",
        counted(new.len(), "file", "files"),
        kept.len()
    )?;
    if starter.left_out > 0 {
        let labels = counted(starter.left_out, "label has", "labels have");
        writeln!(
            out,
            "{labels} no KPIs of their own: the most frequent ones come first"
        )?;
    }
    if !new.is_empty() {
        writeln!(
            out,
            "next: `cypher-exporter check --connect`, `cypher-exporter run`, `cypher-exporter`"
        )?;
    }
    Ok(())
}

/// Settings with the address of the graph, never with a password.
fn write_settings(common: &Common, uri: &str) -> anyhow::Result<()> {
    let path = common
        .config
        .clone()
        .unwrap_or_else(|| PathBuf::from("config.toml"));
    if write_new(&path, &SETTINGS.replace("{uri}", uri))? {
        writeln!(anstream::stdout(), "new   {}", path.display())?;
    }
    Ok(())
}
