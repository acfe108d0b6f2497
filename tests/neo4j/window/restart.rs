//! What is saved, what the next start restores, and what it does not.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::window::events::{Writer, by_kind, counter, until_lines};
use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::{Neo4j, newest, shared};

const STATE: &str = "[state]\npath = \"state\"\n";

fn setup(pack: &'static str, neo4j: &Neo4j) -> Setup {
    Setup::on(pack, neo4j).config(STATE)
}

/// The one state file of the exporter.
fn file(exporter: &Exporter) -> PathBuf {
    let files = fs::read_dir(exporter.folder().join("state"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "state"))
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

/// Without its folder, which the settings name as they like.
fn name_of(file: &Path) -> &str {
    file.file_name().unwrap().to_str().unwrap()
}

fn discarded(exporter: &Exporter, kpi: &str, reason: &str) -> f64 {
    let series =
        format!("cypher_exporter_state_discarded_total{{kpi=\"{kpi}\",reason=\"{reason}\"}}");
    exporter.metrics().value(&series).unwrap()
}

fn rewrite(exporter: &Exporter, pack: &str, from: &str, to: &str) {
    let file = exporter
        .folder()
        .join("queries")
        .join(pack)
        .join("kinds.cypher");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(&file, text.replace(from, to)).unwrap();
}

/// Writes events and waits until they are counted.
async fn count_some(writer: &mut Writer, exporter: &Exporter, pack: &str) {
    for _ in 0..5 {
        writer.write().await;
    }
    let name = format!("{pack}_kinds_total");
    until_lines(
        exporter,
        &format!("{pack}/kinds"),
        &name,
        &writer.written.counter(&name),
    );
}

#[tokio::test]
async fn totals_go_on_where_they_were_although_the_graph_has_forgotten() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Forgets", 1);
    let mut exporter = setup("forgets", neo4j)
        .kpi(
            "kinds",
            &counter("forgets_kinds_total"),
            &by_kind("Forgets"),
        )
        .start();
    count_some(&mut writer, &exporter, "forgets").await;
    exporter.kill();
    // Snapshot counters would fall; and what is new is counted although no scrape came.
    neo4j.write("MATCH (e:Forgets) DELETE e").await;
    let before = writer.written.counter("forgets_kinds_total");
    writer.write().await;
    exporter.start_again();
    let at_once = exporter.metrics();
    assert_eq!(
        at_once.beginning("forgets_kinds_total"),
        before,
        "restored before the first run"
    );
    count_some(&mut writer, &exporter, "forgets").await;
    assert!(
        exporter
            .metrics()
            .own("window_lag_seconds", "forgets/kinds")
            .unwrap()
            < 60.0
    );

    // Words that count nothing may change; the query may not.
    exporter.kill();
    rewrite(
        &exporter,
        "forgets",
        "// A KPI of a test.",
        "// Other words.",
    );
    rewrite(
        &exporter,
        "forgets",
        "every = \"100ms\"",
        "every = \"200ms\"\n[panel]\ntitle = \"Kinds\"",
    );
    exporter.start_again();
    count_some(&mut writer, &exporter, "forgets").await;
    assert_eq!(discarded(&exporter, "forgets/kinds", "changed"), 0.0);
}

#[tokio::test]
async fn a_changed_query_counts_from_the_start_and_is_logged() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Changes", 2);
    let mut exporter = setup("changes", neo4j)
        .kpi(
            "kinds",
            &counter("changes_kinds_total"),
            &by_kind("Changes"),
        )
        .start();
    count_some(&mut writer, &exporter, "changes").await;
    exporter.kill();
    rewrite(&exporter, "changes", "count(*) AS", "2 * count(*) AS");
    exporter.start_again();
    let count = writer.written.count() as f64;
    exporter.until("everything counts twice", |metrics| {
        let value = |line: &&str| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap();
        (metrics
            .beginning("changes_kinds_total")
            .iter()
            .map(value)
            .sum::<f64>()
            == 2.0 * count)
            .then_some(())
    });
    assert_eq!(discarded(&exporter, "changes/kinds", "changed"), 1.0);
    assert!(
        exporter.log().contains("changed=\"query\""),
        "{}",
        exporter.log()
    );
    let aside = PathBuf::from(format!("{}.changed-1", file(&exporter).display()));
    assert!(
        exporter.log().contains(name_of(&aside)),
        "{}",
        exporter.log()
    );

    // The next start goes on with the new count.
    exporter.kill();
    exporter.start_again();
    assert_eq!(discarded(&exporter, "changes/kinds", "changed"), 0.0);

    // The old one can be had back.
    exporter.kill();
    rewrite(&exporter, "changes", "2 * count(*) AS", "count(*) AS");
    fs::rename(aside, file(&exporter)).unwrap();
    exporter.start_again();
    assert_eq!(discarded(&exporter, "changes/kinds", "changed"), 0.0);
    count_some(&mut writer, &exporter, "changes").await;
}

