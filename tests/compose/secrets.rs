//! The passwords that `scripts/make-secrets` makes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::repository;

/// A clone of which the script is all.
fn clone() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("scripts")).unwrap();
    fs::copy(
        repository("scripts/make-secrets"),
        folder.path().join("scripts/make-secrets"),
    )
    .unwrap();
    folder
}

/// Runs the script: the files that are there then, and their texts.
fn made_in(clone: &Path) -> BTreeMap<String, String> {
    let output = Command::new("bash")
        .arg("scripts/make-secrets")
        .current_dir(clone)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let entries = fs::read_dir(clone.join("secrets"))
        .unwrap()
        .map(|entry| entry.unwrap());
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    entries
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                text(&entry.path()),
            )
        })
        .collect()
}

/// The paths of the files that the script makes.
pub(crate) fn made() -> Vec<String> {
    made_in(clone().path())
        .into_keys()
        .map(|name| format!("secrets/{name}"))
        .collect()
}

#[test]
fn each_clone_has_passwords_of_its_own() {
    let (one, other) = (clone(), clone());
    let (first, second) = (made_in(one.path()), made_in(other.path()));
    for (name, text) in first.iter().filter(|(name, _)| *name != "chat_webhook_url") {
        assert_ne!(*text, second[name], "{name}");
        let password = text.strip_prefix("neo4j/").unwrap_or(text);
        assert!(
            password.len() >= 32 && password.bytes().all(|b| b.is_ascii_alphanumeric()),
            "{name} is {password:?}"
        );
    }
    // Neo4j and the exporter mean the same one.
    assert_eq!(
        first["neo4j_auth"],
        format!("neo4j/{}", first["neo4j_password"])
    );
    assert_eq!(first["chat_webhook_url"], "");
}

#[test]
fn what_is_there_stays() {
    let clone = clone();
    let mut before = made_in(clone.path());
    fs::write(
        clone.path().join("secrets/chat_webhook_url"),
        "https://chat.example.org/x",
    )
    .unwrap();
    before.insert(
        "chat_webhook_url".to_owned(),
        "https://chat.example.org/x".to_owned(),
    );
    assert_eq!(made_in(clone.path()), before);
    // The other half of a login that was lost is that of the half which is there.
    fs::remove_file(clone.path().join("secrets/neo4j_auth")).unwrap();
    assert_eq!(made_in(clone.path()), before);
}

/// A mounted file keeps its owner and its mode, and in the containers nobody is root.
#[test]
fn containers_can_read_them_and_other_users_of_the_machine_cannot() {
    let clone = clone();
    let mode = |path: &str| {
        fs::metadata(clone.path().join(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    let names = made_in(clone.path()).into_keys();
    assert_eq!(mode("secrets"), 0o700);
    for name in names {
        assert_eq!(mode(&format!("secrets/{name}")), 0o644, "{name}");
    }
}

#[test]
fn they_go_into_no_commit_and_no_image() {
    let lines = |path| {
        fs::read_to_string(repository(path))
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert!(lines(".gitignore").contains(&"/secrets".to_owned()));
    // Everything is left out but what is named.
    let named = lines(".dockerignore");
    assert!(named.contains(&"*".to_owned()));
    assert_eq!(
        named
            .iter()
            .find(|line| line.contains("secret") && line.starts_with('!')),
        None
    );
}
