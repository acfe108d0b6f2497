//! Finds circles: files of one folder, or folders beside them, that use each other, directly or
//! through others.
//!
//! The `mod.rs` of a folder is its face: what it declares and re-exports is no arrow. A name that
//! it re-exports counts as a use of the file that defines the name.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, module};

/// For each folder, by module path, who in it uses whom.
type Arrows = BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>>;

/// One line for each circle in these files of one crate, each file as its path below the crate's
/// source folder and its text.
pub(crate) fn circles(files: &[(String, String)]) -> Vec<String> {
    let with_folders = |path: &str| {
        (1..=module(path).len())
            .map(|depth| module(path)[..depth].to_vec())
            .collect::<Vec<_>>()
    };
    let modules: BTreeSet<_> = files
        .iter()
        .flat_map(|(path, _)| with_folders(path))
        .collect();
    let faces: BTreeMap<_, _> = files
        .iter()
        .filter(|(path, _)| path.ends_with("mod.rs") || path == "lib.rs")
        .map(|(path, text)| (module(path), re_exports(&Source::new(path, text))))
        .collect();
    let mut arrows = Arrows::new();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| !is_face(path) && !is_test(path))
    {
        let own = module(path);
        let text = text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        for used in Source::new(path, text).absolute(&own, &modules) {
            for level in 0..own.len() {
                let (folder, node) = (&own[..level], &own[level]);
                if used.len() <= level || used[..level] != *folder {
                    break;
                }
                let name = &used[level];
                let is_module = modules.contains(&[folder, std::slice::from_ref(name)].concat());
                let defined_in = faces.get(folder).and_then(|names| names.get(name));
                let target = if is_module { Some(name) } else { defined_in };
                if let Some(target) = target.filter(|target| *target != node) {
                    let folder = arrows.entry(folder.to_vec()).or_default();
                    folder
                        .entry(node.clone())
                        .or_default()
                        .insert(target.clone());
                }
                if name != node || !is_module {
                    break;
                }
            }
        }
    }
    arrows
        .iter()
        .flat_map(|(folder, arrows)| in_folder(folder, arrows))
        .collect()
}

fn is_face(path: &str) -> bool {
    path.ends_with("mod.rs") || ["lib.rs", "main.rs"].contains(&path)
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/") || path.starts_with("tests/")
}

/// The names that a `mod.rs` re-exports, each with the child that has it.
fn re_exports(face: &Source) -> BTreeMap<String, String> {
    let from_child = face
        .uses()
        .filter(|path| path.len() == 2)
        .map(|path| (path[1].clone(), path[0].clone()));
    from_child.collect()
}

fn in_folder(folder: &[String], arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let reaches = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<_> = arrows.get(from).into_iter().flatten().collect();
        while let Some(name) = next.pop() {
            if seen.insert(name.clone()) {
                next.extend(arrows.get(name).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<_, _> = arrows.keys().map(|name| (name, reaches(name))).collect();
    let mut groups = BTreeSet::new();
    for (name, seen) in reached.iter().filter(|(name, seen)| seen.contains(**name)) {
        let group: Vec<_> = seen
            .iter()
            .filter(|other| reached.get(other).is_some_and(|back| back.contains(*name)))
            .cloned()
            .collect();
        groups.insert(group.join(", "));
    }
    let folder = if folder.is_empty() {
        "the source folder".to_owned()
    } else {
        folder.join("/")
    };
    groups
        .into_iter()
        .map(|group| format!("in {folder} these use each other: {group}"))
        .collect()
}
