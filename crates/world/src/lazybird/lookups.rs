//! Lookups of a task: guidelines through caches and embeddings, the database, and external
//! services.

use super::LazyBird;
use super::query::Query;
use super::tasks::Task;
use super::trouble::Trouble;
use crate::random::Range;
use crate::recorder::{Recorder, share, text};
use crate::shared::{CALL, CALL_OF_TASK, millis};
use cypher::Literal;

/// The cache layers in lookup order: name, hit ratio, latency.
const LAYERS: [(&str, f64, &[Range]); 3] = [
    ("memory", 0.62, &[((0.1, 1.0), 8.0), ((1.0, 4.0), 2.0)]),
    ("disk", 0.6, &[((1.5, 10.0), 7.0), ((10.0, 45.0), 3.0)]),
    (
        "remote",
        0.7,
        &[
            ((12.0, 50.0), 5.0),
            ((50.0, 100.0), 4.0),
            ((100.0, 260.0), 0.3),
        ],
    ),
];
/// The separate cache of embeddings.
const EMBEDDINGS: (&str, f64, &[Range]) =
    ("embedding", 0.6, &[((0.5, 5.0), 6.0), ((5.0, 20.0), 3.0)]);
/// The number of texts looked up per task.
const TEXTS: usize = 3;
/// The reduction of the hit ratio of a cold cache.
const COLD: f64 = 0.25;

const EMBEDDING_MS: [Range; 4] = [
    ((40.0, 100.0), 4.0),
    ((100.0, 500.0), 5.0),
    ((500.0, 1900.0), 1.0),
    ((2000.0, 3000.0), 0.1),
];
const MATCH_MS: (f64, f64) = (2.0, 40.0);
const MATCH_SCORE: [Range; 4] = [
    ((0.05, 0.3), 1.0),
    ((0.3, 0.7), 4.0),
    ((0.7, 0.9), 4.0),
    ((0.9, 1.0), 1.5),
];

/// The services and their weights.
const SERVICES: [(&str, f64); 4] = [("github", 6.0), ("npm", 2.0), ("pypi", 2.0), ("slack", 1.5)];
const API_MS: [Range; 4] = [
    ((40.0, 100.0), 2.0),
    ((100.0, 500.0), 7.0),
    ((500.0, 2000.0), 2.0),
    ((5000.0, 8000.0), 0.06),
];
const API_ERRORS: [(&str, f64); 3] = [
    ("timeout", 3.0),
    ("server_error", 4.0),
    ("rate_limited", 2.0),
];
/// The failure ratio normally and while the service is down.
const API_FAILS: f64 = 0.04;
const API_FAILS_OFTEN: f64 = 0.6;

const DATABASE_MS: [Range; 5] = [
    ((0.2, 1.0), 3.0),
    ((1.0, 5.0), 6.0),
    ((5.0, 50.0), 3.0),
    ((50.0, 400.0), 0.3),
    ((500.0, 900.0), 0.02),
];
/// The probability of a deletion.
const DELETES: f64 = 0.2;

impl LazyBird {
    /// Looks up the guidelines for a task through the cache layers and records their relevance.
    pub(super) fn look_up_guidelines(&mut self, task: &Task, recorder: &mut Recorder<'_>) {
        for layer in LAYERS {
            if self.look_up(task, layer, recorder) {
                break;
            }
        }
        for _ in 0..TEXTS {
            if self.look_up(task, EMBEDDINGS, recorder) {
                continue;
            }
            let ms = self.random.spread(&EMBEDDING_MS);
            self.call(
                task,
                "embedding",
                [("status", text("success")), ("duration_ms", millis(ms))],
                recorder,
            );
        }
        let (ms, score) = (
            self.random.between(MATCH_MS.0, MATCH_MS.1),
            self.random.spread(&MATCH_SCORE),
        );
        self.step(
            task,
            "guideline_match",
            [("duration_ms", millis(ms)), ("score", share(score))],
            recorder,
        );
    }

    fn look_up(
        &mut self,
        task: &Task,
        (layer, hits, latency): (&str, f64, &[Range]),
        recorder: &mut Recorder<'_>,
    ) -> bool {
        let cold = if self.trouble.is(Trouble::ColdCache) {
            COLD
        } else {
            1.0
        };
        let hit = self.random.chance(hits * cold);
        let own = [
            ("target", text(layer)),
            ("action", text("get")),
            ("status", text(if hit { "hit" } else { "miss" })),
            ("duration_ms", millis(self.random.spread(latency))),
        ];
        self.call(task, "cache", own, recorder);
        hit
    }

    /// Calls an external service.
    pub(super) fn call_api(&mut self, task: &Task, recorder: &mut Recorder<'_>) {
        let service = self.random.weighted(&SERVICES).unwrap_or_default();
        let down = self.trouble.is(Trouble::ServiceDown(service));
        let fails = self
            .random
            .chance(if down { API_FAILS_OFTEN } else { API_FAILS });
        let reason = if fails {
            self.random.weighted(&API_ERRORS)
        } else {
            None
        };
        let own = [
            ("target", text(service)),
            ("status", text(if fails { "error" } else { "success" })),
            ("duration_ms", millis(self.random.spread(&API_MS))),
        ];
        let reason = reason.map(|reason| ("error_type", text(reason)));
        self.call(task, "api", own.into_iter().chain(reason), recorder);
    }

    /// Runs a database query of the task, sometimes with a deletion.
    pub(super) fn query(&mut self, task: &Task, query: Query, recorder: &mut Recorder<'_>) {
        let clears = self.random.chance(DELETES).then_some(Query::Delete);
        for query in [Some(query), clears].into_iter().flatten() {
            let ms = self.random.spread(&DATABASE_MS);
            let own = [
                ("action", text(query.action())),
                ("status", text("success")),
                ("duration_ms", millis(ms)),
            ];
            self.call(task, "db", own, recorder);
        }
    }

    fn call<'p>(
        &mut self,
        task: &Task,
        kind: &str,
        own: impl IntoIterator<Item = (&'p str, Literal)>,
        recorder: &mut Recorder<'_>,
    ) {
        let call = self.records.event(
            CALL,
            task.group,
            [("kind", text(kind))].into_iter().chain(own),
            recorder,
        );
        self.records.link(CALL_OF_TASK, call, task.number, recorder);
    }
}
