//! The shipped settings and queries in quick motion: every duration is shorter, and nothing else
//! but addresses is different.
//!
//! A duration of `m` minutes takes [`WAIT`] or [`RANGE`] times the fifth root of `m`. So a minute
//! and a week stand as far apart as 2 s and 13 s, what is longer stays longer, and the shortest
//! range still holds six scrapes and three answers of a KPI.

use std::time::Duration;

use promql::written;
use test_support::wait::stretched;

/// What a minute becomes of those that are waited for: `for`, and the times of Alertmanager.
const WAIT: Duration = Duration::from_secs(2);

/// What a minute becomes of those that are looked back upon: ranges, offsets, and how long a KPI
/// may take or is kept.
const RANGE: Duration = Duration::from_millis(4500);

/// How often is scraped and evaluated, six times in the shortest range; and how far windows stay
/// behind.
const OFTEN: Duration = Duration::from_secs(1);

/// How often a KPI is asked: more would keep a small machine busy with nothing else.
const ASKED: Duration = Duration::from_secs(2);

/// How much slower the motion is, so that a busy machine can follow it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Motion {
    slower: f64,
}

impl Motion {
    /// As fast as this machine follows now: two threads for each core that want to run are no hindrance.
    pub(crate) fn of_this_machine() -> Self {
        let load = stretched(Duration::from_secs(1)).as_secs_f64();
        Self {
            slower: (load / 2.0).max(1.0),
        }
    }

    /// A time to wait, as much longer as the motion is slower.
    pub(crate) fn patience(self, patience: Duration) -> Duration {
        patience.mul_f64(self.slower)
    }

    fn quicker(self, purpose: Use, text: &str) -> String {
        let duration = humantime::parse_duration(text)
            .unwrap_or_else(|error| panic!("{text} is not a valid duration: {error}"));
        written(quick(purpose, duration).mul_f64(self.slower))
    }
}

/// What a duration is for.
#[derive(Clone, Copy, Debug)]
enum Use {
    Wait,
    Range,
    Often,
    Asked,
}

/// A duration in quick motion.
fn quick(purpose: Use, duration: Duration) -> Duration {
    let minute = match purpose {
        Use::Wait => WAIT,
        Use::Range => RANGE,
        Use::Often => return OFTEN,
        Use::Asked => return ASKED,
    };
    let root = (duration.as_secs_f64() / 60.0).powf(0.2);
    Duration::from_millis(minute.mul_f64(root).as_millis() as u64)
}

/// Writes the durations of a text again.
type Change<'c> = &'c dyn Fn(Use, &str) -> String;

/// Any two durations look the same.
fn any(_: Use, _: &str) -> String {
    "…".to_owned()
}

