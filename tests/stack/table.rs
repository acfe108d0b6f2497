//! The alerts that we ship, and how long each took to fire and to resolve.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::time::Duration;

use super::receiver::Message;
use super::servers::{files, repository};

/// How long it took until a notification was sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) alert: &'static str,
    pub(crate) to_fire: Duration,
    pub(crate) to_resolve: Duration,
}

/// The alerts of `prometheus/rules`, each with its pack.
#[derive(Debug)]
pub(crate) struct Alerts(pub(crate) BTreeMap<String, String>);

impl Alerts {
    pub(crate) fn shipped() -> Self {
        let mut alerts = BTreeMap::new();
        for file in files("prometheus/rules") {
            let pack = file.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&file).unwrap();
            let names = text
                .lines()
                .filter_map(|line| line.trim().strip_prefix("- alert: "));
            alerts.extend(names.map(|name| (name.to_owned(), pack.clone())));
        }
        assert!(!alerts.is_empty(), "there are rules");
        Self(alerts)
    }

    /// Fails with the names of those that nobody provokes, and of those that there are not.
    pub(crate) fn are_all_provoked<'n>(&self, provoked: impl IntoIterator<Item = &'n &'n str>) {
        let shipped: BTreeSet<_> = self.0.keys().map(String::as_str).collect();
        let mut seen = BTreeSet::new();
        for alert in provoked {
            assert!(seen.insert(*alert), "{alert} is provoked twice");
        }
        assert_eq!(
            shipped.difference(&seen).collect::<Vec<_>>(),
            [] as [&&str; 0],
            "tests/stack does not provoke them"
        );
        assert_eq!(
            seen.difference(&shipped).collect::<Vec<_>>(),
            [] as [&&str; 0],
            "tests/stack provokes what is no alert"
        );
    }

    /// Whether the chat has named each of them as firing and as resolved, readably.
    pub(crate) fn were_reported(&self, chat: &[Message]) {
        for message in chat {
            let Message { color, title, text } = message;
            assert!(
                ["good", "warning", "danger"].contains(&color.as_str()),
                "{message:?}"
            );
            assert!(
                title.contains(" firing") || title.contains(" resolved"),
                "{message:?}"
            );
            assert!(
                !format!("{title}{text}").contains(['{', '}']) && !text.contains("<no value>"),
                "{message:?}"
            );
        }
        for alert in self.0.keys() {
            for (start, what) in [("", "fires"), ("Resolved ", "is resolved")] {
                let start = format!("{start}*{alert}*: ");
                let mut lines = chat.iter().flat_map(|message| message.text.lines());
                let said = lines.find_map(|line| line.strip_prefix(&start));
                assert!(
                    said.is_some_and(|summary| summary.contains(' ')),
                    "the chat does not say that {alert} {what}"
                );
            }
        }
    }

    /// Shows it, and keeps it in `target/stack.txt`.
    pub(crate) fn print(&self, rows: &[Row]) {
        let mut lines: Vec<_> = rows.iter().map(|row| (&self.0[row.alert], row)).collect();
        lines.sort_by_key(|(pack, row)| (*pack, row.alert));
        let mut text = format!(
            "{:<42} {:<16} {:>15} {:>18}\n",
            "alert", "pack", "seconds to fire", "seconds to resolve"
        );
        for (
            pack,
            Row {
                alert,
                to_fire,
                to_resolve,
            },
        ) in lines
        {
            let (fire, resolve) = (to_fire.as_secs_f64(), to_resolve.as_secs_f64());
            writeln!(text, "{alert:<42} {pack:<16} {fire:>15.1} {resolve:>18.1}").unwrap();
        }
        print!("{text}");
        fs::write(repository("target/stack.txt"), text).unwrap();
    }
}
