//! The scan of Cypher text against the real server: thousands of plain queries made mean, and in
//! each case the question who is right.

mod disguise;
mod queries;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use cypher::{Fault, Statement, scan};
use disguise::disguise;
use neo4rs::{BoltType, Graph, query};
use test_support::random::Random;

/// How often each plain query is disguised.
const ROUNDS: u64 = 24;

/// How many questions are under way at once.
const CONNECTIONS: usize = 4;

/// What the generator knows of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    Reading,
    Writing,
    /// READ mode would let it pass, so that the server is only asked whether it is valid.
    Silent,
}

/// What the server says.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It ran; the names of its columns when there was a row.
    Reads(Option<BTreeSet<String>>),
    /// Refused in READ mode.
    Writes,
    /// No valid query, so that the scan may say what it likes.
    Invalid(String),
    /// EXPLAIN takes it.
    Valid,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scan_and_the_server_agree() {
    let Some(neo4j) = &test_support::neo4j::shared() else {
        return;
    };
    let graph = Arc::new(Graph::new(neo4j.uri(), neo4j.user(), neo4j.password()).unwrap());
    let all = Arc::new(mean_queries());
    assert!(all.len() > 3000, "{} queries", all.len());
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..CONNECTIONS {
        let (graph, all) = (Arc::clone(&graph), Arc::clone(&all));
        workers.spawn(async move {
            let mut verdicts = Vec::new();
            for index in (worker..all.len()).step_by(CONNECTIONS) {
                verdicts.push((index, ask(&graph, all[index].0, &all[index].1).await));
            }
            verdicts
        });
    }
    let verdicts: Vec<_> = workers.join_all().await.into_iter().flatten().collect();

    let count = |nature: Nature, valid: bool| {
        let is_valid = |verdict: &Verdict| !matches!(verdict, Verdict::Invalid(_));
        verdicts
            .iter()
            .filter(|(index, verdict)| all[*index].0 == nature && is_valid(verdict) == valid)
            .count()
    };
    for nature in [Nature::Reading, Nature::Writing, Nature::Silent] {
        let (valid, invalid) = (count(nature, true), count(nature, false));
        assert!(
            valid > invalid,
            "{nature:?}: only {valid} are valid, {invalid} are not, so that they test little"
        );
    }
    let disagreements: Vec<String> = verdicts
        .iter()
        .filter_map(|(index, verdict)| disagreement(all[*index].0, &all[*index].1, verdict))
        .collect();
    assert!(
        disagreements.is_empty(),
        "{} disagreements:\n{}",
        disagreements.len(),
        disagreements.join("\n")
    );
}

fn mean_queries() -> Vec<(Nature, String)> {
    let plain = [
        (Nature::Reading, queries::READING),
        (Nature::Writing, queries::WRITING),
        (Nature::Silent, queries::SILENT),
    ];
    let mut mean = Vec::new();
    for round in 0..ROUNDS {
        let mut random = Random::new(round);
        for (nature, list) in plain {
            for plain in list {
                let wrapping = random.pick(queries::WRAPPINGS);
                mean.push((nature, disguise(&wrapping.replace('…', plain), &mut random)));
            }
        }
    }
    mean
}

async fn ask(graph: &Graph, nature: Nature, text: &str) -> Verdict {
    let asked = if nature == Nature::Silent {
        format!("EXPLAIN {text}")
    } else {
        text.to_owned()
    };
    let first_row = async {
        let mut rows = graph.execute_read(query(&asked)).await?;
        let row = rows.next().await?;
        while rows.next().await?.is_some() {}
        Ok::<_, neo4rs::Error>(row)
    };
    match first_row.await {
        Ok(_) if nature == Nature::Silent => Verdict::Valid,
        Ok(row) => Verdict::Reads(row.map(|row| {
            row.to::<HashMap<String, BoltType>>()
                .unwrap()
                .into_keys()
                .collect()
        })),
        Err(neo4rs::Error::Neo4j(error)) if error.code().ends_with("AccessMode") => Verdict::Writes,
        Err(neo4rs::Error::Neo4j(error)) => {
            Verdict::Invalid(format!("{} {}", error.code(), error.message()))
        }
        Err(error) => panic!("{error}\n{text}"),
    }
}

fn disagreement(nature: Nature, text: &str, verdict: &Verdict) -> Option<String> {
    let scanned = scan(text);
    let what = match (verdict, &scanned) {
        (Verdict::Invalid(_), _) => return None,
        (Verdict::Writes, Ok(_)) => "it writes, and passes".to_owned(),
        (Verdict::Valid, Ok(_)) => "it must not run, and passes".to_owned(),
        (Verdict::Reads(_), Ok(_)) if nature != Nature::Reading => {
            "the server lets it pass, and so does the scan".to_owned()
        }
        (Verdict::Reads(Some(columns)), Ok(statement)) if *columns != names(statement) => {
            format!("its columns are {columns:?}, not {:?}", names(statement))
        }
        (Verdict::Reads(_), Err(faults)) if nature == Nature::Reading => {
            format!("it reads, but: {}", messages(faults))
        }
        _ => return None,
    };
    Some(format!("{what}\n    {text:?}"))
}

fn names(statement: &Statement) -> BTreeSet<String> {
    statement
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect()
}

fn messages(faults: &[Fault]) -> String {
    faults
        .iter()
        .map(|fault| fault.message.as_str())
        .collect::<Vec<_>>()
        .join("; ")
}
