//! The graph model of BMAD as described in `queries/README.md`: labels with keys, and
//! relationships.

use crate::edit::{Kind, Link};

pub(super) const AGENT: Kind = Kind {
    label: "AIAgent",
    key: "name",
};
pub(super) const BRAIN: Kind = Kind {
    label: "Brain",
    key: "name",
};
pub(super) const EVENT: Kind = Kind {
    label: "Event",
    key: "event_id",
};
pub(super) const OUTCOME: Kind = Kind {
    label: "Outcome",
    key: "outcome_id",
};
pub(super) const PATTERN: Kind = Kind {
    label: "Pattern",
    key: "pattern_id",
};
pub(super) const INSIGHT: Kind = Kind {
    label: "Insight",
    key: "insight_id",
};
pub(super) const SUMMARY: Kind = Kind {
    label: "EventSummary",
    key: "summary_id",
};

pub(super) const KINDS: [Kind; 7] = [AGENT, BRAIN, EVENT, OUTCOME, PATTERN, INSIGHT, SUMMARY];

pub(super) const HAS_MEMORY_IN: Link = Link {
    from: AGENT,
    name: "HAS_MEMORY_IN",
    to: BRAIN,
};
pub(super) const PERFORMED: Link = Link {
    from: AGENT,
    name: "PERFORMED",
    to: EVENT,
};
pub(super) const HAS_OUTCOME: Link = Link {
    from: EVENT,
    name: "HAS_OUTCOME",
    to: OUTCOME,
};
pub(super) const USED_PATTERN: Link = Link {
    from: EVENT,
    name: "USED_PATTERN",
    to: PATTERN,
};
pub(super) const GENERATED: Link = Link {
    from: OUTCOME,
    name: "GENERATED",
    to: INSIGHT,
};
pub(super) const INFORMS: Link = Link {
    from: INSIGHT,
    name: "INFORMS",
    to: PATTERN,
};
pub(super) const LEARNED: Link = Link {
    from: AGENT,
    name: "LEARNED",
    to: INSIGHT,
};
pub(super) const CAN_APPLY: Link = Link {
    from: AGENT,
    name: "CAN_APPLY",
    to: INSIGHT,
};
