//! What the numbers of the systems are like: there from the start, plausible, lively, and in
//! trouble now and then.

use std::collections::{BTreeMap, BTreeSet};

use cypher::UnixMillis;
use world::{Edit, World};

use crate::model::answer::{Answer, Labels};
use crate::model::window::{self, Window};
use crate::model::{family::Oracle, pack};
use crate::systems::{ALWAYS, HOUR, Life, MINUTE, PACKS, SPEED, START, families};

#[test]
fn every_family_has_a_value_from_the_first_minute_on() {
    for seed in 1..=5 {
        let mut life = Life::new(seed);
        life.go_on(MINUTE);
        for (family, answer) in life.shows(ALWAYS) {
            assert!(
                !series(&answer).is_empty(),
                "{} has no value, seed {seed}",
                family.name
            );
        }
    }
}

/// The label sets of a family.
fn series(answer: &Answer) -> Vec<&Labels> {
    match answer {
        Answer::Plain(series) => series.keys().collect(),
        Answer::Info(series) => series.iter().collect(),
        Answer::Histogram { series, .. } => series.keys().collect(),
    }
}

/// The values beyond these last bounds are no exception: a guideline may fit well.
const OFTEN_BEYOND: [&str; 1] = ["lazybird_guideline_match_quality_score"];

#[test]
fn every_bucket_is_of_use() {
    let mut life = Life::new(1);
    let mut totals = BTreeMap::new();
    for _ in 0..24 {
        life.go_on(5 * MINUTE);
        for (family, answer) in life.shows(Window {
            since: 300,
            until: 0,
        }) {
            if matches!(family.oracle, Oracle::Histogram(..)) {
                window::add(&mut totals, family.name, answer);
            }
        }
    }
    for (name, answer) in totals {
        let Answer::Histogram { bounds, series } = answer else {
            continue;
        };
        let bucket = |at: usize| {
            series
                .values()
                .map(|buckets| buckets.counts[at])
                .sum::<u64>() as f64
        };
        let counts: Vec<_> = (0..=bounds.len()).map(bucket).collect();
        let (all, beyond) = (counts.iter().sum::<f64>(), counts[bounds.len()]);
        assert!(all > 20.0, "{name}: only {all} values");
        assert!(
            beyond / all < 0.15 || OFTEN_BEYOND.contains(&&*name),
            "{name}: {counts:?}"
        );
        assert!(
            counts.iter().all(|count| count / all < 0.8),
            "{name}: nearly all is in one bucket: {counts:?}"
        );
        let used = counts[..bounds.len()]
            .iter()
            .filter(|count| **count > 0.0)
            .count();
        assert!(used * 3 >= bounds.len() * 2, "{name}: {counts:?}");
    }
}

/// Whether a family shows a value that is such in five minutes.
fn any(shown: &BTreeMap<&str, Answer>, name: &str, holds: impl Fn(f64) -> bool) -> bool {
    let Answer::Plain(series) = &shown[name] else {
        panic!("{name} is a histogram")
    };
    series.values().any(|value| holds(*value))
}

/// The share of the values of a family with one label value among all that agree in another label.
fn shares(
    shown: &BTreeMap<&str, Answer>,
    name: &str,
    (label, value): (&str, &str),
    by: &str,
) -> Vec<f64> {
    let Answer::Plain(series) = &shown[name] else {
        panic!("{name} is a histogram")
    };
    let mut groups = BTreeMap::<&str, (f64, f64)>::new();
    for (labels, count) in series {
        let (part, all) = groups
            .entry(labels.get(by).map_or("", String::as_str))
            .or_default();
        *part += if labels[label] == value { *count } else { 0.0 };
        *all += count;
    }
    groups
        .into_values()
        .filter(|(_, all)| *all > 0.0)
        .map(|(part, all)| part / all)
        .collect()
}

/// The share of what lies beyond a bound.
fn beyond(shown: &BTreeMap<&str, Answer>, name: &str, bound: f64) -> f64 {
    let Answer::Histogram { bounds, series } = &shown[name] else {
        panic!("{name} is no histogram")
    };
    let first = bounds.iter().position(|known| *known == bound).unwrap() + 1;
    let count = |from: usize| {
        series
            .values()
            .flat_map(|buckets| &buckets.counts[from..])
            .sum::<u64>() as f64
    };
    count(first) / count(0)
}

