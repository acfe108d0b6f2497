//! A saved state is restored exactly, and nothing else is.

use std::fs;

use tempfile::TempDir;

use super::record::{self, Fault};
use super::*;
use crate::kpi;
use crate::measure::Rows;
use cypher::Value;

const HISTOGRAM: &str = "name = \"p_seconds\"\ntype = \"histogram\"\nbuckets = [0.5, 1]";

fn window(path: &str, header: &str) -> Arc<Kpi> {
    let query = "MATCH (e) WHERE e.t > $since AND e.t <= $until RETURN e.a AS a, e.v AS value";
    kpi::one(
        path,
        &format!("// Help.\n/*kpi\nmode = \"window\"\n{header}\n*/\n{query}"),
    )
}

fn encode(saved: &Saved, kpi: &Kpi, graph: &str) -> Vec<u8> {
    record::encode(saved, kpi, kpi.definition(), graph)
}

fn decode(bytes: &[u8], kpi: &Kpi) -> Result<Saved, Fault> {
    record::decode(bytes, kpi, kpi.definition())
}

fn counter() -> Arc<Kpi> {
    window(
        "queries/p/calls.cypher",
        "name = \"p_total\"\ntype = \"counter\"",
    )
}

fn counted(kpi: &Kpi, rows: &[(&str, f64)]) -> Totals {
    let totals = Totals::default();
    let mut taken = Rows::of_window(kpi, &totals);
    for (label, value) in rows {
        assert!(
            taken
                .row(&vec![
                    Value::String((*label).to_owned()),
                    Value::Float(*value)
                ])
                .is_continue()
        );
    }
    Totals::after(&taken.finish().unwrap())
}

fn saved(kpi: &Kpi, rows: &[(&str, f64)]) -> Saved {
    Saved {
        cursor: UnixMillis(1_795_252_087_006),
        totals: counted(kpi, rows),
        database: Some("5F3A".into()),
    }
}

fn graph() -> Arc<str> {
    "default".into()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_format_on_disk() {
    let kpi = counter();
    let bytes = encode(
        &saved(&kpi, &[("x", 0.1), ("x", 0.2), ("a \"b\"\n", 3.0)]),
        &kpi,
        "default",
    );
    insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"
    cypher-exporter state 1 crc32 4ebf1378
    {"kpi":"p/calls","graph":"default","cursor":1795252087006,"counted_until":"2026-11-21T09:08:07.006Z","counted_in":"5F3A","definition":{"database":"","metrics":"counter p_total{a=a} value","parameters":"{}","query":"MATCH ( e ) WHERE e . t > $since AND e . t <= $until RETURN e . a AS a , e . v AS value","time":"datetime"},"metrics":[{"counter":[[["a \"b\"\n"],"3.0"],[["x"],"0.30000000000000004"]]}]}
    "#);
}

#[test]
fn every_total_is_restored_to_the_last_bit() {
    let histogram = window("queries/p/calls.cypher", HISTOGRAM);
    let unknown = Saved {
        database: None,
        ..saved(&histogram, &[("x", 0.1)])
    };
    assert_eq!(
        decode(&encode(&unknown, &histogram, "g"), &histogram),
        Ok(unknown)
    );
    for kpi in [counter(), histogram] {
        for rows in [
            &[][..],
            &[("", 0.0)],
            &[
                ("x", 0.1),
                ("x", 0.2),
                ("y", 1e300),
                ("z", f64::MIN_POSITIVE),
                ("é\u{0}\\\"", 9_007_199_254_740_991.0),
            ],
            &[("inf", f64::INFINITY), ("x", 2.0)],
        ] {
            let saved = saved(&kpi, rows);
            assert_eq!(
                decode(&encode(&saved, &kpi, "g"), &kpi),
                Ok(saved),
                "{rows:?}"
            );
        }
    }
}

#[test]
fn a_truncated_file_and_any_flipped_bit_are_damage() {
    let kpi = window("queries/p/calls.cypher", HISTOGRAM);
    let bytes = encode(&saved(&kpi, &[("x", 0.1)]), &kpi, "default");
    let refused = |bytes: &[u8], what: &str| {
        let answer = decode(bytes, &kpi);
        // A flipped bit can make another version number.
        assert!(
            matches!(answer, Err(Fault::Damaged(_) | Fault::Version(_))),
            "{what}: {answer:?}"
        );
    };
    for len in 0..bytes.len() {
        refused(&bytes[..len], &format!("{len} bytes"));
    }
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            refused(&flipped, &format!("bit {bit} of byte {at}"));
        }
    }
    refused(&[bytes.clone(), b" ".to_vec()].concat(), "a byte more");
}

