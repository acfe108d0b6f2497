//! Sessions: each goes through the phases of its work, invokes one skill after the other, and ends.

use super::skills::{PHASES, ROLLBACK};
use super::trouble::Trouble;
use super::{Plan, SessionBuddy};
use crate::recorder::{Recorder, text};
use crate::shared::{CALL, CALL_OF_SESSION, GROUPS, SESSION, millis, work};

/// The maximum number of active sessions.
const MOST: usize = 15;
/// Milliseconds between two invocations.
const THINKS: (f64, f64) = (1000.0, 17_000.0);
/// The number of invocations in each phase.
const IN_A_PHASE: [(usize, f64); 3] = [(1, 3.0), (2, 4.0), (4, 2.0)];
/// The probabilities that the phase and that the duration of an invocation are not recorded.
const NO_PHASE: f64 = 0.02;
const NOT_MEASURED: f64 = 0.03;

/// An active session.
#[derive(Debug)]
pub(super) struct Session {
    group: &'static str,
    /// The remaining phases in reverse order, once per invocation.
    left: Vec<&'static str>,
    running: Option<Invocation>,
}

#[derive(Clone, Copy, Debug)]
struct Invocation {
    call: u64,
    phase: &'static str,
    ms: f64,
    completes: bool,
}

impl SessionBuddy {
    /// Starts a session.
    pub(super) fn open(&mut self, recorder: &mut Recorder<'_>) {
        if self.sessions.len() >= MOST || self.trouble.is(Trouble::Silence) {
            return;
        }
        let group = self.random.weighted(&GROUPS).unwrap_or_default();
        let number = self
            .records
            .begin(SESSION, group, [("started_at", recorder.now())], recorder);
        let mut left = Vec::new();
        for phase in PHASES.into_iter().rev() {
            let times = self.random.weighted(&IN_A_PHASE).unwrap_or(1);
            left.extend(std::iter::repeat_n(phase, times));
        }
        self.sessions.insert(
            number,
            Session {
                group,
                left,
                running: None,
            },
        );
        self.think(number, recorder);
    }

    fn think(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let ms = self.random.between(THINKS.0, THINKS.1);
        self.agenda
            .add(recorder.at + work(ms), Plan::Invoke(number));
    }

    pub(super) fn invoke(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let Some(mut session) = self.sessions.remove(&number) else {
            return;
        };
        let next = session
            .left
            .pop()
            .and_then(|phase| Some((phase, self.any_skill(phase)?)));
        let Some((phase, skill)) = next else {
            self.records.end(SESSION, number, [], recorder);
            return;
        };
        let own = [
            ("kind", text("skill")),
            ("target", text(skill.name)),
            ("status", text("running")),
            ("started_at", recorder.now()),
        ];
        let action = (!self.random.chance(NO_PHASE)).then(|| ("action", text(phase)));
        let call = self
            .records
            .begin(CALL, session.group, own.into_iter().chain(action), recorder);
        self.records.link(CALL_OF_SESSION, call, number, recorder);
        let (ms, completes) = (self.latency(skill), self.completes(skill));
        session.running = Some(Invocation {
            call,
            phase,
            ms,
            completes,
        });
        self.sessions.insert(number, session);
        self.agenda.add(recorder.at + work(ms), Plan::Ended(number));
    }

    /// Ends an invocation. A failed verification is followed by a rollback.
    pub(super) fn ended(&mut self, number: u64, recorder: &mut Recorder<'_>) {
        let measured = !self.random.chance(NOT_MEASURED);
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        let Some(Invocation {
            call,
            phase,
            ms,
            completes,
        }) = session.running.take()
        else {
            return;
        };
        if phase == "verification" && !completes {
            session.left.push(ROLLBACK);
        }
        let own = [("status", text(if completes { "success" } else { "error" }))];
        let duration = measured.then(|| ("duration_ms", millis(ms)));
        self.records
            .end(CALL, call, own.into_iter().chain(duration), recorder);
        self.think(number, recorder);
    }
}
