//! KPIs become dashboards, rules, tests of the rules and runbooks. Pure: it returns texts, the caller writes the files.

use std::sync::Arc;

use crate::diagnostic::{Place, Problem};
use crate::kpi::vocabulary::{TARGET_LABELS, Vocabulary};
use crate::kpi::{Kpi, Pack};
use crate::metric::LabelName;
use alerts::AlertRule;
use unit::Units;

mod alerts;
mod dashboard;
mod example;
mod exporter;
mod rule_tests;
mod rules;
mod runbook;
#[cfg(test)]
mod tests;
mod unit;
mod yaml;

/// The notice of every generated file begins with this text.
const MARK: &str = "Made by `cypher-exporter generate`";

/// The folders of the generated files; they may hold other files too.
pub const FOLDERS: [&str; 4] = [
    "docs/runbook",
    "grafana/dashboards",
    "prometheus/rules",
    "prometheus/tests",
];

/// Whether a file is one of ours and not one that a person wrote: its notice is where we write it.
pub fn is_generated(path: &str, text: &str) -> bool {
    let begins = |line: &str, comment: &str| {
        line.strip_prefix(comment)
            .is_some_and(|notice| notice.starts_with(MARK))
    };
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("yml") => begins(text, "# "),
        Some("md") => text.lines().take(3).any(|line| begins(line, "<!-- ")),
        Some("json") => serde_json::from_str::<serde_json::Value>(text).is_ok_and(|json| {
            json["description"]
                .as_str()
                .is_some_and(|it| it.contains(MARK))
        }),
        Some(_) | None => false,
    }
}

/// What the files are generated from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The KPIs, by id.
    pub kpis: &'a [Arc<Kpi>],
    /// The packs, by name.
    pub packs: &'a [Pack],
    /// Labels that every series of a KPI has besides its own.
    pub const_labels: &'a [LabelName],
    /// The folder of the packs, as the generated files name it.
    pub folder: &'a str,
    /// The URL under which a browser can read these files, e.g. the repository's page; links start with it.
    pub base_url: Option<&'a str>,
}

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path below the output folder, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// All files, by path.
///
/// # Errors
/// Panels whose query is not valid, and alerts for which no test can be generated, each with its place.
pub fn generate(input: &Input<'_>) -> Result<Vec<File>, Vec<Problem>> {
    let shared = Shared {
        input,
        vocabulary: Vocabulary::of(input.kpis, input.packs, input.const_labels),
        units: Units::of(input.kpis.iter().map(Arc::as_ref)),
    };
    let reserved = |pack: &&Pack| &*pack.name == exporter::NAME;
    if let Some(pack) = input.packs.iter().find(reserved) {
        return Err(vec![reserved_name(input, pack)]);
    }
    let own = exporter::pack()?;
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for pack in input.packs.iter().chain([&own]) {
        match of_pack(&shared, pack) {
            Ok(of_pack) => files.extend(of_pack),
            Err(of_pack) => problems.extend(of_pack),
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(problems)
    }
}

/// The files of a pack.
fn of_pack(shared: &Shared<'_>, pack: &Pack) -> Result<Vec<File>, Vec<Problem>> {
    let alerts = alerts::of_pack(shared, pack);
    let dashboard = if &*pack.name == exporter::NAME {
        exporter::dashboard
    } else {
        dashboard::file
    };
    let mut files = vec![runbook::file(shared, pack, &alerts)];
    let mut problems = Vec::new();
    match dashboard(shared, pack, &alerts) {
        Ok(file) => files.push(file),
        Err(of_panels) => problems.extend(of_panels),
    }
    match rules::file(shared, pack, &alerts) {
        Ok(file) => files.extend(file),
        Err(cause) => problems.push(unwritable(&rules_path(&pack.name), &cause)),
    }
    match rule_tests::file(shared, pack, &alerts) {
        Ok(file) => files.extend(file),
        Err(untested) => problems.extend(untested),
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(problems)
    }
}

/// A file that cannot be written as YAML.
fn unwritable(path: &str, cause: &impl std::fmt::Display) -> Problem {
    Problem::error(
        Place::File(path.to_owned()),
        format!("cannot be written as YAML: {cause}"),
        "report this as a bug of cypher-exporter, with the files of the pack",
    )
}

/// A pack whose files would overwrite the exporter's own.
fn reserved_name(input: &Input<'_>, pack: &Pack) -> Problem {
    let message = format!(
        "the pack name `{}` is reserved for the files of the exporter itself",
        pack.name
    );
    let place = Place::File(format!("{}/{}", input.folder, pack.name));
    Problem::error(place, message, "rename the folder")
}

/// What all files depend on.
struct Shared<'a> {
    input: &'a Input<'a>,
    vocabulary: Vocabulary,
    units: Units,
}