/// The file with these words replaced and a valid checksum.
fn as_written(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(text.contains(from), "{from}");
    let text = text.replace(from, to);
    let (line, body) = text.split_once('\n').unwrap();
    let (head, _) = line.rsplit_once(' ').unwrap();
    format!("{head} {:08x}\n{body}", crc32fast::hash(body.as_bytes())).into_bytes()
}

#[test]
fn invalid_contents_are_reported() {
    let kpi = counter();
    let bytes = encode(&saved(&kpi, &[("x", 1.0)]), &kpi, "default");
    for (from, to, cause) in [
        ("state 1", "state one", "invalid version"),
        ("\"1.0\"", "\"-1.0\"", "negative total"),
        ("[\"x\"]", "[\"x\",\"y\"]", "unexpected number of labels"),
        (
            "[[[\"x\"],\"1.0\"]]",
            "[[[\"x\"],\"1.0\"],[[\"x\"],\"1.0\"]]",
            "label sets are not sorted",
        ),
        (
            "{\"counter\":[[[\"x\"],\"1.0\"]]}",
            "",
            "unexpected number of metrics",
        ),
        (
            "\"counter\"",
            "\"histogram\"",
            "invalid type: string \"1.0\", expected a sequence at line 1 column ",
        ),
        (
            "\"cursor\"",
            "\"pointer\"",
            "unknown field `pointer`, expected one of ",
        ),
    ] {
        let Err(Fault::Damaged(found)) = decode(&as_written(&bytes, from, to), &kpi) else {
            panic!("{to} is accepted");
        };
        assert!(found.starts_with(cause), "{found}");
    }
}

#[test]
fn the_state_of_a_changed_kpi_is_not_restored() {
    let before = counter();
    let bytes = encode(&saved(&before, &[("x", 1.0)]), &before, "default");
    let after = window(
        "queries/p/calls.cypher",
        "name = \"p_total\"\ntype = \"counter\"\ntime = \"iso\"",
    );
    assert_eq!(
        decode(&bytes, &after),
        Err(Fault::Changed(vec!["time".to_owned()]))
    );
    let header = "name = \"p_total\"\ntype = \"counter\"\nlag = \"1h\"\n[panel]\ntitle = \"Calls\"";
    assert!(decode(&bytes, &window("queries/p/calls.cypher", header)).is_ok());
}

#[test]
fn a_file_is_replaced_atomically() {
    let (folder, kpi) = (folder(), counter());
    let state = State::open(folder.path()).unwrap();
    let file = state.file(&kpi, &graph());
    assert_eq!(file.load(), Ok(Found::Nothing));
    for rows in [&[("x", 1.0)][..], &[("x", 2.0), ("y", 1.0)]] {
        file.save(&saved(&kpi, rows)).unwrap();
        assert_eq!(file.load(), Ok(Found::Saved(saved(&kpi, rows))));
    }
    assert_eq!(names(folder.path()), ["p.calls@default-452581cf.state"]);

    // A process that was killed during a write leaves this and the previous state.
    fs::write(
        folder.path().join("p.calls@default-452581cf.state.new"),
        "cypher-exporter st",
    )
    .unwrap();
    assert_eq!(
        file.load(),
        Ok(Found::Saved(saved(&kpi, &[("x", 2.0), ("y", 1.0)])))
    );
    file.save(&saved(&kpi, &[("x", 3.0)])).unwrap();
    assert_eq!(file.load(), Ok(Found::Saved(saved(&kpi, &[("x", 3.0)]))));
}

