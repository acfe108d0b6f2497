//! All programs of the stack together, and the work that goes on in the graph.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::RwLock;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::quick::{self, Motion};
use super::receiver::Receiver;
use super::servers::{Servers, files, shipped};
use super::table::Row;
use super::troubles::{TASKS, Trouble, WELL, WORK};
use test_support::exporter::{Exporter, Setup};
use test_support::neo4j::Neo4j;
use test_support::programs::program;
use test_support::server::free_address;

/// Longer than anything takes on a small and busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Where Debian's Alertmanager looks for its own templates, without which it does not start.
const TEMPLATES: &str = "/usr/share/prometheus/alertmanager/default.tmpl";

/// Whether Prometheus and Alertmanager can be started.
pub(crate) fn judges_are_here() -> bool {
    let needed = [
        program("newer", "prometheus"),
        program("newer", "prometheus-alertmanager"),
        TEMPLATES.to_owned(),
    ];
    needed.iter().all(|path| fs::exists(path).unwrap())
}

/// What happens in the graph each second.
type Happening = Arc<Mutex<Vec<&'static str>>>;

/// Everything runs.
pub(crate) struct Stack {
    pub(crate) neo4j: Arc<RwLock<Neo4j>>,
    pub(crate) exporter: Exporter,
    pub(crate) servers: Servers,
    pub(crate) receiver: Receiver,
    happening: Happening,
    worker: AbortHandle,
    pub(crate) queries: TempDir,
    motion: Motion,
}

impl Drop for Stack {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

/// The queries in quick motion.
fn queries(motion: Motion) -> TempDir {
    let folder = tempfile::Builder::new()
        .prefix("queries-")
        .tempdir()
        .unwrap();
    for pack in files("queries").into_iter().filter(|path| path.is_dir()) {
        let to = folder.path().join(pack.file_name().unwrap());
        fs::create_dir(&to).unwrap();
        for file in fs::read_dir(&pack)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            let text = fs::read_to_string(&file).unwrap();
            let name = file.to_string_lossy();
            let is_kpi = name.ends_with(".cypher") && !name.ends_with(".test.cypher");
            let text = if is_kpi {
                quick::kpi(motion, &text)
            } else {
                text
            };
            fs::write(to.join(file.file_name().unwrap()), text).unwrap();
        }
    }
    folder
}

/// Lets the graph live.
fn work(neo4j: Arc<RwLock<Neo4j>>, happening: Happening) -> AbortHandle {
    let each_second = async move {
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            second.tick().await;
            let neo4j = neo4j.read().await;
            let happens = happening.lock().unwrap().clone();
            for statements in happens {
                neo4j.write(statements).await;
            }
        }
    };
    tokio::spawn(each_second).abort_handle()
}

impl Stack {
    pub(crate) async fn start(neo4j: Neo4j, past: &[Trouble]) -> Self {
        for statements in [
            &shipped("queries/indexes.cypher"),
            &shipped("queries/model.cypher"),
            WELL,
        ] {
            neo4j.write(statements).await;
        }
        for trouble in past {
            neo4j.write(trouble.begins).await;
        }
        let motion = Motion::of_this_machine();
        let queries = queries(motion);
        let exporter = Setup::on("stack", &neo4j)
            .config("[state]\npath = \"state\"")
            .variable(
                "CYPHER_EXPORTER__QUERIES__PATH",
                queries.path().to_str().unwrap(),
            )
            .variable("CYPHER_EXPORTER__WEB__LISTEN", &free_address())
            .start();
        let receiver = Receiver::start();
        let servers = Servers::start(
            motion,
            &exporter.address().to_string(),
            &receiver.address.to_string(),
        )
        .unwrap();
        let neo4j = Arc::new(RwLock::new(neo4j));
        let happening = Happening::new(Mutex::new(vec![WORK, TASKS]));
        let worker = work(neo4j.clone(), happening.clone());
        Self {
            neo4j,
            exporter,
            servers,
            receiver,
            happening,
            worker,
            queries,
            motion,
        }
    }

    /// Waits until Prometheus reaches all that it is told to, and reads its rules without a fault.
    pub(crate) async fn is_as_shipped(&self) {
        let jobs = ["alertmanager", "cypher-exporter", "prometheus"];
        self.until("all jobs are up and all rules are well", || {
            let up = self.servers.query("up == 1");
            let up: BTreeSet<_> = up
                .iter()
                .map(|up| up["metric"]["job"].as_str().unwrap())
                .collect();
            let rules = self.servers.rules();
            let is_well = |rule: &Value| rule["health"] == "ok" && rule["lastError"].is_null();
            (up == jobs.into() && !rules.is_empty() && rules.iter().all(is_well)).then_some(())
        })
        .await;
    }

