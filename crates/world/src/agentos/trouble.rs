//! The temporary faults of this system.

use crate::shared;

/// The workspace that sometimes sends too many requests.
pub(super) const FLOODER: (&str, &str) = ("ws-ledger", "diff-driven-saas");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The named agent is slow.
    SlowAgent(&'static str),
    /// The named agent fails often.
    FailingAgent(&'static str),
    ColdCache,
    /// The named model provider is down.
    ProviderDown(&'static str),
    /// One workspace sends too many requests.
    Flood,
}

impl shared::Trouble for Trouble {
    const ALL: &[Self] = &[
        Trouble::SlowAgent("pulse"),
        Trouble::FailingAgent("navi"),
        Trouble::FailingAgent("herald"),
        Trouble::ColdCache,
        Trouble::ProviderDown("claude"),
        Trouble::Flood,
    ];

    fn metric(self) -> &'static str {
        match self {
            Trouble::SlowAgent(_) => "a2a_request_duration_seconds",
            Trouble::FailingAgent(_) => "a2a_requests_total",
            Trouble::ColdCache => "cache_operations_total",
            Trouble::ProviderDown(_) => "ccr_requests_total",
            Trouble::Flood => "rate_limit_hits_total",
        }
    }

    fn news(self, begins: bool) -> String {
        let flooder = FLOODER.0;
        match (self, begins) {
            (Trouble::SlowAgent(agent), true) => format!("{agent} became slow"),
            (Trouble::SlowAgent(agent), false) => format!("{agent} recovered its usual speed"),
            (Trouble::FailingAgent(agent), true) => {
                format!("{agent} began to fail a third of its requests")
            }
            (Trouble::FailingAgent(agent), false) => format!("{agent} stopped failing"),
            (Trouble::ColdCache, true) => "the cache of AgentOS went cold".to_owned(),
            (Trouble::ColdCache, false) => "the cache of AgentOS warmed up".to_owned(),
            (Trouble::ProviderDown(provider), true) => {
                format!("{provider} went down: requests fall back to other providers")
            }
            (Trouble::ProviderDown(provider), false) => format!("{provider} came back up"),
            (Trouble::Flood, true) => {
                format!("{flooder} exceeded its rate limit: its requests are denied")
            }
            (Trouble::Flood, false) => format!("{flooder} returned to its usual request rate"),
        }
    }
}
