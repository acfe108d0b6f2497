//! Procedures and functions that do more than read: they write, run Cypher that cannot be scanned,
//! read files, call other services, or end the work of other clients.

use super::clauses::Refusal;
use super::token::Token;

/// Why a KPI must not call them, and their names. An entry that ends with a dot is a whole
/// namespace.
const REFUSED: &[(&str, &str)] = &[
    (WRITES, WRITING),
    (ADMINISTERS, ADMINISTERING),
    (ENDS, ENDING),
    (RUNS, RUNNING),
    (CALLS_OUT, CALLING_OUT),
];

const WRITING: &str = "
    db.create. db.createindex db.createlabel db.createnodekey db.createproperty db.createrelationshiptype
    db.createuniquepropertyconstraint db.index.explicit. db.index.fulltext.createnodeindex
    db.index.fulltext.createrelationshipindex db.index.fulltext.drop db.index.vector.create
    db.index.vector.createnodeindex db.index.vector.createrelationshipindex apoc.atomic. apoc.convert.setjsonproperty
    apoc.create. apoc.example. apoc.generate. apoc.graph. apoc.index. apoc.merge. apoc.nodes.delete apoc.nodes.link
    apoc.refactor. apoc.schema.assert apoc.ttl. apoc.uuid. apoc.vectordb. n10s. spatial.
";

const ADMINISTERING: &str = "
    db.checkpoint db.clearquerycaches db.prepareforreplanning db.resampleindex db.resampleoutdatedindexes db.stats.clear
    db.stats.collect db.stats.stop dbms.clearquerycaches dbms.cluster. dbms.cypher. dbms.quarantinedatabase
    dbms.recreatedatabase dbms.security. dbms.setconfigvalue dbms.setdatabaseallocator dbms.setdefaultallocationnumbers
    dbms.setdefaultdatabase dbms.unquarantinedatabase dbms.upgrade tx.setmetadata apoc.custom. apoc.dv. apoc.log.
    apoc.static.set apoc.systemdb. apoc.trigger. gds.backup gds.config. gds.features. gds.graph. gds.license. gds.model.
    gds.pipeline. gds.restore
";

const ENDING: &str = "
    dbms.killconnection dbms.killconnections dbms.killqueries dbms.killquery dbms.killtransaction dbms.killtransactions
    apoc.lock. apoc.terminate.
";

const RUNNING: &str = "
    apoc.algo.pagerankwithcypher apoc.case apoc.cypher. apoc.do. apoc.periodic. apoc.when
";

const CALLING_OUT: &str = "
    ai. apoc.bolt. apoc.couchbase. apoc.diff.graphs apoc.es. apoc.export. apoc.gephi. apoc.hdfs. apoc.import. apoc.kafka. apoc.load.
    apoc.metrics. apoc.ml. apoc.model. apoc.mongo. apoc.mongodb. apoc.nlp. apoc.redis. apoc.spatial.geocode
    apoc.spatial.geocodeonce apoc.spatial.reversegeocode apoc.xml.import genai. gds.aura. gds.arrow. gds.session.
    streams.
";

const WRITES: &str = "writes to the graph";
const ADMINISTERS: &str = "changes the state of the server";
const ENDS: &str = "ends or blocks the work of other clients";
const RUNS: &str = "runs Cypher that cannot be checked";
const CALLS_OUT: &str = "reads or writes files or calls other services";

/// Read-only names in namespaces that are rejected.
const READING: &str = "
    apoc.create.clonepathtovirtual apoc.create.clonepathstovirtual apoc.create.uuid apoc.create.uuidbase64
    apoc.create.uuidbase64tohex apoc.create.uuidhextobase64 apoc.create.uuids apoc.create.virtual.
    apoc.create.virtualpath apoc.create.vnode apoc.create.vnodes apoc.create.vpattern apoc.create.vpatternfull
    apoc.create.vrelationship apoc.custom.list apoc.custom.show apoc.dv.catalog.list apoc.dv.catalog.show
    apoc.graph.from apoc.graph.fromdata apoc.graph.fromdb apoc.graph.frompath apoc.graph.frompaths
    apoc.graph.validatedocument apoc.periodic.list apoc.systemdb.graph apoc.trigger.list apoc.trigger.show
    apoc.uuid.list apoc.uuid.show dbms.cluster.overview dbms.cluster.protocols dbms.cluster.role dbms.cluster.routing.
    dbms.cluster.statuscheck dbms.security.listroles dbms.security.listrolesforuser dbms.security.listusers
    dbms.security.listusersforrole dbms.security.showcurrentuser genai.vector.listencodingproviders
    gds.config.defaults.list gds.config.limits.list gds.graph.exists gds.graph.list gds.graph.nodeproperties.stream
    gds.graph.nodeproperty.stream gds.graph.relationshipproperties.stream gds.graph.relationshipproperty.stream
    gds.graph.relationships.stream gds.graph.streamnodeproperties gds.graph.streamnodeproperty
    gds.graph.streamrelationshipproperties gds.graph.streamrelationshipproperty gds.license.state gds.model.exists
    gds.model.list gds.pipeline.exists gds.pipeline.list n10s.graphconfig.show n10s.inference. n10s.mapping.list
    n10s.nsprefixes.list n10s.rdf.getivalue n10s.validation.listshapes n10s.validation.validate spatial.bbox
    spatial.closest spatial.getfeaturecount spatial.intersects spatial.layer spatial.layers spatial.layertypes
    spatial.procedures spatial.withindistance
