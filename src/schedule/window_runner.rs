//! A window KPI on one graph: the next window is queried, saved, and only then counted.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::SemaphorePermit;
use tokio::task::spawn_blocking;

use super::error::RunError;
use super::run::{Run, window};
use super::watch::GraphWatch;
use super::window_sizer::{WindowSizer, is_easy};
use crate::graph::Permit;
use crate::instruments::TargetInstruments;
use crate::kpi::{BEGINNING, Kpi, Start, Window, iso};
use crate::measure::{Outcome, Rows, Totals};
use crate::metric::Samples;
use crate::state::{Found, Saved, StateError, StateFile};
use cypher::UnixMillis;

/// A cursor that moves without events is saved when it is this far ahead: a restart then repeats little, and a KPI with rare
/// events costs the disk next to nothing.
const SAVE_CURSOR_AFTER: i64 = 10 * 60 * 1000;

/// A cursor ahead of the end of the next window by more than this is logged: less may result from the latency of the clock.
const AHEAD: i64 = 1000;

/// The cursor and totals of a KPI on one graph.
pub(super) struct WindowRunner {
    kpi: Arc<Kpi>,
    graph: Arc<str>,
    window: Window,
    file: Option<Arc<StateFile>>,
    instruments: TargetInstruments,
    /// Why the saved state could not be restored. Each run tries again, and nothing is counted before.
    refused: Option<StateError>,
    totals: Totals,
    /// All events up to here are counted; none before the first window.
    cursor: Option<UnixMillis>,
    /// The id of the counted database; none if unknown.
    database: Option<Arc<str>>,
    /// The cursor on disk.
    saved: UnixMillis,
    sizer: WindowSizer,
    /// The next window follows the last one immediately, or the last one timed out.
    low_priority: bool,
    /// What was last logged about the clock and the gap.
    logged: CatchUp,
}

/// The cursor compared with the graph's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CatchUp {
    UpToDate,
    CatchingUp,
    /// Ahead of the end of the next window: there is nothing to count.
    Ahead,
}

/// A permit of the graph, and for a window that catches up one of low priority.
type Permits<'w> = (Permit<'w>, Option<SemaphorePermit<'w>>);

/// What follows a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Wait until the KPI is due.
    Wait,
    /// Run the next window immediately.
    Continue,
    /// Run half of this window immediately: the KPI has not failed as long as a shorter window may succeed.
    Retry,
}

impl WindowRunner {
    /// Restores the saved state, or starts without one. None for a snapshot KPI.
    pub(super) async fn open(
        kpi: &Arc<Kpi>,
        graph: &Arc<str>,
        file: Option<StateFile>,
        instruments: &TargetInstruments,
    ) -> Option<Self> {
        let window = *kpi.window()?;
        let mut runner = Self {
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
            sizer: WindowSizer::from(BEGINNING),
            low_priority: false,
            logged: CatchUp::UpToDate,
        };
        runner.refused = runner.restore().await.err();
        Some(runner)
    }

    /// Restores the saved state, or starts again if it does not fit.
    async fn restore(&mut self) -> Result<(), StateError> {
        let found = self.load().await?;
        let (kpi, graph) = (&self.kpi.id, &self.graph);
        match found {
            Found::Nothing => self.reset(),
            Found::Saved(saved) => self.resume(saved),
            Found::Changed { parts, renamed_to } => {
                self.instruments.state_discarded("changed");
                let (changed, renamed_to) = (parts.join(", "), renamed_to.display());
                tracing::warn!(%kpi, %graph, changed, %renamed_to, "KPI definition changed; totals restart from `start`");
                self.reset();
            }
            Found::Damaged { cause, renamed_to } => {
                self.instruments.state_discarded("damaged");
                let renamed_to = renamed_to.display();
                tracing::error!(%kpi, %graph, cause, %renamed_to, "state file is damaged; totals restart from `start`");
                self.reset();
            }
        }
        Ok(())
    }

    /// Starts from the beginning.
    fn reset(&mut self) {
        self.totals = Totals::default();
        self.cursor = None;
        self.database = None;
        self.saved = BEGINNING;
        self.sizer = WindowSizer::from(BEGINNING);
    }

    fn resume(
        &mut self,
        Saved {
            cursor,
            totals,
            database,
        }: Saved,
    ) {
        tracing::debug!(kpi = %self.kpi.id, graph = %self.graph, counted_until = iso(cursor), "totals restored");
        self.totals = totals;
        self.cursor = Some(cursor);
        self.database = database;
        self.saved = cursor;
        self.sizer = WindowSizer::from(cursor);
    }

    async fn load(&self) -> Result<Found, StateError> {
        let Some(file) = self.file.clone() else {
            return Ok(Found::Nothing);
        };
        let path = file.path().to_owned();
        let loaded = spawn_blocking(move || file.load()).await;
        loaded.unwrap_or_else(|cause| {
            Err(StateError::Read {
                path,
                cause: cause.to_string(),
            })
        })
    }

