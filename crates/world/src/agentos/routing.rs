//! CCR: routes requests to model providers, with a fallback if one fails.

use super::AgentOs;
use super::requests::{Operation, Request};
use super::trouble::Trouble;
use crate::random::Range;
use crate::recorder::{Recorder, text};
use crate::shared::{CALL, count, millis};

const PROVIDERS: [(&str, f64); 4] = [
    ("claude", 45.0),
    ("gemini", 25.0),
    ("deepseek", 20.0),
    ("openrouter", 10.0),
];
const TASK_TYPES: [(&str, f64); 4] = [
    ("code_generation", 4.0),
    ("reasoning", 3.0),
    ("general", 3.0),
    ("long_context", 1.0),
];

/// The probabilities of a fallback, of a fallback while the provider is down, and of an error.
const FALLS_BACK: f64 = 0.02;
const FALLS_BACK_OFTEN: f64 = 0.75;
const FAILS: f64 = 0.006;

/// The share of the model in the duration of the request.
const SHARE: (f64, f64) = (0.4, 0.9);
const READ: [Range; 3] = [
    ((200.0, 2000.0), 6.0),
    ((2000.0, 12_000.0), 3.0),
    ((40_000.0, 160_000.0), 0.1),
];
const WRITTEN: [Range; 2] = [((50.0, 800.0), 7.0), ((800.0, 4000.0), 2.0)];

impl AgentOs {
    /// Routes a request to a model.
    pub(super) fn route(&mut self, request: &Request, recorder: &mut Recorder<'_>) {
        let provider = self.random.weighted(&PROVIDERS).unwrap_or_default();
        let task_type = if request.operation == Operation::Run {
            self.random.weighted(&TASK_TYPES)
        } else {
            Some("general")
        };
        let down = self.trouble.is(Trouble::ProviderDown(provider));
        let (provider, status) =
            if self
                .random
                .chance(if down { FALLS_BACK_OFTEN } else { FALLS_BACK })
            {
                (self.other_than(provider), "fallback")
            } else {
                (
                    provider,
                    if self.random.chance(FAILS) {
                        "error"
                    } else {
                        "success"
                    },
                )
            };
        let written = if status == "error" {
            0.0
        } else {
            self.random.spread(&WRITTEN)
        };
        let own = [
            ("kind", text("ccr")),
            ("target", text(provider)),
            ("action", text(task_type.unwrap_or_default())),
            ("status", text(status)),
            (
                "duration_ms",
                millis(request.ms * self.random.between(SHARE.0, SHARE.1)),
            ),
            ("tokens_in", count(self.random.spread(&READ))),
            ("tokens_out", count(written)),
        ];
        self.records.event(CALL, request.group, own, recorder);
    }

    fn other_than(&mut self, provider: &str) -> &'static str {
        let others: Vec<_> = PROVIDERS
            .into_iter()
            .filter(|(other, _)| *other != provider)
            .collect();
        self.random.weighted(&others).unwrap_or_default()
    }
}