    pub(crate) async fn change(&self, statements: &str) {
        self.neo4j.read().await.write(statements).await;
    }

    /// Brings its alerts to fire and to resolve, and returns when notifications were sent.
    pub(crate) async fn go_through(
        &self,
        trouble: &Trouble,
        began_before: Option<Instant>,
    ) -> Vec<Row> {
        let began = match began_before {
            Some(began) => began,
            None => self.begin(trouble).await,
        };
        let fired = self.until_fired(trouble.alerts, began).await;
        let fixed = self.fix(trouble).await;
        self.until_resolved(&fired, began, fixed).await
    }

    /// Waits until notifications of all of them were sent, and none was taken back.
    pub(crate) async fn until_fired(
        &self,
        alerts: &[&'static str],
        began: Instant,
    ) -> Vec<(&'static str, Instant)> {
        let fires = |alert: &&'static str| Some((*alert, self.receiver.fired(alert, began)?));
        self.until(&format!("{alerts:?} fire"), || {
            alerts.iter().map(fires).collect()
        })
        .await
    }

    /// Waits until notifications say that all of them are resolved.
    pub(crate) async fn until_resolved(
        &self,
        fired: &[(&'static str, Instant)],
        began: Instant,
        fixed: Instant,
    ) -> Vec<Row> {
        let mut rows = Vec::new();
        for (alert, fired) in fired {
            let resolved = self
                .until(&format!("{alert} resolves"), || {
                    self.receiver.resolved(alert)
                })
                .await;
            assert!(
                resolved > fixed,
                "{alert} was taken back before its cause was fixed"
            );
            rows.push(Row {
                alert,
                to_fire: *fired - began,
                to_resolve: resolved - fixed,
            });
        }
        rows
    }

    async fn begin(&self, trouble: &Trouble) -> Instant {
        let began = Instant::now();
        self.change(trouble.begins).await;
        let mut happening = self.happening.lock().unwrap();
        happening.extend(Some(trouble.goes_on).filter(|statements| !statements.is_empty()));
        happening.retain(|statements| !(trouble.stops_tasks && *statements == TASKS));
        began
    }

    async fn fix(&self, trouble: &Trouble) -> Instant {
        // Not within a second's work, whose rest would come after the fix.
        let neo4j = self.neo4j.write().await;
        let mut begun = None;
        if let Some(line) = trouble.fix_after {
            // All but the commit is done before, so that no run can begin meanwhile.
            begun = Some(neo4j.begin(trouble.fix).await);
            let said = || self.exporter.log().matches(line).count();
            let before = said();
            self.until(&format!("the log says once more: {line}"), || {
                (said() > before).then_some(())
            })
            .await;
        }
        {
            let mut happening = self.happening.lock().unwrap();
            happening.retain(|statements| *statements != trouble.goes_on);
            happening.extend(trouble.stops_tasks.then_some(TASKS));
        }
        let fixed = Instant::now();
        match begun {
            Some(transaction) => transaction.commit().await.unwrap(),
            None => neo4j.write(trouble.fix).await,
        }
        fixed
    }

    /// Waits until nothing fires, and the last notification says so.
    pub(crate) async fn until_all_is_well(&self, after: &str) {
        self.until(&format!("all is well again after {after}"), || {
            let fires = !self
                .servers
                .query("ALERTS{alertstate=\"firing\"}")
                .is_empty();
            (!fires
                && self.receiver.unfinished().is_empty()
                && !self.servers.query("up").is_empty())
            .then_some(())
        })
        .await;
        self.receiver.forget();
    }

    /// Looks until there is something.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + self.motion.patience(PATIENCE);
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(
                Instant::now() < deadline,
                "in vain: {what}\n{}",
                self.story()
            );
            sleep(Duration::from_millis(100)).await;
        }
    }

    /// What is known when something does not come.
    fn story(&self) -> String {
        let known = self
            .servers
            .query("ALERTS")
            .iter()
            .map(|alert| alert["metric"].to_string())
            .collect::<BTreeSet<_>>();
        format!(
            "Prometheus: {known:#?}\ntold: {:?}",
            self.receiver.unfinished()
        )
    }
}
