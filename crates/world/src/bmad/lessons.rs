//! Insights: lessons drawn from outcomes. Applied ones gain confidence, unused ones lose it, and
//! good ones are shared.

use super::graph::{CAN_APPLY, GENERATED, INSIGHT, LEARNED};
use super::projects::Group;
use super::team::Name;
use super::{Bmad, DAY};
use crate::recorder::{Recorder, share, text};
use crate::time::WorkTime;
use cypher::Literal;

/// The values of `applies_to`.
const DOMAINS: [(&str, f64); 6] = [
    ("python", 30.0),
    ("typescript", 25.0),
    ("testing", 18.0),
    ("api", 12.0),
    ("database", 9.0),
    ("deployment", 6.0),
];

/// The confidence of a new lesson.
const AT_FIRST: (f64, f64) = (0.5, 0.9);
/// The highest confidence, and the part of the remaining distance that a success adds; a failure
/// removes a fixed part.
const MOST: f64 = 0.97;
const GAIN: f64 = 0.25;
const LOSS: f64 = 0.1;
/// A lesson that is not applied for so many days keeps this part of its confidence each night.
const RESTING_DAYS: u32 = 4;
const KEPT: f64 = 0.8;
/// Below this confidence a lesson is deleted.
const FORGOTTEN: f64 = 0.15;
/// The lowest confidence of a lesson that is shared.
const WORTH_SHARING: f64 = 0.75;

#[derive(Debug)]
pub(super) struct Insight {
    pub(super) id: String,
    pub(super) group: Group,
    number: u64,
    confidence: f64,
    /// The probability that work succeeds with it.
    quality: f64,
    times_applied: i64,
    successes: i64,
    /// When it was last applied, or learned.
    last_applied: WorkTime,
    /// The agent that learned it first, if still in the team.
    learned_by: Option<Name>,
    shared_with: Vec<Name>,
}

impl Bmad {
    pub(super) fn learn(&mut self, recorder: &mut Recorder<'_>) {
        let (group, learner, domain) = (
            self.any_project(),
            self.any_learner(),
            self.random.weighted(&DOMAINS),
        );
        let (Some(group), Some(learner), Some(domain)) = (group, learner, domain) else {
            return;
        };
        let Some(outcome) = self.latest_outcome(group) else {
            return;
        };
        self.lessons += 1;
        let number = self.lessons;
        let insight = Insight {
            id: format!("insight-{number}"),
            group,
            number,
            confidence: self.random.between(AT_FIRST.0, AT_FIRST.1),
            quality: self.random.between(0.75, 0.99),
            times_applied: 0,
            successes: 0,
            last_applied: recorder.at,
            learned_by: Some(learner),
            shared_with: Vec::new(),
        };
        insight.write(domain, recorder);
        recorder.link(GENERATED, &outcome, &insight.id);
        recorder.link(LEARNED, learner, &insight.id);
        recorder.report(
            "bmad_insight_total",
            format!("{learner} learned lesson {number} about {domain} in {group}"),
        );
        self.insights.push(insight);
    }

    /// The one with more confidence of two random lessons of a project, and its probability of
    /// success.
    pub(super) fn usable_lesson(&mut self, group: Group) -> Option<(String, f64)> {
        let of_group = |(_, insight): &(usize, &Insight)| insight.group == group;
        let all: Vec<_> = self
            .insights
            .iter()
            .enumerate()
            .filter(of_group)
            .map(|(at, _)| at)
            .collect();
        let two = [self.random.pick(all.clone()), self.random.pick(all)];
        let two = two
            .into_iter()
            .flatten()
            .filter_map(|at| self.insights.get(at));
        two.max_by(|a, b| a.confidence.total_cmp(&b.confidence))
            .map(|insight| (insight.id.clone(), insight.quality))
    }

    pub(super) fn lesson_applied(&mut self, id: &str, success: bool, recorder: &mut Recorder<'_>) {
        let Some(insight) = self.insights.iter_mut().find(|insight| insight.id == id) else {
            return;
        };
        insight.times_applied += 1;
        insight.successes += i64::from(success);
        insight.confidence += if success {
            GAIN * (MOST - insight.confidence)
        } else {
            -LOSS * insight.confidence
        };
        insight.last_applied = recorder.at;
        recorder.set(
            INSIGHT,
            [
                ("insight_id", text(id)),
                ("confidence_score", share(insight.confidence)),
                ("times_applied", Literal::Integer(insight.times_applied)),
                ("success_rate", share(insight.success_rate())),
                ("last_applied", recorder.now()),
            ],
        );
    }

