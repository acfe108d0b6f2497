//! The temporary faults of this system.

use crate::shared;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    SlowTrajectories,
    /// The loss grows, and jobs fail.
    Diverging,
    /// Costs are higher, so budgets are exceeded.
    Expensive,
}

impl shared::Trouble for Trouble {
    const ALL: &[Self] = &[
        Trouble::SlowTrajectories,
        Trouble::Diverging,
        Trouble::Expensive,
    ];

    fn metric(self) -> &'static str {
        match self {
            Trouble::SlowTrajectories => "training_trajectory_generation_duration_seconds",
            Trouble::Diverging => "training_loss",
            Trouble::Expensive => "training_budget_utilization_percent",
        }
    }

    fn news(self, begins: bool) -> String {
        match (self, begins) {
            (Trouble::SlowTrajectories, true) => {
                "the environments became slow: trajectories take longer"
            }
            (Trouble::SlowTrajectories, false) => "the environments recovered their usual speed",
            (Trouble::Diverging, true) => {
                "training began to diverge: the learning rate is too high"
            }
            (Trouble::Diverging, false) => "the learning rate was corrected",
            (Trouble::Expensive, true) => "training costs nearly doubled",
            (Trouble::Expensive, false) => "training costs returned to normal",
        }
        .to_owned()
    }
}