fn sum(shown: &BTreeMap<&str, Answer>, name: &str, labels: &[(&str, &str)]) -> f64 {
    let Answer::Plain(series) = &shown[name] else {
        panic!("{name} is a histogram")
    };
    let is_it = |of: &&Labels| labels.iter().all(|(label, value)| of[*label] == *value);
    series
        .iter()
        .filter(|(of, _)| is_it(of))
        .map(|(_, value)| value)
        .sum()
}

type Shown = BTreeMap<&'static str, Answer>;

/// The alert that it would be, and whether it holds.
type Trouble = (&'static str, fn(&Shown) -> bool);

/// What the alerts of the packs look at, in five minutes instead of more.
const TROUBLES: [Trouble; 17] = [
    ("AgentOsErrorRateHigh", |shown| {
        shares(shown, "a2a_requests_total", ("status", "error"), "agent")
            .iter()
            .any(|share| *share > 0.1)
    }),
    ("AgentOsRequestsSlow", |shown| {
        beyond(shown, "a2a_request_duration_seconds", 0.5) > 0.08
    }),
    ("AgentOsCacheHitRatioLow", |shown| {
        let of = |labels| sum(shown, "cache_operations_total", labels);
        of(&[("operation", "get"), ("result", "hit")]) < 0.5 * of(&[("operation", "get")])
    }),
    ("AgentOsRateLimitDenials", |shown| {
        sum(shown, "rate_limit_hits_total", &[("result", "denied")]) > 20.0
    }),
    ("CCR falls back", |shown| {
        shares(shown, "ccr_requests_total", ("status", "fallback"), "")
            .iter()
            .any(|s| *s > 0.1)
    }),
    ("SessionBuddySkillPerformanceDrop", |shown| {
        any(shown, "skill_completion_rate", |rate| rate < 0.7)
    }),
    ("SessionBuddyActiveSessionsZero", |shown| {
        any(shown, "active_sessions_total", |sessions| sessions == 0.0)
    }),
    ("SessionBuddyHighAnomalyRate", |shown| {
        sum(shown, "anomalies_detected_total", &[]) > 5.0
    }),
    ("LazybirdTaskFailuresHigh", |shown| {
        any(shown, "lazybird_task_success_rate_percent", |rate| {
            rate < 80.0
        })
    }),
    ("LazybirdCacheHitRateLow", |shown| {
        any(shown, "lazybird_cache_hit_rate_percent", |rate| rate < 25.0)
    }),
    ("LazybirdApiErrorsRising", |shown| {
        sum(shown, "lazybird_external_api_errors_total", &[])
            > 0.2 * sum(shown, "lazybird_external_api_calls_total", &[])
    }),
    ("agents of LazyBird fail", |shown| {
        any(shown, "lazybird_agent_success_rate_percent", |rate| {
            rate < 80.0
        })
    }),
    ("HighTrainingFailureRate", |shown| {
        let of = |name| sum(shown, name, &[]);
        of("training_jobs_failed_total") > 0.5 * of("training_jobs_created_total")
    }),
    ("SlowTrajectoryGeneration", |shown| {
        beyond(
            shown,
            "training_trajectory_generation_duration_seconds",
            60.0,
        ) > 0.1
    }),
    ("TrainingBudgetNotice", |shown| {
        any(shown, "training_budget_utilization_percent", |used| {
            used > 75.0 && used <= 90.0
        })
    }),
    ("TrainingBudgetWarning", |shown| {
        any(shown, "training_budget_utilization_percent", |used| {
            used > 90.0 && used <= 100.0
        })
    }),
    ("TrainingBudgetExceeded", |shown| {
        any(shown, "training_budget_utilization_percent", |used| {
            used > 100.0
        })
    }),
];

#[test]
fn trouble_comes_and_goes() {
    let mut life = Life::new(2);
    let mut looks: Vec<Vec<bool>> = vec![Vec::new(); TROUBLES.len()];
    for _ in 0..8 * 12 {
        life.go_on(5 * MINUTE);
        let shown = life
            .shows(Window {
                since: 300,
                until: 0,
            })
            .into_iter()
            .map(|(family, shown)| (family.name, shown));
        let shown: Shown = shown.collect();
        for (looks, (_, holds)) in looks.iter_mut().zip(TROUBLES) {
            looks.push(holds(&shown));
        }
    }
    for ((name, _), looks) in TROUBLES.iter().zip(looks) {
        let bad = looks.iter().filter(|look| **look).count();
        let times = looks.windows(2).filter(|pair| !pair[0] && pair[1]).count();
        assert!(
            bad * 10 < looks.len() * 6 && times > 0,
            "{name}: {bad} of {}, begun {times} times",
            looks.len()
        );
    }
}

#[test]
fn everything_moves_within_an_hour() {
    let mut life = Life::new(3);
    let mut totals = BTreeMap::new();
    let mut seen: BTreeMap<_, Vec<Answer>> = BTreeMap::new();
    for _ in 0..30 {
        life.go_on(2 * MINUTE);
        for (family, mut answer) in life.shows(Window {
            since: 120,
            until: 0,
        }) {
            if matches!(family.oracle, Oracle::Counter(_) | Oracle::Histogram(..)) {
                window::add(&mut totals, family.name, answer);
                answer = totals[family.name].clone();
            }
            let values = seen.entry(family.name).or_default();
            if !values.contains(&answer) {
                values.push(answer);
            }
        }
    }
    for (name, values) in seen {
        assert!(
            values.len() > 2,
            "{name} had only {} values in an hour",
            values.len()
        );
    }
}

#[test]
fn the_graph_stays_small() {
    // The week holds 700 days of work.
    for (speed, step, steps) in [(SPEED, MINUTE, 120), (100.0, HOUR, 7 * 24)] {
        let (mut world, past) = World::new(1, START, speed);
        let mut sizes = BTreeMap::new();
        past.iter().for_each(|edit| count(edit, &mut sizes));
        for at in 1..=steps {
            for happening in world.until(UnixMillis(START.0 + at * step)) {
                happening
                    .edits
                    .iter()
                    .for_each(|edit| count(edit, &mut sizes));
            }
            let all: i64 = sizes.values().sum();
            assert!((3000..10_000).contains(&all), "{all} at {at}: {sizes:?}");
            for (label, most) in [
                ("Sample", 24),
                ("AIAgent", 21),
                ("System", 1),
                ("Session", 60),
                ("TrainingJob", 60),
            ] {
                assert!(sizes[label] <= most, "{label} at {at}: {sizes:?}");
            }
        }
    }
}

/// Counts nodes by label.
fn count(edit: &Edit, sizes: &mut BTreeMap<&'static str, i64>) {
    match edit {
        Edit::Create(kind, nodes) => *sizes.entry(kind.label).or_default() += nodes.len() as i64,
        Edit::Delete(kind, keys) => *sizes.entry(kind.label).or_default() -= keys.len() as i64,
        Edit::Set(..) | Edit::Link(..) | Edit::Unlink(..) => {}
    }
}

#[test]
fn news_point_at_metrics_that_there_are() {
    let mut life = Life::new(1);
    let news: Vec<_> = life
        .go_on(4 * HOUR)
        .into_iter()
        .flat_map(|happening| happening.news)
        .collect();
    let metrics: BTreeSet<_> = families().map(|family| family.name).collect();
    let ours: Vec<_> = news
        .iter()
        .filter(|news| !news.metric.starts_with("bmad_"))
        .collect();
    for news in &ours {
        assert!(metrics.contains(news.metric), "{news:?}");
        assert!(
            !news.text.ends_with('.') && news.text.len() < 90,
            "{news:?}"
        );
    }
    for (pack, families) in PACKS {
        let told = ours
            .iter()
            .filter(|news| families.iter().any(|family| family.name == news.metric))
            .count();
        assert!(
            (20..3000).contains(&told),
            "{told} lines about {pack} in four hours"
        );
    }
}

#[test]
fn the_packs_have_these_families() {
    PACKS
        .iter()
        .for_each(|(pack, families)| pack::has_exactly(pack, families));
}
