//! The cache: lookups, writes and evictions.

use super::AgentOs;
use super::requests::Request;
use super::trouble::Trouble;
use crate::random::Range;
use crate::recorder::{Recorder, text};
use crate::shared::{CALL, millis};

/// The hit ratio of the warm and of the cold cache.
const HITS: f64 = 0.86;
const HITS_COLD: f64 = 0.12;
/// The probabilities of an error and of an eviction.
const FAILS: f64 = 0.004;
const DELETES: f64 = 0.06;

const LATENCY: [Range; 6] = [
    ((0.2, 1.0), 4.0),
    ((1.0, 5.0), 5.0),
    ((5.0, 10.0), 2.0),
    ((10.0, 25.0), 1.0),
    ((25.0, 100.0), 0.4),
    ((100.0, 220.0), 0.03),
];

impl AgentOs {
    /// Whether a lookup for a request hits.
    pub(super) fn look_up(&mut self, group: &str, recorder: &mut Recorder<'_>) -> bool {
        let cold = self.trouble.is(Trouble::ColdCache);
        let hit = self.random.chance(if cold { HITS_COLD } else { HITS });
        self.operate("get", if hit { "hit" } else { "miss" }, group, recorder);
        hit
    }

    /// Stores an entry after a miss; sometimes another one is evicted.
    pub(super) fn store(&mut self, request: &Request, recorder: &mut Recorder<'_>) {
        if !request.cached {
            self.operate("set", "success", request.group, recorder);
        }
        if self.random.chance(DELETES) {
            self.operate("delete", "success", request.group, recorder);
        }
    }

    fn operate(&mut self, operation: &str, result: &str, group: &str, recorder: &mut Recorder<'_>) {
        let result = if self.random.chance(FAILS) {
            "error"
        } else {
            result
        };
        let own = [
            ("kind", text("cache")),
            ("target", text("response")),
            ("action", text(operation)),
            ("status", text(result)),
            ("duration_ms", millis(self.random.spread(&LATENCY))),
        ];
        self.records.event(CALL, group, own, recorder);
    }
}