#[tokio::test]
async fn a_file_that_cannot_be_restored_stays_and_the_kpi_fails_until_it_can() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Stays", 8);
    let mut exporter = setup("stays", neo4j)
        .kpi("kinds", &counter("stays_kinds_total"), &by_kind("Stays"))
        .start();
    count_some(&mut writer, &exporter, "stays").await;
    exporter.kill();
    let file = file(&exporter);
    let kept = file.with_extension("kept");
    // Whoever runs this may read everything: a folder in the place of the file can be read by
    // nobody.
    let unreadable = || fs::create_dir(&file).unwrap();
    let of_the_future = || {
        let text = fs::read_to_string(&kept).unwrap();
        fs::write(&file, text.replacen("state 1", "state 2", 1)).unwrap();
    };
    for (in_its_place, word) in [
        (&unreadable as &dyn Fn(), "cannot read the state file"),
        (&of_the_future, "version 2"),
    ] {
        fs::rename(&file, &kept).unwrap();
        in_its_place();
        // It does not count from the start what it cannot know to be counted.
        writer.write().await;
        exporter.start_again();
        exporter.until("it fails", |metrics| {
            (metrics.errors("stays/kinds", "state") >= 3.0).then_some(())
        });
        let metrics = exporter.metrics();
        assert_eq!(metrics.own("up", "stays/kinds"), Some(0.0));
        assert!(metrics.beginning("stays_kinds").is_empty(), "{}", metrics.0);
        assert_eq!(discarded(&exporter, "stays/kinds", "damaged"), 0.0);
        for word in [word, name_of(&file)] {
            assert!(exporter.log().contains(word), "{}", exporter.log());
        }
        // It is restored without a restart, and nothing was lost.
        if file.is_dir() {
            fs::remove_dir(&file).unwrap();
        }
        fs::rename(&kept, &file).unwrap();
        count_some(&mut writer, &exporter, "stays").await;
        assert_eq!(exporter.metrics().own("up", "stays/kinds"), Some(1.0));
        exporter.kill();
    }
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_the_kpi_counts_from_the_start() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Damaged", 3);
    let mut exporter = setup("damaged", neo4j)
        .kpi(
            "kinds",
            &counter("damaged_kinds_total"),
            &by_kind("Damaged"),
        )
        .start();
    count_some(&mut writer, &exporter, "damaged").await;
    exporter.kill();
    let file = file(&exporter);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    exporter.start_again();
    count_some(&mut writer, &exporter, "damaged").await;
    assert_eq!(discarded(&exporter, "damaged/kinds", "damaged"), 1.0);
    let name = format!("{}.damaged-1", name_of(&file));
    assert!(exporter.log().contains(&name), "{}", exporter.log());
    assert_eq!(
        fs::read(file.with_file_name(name)).unwrap(),
        &bytes[..bytes.len() / 2]
    );
}

