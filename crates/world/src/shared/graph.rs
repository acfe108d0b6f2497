//! The labels of the shared model, and the relationships that its systems write.

use crate::edit::{Kind, Link};

pub(crate) const AGENT: Kind = Kind {
    label: "AIAgent",
    key: "id",
};
pub(crate) const SYSTEM: Kind = Kind {
    label: "System",
    key: "id",
};
pub(crate) const TASK: Kind = Kind {
    label: "Task",
    key: "id",
};
pub(crate) const JOB: Kind = Kind {
    label: "TrainingJob",
    key: "id",
};
pub(crate) const SESSION: Kind = Kind {
    label: "Session",
    key: "id",
};
pub(crate) const CALL: Kind = Kind {
    label: "Call",
    key: "id",
};
pub(crate) const STEP: Kind = Kind {
    label: "Step",
    key: "id",
};
pub(crate) const SWITCH: Kind = Kind {
    label: "AgentSwitch",
    key: "id",
};
pub(crate) const ANOMALY: Kind = Kind {
    label: "Anomaly",
    key: "id",
};
pub(crate) const SAMPLE: Kind = Kind {
    label: "Sample",
    key: "id",
};

pub(crate) const PERFORMED_TASK: Link = Link {
    from: AGENT,
    name: "PERFORMED",
    to: TASK,
};
pub(crate) const PERFORMED_CALL: Link = Link {
    from: AGENT,
    name: "PERFORMED",
    to: CALL,
};
pub(crate) const OWNS: Link = Link {
    from: AGENT,
    name: "OWNS",
    to: JOB,
};
pub(crate) const CALL_OF_TASK: Link = Link {
    from: CALL,
    name: "PART_OF",
    to: TASK,
};
pub(crate) const STEP_OF_TASK: Link = Link {
    from: STEP,
    name: "PART_OF",
    to: TASK,
};
pub(crate) const SWITCH_OF_TASK: Link = Link {
    from: SWITCH,
    name: "PART_OF",
    to: TASK,
};
pub(crate) const CALL_OF_SESSION: Link = Link {
    from: CALL,
    name: "PART_OF",
    to: SESSION,
};
pub(crate) const STEP_OF_JOB: Link = Link {
    from: STEP,
    name: "PART_OF",
    to: JOB,
};