#[test]
fn a_failed_write_leaves_the_old_state() {
    let (folder, kpi) = (folder(), counter());
    let file = State::open(folder.path()).unwrap().file(&kpi, &graph());
    file.save(&saved(&kpi, &[("x", 1.0)])).unwrap();
    // A folder blocks the new file; permissions would not stop root.
    let new = folder.path().join("p.calls@default-452581cf.state.new");
    fs::create_dir(&new).unwrap();
    let error = file
        .save(&saved(&kpi, &[("x", 2.0)]))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("p.calls@default") && error.contains("directory"),
        "{error}"
    );
    assert_eq!(file.load(), Ok(Found::Saved(saved(&kpi, &[("x", 1.0)]))));
    fs::remove_dir(&new).unwrap();
    // A full disk creates the file and refuses its contents.
    std::os::unix::fs::symlink("/dev/full", &new).unwrap();
    let error = file
        .save(&saved(&kpi, &[("x", 2.0)]))
        .unwrap_err()
        .to_string();
    assert!(error.contains("No space left"), "{error}");
    assert_eq!(file.load(), Ok(Found::Saved(saved(&kpi, &[("x", 1.0)]))));
    assert!(!new.exists(), "the partial file is deleted");
    file.save(&saved(&kpi, &[("x", 2.0)])).unwrap();
}

#[test]
fn a_file_that_cannot_be_restored_is_renamed() {
    let (folder, kpi) = (folder(), counter());
    let file = State::open(folder.path()).unwrap().file(&kpi, &graph());
    let with_suffix = |suffix: &str| PathBuf::from(format!("{}{suffix}", file.path().display()));
    for number in 1..=2 {
        fs::write(file.path(), "not a state").unwrap();
        let renamed_to = with_suffix(&format!(".damaged-{number}"));
        let cause = "no first line".to_owned();
        assert_eq!(
            file.load(),
            Ok(Found::Damaged {
                cause,
                renamed_to: renamed_to.clone()
            })
        );
        assert_eq!(fs::read_to_string(renamed_to).unwrap(), "not a state");
        assert_eq!(file.load(), Ok(Found::Nothing));
    }

    // The totals from before the change can be restored by hand.
    let before = window(
        "queries/p/calls.cypher",
        "name = \"p_total\"\ntype = \"counter\"\ntime = \"iso\"",
    );
    let older = State::open(&folder.path().join("older"))
        .unwrap()
        .file(&before, &graph());
    older.save(&saved(&before, &[("x", 1.0)])).unwrap();
    fs::rename(older.path(), file.path()).unwrap();
    let renamed_to = with_suffix(".changed-1");
    assert_eq!(
        file.load(),
        Ok(Found::Changed {
            parts: vec!["time".to_owned()],
            renamed_to: renamed_to.clone()
        })
    );
    assert_eq!(file.load(), Ok(Found::Nothing));
    fs::rename(renamed_to, older.path()).unwrap();
    assert_eq!(
        older.load(),
        Ok(Found::Saved(saved(&before, &[("x", 1.0)])))
    );
}

#[test]
fn a_file_that_cannot_be_read_is_kept() {
    let (folder, kpi) = (folder(), counter());
    let file = State::open(folder.path()).unwrap().file(&kpi, &graph());
    // A folder cannot be read as a file; permissions would not stop root.
    fs::create_dir(file.path()).unwrap();
    let error = file.load().unwrap_err();
    assert!(
        matches!(&error, StateError::Read { path, .. } if path == file.path()),
        "{error:?}"
    );
    assert!(error.to_string().contains("Is a directory"), "{error}");
    fs::remove_dir(file.path()).unwrap();

    file.save(&saved(&kpi, &[("x", 1.0)])).unwrap();
    let other = as_written(&fs::read(file.path()).unwrap(), "state 1", "state 2");
    fs::write(file.path(), &other).unwrap();
    let error = file.load().unwrap_err();
    assert_eq!(
        error,
        StateError::Version {
            path: file.path().to_owned(),
            version: 2
        }
    );
    for words in [
        file.path().to_str().unwrap(),
        "found version 2",
        "expected version 1",
        "or delete the file",
    ] {
        assert!(error.to_string().contains(words), "{error}");
    }
    assert_eq!(fs::read(file.path()).unwrap(), other);
    assert_eq!(names(folder.path()), ["p.calls@default-452581cf.state"]);
}

#[test]
fn a_folder_belongs_to_one_exporter() {
    let folder = folder();
    let path = folder.path().join("state/of/this");
    let first = State::open(&path).unwrap();
    let second = State::open(&path).unwrap_err();
    assert_eq!(second, StateError::Taken(path.clone()));
    assert!(second.to_string().contains("another exporter"), "{second}");
    drop(first);
    State::open(&path).unwrap();

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = State::open(&path).unwrap_err();
        assert!(error.to_string().contains("`[state] path`"), "{error}");
    }
}

