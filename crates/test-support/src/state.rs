//! The files in which the exporter keeps its totals.

use std::fs;
use std::path::Path;

/// Moves the cursor of the KPI `pack.name` by some seconds, as if the graph's clock had been set by
/// as many the other way.
pub fn move_cursor(folder: &Path, kpi: &str, seconds: i64) {
    let mut files = fs::read_dir(folder.join("state"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let file = files
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(&format!("{kpi}@"))
        })
        .unwrap();
    let text = fs::read_to_string(&file).unwrap();
    let (_, body) = text.split_once('\n').unwrap();
    let (before, rest) = body.split_once("\"cursor\":").unwrap();
    let (cursor, after) = rest.split_once(',').unwrap();
    let body = format!(
        "{before}\"cursor\":{},{after}",
        cursor.parse::<i64>().unwrap() + seconds * 1000
    );
    fs::write(
        file,
        format!(
            "cypher-exporter state 1 crc32 {:08x}\n{body}",
            crc32fast::hash(body.as_bytes())
        ),
    )
    .unwrap();
}
