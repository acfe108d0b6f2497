//! A window KPI on one graph: the next window is asked for, saved, and only then counts as counted.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::SemaphorePermit;
use tokio::task::spawn_blocking;

use super::run::{Run, RunError, window};
use super::watch::GraphWatch;
use super::window_sizer::{WindowSizer, is_easy};
use crate::graph::Permit;
use crate::instruments::TargetInstruments;
use crate::kpi::{BEGINNING, Kpi, Start, Window, iso};
use crate::measure::{Rows, Totals};
use crate::metric::Samples;
use crate::state::{Found, Saved, StateError, StateFile};
use cypher::UnixMillis;

/// A cursor that moves without anything to count is saved when it is so far ahead: a restart then asks for little more than
/// the time it took, and a KPI whose events are rare costs the disk next to nothing.
const SAVE_CURSOR_AFTER: i64 = 10 * 60 * 1000;

/// A count that is ahead of what may be counted by more than this is told: less may come of how long the clock's answer took.
const AHEAD: i64 = 1000;

/// What a KPI has counted on one graph, and how it goes on.
pub(super) struct WindowRunner {
    kpi: Arc<Kpi>,
    graph: Arc<str>,
    window: Window,
    file: Option<Arc<StateFile>>,
    instruments: TargetInstruments,
    /// Why what was saved could not be taken up. It is tried again at each run, and nothing is counted before.
    refused: Option<StateError>,
    totals: Totals,
    /// Everything up to here is counted; none before the first window.
    cursor: Option<UnixMillis>,
    /// The id of the database that the totals are of; none while nobody has told.
    database: Option<Arc<str>>,
    /// The cursor on disk.
    saved: UnixMillis,
    pace: WindowSizer,
    /// The next window follows upon the last one at once.
    catches_up: bool,
    /// What was last told of the clock and of the gap.
    told: CatchUp,
}

/// Where the count stands beside the graph's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CatchUp {
    InStep,
    CatchingUp,
    /// Ahead of it, or too near: there is nothing to count.
    Ahead,
}

/// A acquire, and the right to have it of a window that catches up.
type Place<'w> = (Permit<'w>, Option<SemaphorePermit<'w>>);

/// How a run of a window KPI ended.
pub(super) struct WindowRun {
    pub(super) run: Run,
    pub(super) then: Next,
}

/// What comes after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Whatever the KPI waits for.
    Wait,
    /// The next window, at once.
    GoOn,
    /// Half of this window, at once: that it went wrong is no failure of the KPI as long as a shorter one may go well.
    Half,
}

impl WindowRunner {
    /// A count that begins, or goes on with what was saved. None for a snapshot KPI.
    pub(super) async fn open(
        kpi: &Arc<Kpi>,
        graph: &Arc<str>,
        file: Option<StateFile>,
        instruments: &TargetInstruments,
    ) -> Option<Self> {
        let window = *kpi.window()?;
        let mut counting = Self {
            kpi: kpi.clone(),
            graph: graph.clone(),
            window,
            file: file.map(Arc::new),
            instruments: instruments.clone(),
            refused: None,
            totals: Totals::default(),
            cursor: None,
            database: None,
            saved: BEGINNING,
            pace: WindowSizer::from(BEGINNING),
            catches_up: false,
            told: CatchUp::InStep,
        };
        counting.refused = counting.take_up().await.err();
        Some(counting)
    }

    /// Goes on with what was saved, or begins where that is no longer to go on with.
    async fn take_up(&mut self) -> Result<(), StateError> {
        let found = self.found().await?;
        let (kpi, graph) = (&self.kpi.id, &self.graph);
        match found {
            Found::Nothing => self.forget(),
            Found::Saved(saved) => self.go_on(saved),
            Found::Changed { parts, renamed_to } => {
                self.instruments.state_discarded("changed");
                let (changed, moved_to) = (parts.join(", "), renamed_to.display());
                tracing::warn!(%kpi, %graph, changed, %moved_to, "the KPI is not what it was: it is counted anew");
                self.forget();
            }
            Found::Damaged { cause, renamed_to } => {
                self.instruments.state_discarded("damaged");
                let moved_to = renamed_to.display();
                tracing::error!(%kpi, %graph, %moved_to, "the saved totals are damaged, the KPI is counted anew: {cause}");
                self.forget();
            }
        }
        Ok(())
    }

    /// Nothing is counted yet.
    fn forget(&mut self) {
        self.totals = Totals::default();
        self.cursor = None;
        self.database = None;
        self.saved = BEGINNING;
        self.pace = WindowSizer::from(BEGINNING);
    }

    fn go_on(
        &mut self,
        Saved {
            cursor,
            totals,
            database,
        }: Saved,
    ) {
        tracing::debug!(kpi = %self.kpi.id, graph = %self.graph, counted_until = iso(cursor), "goes on with its totals");
        self.totals = totals;
        self.cursor = Some(cursor);
        self.database = database;
        self.saved = cursor;
        self.pace = WindowSizer::from(cursor);
    }

