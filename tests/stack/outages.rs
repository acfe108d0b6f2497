//! The graph, the exporter or a KPI is gone: which notifications are sent then, and what
//! Alertmanager keeps from them.

use std::fs;
use std::time::Instant;

use super::table::Row;
use super::world::Stack;
use test_support::state::move_cursor;

/// What follows from a graph that is gone; `alertmanager.yml` holds it back.
const HELD_BACK: &[&str] = &[
    "CypherExporterKpiDown",
    "CypherExporterKpiStale",
    "LazybirdKpiStale",
    "SessionBuddyStaleMetricsCache",
];

/// A window KPI whose totals no alert looks at.
const NOT_ALERTED_ON: &str = "agentos.ccr_tokens_total";

impl Stack {
    /// The graph goes, and comes back.
    pub(crate) async fn without_graph(&self, alerts: &[&'static str]) -> Vec<Row> {
        // Nobody can work meanwhile.
        let mut neo4j = self.neo4j.write().await;
        let began = Instant::now();
        neo4j.kill();
        let fired = self.until_fired(alerts, began).await;
        self.until("the alerts of KPIs without a graph are held back", || {
            self.holds_back(HELD_BACK)
        })
        .await;
        for alert in HELD_BACK {
            assert!(
                self.receiver.fired(alert, began).is_none(),
                "a notification of {alert} was sent, which follows from {alerts:?}"
            );
        }
        let fixed = Instant::now();
        tokio::task::block_in_place(|| neo4j.restart());
        drop(neo4j);
        self.until_resolved(&fired, began, fixed).await
    }

    /// Whether Alertmanager has these alerts and keeps all of them to itself.
    fn holds_back(&self, alerts: &[&str]) -> Option<()> {
        let known = self.servers.alerts();
        let held_back = |name: &&str| {
            let mut known = known
                .iter()
                .filter(|alert| alert["labels"]["alertname"] == **name)
                .peekable();
            known.peek().is_some() && known.all(|alert| alert["status"]["state"] == "suppressed")
        };
        alerts.iter().all(held_back).then_some(())
    }

    /// The exporter goes, and comes back with a file that it cannot read, and to a graph whose
    /// clock was set back.
    pub(crate) async fn without_exporter(
        &mut self,
        alerts: &[&'static str],
        afterwards: &[&'static str],
    ) -> Vec<Row> {
        let began = Instant::now();
        self.exporter.kill();
        let fired = self.until_fired(alerts, began).await;
        let broken = self.queries.path().join("bmad/broken.cypher");
        fs::write(&broken, "// This is no query.\nMATCH\n").unwrap();
        move_cursor(self.exporter.folder(), NOT_ALERTED_ON, 3600);
        let fixed = Instant::now();
        self.exporter.start_again();
        let mut rows = self.until_resolved(&fired, began, fixed).await;

        let fired = self.until_fired(afterwards, fixed).await;
        fs::remove_file(broken).unwrap();
        let repaired = Instant::now();
        self.exporter.kill();
        move_cursor(self.exporter.folder(), NOT_ALERTED_ON, -3600);
        self.exporter.start_again();
        rows.extend(self.until_resolved(&fired, fixed, repaired).await);
        rows
    }

    /// An alert whose notification was sent is held back while its KPI fails: it is about the past.
    pub(crate) async fn with_a_failing_kpi(&self) {
        let began = Instant::now();
        self.change("CREATE (:TrainingJob {system: 'agentcore', id: 'past', status: 'running', started_at: datetime(), cost_usd: 95, budget_usd: 100, iteration: 1, iterations_total: 9, loss: 1.0, reward_mean: 1.0})").await;
        self.until_fired(&["TrainingBudgetWarning"], began).await;
        self.change("MATCH (j:TrainingJob {id: 'past'}) SET j.budget_usd = 'much'")
            .await;
        self.until("the alert of a failing KPI is held back", || {
            self.holds_back(&["TrainingBudgetWarning"])
        })
        .await;
        // It ends without a notification. A KPI fixed before its failure was reported would leave
        // people without the reason.
        let has_a_reason = || {
            !self
                .receiver
                .unfinished()
                .iter()
                .any(|alert| alert == "TrainingBudgetWarning")
        };
        self.until("a notification says that the KPI fails", || {
            has_a_reason().then_some(())
        })
        .await;
        self.change("MATCH (j:TrainingJob {id: 'past'}) DELETE j")
            .await;
    }
}
