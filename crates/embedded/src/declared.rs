//! Declares property keys before a statement uses them.
//!
//! The engine rejects a key that no node of the label has, in `MATCH (:Call {kind: 'skill'})` as in
//! `CREATE (:Call {kind: 'skill'})`, where Neo4j finds nothing or creates the property. A declared
//! key may be absent.

use kglite::api::DirGraph;

use super::statement::Statement;

/// Declares every map key of the statement for each of its labels: superfluous declarations are
/// harmless.
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
