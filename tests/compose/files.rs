//! The files of the stack as Compose understands them: it resolves anchors, variables and short
//! forms, and reads the YAML of the mounted files as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::repository;
use test_support::programs::fetched;

/// The texts of the files, by path from the repository's root; a test may change them.
#[derive(Clone)]
pub(crate) struct Files(BTreeMap<&'static str, String>);

impl Files {
    pub(crate) fn of_the_repository() -> Self {
        let paths = [
            super::COMPOSE,
            super::PROMETHEUS,
            super::ALERTMANAGER,
            super::DATASOURCE,
            super::DASHBOARDS,
            "Dockerfile",
        ];
        Self(
            paths
                .into_iter()
                .map(|path| (path, fs::read_to_string(repository(path)).unwrap()))
                .collect(),
        )
    }

    /// With the first place of a text changed.
    pub(crate) fn with(&self, path: &str, from: &str, to: &str) -> Self {
        let mut files = self.clone();
        let text = files.0.get_mut(path).unwrap();
        let changed = text.replacen(from, to, 1);
        assert_ne!(*text, changed, "{path} has no `{from}`");
        *text = changed;
        files
    }

    /// What Compose makes of them, or its complaint. None where there is no Compose.
    pub(crate) fn read(&self) -> Option<Result<Stack, String>> {
        let compose = match compose(&self.0[super::COMPOSE], &["--profile", "*"], &[])? {
            Ok(value) => value,
            Err(said) => return Some(Err(said)),
        };
        let is_settings = |path: &str| path.ends_with(".yml") && path != super::COMPOSE;
        let settings: Vec<_> = self
            .0
            .iter()
            .filter(|(path, _)| is_settings(path))
            .collect();
        Some(Ok(Stack {
            compose,
            files: yaml(&settings)?,
            dockerfile: self.0["Dockerfile"].clone(),
        }))
    }
}

/// Compose's own reading of a text that stands at the repository's root. A warning is a complaint
/// as well.
fn compose(text: &str, before: &[&str], after: &[&str]) -> Option<Result<Value, String>> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("docker-compose.yml");
    fs::write(&file, text).unwrap();
    let mut command = Command::new(fetched("newer/docker-compose"));
    command
        .arg("--project-directory")
        .arg(repository(""))
        .arg("--file")
        .arg(&file)
        .args(before);
    // What the machine's user opens is not what the file says.
    command
        .env_remove("BIND_ADDRESS")
        .args(["--env-file", "/dev/null"]);
    command.args(["config", "--format", "json"]).args(after);
    let output = command.output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_good = output.status.success() && said.is_empty();
    Some(if is_good {
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    } else {
        Err(said)
    })
}

/// Any YAML, by path: a key that begins with `x-` may hold what it will.
fn yaml(files: &[(&&'static str, &String)]) -> Option<BTreeMap<&'static str, Value>> {
    let mut all = "name: x\nservices: { x: { image: x } }\n".to_owned();
    for (at, (_, text)) in files.iter().enumerate() {
        writeln!(all, "x-{at}:").unwrap();
        text.lines()
            .for_each(|line| writeln!(all, "  {line}").unwrap());
    }
    let mut read = compose(&all, &[], &["--no-interpolate"])?.unwrap();
    Some(
        files
            .iter()
            .enumerate()
            .map(|(at, (path, _))| (**path, read[format!("x-{at}")].take()))
            .collect(),
    )
}

/// The stack, read.
pub(crate) struct Stack {
    pub(crate) compose: Value,
    /// The settings that the services mount, by path from the repository's root.
    pub(crate) files: BTreeMap<&'static str, Value>,
    pub(crate) dockerfile: String,
}

impl Stack {
    pub(crate) fn services(&self) -> impl Iterator<Item = Service<'_>> {
        let services = self.compose["services"].as_object().unwrap();
        services.iter().map(|(name, of)| Service { name, of })
    }

    pub(crate) fn service(&self, name: &str) -> Service<'_> {
        self.services()
            .find(|service| service.name == name)
            .unwrap_or_else(|| panic!("there is no service {name}"))
    }
}

/// A service as Compose would start it.
#[derive(Clone, Copy)]
pub(crate) struct Service<'a> {
    pub(crate) name: &'a str,
    pub(crate) of: &'a Value,
}

impl<'a> Service<'a> {
    /// The values of a list; none when there is no list.
    pub(crate) fn list(self, key: &str) -> &'a [Value] {
        self.of[key].as_array().map_or(&[], Vec::as_slice)
    }

    /// The texts of a list.
    pub(crate) fn texts(self, key: &str) -> Vec<&'a str> {
        self.list(key).iter().filter_map(Value::as_str).collect()
    }

    pub(crate) fn environment(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let variables = self.of["environment"].as_object().into_iter().flatten();
        variables.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
    }

    /// The value of `--flag=value` in its command.
    pub(crate) fn flag(self, flag: &str) -> Option<&'a str> {
        self.texts("command")
            .into_iter()
            .find_map(|word| word.strip_prefix(flag)?.strip_prefix('='))
    }

    pub(crate) fn health_check(self) -> Vec<&'a str> {
        self.of["healthcheck"]["test"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// Mounts of a kind: where from, where to, and whether they can only be read. A folder of the
    /// repository is named from its root.
    pub(crate) fn mounts(self, kind: &str) -> Vec<(&'a str, &'a str, bool)> {
        let of_kind = self
            .list("volumes")
            .iter()
            .filter(|volume| volume["type"] == kind);
        let from = |volume: &'a Value| {
            let source = volume["source"].as_str().unwrap();
            source
                .strip_prefix(env!("CARGO_MANIFEST_DIR"))
                .map_or(source, |path| path.trim_start_matches('/'))
        };
        of_kind
            .map(|volume| {
                (
                    from(volume),
                    volume["target"].as_str().unwrap(),
                    volume["read_only"] == true,
                )
            })
            .collect()
    }

    /// The path in the repository of what stands at a path in the container.
    pub(crate) fn in_repository(self, path: &str) -> Option<String> {
        self.mounts("bind").into_iter().find_map(|(from, to, _)| {
            let rest = path.strip_prefix(to)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{from}{rest}"))
        })
    }

    /// Whether what is written to a path outlives the container.
    pub(crate) fn keeps(self, path: &str) -> bool {
        self.mounts("volume")
            .iter()
            .any(|(_, to, read_only)| *to == path && !read_only)
    }

    /// Whether a path is that of a secret which it is given.
    pub(crate) fn is_given(self, path: &str) -> bool {
        self.list("secrets")
            .iter()
            .any(|secret| secret["target"] == path)
    }

    /// Whether it listens on a port.
    pub(crate) fn listens(self, port: &str) -> bool {
        self.list("ports")
            .iter()
            .any(|listed| port.parse().is_ok_and(|port: u16| listed["target"] == port))
    }
}