    /// The totals as samples; none before the first window.
    pub(super) fn samples(&self) -> Option<Vec<Arc<Samples>>> {
        self.cursor.map(|_| self.totals.samples().to_vec())
    }

    /// The cursor; none before the first window or outside the range of the system's time.
    pub(super) fn counted_until(&self) -> Option<SystemTime> {
        let since_1970 = Duration::from_millis(u64::try_from(self.cursor?.0).ok()?);
        SystemTime::UNIX_EPOCH.checked_add(since_1970)
    }

    /// How many seconds the cursor is behind, negative if the graph's clock was set back; none before the first window. Before
    /// the first reading of the graph's clock it is compared with ours.
    pub(super) fn lag(&self, watch: &GraphWatch) -> Option<f64> {
        let clock = watch.clock.estimate();
        let end = self
            .window
            .end(clock.unwrap_or_else(|| SystemTime::now().into()));
        Some(end.0.saturating_sub(self.cursor?.0) as f64 / 1000.0)
    }

    /// Counts the next window, if there is one.
    pub(super) async fn run(&mut self, watch: &GraphWatch) -> (Run, Next) {
        if self.refused.is_some() {
            // It may have been fixed. No permit is held while the disk is slow.
            self.refused = self.restore().await.err();
        }
        let low_priority = if self.low_priority {
            Some(watch.acquire_low_priority().await)
        } else {
            None
        };
        let permit = watch.graph.acquire().await;
        let (run, next) = self.run_with(watch, (permit, low_priority)).await;
        self.low_priority = next != Next::Wait || run.timed_out();
        (run, next)
    }

    async fn run_with(
        &mut self,
        watch: &GraphWatch,
        (mut permit, low_priority): Permits<'_>,
    ) -> (Run, Next) {
        if let Some(error) = watch.down() {
            return (Run::NotAsked(error.into()), Next::Wait);
        }
        let started = std::time::Instant::now();
        let failed = |error: RunError| (Run::failed(error, started.elapsed()), Next::Wait);
        let clock = match watch.clock.now(&mut permit).await {
            Ok(clock) => clock,
            Err(error) => return failed(error),
        };
        if self.refused.is_none() {
            self.check_database(watch.clock.database());
        }
        if let Some(refused) = self.refused.clone() {
            return failed(refused.into());
        }
        let end = self.window.end(clock);
        let since = match (self.cursor, self.window.start) {
            (Some(cursor), _) => cursor,
            (None, Start::Beginning) => BEGINNING,
            (None, Start::Now) => {
                drop((permit, low_priority));
                return (self.start_now(end).await, Next::Wait);
            }
        };
        if end <= since {
            self.log_clock(since, end, clock);
            let samples = self.totals.samples().to_vec();
            return (Run::nothing_new(samples, false), Next::Wait);
        }
        self.count(watch, (permit, low_priority), since, end).await
    }

    /// Totals and cursor belong to one database. In another one the cursor would skip events, and the totals of both would be
    /// added up. Without an id nothing is compared.
    fn check_database(&mut self, current: Option<Arc<str>>) {
        let Some(current) = current else { return };
        let counted = self.cursor.and(self.database.as_ref());
        let is_other = counted.is_some_and(|counted| *counted != current);
        match &self.file {
            Some(file) if is_other => {
                return self.refused = Some(StateError::OtherDatabase(file.path().to_owned()));
            }
            None if is_other => {
                // Like a restart.
                tracing::warn!(kpi = %self.kpi.id, graph = %self.graph, "graph has another database; totals restart from `start`");
                self.reset();
            }
            Some(_) | None => {}
        }
        self.database = Some(current);
    }

    /// Starts counting at `end` with empty totals.
    async fn start_now(&mut self, end: UnixMillis) -> Run {
        let none = Totals::default();
        let empty = match Rows::of_window(&self.kpi, &none).finish() {
            Ok(empty) => empty,
            Err(error) => return Run::failed(error.into(), Duration::ZERO),
        };
        match self.commit(Totals::after(&empty), end, true).await {
            Ok(()) => Run::nothing_new(empty.samples, true),
            Err(error) => Run::failed(error.into(), Duration::ZERO),
        }
    }

