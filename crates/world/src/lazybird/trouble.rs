//! What goes wrong for a while, one thing at a time.

use crate::shared;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    SlowAgents,
    /// One agent, by name, fails often.
    FailingAgent(&'static str),
    ColdCache,
    /// A service, by name, fails more often than not.
    ServiceDown(&'static str),
    PoorWork,
}

impl shared::Trouble for Trouble {
    const ALL: &[Self] = &[
        Trouble::SlowAgents,
        Trouble::FailingAgent("claude_sonnet"),
        Trouble::FailingAgent("copilot"),
        Trouble::ColdCache,
        Trouble::ServiceDown("github"),
        Trouble::PoorWork,
    ];

    fn metric(self) -> &'static str {
        match self {
            Trouble::SlowAgents => "lazybird_agent_latency_ms",
            Trouble::FailingAgent(_) => "lazybird_agent_success_rate_percent",
            Trouble::ColdCache => "lazybird_cache_hit_rate_percent",
            Trouble::ServiceDown(_) => "lazybird_external_api_errors_total",
            Trouble::PoorWork => "lazybird_quality_score",
        }
    }

    fn told(self, begins: bool) -> String {
        match (self, begins) {
            (Trouble::SlowAgents, true) => "the agents of LazyBird have become slow".to_owned(),
            (Trouble::SlowAgents, false) => {
                "the agents of LazyBird are as fast as before".to_owned()
            }
            (Trouble::FailingAgent(agent), true) => {
                format!("{agent} is overloaded: many of its calls fail")
            }
            (Trouble::FailingAgent(agent), false) => format!("{agent} answers again"),
            (Trouble::ColdCache, true) => "the cache of LazyBird is cold".to_owned(),
            (Trouble::ColdCache, false) => "the cache of LazyBird is warm again".to_owned(),
            (Trouble::ServiceDown(service), true) => format!("{service} is down: calls to it fail"),
            (Trouble::ServiceDown(service), false) => format!("{service} is up again"),
            (Trouble::PoorWork, true) => {
                "the agents of LazyBird have begun to write poor code".to_owned()
            }
            (Trouble::PoorWork, false) => "the agents of LazyBird write good code again".to_owned(),
        }
    }
}
