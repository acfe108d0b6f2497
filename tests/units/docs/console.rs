//! The commands that pages show: each program, script, flag and path in them exists, and what can
//! run here runs.

use std::fs;
use std::path::{Path, PathBuf};

use crate::docs::program;
use crate::docs::repository;

/// A command line.
#[derive(Debug, PartialEq)]
pub(crate) struct Command {
    /// `NAME=value` before it.
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) words: Vec<String>,
}

impl Command {
    /// The commands of one line of a console; a pipe has several.
    pub(crate) fn all_of(line: &str) -> Vec<Self> {
        let without_comment = line.split("  #").next().unwrap_or_default();
        without_comment.split(" | ").map(Self::read).collect()
    }

    fn read(text: &str) -> Self {
        let mut words = words(text).into_iter().peekable();
        let mut environment = Vec::new();
        while let Some(word) = words.next_if(|word| is_assignment(word)) {
            let (name, value) = word.split_once('=').unwrap();
            environment.push((name.to_owned(), value.to_owned()));
        }
        Self {
            environment,
            words: words.collect(),
        }
    }

    fn arguments(&self) -> Vec<&str> {
        self.words.iter().skip(1).map(String::as_str).collect()
    }

    /// The arguments of the exporter, when it runs here: without a server, and writing nothing.
    pub(crate) fn can_run(&self) -> Option<Vec<&str>> {
        let arguments = self.arguments();
        let runs = match *arguments.first()? {
            "check" => !arguments
                .iter()
                .any(|word| ["--connect", "--demo"].contains(word)),
            "generate" => arguments.contains(&"--check"),
            _ => false,
        };
        (self.words[0] == "cypher-exporter" && runs).then_some(arguments)
    }

    /// What does not exist.
    pub(crate) fn faults(&self) -> Vec<String> {
        let arguments = self.arguments();
        match self.words.first().map_or("", String::as_str) {
            "" => vec!["no command".to_owned()],
            "cypher-exporter" => program::refusal(&arguments).into_iter().collect(),
            "cargo" => cargo(&arguments),
            "docker" => compose(&arguments),
            // Their arguments are theirs.
            "curl" | "export" | "grep" | "promtool" => Vec::new(),
            "cypher-shell" => {
                let files = arguments
                    .into_iter()
                    .filter(|word| word.ends_with(".cypher"));
                files
                    .filter(|file| !repository(file).is_file())
                    .map(missing)
                    .collect()
            }
            script if is_script(script) => Vec::new(),
            other => vec![format!(
                "`{other}` is neither a program that is known here nor a script"
            )],
        }
    }
}

/// Words are separated by blanks, quotes hold them together.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in text.trim().chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == ' ' => words.push(String::new()),
            Some(_) | None => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    })
}

fn missing(path: &str) -> String {
    format!("{path} does not exist")
}

fn is_script(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.contains('/')
        && fs::metadata(repository(path))
            .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Features, targets and paths exist; what follows `--` is for the exporter.
fn cargo(arguments: &[&str]) -> Vec<String> {
    let own = arguments
        .split(|word| *word == "--")
        .next()
        .unwrap_or_default();
    let manifest: toml::Table = fs::read_to_string(repository("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let target = |folder: &str, name: &str| {
        ["", "/main"]
            .iter()
            .any(|end| repository(&format!("{folder}/{name}{end}.rs")).is_file())
    };
    let mut faults = Vec::new();
    for pair in own.windows(2) {
        let [flag, value] = [pair[0], pair[1]];
        let exists = match flag {
            "--features" => manifest["features"].get(value).is_some(),
            "--test" => target("tests", value),
            "--bench" => target("benches", value),
            "--path" => repository(value).is_dir(),
            _ => true,
        };
        if !exists {
            faults.push(format!("`{flag} {value}` names nothing in this workspace"));
        }
    }
    if own.first() == Some(&"run") && !own.contains(&"--bin") {
        faults.extend(program::refusal(
            arguments.get(own.len() + 1..).unwrap_or_default(),
        ));
    }
    faults
}

/// Profiles and services exist.
fn compose(arguments: &[&str]) -> Vec<String> {
    let file = fs::read_to_string(repository("docker-compose.yml")).unwrap();
    let mut words = arguments.iter().skip(1).peekable();
    let mut faults = Vec::new();
    let mut command = "";
    while let Some(word) = words.next() {
        match *word {
            "--profile" => {
                let profile = words.next().copied().unwrap_or_default();
                if !file.contains(&format!("profiles: [{profile}]")) {
                    faults.push(format!("docker-compose.yml has no profile `{profile}`"));
                }
            }
            "--signal" => _ = words.next(),
            flag if flag.starts_with("--") => {}
            word if command.is_empty() => command = word,
            service if !file.contains(&format!("\n  {service}:")) => {
                faults.push(format!("docker-compose.yml has no service `{service}`"));
            }
            _ => {}
        }
    }
    if arguments.first() != Some(&"compose") || command.is_empty() {
        return Vec::new();
    }
    faults
}

/// Whether a text in back-ticks is a command that can be checked.
pub(crate) fn is_command(span: &str) -> bool {
    let words = words(span);
    let mut words = words.iter().skip_while(|word| is_assignment(word));
    let Some(program) = words.next() else {
        return false;
    };
    let takes_arguments = ["cypher-exporter", "cargo", "docker"].contains(&program.as_str());
    let is_script = ["scripts/", "benches/", ".ci/"]
        .iter()
        .any(|folder| program.starts_with(folder));
    (takes_arguments && words.next().is_some()) || (is_script && !program.ends_with(".md"))
}

/// The folder in which a page's commands run: the repository, or for a command whose output is
/// shown the example beside these tests with the name of the page.
pub(crate) fn folder_of(page: &str, has_output: bool) -> PathBuf {
    let name = Path::new(page).file_stem().unwrap().to_string_lossy();
    if has_output {
        repository(&format!("tests/units/docs/{name}.in"))
    } else {
        repository("")
    }
}

#[test]
fn commands_are_read_as_a_shell_reads_them() {
    let read = Command::all_of("A_B=1 curl -s x/y | grep -E '^a (b|c)'   # why");
    let words = |index: usize| {
        read[index]
            .words
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
    };
    assert_eq!(read[0].environment, [("A_B".to_owned(), "1".to_owned())]);
    assert_eq!(
        (words(0), words(1)),
        (vec!["curl", "-s", "x/y"], vec!["grep", "-E", "^a (b|c)"])
    );
}

#[test]
fn a_planted_fault_is_found() {
    for (line, fault) in [
        ("cypher-exporter check --conect", "--conect"),
        ("cypher-exporter chekc", "chekc"),
        ("cypher-exporter health --ready now", "now"),
        (
            "cargo run --features embeded -- demo",
            "`--features embeded`",
        ),
        ("cargo run --features embedded -- demmo", "demmo"),
        ("cargo test --test dosc", "`--test dosc`"),
        ("scripts/tset", "scripts/tset"),
        ("queries/README.md", "queries/README.md"),
        ("docker compose --profile demmo up", "`demmo`"),
        ("docker compose restart exportr", "`exportr`"),
        (
            "cypher-shell -f queries/index.cypher",
            "queries/index.cypher",
        ),
        ("make test", "`make`"),
    ] {
        let faults: Vec<_> = Command::all_of(line)
            .iter()
            .flat_map(Command::faults)
            .collect();
        assert!(
            faults.len() == 1 && faults[0].contains(fault),
            "{line}: {faults:?}"
        );
    }
}