    async fn found(&self) -> Result<Found, StateError> {
        let Some(file) = self.file.clone() else {
            return Ok(Found::Nothing);
        };
        let path = file.path().to_owned();
        let ended = spawn_blocking(move || file.load()).await;
        ended.unwrap_or_else(|cause| {
            Err(StateError::Read {
                path,
                cause: cause.to_string(),
            })
        })
    }

    /// What has been counted; none before the first window.
    pub(super) fn samples(&self) -> Option<Vec<Arc<Samples>>> {
        self.cursor.map(|_| self.totals.samples().to_vec())
    }

    /// Up to when everything is counted; none before the first window, and not of times that nobody's calendar shows.
    pub(super) fn counted_until(&self) -> Option<SystemTime> {
        let since_1970 = Duration::from_millis(u64::try_from(self.cursor?.0).ok()?);
        SystemTime::UNIX_EPOCH.checked_add(since_1970)
    }

    /// How many seconds of the graph's time are not counted yet, negative when its clock was set back; none before the first
    /// window. Of a graph that has not been asked yet our own clock must do.
    pub(super) fn lag(&self, watch: &GraphWatch) -> Option<f64> {
        let end = self.window.end(
            watch
                .clock
                .estimate()
                .unwrap_or_else(|| SystemTime::now().into()),
        );
        Some(end.0.saturating_sub(self.cursor?.0) as f64 / 1000.0)
    }

    /// Counts the next window, when there is one.
    pub(super) async fn run(&mut self, watch: &GraphWatch) -> WindowRun {
        if self.refused.is_some() {
            // Someone may have mended it. The graph is not kept waiting for the disk.
            self.refused = self.take_up().await.err();
        }
        let right = if self.catches_up {
            Some(watch.right_to_catch_up().await)
        } else {
            None
        };
        let acquire = watch.graph.acquire().await;
        let counted = self.take(watch, (acquire, right)).await;
        self.catches_up = counted.then != Next::Wait;
        counted
    }

    async fn take(&mut self, watch: &GraphWatch, (mut acquire, right): Place<'_>) -> WindowRun {
        if let Some(error) = watch.away() {
            return WindowRun::ended(Run::not_asked(error.into()));
        }
        let started = std::time::Instant::now();
        let clock = match watch.clock.now(&mut acquire).await {
            Ok(clock) => clock,
            Err(error) => return WindowRun::ended(Run::failed(error.into(), started.elapsed())),
        };
        if self.refused.is_none() {
            self.see_database(watch.clock.database());
        }
        if let Some(refused) = self.refused.clone() {
            return WindowRun::ended(Run::failed(refused.into(), started.elapsed()));
        }
        let end = self.window.end(clock);
        let since = match (self.cursor, self.window.start) {
            (Some(cursor), _) => cursor,
            (None, Start::Beginning) => BEGINNING,
            (None, Start::Now) => {
                drop((acquire, right));
                return WindowRun::ended(self.begin(end).await);
            }
        };
        if end <= since {
            self.tell_of_clock(since, end, clock);
            return WindowRun::ended(Run::nothing_to_ask(self.totals.samples().to_vec()));
        }
        self.count(watch, (acquire, right), since, end).await
    }

    /// Totals and cursor are of one database. In another one the cursor would pass over events, and the totals of two would be
    /// added up. Where nobody tells the id, nothing is compared.
    fn see_database(&mut self, now: Option<Arc<str>>) {
        let Some(now) = now else { return };
        let is_other = self.cursor.is_some()
            && self
                .database
                .as_ref()
                .is_some_and(|counted_in| *counted_in != now);
        match &self.file {
            Some(file) if is_other => {
                return self.refused = Some(StateError::OtherDatabase(file.path().to_owned()));
            }
            None if is_other => {
                // As a restart would.
                tracing::warn!(kpi = %self.kpi.id, graph = %self.graph, "the graph has another database: the KPI is counted anew");
                self.forget();
            }
            Some(_) | None => {}
        }
        self.database = Some(now);
    }

    /// A count that starts now has everything before behind it.
    async fn begin(&mut self, end: UnixMillis) -> Run {
        let none = Totals::default();
        match Rows::of_window(&self.kpi, &none).finish() {
            Ok(measured) => match self.keep(Totals::after(&measured), end).await {
                Ok(()) => Run::nothing_to_ask(measured.samples),
                Err(error) => Run::failed(error.into(), Duration::ZERO),
            },
            Err(error) => Run::failed(error.into(), Duration::ZERO),
        }
    }

