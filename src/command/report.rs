//! The report of `check`: for people, as one JSON document, or as annotations of GitHub Actions.

use std::io::Write;

use serde_json::json;

use super::{counted, output};
use crate::cli::CheckFormat;
use crate::diagnostic::{Level, Place, Problem};
use crate::kpi::Catalog;

/// What `check` found.
#[derive(Default)]
pub(super) struct Report {
    pub(super) problems: Vec<Problem>,
    /// Why graphs could not be asked.
    pub(super) unreachable: Vec<String>,
    /// What was checked; none if nothing could be loaded.
    pub(super) checked: Option<Checked>,
}

/// The numbers of what was checked.
pub(super) struct Checked {
    kpis: usize,
    metrics: usize,
    packs: usize,
}

impl Checked {
    pub(super) fn of(catalog: &Catalog) -> Self {
        Self {
            kpis: catalog.kpis.len(),
            metrics: catalog.kpis.iter().map(|kpi| kpi.metrics.len()).sum(),
            packs: catalog.packs.len(),
        }
    }
}

impl Report {
    pub(super) fn errors(&self) -> usize {
        self.problems.len() - self.warnings()
    }

    pub(super) fn warnings(&self) -> usize {
        let problems = self.problems.iter();
        problems
            .filter(|problem| problem.level.is_warning())
            .count()
    }

    /// Prints the report; `text` is that of a file.
    pub(super) fn print<'t>(
        &self,
        format: CheckFormat,
        text: impl Fn(&str) -> &'t str,
    ) -> anyhow::Result<()> {
        match format {
            CheckFormat::Text => {
                for error in &self.unreachable {
                    output::error(format_args!("{error}\n"))?;
                }
                output::problems(&self.problems, text)?;
                self.summarise()
            }
            CheckFormat::Json => self.json(text),
            CheckFormat::Github => {
                self.annotate(text)?;
                self.summarise()
            }
        }
    }

    fn summarise(&self) -> anyhow::Result<()> {
        let Some(checked) = &self.checked else {
            return Ok(());
        };
        writeln!(
            anstream::stdout(),
            "{}, {}, {}: {}, {}",
            counted(checked.kpis, "KPI", "KPIs"),
            counted(checked.metrics, "metric", "metrics"),
            counted(checked.packs, "pack", "packs"),
            counted(self.errors(), "error", "errors"),
            counted(self.warnings(), "warning", "warnings"),
        )?;
        Ok(())
    }

    fn json<'t>(&self, text: impl Fn(&str) -> &'t str) -> anyhow::Result<()> {
        let problems = self.problems.iter().map(|problem| {
            let mut fields = output::fields(problem, problem.path().map_or("", &text));
            fields["level"] = json!(level(problem));
            fields
        });
        let checked = self.checked.as_ref();
        let document = json!({
            "problems": problems.collect::<Vec<_>>(),
            "unreachable": self.unreachable,
            "kpis": checked.map(|checked| checked.kpis),
            "metrics": checked.map(|checked| checked.metrics),
            "packs": checked.map(|checked| checked.packs),
            "errors": self.errors(),
            "warnings": self.warnings(),
        });
        writeln!(anstream::stdout(), "{document:#}")?;
        Ok(())
    }

    fn annotate<'t>(&self, text: impl Fn(&str) -> &'t str) -> anyhow::Result<()> {
        let mut out = anstream::stdout();
        for error in &self.unreachable {
            writeln!(out, "::error::{}", escape(error))?;
        }
        for problem in &self.problems {
            let place = output::LineAndColumn::of(problem, problem.path().map_or("", &text));
            let properties = [
                ("file", problem.path().map(escape_property)),
                ("line", place.line.map(|line| line.to_string())),
                ("col", place.column.map(|column| column.to_string())),
            ];
            let properties = properties.into_iter().filter_map(|(name, value)| {
                let value = value?;
                Some(format!("{name}={value}"))
            });
            let properties = properties.collect::<Vec<_>>().join(",");
            let space = if properties.is_empty() { "" } else { " " };
            let variable = match &problem.place {
                Place::Variable(name) => format!("{name}: "),
                Place::File(_) | Place::Span(..) | Place::Line(..) => String::new(),
            };
            let text = format!("{variable}{}\nhelp: {}", problem.message, problem.fix);
            let message = escape(&text);
            writeln!(out, "::{}{space}{properties}::{message}", level(problem))?;
        }
        Ok(())
    }
}

fn level(problem: &Problem) -> &'static str {
    match problem.level {
        Level::Error => "error",
        Level::Warning(_) => "warning",
    }
}

/// As the runner of GitHub Actions decodes it.
fn escape(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape(text).replace(':', "%3A").replace(',', "%2C")
}