#[tokio::test]
async fn a_disk_that_refuses_makes_the_kpi_fail_and_no_number_wrong() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Disk", 4);
    let mut exporter = setup("disk", neo4j)
        .kpi("kinds", &counter("disk_kinds_total"), &by_kind("Disk"))
        .each_second("other", "RETURN 1 AS value")
        .start();
    count_some(&mut writer, &exporter, "disk").await;
    let before = writer.written.counter("disk_kinds_total");

    // Whoever runs this may write const_labels: a folder where the file is to be written holds back
    // everybody.
    let obstacle = PathBuf::from(format!("{}.new", file(&exporter).display()));
    exporter.until("no file is being written", |_| {
        fs::create_dir(&obstacle).ok()
    });
    writer.write().await;
    let refused = |least: f64| {
        exporter.until("the disk refuses", |metrics| {
            (metrics.errors("disk/kinds", "state") >= least).then_some(())
        });
    };
    refused(3.0);
    let metrics = exporter.metrics();
    assert_eq!(
        metrics.beginning("disk_kinds_total"),
        before,
        "what is not saved is not shown"
    );
    assert_eq!(metrics.own("up", "disk/kinds"), Some(0.0));
    assert!(metrics.own("window_lag_seconds", "disk/kinds").unwrap() > 0.0);
    assert_eq!(metrics.own("up", "disk/other"), Some(1.0));
    assert!(
        exporter.log().contains("cannot write the state file"),
        "{}",
        exporter.log()
    );

    fs::remove_dir(&obstacle).unwrap();
    count_some(&mut writer, &exporter, "disk").await;
    assert_eq!(exporter.metrics().own("up", "disk/kinds"), Some(1.0));

    // The same when the program does not live to see the end of it.
    exporter.until("no file is being written", |_| {
        fs::create_dir(&obstacle).ok()
    });
    let failed = exporter.metrics().errors("disk/kinds", "state");
    writer.write().await;
    exporter.until("it fails again", |metrics| {
        (metrics.errors("disk/kinds", "state") > failed).then_some(())
    });
    exporter.kill();
    fs::remove_dir(&obstacle).unwrap();
    exporter.start_again();
    count_some(&mut writer, &exporter, "disk").await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_keeps_nothing_else_from_running() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Folder", 11);
    let mut exporter = setup("folder", neo4j)
        .kpi("kinds", &counter("folder_kinds_total"), &by_kind("Folder"))
        .each_second("other", "RETURN 1 AS value")
        .bound_by_permissions()
        .start();
    count_some(&mut writer, &exporter, "folder").await;
    let folder = exporter.folder().join("state");
    let allow = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    // One that takes nothing, as on a read-only disk, and one that is somebody else's.
    for (mode, is_readable) in [(0o500, true), (0o000, false)] {
        let before = writer.written.counter("folder_kinds_total");
        exporter.kill();
        allow(mode);
        exporter.start_again();
        let shown = if is_readable {
            before.iter().map(String::as_str).collect()
        } else {
            Vec::new()
        };
        assert_eq!(
            exporter.metrics().beginning("folder_kinds_total"),
            shown,
            "at once"
        );
        writer.write().await;
        exporter.until("it fails", |metrics| {
            (metrics.errors("folder/kinds", "state") >= 3.0).then_some(())
        });
        exporter.until_value("folder_other", 1.0);
        let metrics = exporter.metrics();
        assert_eq!(
            metrics.beginning("folder_kinds_total"),
            shown,
            "what is not saved is not shown"
        );
        assert_eq!(
            ["kinds", "other"].map(|kpi| metrics.own("up", &format!("folder/{kpi}"))),
            [Some(0.0), Some(1.0)]
        );
        assert!(
            exporter.log().contains("Permission denied"),
            "{}",
            exporter.log()
        );
        allow(0o700);
        count_some(&mut writer, &exporter, "folder").await;
    }

    // One that is taken away and made again is no longer this program's.
    let moved = exporter.folder().join("moved");
    fs::rename(&folder, &moved).unwrap();
    fs::create_dir(&folder).unwrap();
    let (before, failed) = (
        writer.written.counter("folder_kinds_total"),
        exporter.metrics().errors("folder/kinds", "state"),
    );
    writer.write().await;
    exporter.until("it fails", |metrics| {
        (metrics.errors("folder/kinds", "state") > failed).then_some(())
    });
    assert_eq!(exporter.metrics().beginning("folder_kinds_total"), before);
    assert!(
        exporter.log().contains("removed or replaced"),
        "{}",
        exporter.log()
    );
    fs::remove_dir(&folder).unwrap();
    fs::rename(&moved, &folder).unwrap();
    count_some(&mut writer, &exporter, "folder").await;
}

#[tokio::test]
async fn a_graph_that_is_away_does_not_hide_what_was_counted() {
    let Some(mut neo4j) = Neo4j::start(test_support::neo4j::Options::default()) else {
        return;
    };
    let mut writer = Writer::new(&neo4j, "Away", 5);
    let mut exporter = setup("away", &neo4j)
        .kpi("kinds", &counter("away_kinds_total"), &by_kind("Away"))
        .start();
    count_some(&mut writer, &exporter, "away").await;
    let before = writer.written.counter("away_kinds_total");
    neo4j.kill();
    exporter.until("a run fails", |metrics| {
        (metrics.own("up", "away/kinds")? == 0.0).then_some(())
    });
    assert_eq!(
        exporter.metrics().beginning("away_kinds_total"),
        before,
        "totals do not grow too old"
    );
    exporter.kill();
    exporter.start_again();
    let at_once = exporter.metrics();
    assert_eq!(at_once.beginning("away_kinds_total"), before);
    // Nobody has heard of the graph's clock: ours must do.
    let lag = at_once.own("window_lag_seconds", "away/kinds").unwrap();
    assert!((0.0..300.0).contains(&lag), "{lag}");
    exporter.until("a run fails", |metrics| {
        (metrics.own("runs_total", "away/kinds")? > 0.0).then_some(())
    });
    assert_eq!(exporter.metrics().beginning("away_kinds_total"), before);

    neo4j.restart();
    count_some(&mut writer, &exporter, "away").await;
}