";

/// Every call that is not allowed.
pub(super) fn refusals(tokens: &[Token<'_>]) -> Vec<Refusal> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let after = name_end(tokens, index);
        if after > index && is_call(tokens, index, after) {
            let name: Vec<&str> = tokens[index..after]
                .iter()
                .step_by(2)
                .map(|token| token.text.as_ref())
                .collect();
            found.extend(refusal(index, &name.join(".")));
        }
        index = after.max(index + 1);
    }
    found
}

/// The end of the dotted name that begins at `index`.
fn name_end(tokens: &[Token<'_>], index: usize) -> usize {
    let name = |at: usize| tokens.get(at).is_some_and(Token::is_name);
    if !name(index) {
        return index;
    }
    let mut end = index + 1;
    while tokens.get(end).is_some_and(|dot| dot.is(".")) && name(end + 1) {
        end += 2;
    }
    end
}

fn is_call(tokens: &[Token<'_>], start: usize, end: usize) -> bool {
    let called = start
        .checked_sub(1)
        .is_some_and(|before| tokens[before].is_word("CALL"));
    called || tokens.get(end).is_some_and(|next| next.is("("))
}

fn refusal(token: usize, name: &str) -> Option<Refusal> {
    let reason = reason(name)?;
    Some(Refusal {
        token,
        message: format!("`{name}` {reason}, but a KPI must be read-only"),
        fix: "remove the call".to_owned(),
    })
}

/// Why `name` must not be called; `None` if it may be.
fn reason(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    if let Some(algorithm) = name.strip_prefix("gds.") {
        return gds_reason(algorithm);
    }
    if matches(&name, READING) {
        return None;
    }
    REFUSED
        .iter()
        .find(|(_, names)| matches(&name, names))
        .map(|&(reason, _)| reason)
}

/// In Graph Data Science the last part of a name is the mode; early versions are below `alpha` and
/// `beta`.
fn gds_reason(algorithm: &str) -> Option<&'static str> {
    let algorithm = algorithm
        .strip_prefix("alpha.")
        .or(algorithm.strip_prefix("beta."))
        .unwrap_or(algorithm);
    let name = format!("gds.{algorithm}");
    match name.rsplit('.').next() {
        Some("estimate") => None,
        Some("write" | "mutate") => Some(WRITES),
        Some("train") => Some(ADMINISTERS),
        _ if matches(&name, READING) => None,
        _ => REFUSED
            .iter()
            .find(|(_, names)| matches(&name, names))
            .map(|&(reason, _)| reason),
    }
}

fn matches(name: &str, entries: &str) -> bool {
    entries.split_whitespace().any(|entry| {
        if entry.ends_with('.') {
            name.starts_with(entry)
        } else {
            name == entry
        }
    })
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn only_procedures_that_do_more_than_read_are_rejected() {
        for name in [
            "db.createLabel",
            "DB.CREATELABEL",
            "db.create.setNodeVectorProperty",
            "db.index.vector.createNodeIndex",
            "dbms.upgrade",
            "dbms.killConnection",
            "db.clearQueryCaches",
            "apoc.load.json",
            "apoc.cypher.run",
            "apoc.cypher.runFirstColumnSingle",
            "apoc.create.node",
            "apoc.create.setProperty",
            "apoc.merge.node",
            "apoc.periodic.iterate",
            "apoc.trigger.install",
            "apoc.do.when",
            "apoc.when",
            "apoc.nodes.delete",
            "apoc.export.csv.all",
            "apoc.spatial.geocode",
            "apoc.graph.fromDocument",
            "gds.pageRank.write",
            "gds.pageRank.mutate",
            "gds.graph.project",
            "gds.beta.graph.project.subgraph",
            "gds.alpha.model.store",
            "gds.graph.drop",
            "gds.beta.graphSage.train",
            "genai.vector.encode",
            "dbms.security.createUser",
            "n10s.rdf.import.fetch",
        ] {
            assert!(reason(name).is_some(), "{name} passes");
        }
        for name in [
            "db.labels",
            "db.index.vector.queryNodes",
            "db.createdAt",
            "dbms.upgradeStatus",
            "dbms.components",
            "apoc.create.uuid",
            "apoc.create.vNode",
            "apoc.map.merge",
            "apoc.coll.sum",
            "apoc.meta.stats",
            "apoc.periodic.list",
            "gds.pageRank.stream",
            "gds.pageRank.write.estimate",
            "gds.graph.list",
            "gds.beta.model.list",
            "apoc.refactoring",
            "point.distance",
            "ai",
        ] {
            assert_eq!(reason(name), None, "{name}");
        }
    }
}
