//! Insights: lessons drawn from outcomes. Those that are applied gain trust, the others fade, and good ones are passed on.

use super::graph::{CAN_APPLY, GENERATED, INSIGHT, LEARNED};
use super::projects::Group;
use super::team::Name;
use super::{Bmad, DAY};
use crate::page::{Page, share, text};
use crate::time::WorkTime;
use cypher::Literal;

/// What `applies_to` says.
const DOMAINS: [(&str, f64); 6] = [
    ("python", 30.0),
    ("typescript", 25.0),
    ("testing", 18.0),
    ("api", 12.0),
    ("database", 9.0),
    ("deployment", 6.0),
];

/// Trust in a new lesson.
const AT_FIRST: (f64, f64) = (0.5, 0.9);
/// The most that can be trusted, and how much of the way there a success goes; a failure takes a fixed part.
const MOST: f64 = 0.97;
const GAIN: f64 = 0.25;
const LOSS: f64 = 0.1;
/// What is not applied for so many days keeps this part of its trust each night.
const RESTING_DAYS: u32 = 4;
const KEPT: f64 = 0.8;
/// What is trusted less than this is forgotten.
const FORGOTTEN: f64 = 0.15;
/// What is worth passing on.
const WORTH_SHARING: f64 = 0.75;

#[derive(Debug)]
pub(super) struct Insight {
    pub(super) id: String,
    pub(super) group: Group,
    number: u64,
    confidence: f64,
    /// How likely work goes well by it.
    quality: f64,
    times_applied: i64,
    successes: i64,
    /// When it was last of use, or learned.
    last_applied: WorkTime,
    /// Who learned it first, and still is there.
    learned_by: Option<Name>,
    shared_with: Vec<Name>,
}

impl Bmad {
    pub(super) fn learn(&mut self, page: &mut Page<'_>) {
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
            last_applied: page.at,
            learned_by: Some(learner),
            shared_with: Vec::new(),
        };
        insight.write(domain, page);
        page.link(GENERATED, &outcome, &insight.id);
        page.link(LEARNED, learner, &insight.id);
        page.tell(
            "bmad_insight_total",
            format!("{learner} learns lesson {number} in {group}, about {domain}"),
        );
        self.insights.push(insight);
    }

    /// The better trusted one of two lessons of a project, and how likely work goes well by it.
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

    pub(super) fn lesson_applied(&mut self, id: &str, success: bool, page: &mut Page<'_>) {
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
        insight.last_applied = page.at;
        page.set(
            INSIGHT,
            [
                ("insight_id", text(id)),
                ("confidence_score", share(insight.confidence)),
                ("times_applied", Literal::Integer(insight.times_applied)),
                ("success_rate", share(insight.success_rate())),
                ("last_applied", page.now()),
            ],
        );
    }

    /// The lesson of a project that is trusted most.
    pub(super) fn most_trusted(&self, group: Group) -> Option<String> {
        let of_group = self
            .insights
            .iter()
            .filter(|insight| insight.group == group);
        of_group
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
            .map(|insight| insight.id.clone())
    }

    /// Someone passes a trusted lesson of their own on to someone who does not have it.
    pub(super) fn share(&mut self, page: &mut Page<'_>) {
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
        page.link_with(CAN_APPLY, learner, &insight.id, [("shared_at", page.now())]);
        let told = format!("{teacher} passes lesson {} on to {learner}", insight.number);
        page.tell("bmad_knowledge_transfers_total", told);
    }

    /// The night: what was trusted no more is forgotten, and what nobody applied is trusted less.
    pub(super) fn fade(&mut self, page: &mut Page<'_>) {
        let gone = self
            .insights
            .extract_if(.., |insight| insight.confidence < FORGOTTEN)
            .map(|insight| insight.id);
        let gone: Vec<_> = gone.collect();
        if !gone.is_empty() {
            page.tell(
                "bmad_insight_total",
                format!("{} lessons that nobody trusts are forgotten", gone.len()),
            );
        }
        page.delete(INSIGHT, gone);
        let until = page.at - DAY * RESTING_DAYS;
        let mut faded = 0;
        for insight in self
            .insights
            .iter_mut()
            .filter(|insight| insight.last_applied < until)
        {
            insight.confidence *= KEPT;
            page.set(
                INSIGHT,
                [
                    ("insight_id", text(&insight.id)),
                    ("confidence_score", share(insight.confidence)),
                ],
            );
            faded += 1;
        }
        if faded > 0 {
            let told = format!(
                "{faded} lessons that nobody has applied for {RESTING_DAYS} days are trusted less"
            );
            page.tell("bmad_avg_confidence_score", told);
        }
        self.forget_patterns(page);
        self.change_habits();
    }

    /// Someone has left: the graph does not know any more who learned what from them.
    pub(super) fn forget_agent(&mut self, name: Name) {
        for insight in &mut self.insights {
            insight.learned_by = insight.learned_by.filter(|learner| *learner != name);
            insight.shared_with.retain(|learner| *learner != name);
        }
    }
}

impl Insight {
    fn write(&self, domain: &str, page: &mut Page<'_>) {
        page.create(
            INSIGHT,
            [
                ("insight_id", text(&self.id)),
                ("rule", text(&format!("Lesson {}", self.number))),
                ("group_id", text(self.group)),
                ("applies_to", text(domain)),
                ("status", text("active")),
                ("confidence_score", share(self.confidence)),
                ("times_applied", Literal::Integer(0)),
                ("created_at", page.now()),
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