    /// The lesson of a project with the highest confidence.
    pub(super) fn most_trusted(&self, group: Group) -> Option<String> {
        let of_group = self
            .insights
            .iter()
            .filter(|insight| insight.group == group);
        of_group
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
            .map(|insight| insight.id.clone())
    }

    /// An agent shares one of its good lessons with another agent.
    pub(super) fn share(&mut self, recorder: &mut Recorder<'_>) {
        let Some(learner) = self.any_learner() else {
            return;
        };
        let worth = |(_, insight): &(usize, &Insight)| insight.is_worth_sharing_with(learner);
        let worth: Vec<_> = self
            .insights
            .iter()
            .enumerate()
            .filter(worth)
            .map(|(at, _)| at)
            .collect();
        let Some(insight) = self
            .random
            .pick(worth)
            .and_then(|at| self.insights.get_mut(at))
        else {
            return;
        };
        insight.shared_with.push(learner);
        let teacher = insight.learned_by.unwrap_or(learner);
        recorder.link_with(
            CAN_APPLY,
            learner,
            &insight.id,
            [("shared_at", recorder.now())],
        );
        let news = format!(
            "lesson {} passed from {teacher} to {learner}",
            insight.number
        );
        recorder.report("bmad_knowledge_transfers_total", news);
    }

    /// Each night: deletes lessons without confidence and lowers that of unused ones.
    pub(super) fn fade(&mut self, recorder: &mut Recorder<'_>) {
        let gone = self
            .insights
            .extract_if(.., |insight| insight.confidence < FORGOTTEN)
            .map(|insight| insight.id);
        let gone: Vec<_> = gone.collect();
        if !gone.is_empty() {
            recorder.report(
                "bmad_insight_total",
                format!("{} lessons with low confidence were forgotten", gone.len()),
            );
        }
        recorder.delete(INSIGHT, gone);
        let until = recorder.at - DAY * RESTING_DAYS;
        let mut faded = 0;
        for insight in self
            .insights
            .iter_mut()
            .filter(|insight| insight.last_applied < until)
        {
            insight.confidence *= KEPT;
            recorder.set(
                INSIGHT,
                [
                    ("insight_id", text(&insight.id)),
                    ("confidence_score", share(insight.confidence)),
                ],
            );
            faded += 1;
        }
        if faded > 0 {
            let news =
                format!("{faded} lessons lost confidence: not applied for {RESTING_DAYS} days");
            recorder.report("bmad_avg_confidence_score", news);
        }
        self.delete_unused_patterns(recorder);
        self.change_habits();
    }

    /// An agent has left: removes it as the source of its lessons.
    pub(super) fn remove_teacher(&mut self, name: Name) {
        for insight in &mut self.insights {
            insight.learned_by = insight.learned_by.filter(|learner| *learner != name);
            insight.shared_with.retain(|learner| *learner != name);
        }
    }
}

impl Insight {
    fn write(&self, domain: &str, recorder: &mut Recorder<'_>) {
        recorder.create(
            INSIGHT,
            [
                ("insight_id", text(&self.id)),
                ("rule", text(&format!("Lesson {}", self.number))),
                ("group_id", text(self.group)),
                ("applies_to", text(domain)),
                ("status", text("active")),
                ("confidence_score", share(self.confidence)),
                ("times_applied", Literal::Integer(0)),
                ("created_at", recorder.now()),
            ],
        );
    }

    fn success_rate(&self) -> f64 {
        self.successes as f64 / self.times_applied.max(1) as f64
    }

    fn is_worth_sharing_with(&self, learner: Name) -> bool {
        let new_to_them = self.learned_by.is_some_and(|teacher| teacher != learner)
            && !self.shared_with.contains(&learner);
        new_to_them && self.confidence >= WORTH_SHARING && self.times_applied > 0
    }
}
