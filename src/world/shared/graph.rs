//! The labels of the shared model, and the relationships that its systems write.

use crate::world::edit::{Kind, Link};

pub(in crate::world) const AGENT: Kind = Kind { label: "AIAgent", key: "id" };
pub(in crate::world) const SYSTEM: Kind = Kind { label: "System", key: "id" };
pub(in crate::world) const TASK: Kind = Kind { label: "Task", key: "id" };
pub(in crate::world) const JOB: Kind = Kind { label: "TrainingJob", key: "id" };
pub(in crate::world) const SESSION: Kind = Kind { label: "Session", key: "id" };
pub(in crate::world) const CALL: Kind = Kind { label: "Call", key: "id" };
pub(in crate::world) const STEP: Kind = Kind { label: "Step", key: "id" };
pub(in crate::world) const SWITCH: Kind = Kind { label: "AgentSwitch", key: "id" };
pub(in crate::world) const ANOMALY: Kind = Kind { label: "Anomaly", key: "id" };
pub(in crate::world) const SAMPLE: Kind = Kind { label: "Sample", key: "id" };

pub(in crate::world) const PERFORMED_TASK: Link = Link { from: AGENT, name: "PERFORMED", to: TASK };
pub(in crate::world) const PERFORMED_CALL: Link = Link { from: AGENT, name: "PERFORMED", to: CALL };
pub(in crate::world) const OWNS: Link = Link { from: AGENT, name: "OWNS", to: JOB };
pub(in crate::world) const CALL_OF_TASK: Link = Link { from: CALL, name: "PART_OF", to: TASK };
pub(in crate::world) const STEP_OF_TASK: Link = Link { from: STEP, name: "PART_OF", to: TASK };
pub(in crate::world) const SWITCH_OF_TASK: Link = Link { from: SWITCH, name: "PART_OF", to: TASK };
pub(in crate::world) const CALL_OF_SESSION: Link = Link { from: CALL, name: "PART_OF", to: SESSION };
pub(in crate::world) const STEP_OF_JOB: Link = Link { from: STEP, name: "PART_OF", to: JOB };