#[test]
fn a_replaced_folder_is_refused() {
    let (outer, kpi) = (folder(), counter());
    let (path, moved) = (outer.path().join("state"), outer.path().join("moved"));
    let file = State::open(&path).unwrap().file(&kpi, &graph());
    file.save(&saved(&kpi, &[("x", 1.0)])).unwrap();
    fs::rename(&path, &moved).unwrap();
    let replaced = || StateError::Replaced(path.clone());
    assert_eq!(
        (file.load(), file.save(&saved(&kpi, &[]))),
        (Err(replaced()), Err(replaced()))
    );
    // Another exporter may use the new one.
    let other = State::open(&path).unwrap().file(&kpi, &graph());
    assert_eq!(
        (file.load(), file.save(&saved(&kpi, &[]))),
        (Err(replaced()), Err(replaced()))
    );
    assert_eq!(
        (other.load(), names(&path)),
        (Ok(Found::Nothing), Vec::<String>::new())
    );
    drop(other);

    fs::remove_dir(&path).unwrap();
    fs::rename(&moved, &path).unwrap();
    assert_eq!(file.load(), Ok(Found::Saved(saved(&kpi, &[("x", 1.0)]))));
    file.save(&saved(&kpi, &[("x", 2.0)])).unwrap();
}

#[test]
fn an_orphan_is_found_with_its_possible_new_names() {
    let folder = folder();
    let state = State::open(folder.path()).unwrap();
    let header = "name = \"p_total\"\ntype = \"counter\"";
    let [calls, renamed] =
        ["calls", "renamed"].map(|stem| window(&format!("queries/p/{stem}.cypher"), header));
    let sizes = window("queries/p/sizes.cypher", HISTOGRAM);
    let (before, other) = (state.file(&calls, &graph()), state.file(&sizes, &graph()));
    before.save(&saved(&calls, &[("x", 1.0)])).unwrap();
    other.save(&saved(&sizes, &[("x", 1.0)])).unwrap();
    let broken = folder.path().join("z.state");
    for beside in [
        &broken,
        &folder
            .path()
            .join("p.calls@default-452581cf.state.damaged-1"),
    ] {
        fs::write(beside, "not a state").unwrap();
    }
    let counted_for = |kpi: &str| Some((kpi.to_owned(), "default".to_owned()));
    let orphans = |owners: &[StateFile]| state.orphans(owners);
    let last = Orphan {
        path: broken,
        counted_for: None,
        rename_to: Vec::new(),
    };
    let gone = Orphan {
        path: other.path().to_owned(),
        counted_for: counted_for("p/sizes"),
        rename_to: Vec::new(),
    };
    let owners = [
        state.file(&renamed, &graph()),
        state.file(&calls, &"east".into()),
    ];
    let rename_to = owners.iter().map(|owner| owner.path().to_owned()).collect();
    let moved = Orphan {
        path: before.path().to_owned(),
        counted_for: counted_for("p/calls"),
        rename_to,
    };
    assert_eq!(orphans(&owners), [moved, gone, last.clone()]);
    assert_eq!(
        orphans(&[state.file(&calls, &graph()), state.file(&sizes, &graph())]),
        [last]
    );

    fs::rename(before.path(), owners[0].path()).unwrap();
    assert_eq!(
        owners[0].load(),
        Ok(Found::Saved(saved(&renamed, &[("x", 1.0)])))
    );
}

#[test]
fn files_have_readable_and_unique_names() {
    let (folder, longest) = (folder(), "ß".repeat(100));
    let state = State::open(folder.path()).unwrap();
    let ids = [
        "p/a_b",
        "p/a b",
        "p/A_b",
        "p.a/b",
        "p/é",
        "p/è",
        &format!("p/{longest}1"),
        &format!("p/{longest}2"),
    ];
    for id in ids {
        let kpi = window(
            &format!("queries/{id}.cypher"),
            "name = \"p_total\"\ntype = \"counter\"",
        );
        for graph in ["east", "west"] {
            state
                .file(&kpi, &graph.into())
                .save(&saved(&kpi, &[]))
                .unwrap();
        }
    }
    let names = names(folder.path());
    assert_eq!(names.len(), 2 * ids.len());
    assert!(
        names
            .iter()
            .all(|name| name.len() <= 200 && name.is_ascii()),
        "{names:?}"
    );
}
