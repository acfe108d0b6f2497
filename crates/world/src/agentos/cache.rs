//! The cache: what is looked up, kept, and thrown out.

use super::AgentOs;
use super::requests::Request;
use super::trouble::Trouble;
use crate::page::{Page, text};
use crate::random::Range;
use crate::shared::{CALL, millis};

/// How often a lookup hits, and how often in a cold cache.
const HITS: f64 = 0.86;
const HITS_COLD: f64 = 0.12;
/// How often nothing can be read or kept, and how often something is thrown out.
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
    /// Whether the cache has what a request needs.
    pub(super) fn look_up(&mut self, group: &str, page: &mut Page<'_>) -> bool {
        let cold = self.trouble.is(Trouble::ColdCache);
        let hit = self.random.chance(if cold { HITS_COLD } else { HITS });
        self.operate("get", if hit { "hit" } else { "miss" }, group, page);
        hit
    }

    /// What the cache did not have is kept; now and then something else goes.
    pub(super) fn keep(&mut self, request: &Request, page: &mut Page<'_>) {
        if !request.cached {
            self.operate("set", "success", request.group, page);
        }
        if self.random.chance(DELETES) {
            self.operate("delete", "success", request.group, page);
        }
    }

    fn operate(&mut self, operation: &str, result: &str, group: &str, page: &mut Page<'_>) {
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
        self.records.event(CALL, group, own, page);
    }
}
