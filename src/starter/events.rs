//! What happens in a graph: new nodes in windows, durations, and the age of the newest node.

use super::pick::{self, Length, Time, Unit};
use super::schema::Label;
use super::words::{identifier, in_comment, literal, snake};
use super::{Draft, EVENTS, QUALITY};
use crate::kpi::TimeForm;

/// Without an index a window reads all nodes of the label each time: up to so many that takes no time.
const SMALL: u64 = 50_000;

/// New nodes as a counter, durations as histograms.
pub(super) fn of(label: &Label) -> Vec<Draft> {
    let Some(stem) = snake(&label.name) else {
        return Vec::new();
    };
    let time = pick::time(label).filter(|time| time.property.indexed || label.nodes <= SMALL);
    let created = time.as_ref().map(|time| created(label, &stem, time));
    let lengths =
        pick::lengths(label).filter_map(|length| duration(label, &stem, time.as_ref(), &length));
    created.into_iter().chain(lengths).collect()
}

fn created(label: &Label, stem: &str, time: &Time<'_>) -> Draft {
    let (name, key) = (identifier(&label.name), identifier(&time.property.key));
    let text = format!(
        "// Number of {shown} nodes created, by their {property}.\n\
         /*kpi\ntype = \"counter\"\nmode = \"window\"\n{form}every = \"1m\"\n{index}*/\n\
         MATCH (n:{name})\n\
         WHERE n.{key} > $since AND n.{key} <= $until\n\
         RETURN count(n) AS value\n",
        shown = in_comment(&label.name),
        property = in_comment(&time.property.key),
        form = form(time.form),
        index = index(label, time),
    );
    Draft {
        stem: format!("{stem}_created_total"),
        row: EVENTS,
        text,
    }
}

fn duration(
    label: &Label,
    stem: &str,
    time: Option<&Time<'_>>,
    length: &Length<'_>,
) -> Option<Draft> {
    let (name, key) = (identifier(&label.name), identifier(&length.property.key));
    let seconds = match length.unit {
        Unit::Seconds(1.0) => format!("n.{key}"),
        Unit::Seconds(seconds) if seconds > 1.0 => format!("n.{key} * {seconds:.1}"),
        Unit::Seconds(seconds) => format!("n.{key} / {:.1}", 1.0 / seconds),
        Unit::Duration => format!("n.{key}.days * 86400.0 + n.{key}.milliseconds / 1000.0"),
    };
    let factor = match length.unit {
        Unit::Seconds(seconds) => seconds,
        Unit::Duration => 1.0,
    };
    let bounds = match &length.property.numbers {
        Some(numbers) => pick::bounds(numbers.median * factor, numbers.p99 * factor),
        None => pick::bounds(1.0, 60.0),
    };
    let bounds: Vec<_> = bounds.iter().map(f64::to_string).collect();
    let stem = match snake(&length.stem) {
        Some(own) => format!("{stem}_{own}_seconds"),
        None => format!("{stem}_seconds"),
    };
    let (mode, window) = match time {
        Some(time) => {
            let at = identifier(&time.property.key);
            let mode = format!("mode = \"window\"\n{}", form(time.form));
            (mode, format!("n.{at} > $since AND n.{at} <= $until AND "))
        }
        None => (String::new(), String::new()),
    };
    let what = if time.is_some() {
        "Distribution of"
    } else {
        "Distribution, over all nodes, of"
    };
    let text = format!(
        "// {what} {property} of {shown} nodes in seconds.\n\
         /*kpi\ntype = \"histogram\"\n{mode}buckets = [{bounds}]\nevery = \"1m\"\n*/\n\
         MATCH (n:{name})\n\
         WHERE {window}n.{key} IS NOT NULL\n\
         RETURN {seconds} AS value\n",
        property = in_comment(&length.property.key),
        shown = in_comment(&label.name),
        bounds = bounds.join(", "),
    );
    Some(Draft {
        stem,
        row: EVENTS,
        text,
    })
}

fn form(form: TimeForm) -> String {
    match form {
        TimeForm::DateTime => String::new(),
        TimeForm::LocalDateTime
        | TimeForm::EpochMillis
        | TimeForm::EpochSeconds
        | TimeForm::Iso => {
            format!("time = \"{}\"\n", form.as_str())
        }
    }
}

/// What makes the windows cheap, where it is missing.
fn index(label: &Label, time: &Time<'_>) -> String {
    if time.property.indexed {
        return String::new();
    }
    let (name, key) = (identifier(&label.name), identifier(&time.property.key));
    let statement = format!("CREATE INDEX FOR (n:{name}) ON (n.{key})");
    format!(
        "# Create an index, so that a run costs what is new: {}\n",
        in_comment(&statement)
    )
}

/// The age of the newest node of each label that has a time.
pub(super) fn newest(labels: &[&Label]) -> Option<Draft> {
    let with_time = labels
        .iter()
        .filter_map(|label| Some((*label, pick::time(label)?)));
    let with_time = with_time.filter(|(label, time)| time.property.indexed || label.nodes <= SMALL);
    let parts: Vec<_> = with_time
        .map(|(label, time)| newest_of(label, &time))
        .collect();
    let text = format!(
        "// Age in seconds of the newest node, by label.\n\
         /*kpi\n\
         unit = \"seconds\"\n\
         \n\
         # Remove the # for an alert when nothing new is written.\n\
         # [[alert]]\n\
         # name     = \"NothingNew\"\n\
         # when     = \"> 86400\"\n\
         # for      = \"15m\"\n\
         # severity = \"warning\"\n\
         */\n{}",
        parts.join("UNION ALL\n")
    );
    (!parts.is_empty()).then(|| Draft {
        stem: "newest_node_age_seconds".to_owned(),
        row: QUALITY,
        text,
    })
}

fn newest_of(label: &Label, time: &Time<'_>) -> String {
    let (name, key) = (identifier(&label.name), identifier(&time.property.key));
    let millis = match time.form {
        TimeForm::DateTime => "at.epochMillis",
        TimeForm::LocalDateTime => "datetime({datetime: at, timezone: 'Z'}).epochMillis",
        TimeForm::Iso => "datetime(at).epochMillis",
        TimeForm::EpochMillis => "at",
        TimeForm::EpochSeconds => "at * 1000",
    };
    format!(
        "MATCH (n:{name}) WHERE n.{key} IS NOT NULL\n\
         WITH n.{key} AS at ORDER BY at DESC LIMIT 1\n\
         RETURN {} AS label, (datetime().epochMillis - {millis}) / 1000.0 AS value\n",
        literal(&label.name),
    )
}
