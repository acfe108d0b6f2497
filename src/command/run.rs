//! `run`: asks the graph for some KPIs once, and shows rows, series and timing. Of a window KPI that is all it would have
//! counted by now; what is saved of it is left alone.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::sync::Arc;

use super::project::{self, GraphSource, Project};
use super::{ExitStatus, counted, graphs};
use crate::cli::{Common, Run as Options};
use crate::diagnostic::{Problem, nearest};
use crate::exposition::{Format, Segment};
use crate::graph::Graph;
use crate::kpi::{Kpi, SkipReason};
use crate::measure::{Measured, overflow};
use crate::metric::{Constant, Part};
use crate::schedule::{self, Run};
use cypher::{Row, Value};

pub(super) async fn run(common: &Common, options: &Options) -> anyhow::Result<ExitStatus> {
    let asked = if options.demo {
        GraphSource::Demo
    } else {
        GraphSource::Configured
    };
    let Some(loaded) = project::load(common, asked)? else {
        return Ok(ExitStatus::BadInput);
    };
    if !loaded.has_files()? {
        return Ok(ExitStatus::BadInput);
    }
    let Some(kpis) = chosen(&loaded, &options.kpis)? else {
        return Ok(ExitStatus::BadInput);
    };
    let Some(graphs) = graphs(&loaded, asked).await? else {
        return Ok(ExitStatus::BadInput);
    };
    let mut all_well = true;
    for kpi in &kpis {
        let asked = graphs.iter().filter(|(name, _)| kpi.asks(name));
        for (name, graph) in asked {
            let title = if graphs.len() > 1 {
                format!("{} on {name}", kpi.id)
            } else {
                kpi.id.to_string()
            };
            all_well &= show_run(kpi, graph, &title, &loaded.constant(), options.rows).await?;
        }
    }
    Ok(if all_well {
        ExitStatus::Done
    } else {
        ExitStatus::Failed
    })
}

/// The KPIs that are asked for; `None` when one of them is not there or wrong, which has then been said.
fn chosen(loaded: &Project, wanted: &[String]) -> anyhow::Result<Option<Vec<Arc<Kpi>>>> {
    if wanted.is_empty() {
        loaded.show_problems()?;
        return Ok((loaded.catalog.errors() == 0).then(|| loaded.catalog.kpis.clone()));
    }
    let mut chosen = Vec::new();
    for name in wanted {
        match loaded
            .catalog
            .kpis
            .iter()
            .filter(|kpi| is_called(kpi, name))
            .collect::<Vec<_>>()[..]
        {
            [] => {
                say_why_not(loaded, name)?;
                return Ok(None);
            }
            ref found => chosen.extend(found.iter().map(|kpi| (*kpi).clone())),
        }
    }
    // Twice named is once asked.
    let mut known = HashSet::new();
    chosen.retain(|kpi| known.insert(kpi.id.clone()));
    Ok(Some(chosen))
}

fn is_called(kpi: &Kpi, name: &str) -> bool {
    *kpi.id == *name || kpi.stem() == name || is_same_file(&kpi.path, name)
}

/// However the two are written: from the root, from here, or by way of `..`.
fn is_same_file(a: &str, b: &str) -> bool {
    fs::canonicalize(a)
        .ok()
        .zip(fs::canonicalize(b).ok())
        .is_some_and(|(a, b)| a == b)
}

fn say_why_not(loaded: &Project, name: &str) -> anyhow::Result<()> {
    let stem = name
        .rsplit('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".cypher");
    let of_file = |problem: &&Problem| {
        problem.path().and_then(|path| path.rsplit('/').next()) == Some(&format!("{stem}.cypher"))
    };
    let problems: Vec<_> = loaded
        .catalog
        .problems
        .iter()
        .filter(of_file)
        .cloned()
        .collect();
    if !problems.is_empty() {
        return loaded.show(&problems);
    }
    let ids = loaded
        .catalog
        .kpis
        .iter()
        .flat_map(|kpi| [&*kpi.id, kpi.stem()]);
    let hint = match nearest(name, ids) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", names(loaded)),
    };
    writeln!(
        anstream::stderr(),
        "error: no KPI is called `{name}`; {hint}"
    )?;
    Ok(())
}