/// The rewritten text, which says the same but for its durations.
fn alike(motion: Motion, text: &str, rewrite: impl Fn(&str, Change<'_>) -> String) -> String {
    let quick = rewrite(text, &|purpose, text| motion.quicker(purpose, text));
    assert_eq!(
        rewrite(text, &any),
        rewrite(&quick, &any),
        "more than durations has changed"
    );
    quick
}

/// A file of rules.
pub(crate) fn rules(motion: Motion, text: &str) -> String {
    alike(motion, text, |text, change| {
        let mut deeper_than = None;
        let line = |line: &str| {
            let indent = line.len() - line.trim_start().len();
            if line.trim_start().starts_with("expr:") {
                deeper_than = Some(indent);
                return promql(line, change);
            }
            if deeper_than.is_some_and(|expr| indent > expr) {
                return promql(line, change);
            }
            deeper_than = None;
            setting(line, &[("for", Use::Wait)], change)
        };
        text.split_inclusive('\n').map(line).collect()
    })
}

/// The ranges and offsets of a line of PromQL.
fn promql(line: &str, change: Change<'_>) -> String {
    let (mut rest, mut out) = (line, String::new());
    loop {
        let Some((at, end)) = next_duration(rest) else {
            return out + rest;
        };
        out += &rest[..at];
        out += &change(Use::Range, &rest[at..end]);
        rest = &rest[end..];
    }
}

/// The first duration after `[` or `offset`. No string of a rule has either.
fn next_duration(text: &str) -> Option<(usize, usize)> {
    const STARTS: [&str; 2] = ["[", " offset "];
    let at = STARTS
        .iter()
        .filter_map(|start| text.find(start).map(|at| at + start.len()))
        .min()?;
    let end = at
        + text[at..]
            .find([']', ' ', ')', '\n'])
            .unwrap_or(text.len() - at);
    Some((at, end))
}

/// `key: duration` of YAML.
fn setting(line: &str, keys: &[(&str, Use)], change: Change<'_>) -> String {
    let Some((key, value)) = line.split_once(": ") else {
        return line.to_owned();
    };
    let Some((_, purpose)) = keys.iter().find(|(named, _)| key.trim() == *named) else {
        return line.to_owned();
    };
    let (duration, end) = value.split_at(value.trim_end().len());
    format!("{key}: {}{end}", change(*purpose, duration))
}

fn settings(motion: Motion, text: &str, keys: &[(&str, Use)]) -> String {
    alike(motion, text, |text, change| {
        text.split_inclusive('\n')
            .map(|line| setting(line, keys, change))
            .collect()
    })
}

/// Replaces text that must be there.
fn with(text: &str, addresses: &[(&str, String)]) -> String {
    addresses
        .iter()
        .fold(text.to_owned(), |text, (shipped, here)| {
            assert!(
                text.contains(shipped),
                "the shipped settings do not name {shipped}:\n{text}"
            );
            text.replace(shipped, here)
        })
}

/// `prometheus.yml`.
pub(crate) fn prometheus(motion: Motion, text: &str, addresses: &[(&str, String)]) -> String {
    with(
        &settings(
            motion,
            text,
            &[
                ("scrape_interval", Use::Often),
                ("evaluation_interval", Use::Often),
            ],
        ),
        addresses,
    )
}

/// `alertmanager.yml`.
pub(crate) fn alertmanager(motion: Motion, text: &str, addresses: &[(&str, String)]) -> String {
    let waits = ["group_wait", "group_interval", "repeat_interval"].map(|key| (key, Use::Wait));
    with(&settings(motion, text, &waits), addresses)
}

/// The durations of a KPI file's header, each with what it is when the file does not say it.
const OF_SNAPSHOTS: [(&str, Use, &str); 3] = [
    ("every", Use::Asked, "5m"),
    ("timeout", Use::Range, "30s"),
    ("stale_after", Use::Range, "15m"),
];
const OF_WINDOWS: [(&str, Use, &str); 3] = [
    ("every", Use::Asked, "5m"),
    ("timeout", Use::Range, "30s"),
    ("lag", Use::Often, "10s"),
];

/// A KPI file. What its header does not say has a default, so that all durations are said in the
/// end.
pub(crate) fn kpi(motion: Motion, text: &str) -> String {
    const OPENS: &str = "/*kpi\n";
    let (before, header) = text
        .split_once(OPENS)
        .expect("every shipped KPI has a header");
    let is_window = header.lines().any(|line| key(line) == Some("mode"));
    let durations = if is_window { OF_WINDOWS } else { OF_SNAPSHOTS };
    let line = |(name, purpose, default): (&str, Use, &str)| {
        let said = header
            .lines()
            .take_while(|line| !line.starts_with('['))
            .find(|line| key(line) == Some(name));
        let duration = said.map_or(default, |line| {
            line.split('"').nth(1).expect("a duration in quotes")
        });
        format!("{name} = \"{}\"\n", motion.quicker(purpose, duration))
    };
    let quick = format!(
        "{before}{OPENS}{}{}",
        durations.map(line).concat(),
        timeless(header)
    );
    assert_eq!(
        timeless(&quick),
        timeless(text),
        "more than durations has changed"
    );
    quick
}

/// The key of a line of a header.
fn key(line: &str) -> Option<&str> {
    line.split_once("= \"").map(|(key, _)| key.trim())
}

/// A KPI file without the durations of its header. An alert has none of these keys.
fn timeless(text: &str) -> String {
    let says_no_duration = |line: &&str| {
        !OF_SNAPSHOTS
            .iter()
            .chain(&OF_WINDOWS)
            .any(|(name, ..)| key(line) == Some(name))
    };
    text.split_inclusive('\n')
        .filter(says_no_duration)
        .collect()
}

#[test]
fn only_durations_change() {
    let motion = Motion { slower: 1.0 };
    const RULE: &str = "rules:
      - alert: A
        expr: |-
          rate(a[5m]) > 5 and b offset 1h
          < avg_over_time(b:c1h[7d] offset 1d)
        for: 1m
        annotations:
          summary: for 5m [5m]
";
    insta::assert_snapshot!(rules(motion, RULE), @"
    rules:
          - alert: A
            expr: |-
              rate(a[6s208ms]) > 5 and b offset 10s205ms
              < avg_over_time(b:c1h[28s438ms] offset 19s270ms)
            for: 2s
            annotations:
              summary: for 5m [5m]
    ");
    const WINDOW: &str = "/*kpi
every  = \"15s\"
mode   = \"window\"

[[alert]]
for = \"5m\"
*/
RETURN 1
";
    insta::assert_snapshot!(kpi(motion, WINDOW), @r#"
    /*kpi
    every = "2s"
    timeout = "3s917ms"
    lag = "1s"
    mode   = "window"

    [[alert]]
    for = "5m"
    */
    RETURN 1
    "#);
    insta::assert_snapshot!(kpi(motion, "/*kpi\n[panel]\n*/\nRETURN 1\n"), @r#"
    /*kpi
    every = "2s"
    timeout = "3s917ms"
    stale_after = "7s734ms"
    [panel]
    */
    RETURN 1
    "#);
}
