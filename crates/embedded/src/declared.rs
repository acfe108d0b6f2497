//! Property keys are declared before a statement names them.
//!
//! The engine takes a key that no node of the label has yet for a mistake, in `MATCH (:Call {kind: 'skill'})` as in
//! `CREATE (:Call {kind: 'skill'})`. Neo4j finds nothing, or makes the property. A key that is declared may be absent.

use kglite::api::DirGraph;

use super::statement::Statement;

/// Declares every key of the statement's maps for every label that it names: too many do no harm.
pub(super) fn declare(graph: &mut DirGraph, statement: &Statement) {
    let keys = statement.keys();
    if keys.is_empty() {
        return;
    }
    let schemas = &mut graph.schema_definition.get_or_insert_default().node_schemas;
    for label in statement.labels() {
        let known = &mut schemas.entry(label).or_default().optional_fields;
        for key in &keys {
            if !known.contains(key) {
                known.push(key.clone());
            }
        }
    }
}