/// What was counted at home goes on there, and is neither lost nor mixed with what another server
/// holds.
async fn another_database(home: &Neo4j, other: &Neo4j, pack: &'static str, label: &'static str) {
    let (mut writer, mut other_writer) =
        (Writer::new(home, label, 9), Writer::new(other, label, 10));
    other_writer.write().await;
    let (kpi, name) = (format!("{pack}/kinds"), format!("{pack}_kinds_total"));
    let mut exporter = setup(pack, home)
        .kpi("kinds", &counter(&name), &by_kind(label))
        .start();
    count_some(&mut writer, &exporter, pack).await;
    let (before, file) = (writer.written.counter(&name), file(&exporter));
    let state = fs::read(&file).unwrap();
    exporter.kill();
    point(&exporter, home, other);
    exporter.start_again();
    exporter.until("it fails", |metrics| {
        (metrics.errors(&kpi, "state") >= 3.0).then_some(())
    });
    let metrics = exporter.metrics();
    assert_eq!(
        (metrics.beginning(&name), metrics.own("up", &kpi)),
        (before.iter().map(String::as_str).collect(), Some(0.0))
    );
    assert_eq!(fs::read(&file).unwrap(), state);
    for word in [
        "belong to another database",
        "delete the file",
        name_of(&file),
    ] {
        assert!(exporter.log().contains(word), "{}", exporter.log());
    }

    exporter.kill();
    point(&exporter, other, home);
    exporter.start_again();
    count_some(&mut writer, &exporter, pack).await;

    // Without the file the other one is counted, also by a program that is running already.
    exporter.kill();
    point(&exporter, home, other);
    exporter.start_again();
    exporter.until("it fails", |metrics| {
        (metrics.errors(&kpi, "state") >= 1.0).then_some(())
    });
    fs::remove_file(&file).unwrap();
    count_some(&mut other_writer, &exporter, pack).await;
    assert_eq!(exporter.metrics().own("up", &kpi), Some(1.0));
}

/// Another address in the settings, and the login that goes with it.
fn point(exporter: &Exporter, from: &Neo4j, to: &Neo4j) {
    let settings = exporter.folder().join("config.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(settings, text.replace(from.uri(), to.uri())).unwrap();
}

#[tokio::test]
async fn totals_of_one_database_are_not_those_of_another() {
    let Some(home) = &shared() else { return };
    // None of them asks for a password.
    let Some(other) = &newest() else { return };
    another_database(home, other, "home", "Home").await;
    another_database(other, home, "newer", "Newer").await;
}

#[tokio::test]
async fn a_renamed_kpi_or_graph_goes_on_when_its_file_is_renamed_too() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Renamed", 12);
    let mut exporter = setup("renamed", neo4j)
        .kpi(
            "kinds",
            &counter("renamed_kinds_total"),
            &by_kind("Renamed"),
        )
        .start();
    count_some(&mut writer, &exporter, "renamed").await;
    assert!(
        !exporter.log().contains("orphaned state files"),
        "{}",
        exporter.log()
    );
    let state = file(&exporter);
    let settings = exporter.folder().join("config.toml");
    let rename = |from: &str, to: &str| {
        let text = fs::read_to_string(&settings).unwrap();
        fs::write(&settings, text.replace(from, to)).unwrap();
    };

    // A file with a mistake takes its KPI away, but not for long.
    exporter.kill();
    fs::write(
        exporter.folder().join("queries/renamed/other.cypher"),
        format!(
            "// Other.\n/*kpi\n{}\n*/\n{}",
            counter("renamed_other_total"),
            by_kind("Renamed")
        ),
    )
    .unwrap();
    rewrite(&exporter, "renamed", "every =", "evry =");
    exporter.start_again();
    assert!(
        !exporter.log().contains("orphaned state files"),
        "{}",
        exporter.log()
    );
    rewrite(&exporter, "renamed", "evry =", "every =");

    exporter.kill();
    rename("[graph]", "[graphs.g]");
    exporter.start_again();
    let log = exporter.log();
    let told = log
        .lines()
        .find(|line| line.contains("orphaned state files"))
        .unwrap_or_else(|| panic!("{log}"));
    assert!(
        told.contains(name_of(&state)) && told.contains("of renamed/kinds on the graph default"),
        "{told}"
    );
    let to = told
        .split_once(&format!("{} of", name_of(&state)))
        .unwrap()
        .1
        .split_once("rename it to ")
        .unwrap()
        .1;
    let to = exporter.folder().join(to.split([';', ' ']).next().unwrap());

    // As it says; the old events are gone, so that only the old totals can know of them.
    exporter.kill();
    neo4j.write("MATCH (e:Renamed) DELETE e").await;
    fs::rename(&state, to).unwrap();
    exporter.start_again();
    count_some(&mut writer, &exporter, "renamed").await;
}

