//! Finds a Java that runs a given Neo4j, and the jars of that Neo4j.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::repository;

/// What starts one version of the server.
#[derive(Clone, Debug)]
pub(super) struct Distribution {
    /// The `java` program.
    pub(super) java: PathBuf,
    /// The folder of jars.
    pub(super) lib: PathBuf,
    /// The class whose `main` is the server.
    pub(super) main: &'static str,
}

impl Distribution {
    /// Finds Java and fetches the jars; the error names what is missing.
    pub(super) fn find(version: &str) -> Result<Self, String> {
        let lts = version.starts_with("5.");
        let wanted = if lts { 17..=21 } else { 21..=99 };
        let java = find_java(&wanted).ok_or_else(|| {
            format!(
                "no Java {} to {} for Neo4j {version}",
                wanted.start(),
                wanted.end()
            )
        })?;
        let main = if lts {
            "org.neo4j.server.CommunityEntryPoint"
        } else {
            "org.neo4j.server.Neo4jCommunity"
        };
        Ok(Self {
            java,
            lib: fetch(version)?,
            main,
        })
    }
}

fn fetch(version: &str) -> Result<PathBuf, String> {
    let script = repository("scripts/fetch-neo4j");
    let output = Command::new(&script)
        .arg(version)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{}: {error}", script.display()))?;
    if !output.status.success() {
        return Err(format!("scripts/fetch-neo4j {version} failed"));
    }
    let stdout = String::from_utf8(output.stdout).expect("paths of this repository are UTF-8");
    stdout
        .lines()
        .last()
        .map(PathBuf::from)
        .ok_or_else(|| "scripts/fetch-neo4j named no folder".to_owned())
}

fn find_java(wanted: &RangeInclusive<u32>) -> Option<PathBuf> {
    homes()
        .into_iter()
        .find(|home| version(home).is_some_and(|v| wanted.contains(&v)))
        .map(|home| home.join("bin/java"))
}

/// Where Java may be: named by the environment, on the path, or where systems and installers put
/// it.
fn homes() -> Vec<PathBuf> {
    let mut homes: Vec<PathBuf> = std::env::vars_os()
        .filter(|(name, _)| {
            name.to_str()
                .is_some_and(|name| name.starts_with("JAVA_") && name.contains("HOME"))
        })
        .map(|(_, value)| value.into())
        .collect();
    let path = std::env::var_os("PATH").unwrap_or_default();
    homes.extend(std::env::split_paths(&path).filter_map(|folder| {
        let java = fs::canonicalize(folder.join("java")).ok()?;
        Some(java.parent()?.parent()?.to_owned())
    }));
    let user = std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default();
    let roots = [
        ("/usr/lib/jvm".into(), ""),
        ("/opt/java".into(), ""),
        ("/Library/Java/JavaVirtualMachines".into(), "Contents/Home"),
        (user.join(".sdkman/candidates/java"), ""),
        (user.join(".jdks"), ""),
    ];
    for (root, below) in roots {
        let mut found: Vec<_> = fs::read_dir(root)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join(below))
            .collect();
        found.sort();
        homes.extend(found);
    }
    homes
}

/// The major version, from the file `release` of every Java since 9.
fn version(home: &Path) -> Option<u32> {
    if !home.join("bin/java").exists() {
        return None;
    }
    let release = fs::read_to_string(home.join("release")).ok()?;
    let version = release
        .lines()
        .find_map(|line| line.strip_prefix("JAVA_VERSION="))?;
    version
        .trim_matches('"')
        .split(['.', '+', '-'])
        .next()?
        .parse()
        .ok()
}
