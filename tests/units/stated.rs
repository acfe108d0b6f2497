//! What the five systems state of panels, alerts and recording rules, as `docs/systems.md` has it:
//! what it says to be there is there, what it says to be left out has a reason, and no alert or
//! rule of ours is missing from it.
use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

fn read(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR")))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A line of a table.
struct Line {
    stated: String,
    ours: Vec<String>,
    why: String,
}

/// The lines below `### <what> of <pack>`.
fn lines(page: &str, what: &str, pack: &str) -> Vec<Line> {
    let Some((_, below)) = page.split_once(&format!("### {what} of {pack}\n")) else {
        return Vec::new();
    };
    let below = below
        .split("\n## ")
        .next()
        .unwrap()
        .split("\n### ")
        .next()
        .unwrap();
    below
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
        .map(line)
        .collect()
}

fn line(text: &str) -> Line {
    let [_, stated, ours, why, _] = text.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
        panic!("{text}")
    };
    let ours = if ours == "—" {
        Vec::new()
    } else {
        ours.split("`, `")
            .map(|name| name.trim_matches('`').to_owned())
            .collect()
    };
    Line {
        stated: stated.to_owned(),
        ours,
        why: why.to_owned(),
    }
}

/// The titles of the panels of a pack.
fn panels(pack: &str) -> BTreeSet<String> {
    let dashboard: Value =
        serde_json::from_str(&read(&format!("grafana/dashboards/{pack}.json"))).unwrap();
    let panels = dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|panel| panel["type"] != "row");
    panels
        .map(|panel| panel["title"].as_str().unwrap().to_owned())
        .collect()
}

/// The names of its rules that begin so.
fn rules(pack: &str, kind: &str) -> BTreeSet<String> {
    let rules = read(&format!("prometheus/rules/{pack}.yml"));
    rules
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix(kind))
        .map(str::to_owned)
        .collect()
}

/// So many lines of each pack state a panel, an alert and a recording rule: a line that is lost
/// would not be missed otherwise.
const PACKS: [(&str, usize, usize, usize); 5] = [
    ("bmad", 11, 13, 0),
    ("lazybird", 21, 17, 0),
    ("agentos", 18, 8, 0),
    ("session_buddy", 19, 13, 0),
    ("agentcore", 14, 5, 3),
];

#[test]
fn what_the_systems_state_is_there_or_has_a_reason() {
    let page = read("docs/systems.md");
    for (pack, stated_panels, stated_alerts, stated_rules) in PACKS {
        let alerts = rules(pack, "- alert: ");
        assert!(alerts.len() > 3, "{pack}");
        for (what, there, count, is_complete) in [
            ("Panels", panels(pack), stated_panels, false),
            ("Alerts", alerts, stated_alerts, true),
            (
                "Recording rules",
                rules(pack, "- record: "),
                stated_rules,
                true,
            ),
        ] {
            let lines = lines(&page, what, pack);
            assert_eq!(
                lines.iter().filter(|line| line.stated != "—").count(),
                count,
                "{what} of {pack}"
            );
            let named: BTreeSet<_> = lines.iter().flat_map(|line| line.ours.clone()).collect();
            let missing: Vec<_> = named.difference(&there).collect();
            assert!(
                missing.is_empty(),
                "{what} of {pack} that are not there: {missing:?}"
            );
            let reasonless: Vec<_> = lines
                .iter()
                .filter(|line| line.ours.is_empty() && line.why.is_empty())
                .collect();
            assert!(
                reasonless.is_empty(),
                "{what} of {pack} without a reason: {:?}",
                reasonless[0].stated
            );
            let unnamed: Vec<_> = there.difference(&named).collect();
            assert!(
                !is_complete || unnamed.is_empty(),
                "{what} of {pack} that the page lacks: {unnamed:?}"
            );
        }
    }
}
