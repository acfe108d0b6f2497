//! The temporary faults of this system.

use crate::shared;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    SlowAgents,
    /// The named agent fails often.
    FailingAgent(&'static str),
    ColdCache,
    /// The named service fails most calls.
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

    fn news(self, begins: bool) -> String {
        match (self, begins) {
            (Trouble::SlowAgents, true) => "the agents of LazyBird became slow".to_owned(),
            (Trouble::SlowAgents, false) => {
                "the agents of LazyBird recovered their usual speed".to_owned()
            }
            (Trouble::FailingAgent(agent), true) => {
                format!("{agent} became overloaded: many of its calls fail")
            }
            (Trouble::FailingAgent(agent), false) => format!("{agent} recovered"),
            (Trouble::ColdCache, true) => "the cache of LazyBird went cold".to_owned(),
            (Trouble::ColdCache, false) => "the cache of LazyBird warmed up".to_owned(),
            (Trouble::ServiceDown(service), true) => {
                format!("{service} went down: calls to it fail")
            }
            (Trouble::ServiceDown(service), false) => format!("{service} came back up"),
            (Trouble::PoorWork, true) => {
                "the agents of LazyBird began to write poor code".to_owned()
            }
            (Trouble::PoorWork, false) => "the agents of LazyBird returned to good code".to_owned(),
        }
    }
}