#[tokio::test]
async fn a_folder_is_for_one_exporter() {
    let Some(neo4j) = &shared() else { return };
    let first = setup("first", neo4j)
        .kpi("kinds", &counter("first_kinds_total"), &by_kind("First"))
        .start();
    let folder = first.folder().join("state");
    let second =
        |setup: Setup| setup.variable("CYPHER_EXPORTER__STATE__PATH", folder.to_str().unwrap());
    let mut refused = second(Setup::on("second", neo4j))
        .kpi("kinds", &counter("second_kinds_total"), &by_kind("Second"))
        .launch();
    assert_eq!(refused.exit_code(), 1);
    for word in [
        "another exporter",
        "`[state] path`",
        folder.to_str().unwrap(),
    ] {
        assert!(refused.log().contains(word), "{}", refused.log());
    }
    // What is no folder is none either.
    let file = first.folder().join("config.toml");
    let mut no_folder = Setup::on("fourth", neo4j)
        .variable("CYPHER_EXPORTER__STATE__PATH", file.to_str().unwrap())
        .kpi("kinds", &counter("fourth_kinds_total"), &by_kind("Fourth"))
        .launch();
    assert_eq!(no_folder.exit_code(), 1);
    assert!(
        no_folder.log().contains("cannot use the state folder"),
        "{}",
        no_folder.log()
    );
    // One that counts nothing has no use for the folder.
    second(Setup::on("third", neo4j))
        .kpi("one", "", "RETURN 1 AS value")
        .start();
    first.until_ready(true);
}

#[tokio::test]
async fn without_a_state_a_restart_counts_again_from_the_start() {
    let Some(neo4j) = &shared() else { return };
    let mut writer = Writer::new(neo4j, "Memory", 6);
    let now = format!("{}\nstart = \"now\"", counter("memory_now_total"));
    let mut exporter = Setup::on("memory", neo4j)
        .kpi("kinds", &counter("memory_kinds_total"), &by_kind("Memory"))
        .kpi("now", &now, &by_kind("Memory"))
        .start();
    exporter.until("both have begun", |metrics| {
        metrics.own("last_success_timestamp_seconds", "memory/now")
    });
    count_some(&mut writer, &exporter, "memory").await;
    until_lines(
        &exporter,
        "memory/now",
        "memory_now_total",
        &writer.written.counter("memory_now_total"),
    );
    exporter.kill();
    exporter.start_again();
    count_some(&mut writer, &exporter, "memory").await;
    // All of these are older than this start, but for those of the last seconds.
    let counted = |line: &str| line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap();
    let metrics = exporter.metrics();
    let now: f64 = metrics
        .beginning("memory_now_total")
        .into_iter()
        .map(counted)
        .sum();
    let all: f64 = metrics
        .beginning("memory_kinds_total")
        .into_iter()
        .map(counted)
        .sum();
    assert!(now < all, "{now} of {all}");
}

#[tokio::test]
async fn a_count_that_starts_now_goes_on_after_a_kill_without_having_counted_anything() {
    let Some(neo4j) = &shared() else { return };
    neo4j
        .write("CREATE (:Later {timestamp: datetime() - duration('PT1H'), kind: 'old', outcome: 'old', size: 1})")
        .await;
    let mut writer = Writer::new(neo4j, "Later", 7);
    let header = format!("{}\nstart = \"now\"", counter("later_kinds_total"));
    let mut exporter = setup("later", neo4j)
        .kpi("kinds", &header, &by_kind("Later"))
        .start();
    exporter.until("it has begun", |metrics| {
        metrics.own("last_success_timestamp_seconds", "later/kinds")
    });
    exporter.kill();
    writer.write().await;
    exporter.start_again();
    count_some(&mut writer, &exporter, "later").await;
}