impl Shared<'_> {
    /// The KPIs of a pack.
    fn kpis_of(&self, pack: &Pack) -> impl Iterator<Item = &Arc<Kpi>> {
        self.input.kpis.iter().filter(|kpi| kpi.pack == pack.name)
    }

    /// The file of a KPI, as the generated files name it.
    fn file_of(&self, kpi: &Kpi) -> String {
        format!("{}/{}.cypher", self.input.folder, kpi.id)
    }

    /// A link to one of the files.
    fn link(&self, path: &str) -> String {
        match self.input.base_url {
            Some(base) => format!("{}/{path}", base.trim_end_matches('/')),
            None => path.to_owned(),
        }
    }

    /// The notice in each file of a pack: where to make changes.
    fn notice(&self, pack: &Pack) -> String {
        if &*pack.name == exporter::NAME {
            return format!("{MARK}; do not edit.");
        }
        format!(
            "{MARK} from {}/{}; edit the files there instead.",
            self.input.folder, pack.name
        )
    }
}

/// The file that holds the rules of a pack.
fn rules_path(pack: &str) -> String {
    format!("prometheus/rules/{pack}.yml")
}

/// The page that explains the alerts of a pack.
fn runbook_path(pack: &str) -> String {
    format!("docs/runbook/{pack}.md")
}

/// The anchor that Markdown renderers derive from the heading of an alert.
fn runbook_anchor(alert: &AlertRule<'_>) -> String {
    alert.alert.name.to_lowercase()
}

/// Whether Prometheus adds the label to every series.
fn is_of_target(label: &str) -> bool {
    TARGET_LABELS.contains(&label)
}

/// A short title of a KPI: the beginning of its HELP text.
fn title(kpi: &Kpi) -> String {
    kpi.metrics
        .first()
        .map_or_else(|| kpi.id.to_string(), |metric| short(&metric.desc.help))
}

/// The longest title, in characters.
const LONGEST_TITLE: usize = 60;

/// Words that cannot end a title.
const NOT_LAST: [&str; 20] = [
    "a", "an", "and", "at", "by", "for", "from", "has", "have", "in", "is", "of", "on", "or",
    "that", "the", "to", "which", "who", "with",
];

/// The beginning of a sentence, without its details.
fn short(help: &str) -> String {
    let ends = ["; ", ": ", ". ", ", by ", ", in ", ", of ", " ("];
    let cut = ends
        .iter()
        .filter_map(|end| help.find(end))
        .min()
        .unwrap_or(help.len());
    let first = help[..cut].trim_end_matches(['.', ',', ' ']);
    if first.chars().count() <= LONGEST_TITLE {
        return first.to_owned();
    }
    let within: String = first.chars().take(LONGEST_TITLE).collect();
    if let Some((clause, _)) = within.rsplit_once(", ") {
        return clause.to_owned();
    }
    let mut words: Vec<_> = within.split(' ').collect();
    // The last word may be cut.
    words.pop();
    while words.len() > 1 && words.last().is_some_and(|word| NOT_LAST.contains(word)) {
        words.pop();
    }
    words.join(" ")
}