fn names(loaded: &Project) -> String {
    let names: Vec<_> = loaded.catalog.kpis.iter().map(|kpi| &*kpi.id).collect();
    if names.is_empty() {
        "none that could run".to_owned()
    } else {
        names.join(", ")
    }
}

async fn show_run(
    kpi: &Kpi,
    graph: &Graph,
    title: &str,
    constant: &Constant,
    limit: usize,
) -> anyhow::Result<bool> {
    let mut rows: Vec<Row> = Vec::new();
    let run = schedule::run(kpi, &mut graph.acquire().await, &mut |row| {
        if rows.len() < limit {
            rows.push(row.clone());
        }
    })
    .await;
    match run.result() {
        Ok(measured) => show_measured(kpi, title, constant, &rows, &run, measured).map(|()| true),
        Err(error) => {
            let failed = format!(
                "{title}: failed after {}: {}",
                time(&run),
                error.in_file(kpi)
            );
            writeln!(anstream::stderr(), "{failed}")?;
            if kpi.window().is_some() && error.is_limit() {
                writeln!(
                    anstream::stderr(),
                    "  this was all of it at once; `serve` goes on with smaller windows"
                )?;
            }
            Ok(false)
        }
    }
}

fn show_measured(
    kpi: &Kpi,
    title: &str,
    constant: &Constant,
    rows: &[Row],
    run: &Run,
    measured: &Measured,
) -> anyhow::Result<()> {
    let mut out = anstream::stdout();
    let (count, series) = (
        counted(measured.rows, "row", "rows"),
        counted(measured.series(), "series", "series"),
    );
    writeln!(out, "{title}: {count}, {series}, {}", time(run))?;
    write!(out, "{}", table(kpi, rows))?;
    if measured.rows > rows.len() as u64 {
        writeln!(out, "  … {} more", measured.rows - rows.len() as u64)?;
    }
    for (reason, rows) in measured.skipped.reasons() {
        writeln!(
            out,
            "  {} left out: {}",
            counted(rows, "row", "rows"),
            left_out(reason)
        )?;
    }
    for overflow in overflow(kpi, &measured.samples) {
        writeln!(out, "  {overflow}")?;
    }
    let families: Vec<_> = kpi
        .metrics
        .iter()
        .zip(&measured.samples)
        .map(|(metric, samples)| {
            metric.family(vec![Part {
                constant: constant.clone(),
                points: samples.clone(),
            }])
        })
        .collect();
    writeln!(
        out,
        "{}",
        String::from_utf8_lossy(Segment::encode(&families, Format::Text).body())
    )?;
    Ok(())
}

fn left_out(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::NullValue => "the value was NULL",
        SkipReason::NaNValue => "the value was NaN",
        SkipReason::NegativeValue => {
            "the value was below 0; a histogram of such values has a bound below 0"
        }
        SkipReason::InfiniteValue => "the value was infinite",
    }
}

fn time(run: &Run) -> String {
    format!(
        "{:.1} ms",
        run.duration().unwrap_or_default().as_secs_f64() * 1000.0
    )
}

/// The rows under their columns, each column as wide as its widest cell.
fn table(kpi: &Kpi, rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = kpi
        .columns
        .iter()
        .map(|column| column.to_string())
        .collect::<Vec<_>>();
    let lines: Vec<Vec<String>> = std::iter::once(head)
        .chain(rows.iter().map(|row| row.iter().map(cell).collect()))
        .collect();
    let width = |column: usize| {
        lines
            .iter()
            .map(|line| line[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..kpi.columns.len()).map(width).collect();
    let padded = |line: &Vec<String>| {
        let cells = line
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    lines.iter().map(padded).collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Integer(integer) => integer.to_string(),
        Value::Float(float) => format!("{float:?}"),
        Value::String(text) => format!("{text:?}"),
        Value::Temporal(text) => text.clone(),
        Value::Composite(kind) => format!("<{kind}>"),
    }
}
