//! The examples of KPI files, `pack.toml` and settings in the pages: each loads as it is, without a
//! warning.

use std::fs;
use std::path::Path;

use crate::docs::program;
use crate::docs::repository;

/// What is wrong with a KPI file, and with what `generate` makes of it.
pub(crate) fn kpi(text: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "queries/shown/example.cypher", text);
    checked(folder.path()).or_else(|| {
        let output = program::run(folder.path(), &[], &["generate"]);
        (!output.status.success()).then(|| program::printed(&output))
    })
}

/// What is wrong with a TOML file, whose first line names it.
pub(crate) fn toml(text: &str) -> Option<String> {
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => return Some(error.to_string()),
    };
    let Some(path) = text.lines().next().and_then(|line| line.strip_prefix("# ")) else {
        return Some(
            "the first line names no file: write `# config.toml` or `# queries/<pack>/pack.toml`"
                .to_owned(),
        );
    };
    let folder = tempfile::tempdir().unwrap();
    if path.ends_with("/pack.toml") {
        copy_queries(folder.path());
    } else if path == "config.toml" {
        write(
            folder.path(),
            "queries/bmad/example.cypher",
            "// One.\nRETURN 1 AS value\n",
        );
        secrets(&table, folder.path());
    } else {
        return Some(format!("{path} is neither config.toml nor a pack.toml"));
    }
    write(folder.path(), path, text);
    checked(folder.path())
}

fn checked(folder: &Path) -> Option<String> {
    let output = program::run(folder, &[], &["check"]);
    let is_clean = output.status.success() && output.stderr.is_empty();
    (!is_clean).then(|| program::printed(&output))
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The shipped packs, so that rows and rules find their KPIs.
fn copy_queries(folder: &Path) {
    for pack in fs::read_dir(repository("queries"))
        .unwrap()
        .map(|pack| pack.unwrap().path())
    {
        for file in fs::read_dir(&pack)
            .into_iter()
            .flatten()
            .map(|file| file.unwrap().path())
        {
            let path = file.strip_prefix(repository("")).unwrap();
            write(
                folder,
                path.to_str().unwrap(),
                &fs::read_to_string(&file).unwrap(),
            );
        }
    }
}

/// The password files that the settings name.
fn secrets(table: &toml::Table, folder: &Path) {
    for (key, value) in table {
        if let Some(inside) = value.as_table() {
            secrets(inside, folder);
        } else if let Some(path) = value.as_str().filter(|_| key == "password_file") {
            write(folder, path, "secret");
        }
    }
}

#[test]
fn a_planted_fault_is_found() {
    for (example, fault) in [
        (kpi("MATCH (p:Project) RETURN count(p) AS value"), "HELP"),
        (
            kpi("// A.\n/*kpi\nevry = \"1m\"\n*/\nRETURN 1 AS value"),
            "evry",
        ),
        (
            toml("# config.toml\n[graph]\nurl = \"bolt://a\""),
            "graph.url",
        ),
        (toml("# config.toml\n[graph\n"), "graph"),
        (
            toml("# queries/bmad/pack.toml\n[[row]]\ntitle = \"A\"\nkpis = [\"none\"]"),
            "none",
        ),
        (toml("# queries/a.toml\n"), "a.toml"),
        (toml("[graph]\n"), "names no file"),
    ] {
        let found = example.unwrap_or_else(|| panic!("{fault} is not found"));
        assert!(found.contains(fault), "{found}");
    }
}
