//! What goes wrong for a while, one thing at a time.

use crate::shared;

/// The one that asks too much now and then.
pub(super) const FLOODER: (&str, &str) = ("ws-ledger", "diff-driven-saas");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// An agent, by name, is slow.
    SlowAgent(&'static str),
    /// An agent, by name, fails often.
    FailingAgent(&'static str),
    ColdCache,
    /// A model provider, by name, does not answer.
    ProviderDown(&'static str),
    /// A workspace asks far too much.
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

    fn told(self, begins: bool) -> String {
        let flooder = FLOODER.0;
        match (self, begins) {
            (Trouble::SlowAgent(agent), true) => format!("{agent} has become slow"),
            (Trouble::SlowAgent(agent), false) => format!("{agent} is as fast as before"),
            (Trouble::FailingAgent(agent), true) => {
                format!("{agent} fails a third of its requests")
            }
            (Trouble::FailingAgent(agent), false) => format!("{agent} does not fail any more"),
            (Trouble::ColdCache, true) => "the cache of AgentOS is cold".to_owned(),
            (Trouble::ColdCache, false) => "the cache of AgentOS is warm again".to_owned(),
            (Trouble::ProviderDown(provider), true) => {
                format!("{provider} is down: others answer instead")
            }
            (Trouble::ProviderDown(provider), false) => format!("{provider} is up again"),
            (Trouble::Flood, true) => format!("{flooder} asks far too much and is denied"),
            (Trouble::Flood, false) => format!("{flooder} asks no more than others"),
        }
    }
}