    async fn count(
        &mut self,
        watch: &GraphWatch,
        (mut permit, low_priority): Permits<'_>,
        since: UnixMillis,
        end: UnixMillis,
    ) -> (Run, Next) {
        let until = self.sizer.until(since, end);
        let mut totals = self.totals.clone();
        let seen = &mut |_: &_| {};
        let run = window(&self.kpi, &mut permit, &mut totals, since, until, seen).await;
        // No permit is held while the disk is slow.
        drop((permit, low_priority));
        let duration = run.duration().unwrap_or_default();
        let measured = match run {
            Outcome::Succeeded { result, .. } | Outcome::NothingNew(result) => result,
            Outcome::NotAsked(_) => return (run, Next::Wait),
            Outcome::Failed { error, .. } => {
                return self.shorten(watch, error, duration, (since, until));
            }
        };
        if let Err(error) = self.commit(totals, until, measured.changed).await {
            // The same rows come again, so nothing of this run counts.
            return (Run::failed(error.into(), duration), Next::Wait);
        }
        let easy = is_easy(measured.rows, duration, self.kpi.timeout);
        self.sizer.succeeded(since, until, end, easy);
        self.log_gap(until, end);
        let next = if until < end {
            Next::Continue
        } else {
            Next::Wait
        };
        let result = measured;
        (Run::Succeeded { result, duration }, next)
    }

    /// A failed window is retried at half length if that may succeed.
    fn shorten(
        &mut self,
        watch: &GraphWatch,
        error: RunError,
        duration: Duration,
        (since, until): (UnixMillis, UnixMillis),
    ) -> (Run, Next) {
        // If the graph hangs, the length of the window is not the cause.
        if !(error.is_limit() || error.is_row()) || watch.down().is_some() {
            return (Run::failed(error, duration), Next::Wait);
        }
        if self.sizer.halve(since, until) {
            let (kpi, graph, reason) = (&self.kpi.id, &self.graph, error.reason());
            let (since, until) = (iso(since), iso(until));
            tracing::info!(%kpi, %graph, since, until, reason, %error, "window failed; retrying at half length");
            return (Run::failed(error, duration), Next::Retry);
        }
        let cause = Box::new(error);
        let error = RunError::Shortest {
            cause,
            since,
            until,
        };
        (Run::failed(error, duration), Next::Wait)
    }

    /// Saves, then takes over the totals: nothing is published that was not saved.
    async fn commit(
        &mut self,
        totals: Totals,
        until: UnixMillis,
        changed: bool,
    ) -> Result<(), StateError> {
        let far_ahead = until.0.saturating_sub(self.saved.0) >= SAVE_CURSOR_AFTER;
        if let Some(file) = self.file.as_ref().filter(|_| far_ahead || changed) {
            let state = Saved {
                cursor: until,
                totals: totals.clone(),
                database: self.database.clone(),
            };
            save(file, state).await?;
            self.saved = until;
        }
        self.totals = totals;
        self.cursor = Some(until);
        Ok(())
    }

    fn log_gap(&mut self, until: UnixMillis, end: UnixMillis) {
        let gap =
            Duration::from_millis(u64::try_from(end.0.saturating_sub(until.0)).unwrap_or_default());
        let now = if gap.is_zero() {
            CatchUp::UpToDate
        } else {
            CatchUp::CatchingUp
        };
        let (kpi, graph) = (&self.kpi.id, &self.graph);
        match (self.logged, now) {
            (CatchUp::UpToDate | CatchUp::Ahead, CatchUp::CatchingUp) => {
                let (counted_until, behind) = (iso(until), humantime::format_duration(gap));
                tracing::info!(%kpi, %graph, counted_until, %behind, "catching up");
            }
            (CatchUp::CatchingUp, CatchUp::UpToDate) => {
                tracing::info!(%kpi, %graph, "caught up");
            }
            (CatchUp::UpToDate | CatchUp::Ahead, CatchUp::UpToDate)
            | (CatchUp::CatchingUp, CatchUp::CatchingUp)
            | (_, CatchUp::Ahead) => {}
        }
        self.logged = now;
    }

    fn log_clock(&mut self, since: UnixMillis, end: UnixMillis, clock: UnixMillis) {
        if self.logged == CatchUp::Ahead || since.0.saturating_sub(end.0) <= AHEAD {
            return;
        }
        self.logged = CatchUp::Ahead;
        let (kpi, graph, is_behind) = (&self.kpi.id, &self.graph, clock < since);
        let (counted_until, clock) = (iso(since), iso(clock));
        if is_behind {
            tracing::warn!(%kpi, %graph, counted_until, clock, "graph clock is behind the cursor; counting resumes when it catches up, and events written in between are not counted");
        } else {
            // A clock that was set back by less than `lag` looks the same.
            let lag = humantime::format_duration(self.window.lag);
            tracing::info!(%kpi, %graph, counted_until, clock, %lag, "cursor is closer to the graph clock than `lag`, because `lag` was raised or the clock set back; counting resumes when the clock is `lag` ahead");
        }
    }
}

async fn save(file: &Arc<StateFile>, state: Saved) -> Result<(), StateError> {
    let (writer, path) = (file.clone(), file.path().to_owned());
    let saved = spawn_blocking(move || writer.save(&state)).await;
    saved.unwrap_or_else(|cause| {
        Err(StateError::Save {
            path,
            cause: cause.to_string(),
        })
    })
}