    async fn count(
        &mut self,
        watch: &GraphWatch,
        (mut acquire, right): Place<'_>,
        since: UnixMillis,
        end: UnixMillis,
    ) -> WindowRun {
        let until = self.pace.until(since, end);
        let mut totals = self.totals.clone();
        let mut run = window(
            &self.kpi,
            &mut acquire,
            &mut totals,
            since,
            until,
            &mut |_| {},
        )
        .await;
        // The disk may be slow: the graph is not kept waiting for it.
        drop((acquire, right));
        if let Err(error) = &run.result {
            // A graph that hangs says nothing of the window.
            if !(error.is_too_much_at_once() || error.is_of_a_row()) || watch.away().is_some() {
                return WindowRun::ended(run);
            }
            if self.pace.halve(since, until) {
                self.tell_of_half(error, since, until);
                return WindowRun {
                    run,
                    then: Next::Half,
                };
            }
            run.result = run.result.map_err(|cause| RunError::Shortest {
                cause: Box::new(cause),
                since,
                until,
            });
            return WindowRun::ended(run);
        }
        if let Err(error) = self.keep(totals, until).await {
            // Its rows come again, so that nothing of this run counts, not even what was left out.
            return WindowRun::ended(Run::failed(error.into(), run.duration.unwrap_or_default()));
        }
        let easy = is_easy(
            run.rows(),
            run.duration.unwrap_or_default(),
            self.kpi.timeout,
        );
        self.pace.went_well(since, until, end, easy);
        self.tell_of_gap(until, end);
        WindowRun {
            run,
            then: if until < end { Next::GoOn } else { Next::Wait },
        }
    }

    /// Saves first: what is published was saved, so that nothing that anyone has seen is ever taken back.
    async fn keep(&mut self, totals: Totals, until: UnixMillis) -> Result<(), StateError> {
        let far_ahead = until.0.saturating_sub(self.saved.0) >= SAVE_CURSOR_AFTER;
        if let Some(file) = self
            .file
            .as_ref()
            .filter(|_| far_ahead || !totals.is(&self.totals))
        {
            let database = self.database.clone();
            save(
                file,
                Saved {
                    cursor: until,
                    totals: totals.clone(),
                    database,
                },
            )
            .await?;
            self.saved = until;
        }
        self.totals = totals;
        self.cursor = Some(until);
        Ok(())
    }

    fn tell_of_half(&self, error: &RunError, since: UnixMillis, until: UnixMillis) {
        let (kpi, graph) = (&self.kpi.id, &self.graph);
        let (since, until) = (iso(since), iso(until));
        if error.is_of_a_row() {
            tracing::info!(%kpi, %graph, since, until, %error, "a row of this window cannot be counted: half of it is next");
        } else {
            tracing::info!(%kpi, %graph, since, until, "this window was too much at once: half of it is next");
        }
    }

    fn tell_of_gap(&mut self, until: UnixMillis, end: UnixMillis) {
        let gap =
            Duration::from_millis(u64::try_from(end.0.saturating_sub(until.0)).unwrap_or_default());
        let now = if gap.is_zero() {
            CatchUp::InStep
        } else {
            CatchUp::CatchingUp
        };
        match (self.told, now) {
            (CatchUp::InStep | CatchUp::Ahead, CatchUp::CatchingUp) => {
                tracing::info!(kpi = %self.kpi.id, graph = %self.graph, counted_until = iso(until), behind = %humantime::format_duration(gap), "catching up");
            }
            (CatchUp::CatchingUp, CatchUp::InStep) => {
                tracing::info!(kpi = %self.kpi.id, graph = %self.graph, "has caught up");
            }
            (CatchUp::InStep | CatchUp::Ahead, CatchUp::InStep)
            | (CatchUp::CatchingUp, CatchUp::CatchingUp)
            | (_, CatchUp::Ahead) => {}
        }
        self.told = now;
    }

    fn tell_of_clock(&mut self, since: UnixMillis, end: UnixMillis, clock: UnixMillis) {
        if self.told == CatchUp::Ahead || since.0.saturating_sub(end.0) <= AHEAD {
            return;
        }
        self.told = CatchUp::Ahead;
        let (kpi, graph, behind) = (&self.kpi.id, &self.graph, clock < since);
        let (counted_until, clock) = (iso(since), iso(clock));
        if behind {
            tracing::warn!(%kpi, %graph, counted_until, clock, "the graph's clock is behind what was counted: nothing is counted until it gets there, and events of that time never are");
        } else {
            // Where the clock was set back by less than `lag`, it looks the same.
            let lag = humantime::format_duration(self.window.lag);
            tracing::info!(%kpi, %graph, counted_until, clock, %lag, "counted to less than `lag` before the graph's clock: `lag` was raised, or the clock set back; nothing is counted until it is so far ahead");
        }
    }
}

async fn save(file: &Arc<StateFile>, saved: Saved) -> Result<(), StateError> {
    let (writer, path) = (file.clone(), file.path().to_owned());
    let ended = spawn_blocking(move || writer.save(&saved)).await;
    ended.unwrap_or_else(|cause| {
        Err(StateError::Save {
            path,
            cause: cause.to_string(),
        })
    })
}

impl WindowRun {
    fn ended(run: Run) -> Self {
        Self {
            run,
            then: Next::Wait,
        }
    }
}
