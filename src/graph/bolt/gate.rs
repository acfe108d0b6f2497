//! Allows one connection attempt at a time, and none for a while after a failure.
//!
//! Three wrong passwords lock a Neo4j account for every application that uses it, so a dozen
//! queries with a wrong password must send it only once. An unreachable server is tried once too,
//! and the other callers do not wait for the result.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout_at};

use crate::graph::GraphError;

/// The first wait after a refused login; each further refusal doubles it. An account is locked for
/// 5 s by default.
const AFTER_LOGIN: Duration = Duration::from_secs(10);
/// The longest wait after a refused login: a corrected password must be noticed without a restart.
const AFTER_LOGIN_MAX: Duration = Duration::from_secs(300);
/// The wait after a failure to reach the server: long enough that the callers in the queue share
/// the result instead of each trying too. The scheduler decides when an unreachable server is tried
/// again.
const AFTER_UNREACHABLE: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Default)]
pub(super) struct Gate {
    attempt: tokio::sync::Mutex<()>,
    closed: Mutex<Option<Closed>>,
}

/// The last attempt, if it failed.
struct Closed {
    error: GraphError,
    failures: u32,
    until: Instant,
}

impl Gate {
    /// Runs `attempt` once no other attempt is running. Fails immediately while the gate is closed
    /// and, after a failure, while another caller tries again. `attempt` must end by itself; the
    /// wait for the other attempt ends at the deadline.
    pub(super) async fn pass<T>(
        &self,
        deadline: Instant,
        has_new_password: impl Fn() -> bool,
        attempt: impl Future<Output = Result<T, GraphError>>,
    ) -> Result<Result<T, GraphError>, Elapsed> {
        let _guard = match self.attempt.try_lock() {
            Ok(guard) => guard,
            Err(_) => {
                if let Some(closed) = &*self.closed() {
                    return Ok(Err(closed.error()));
                }
                timeout_at(deadline, self.attempt.lock()).await?
            }
        };
        if let Some(closed) = self
            .closed()
            .as_ref()
            .filter(|closed| closed.holds(&has_new_password))
        {
            return Ok(Err(closed.error()));
        }
        Ok(match attempt.await {
            Ok(passed) => {
                *self.closed() = None;
                Ok(passed)
            }
            Err(error) => Err(self.refuse(error)),
        })
    }

    /// Closes the gate because of `error`, and returns the error with the wait that results.
    pub(super) fn refuse(&self, error: GraphError) -> GraphError {
        let mut closed = self.closed();
        let failures = match &*closed {
            Some(before) if before.error.reason() == error.reason() => {
                before.failures.saturating_add(1)
            }
            Some(_) | None => 0,
        };
        let now = Closed {
            until: Instant::now() + wait(&error, failures),
            error,
            failures,
        };
        let error = now.error();
        *closed = Some(now);
        error
    }

    fn closed(&self) -> MutexGuard<'_, Option<Closed>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wait(error: &GraphError, failures: u32) -> Duration {
    if matches!(error, GraphError::Authentication { .. }) {
        AFTER_LOGIN
            .saturating_mul(2_u32.saturating_pow(failures))
            .min(AFTER_LOGIN_MAX)
    } else {
        AFTER_UNREACHABLE
    }
}

impl Closed {
    /// A refused password may be rotated at any time, and the new one need not wait.
    fn holds(&self, has_new_password: impl Fn() -> bool) -> bool {
        let is_login = matches!(self.error, GraphError::Authentication { .. });
        Instant::now() < self.until && !(is_login && has_new_password())
    }

    /// The error with the time that is left, in whole seconds.
    fn error(&self) -> GraphError {
        let mut error = self.error.clone();
        if let GraphError::Authentication { next_try, .. } = &mut error {
            let left = self.until.saturating_duration_since(Instant::now());
            *next_try = Duration::from_secs(
                left.as_millis()
                    .div_ceil(1000)
                    .try_into()
                    .unwrap_or(u64::MAX),
            );
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn wrong_password() -> GraphError {
        GraphError::Authentication {
            uri: "bolt://db".into(),
            cause: "no".into(),
            next_try: Duration::ZERO,
        }
    }

    fn unreachable() -> GraphError {
        GraphError::Unreachable {
            uri: "bolt://db".into(),
            cause: "refused".into(),
        }
    }

    async fn pass(
        gate: &Gate,
        attempt: impl Future<Output = Result<(), GraphError>>,
    ) -> Result<(), GraphError> {
        gate.pass(Instant::now() + Duration::from_secs(60), || false, attempt)
            .await
            .unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn only_one_of_many_callers_sends_a_wrong_password() {
        let (gate, sent) = (Gate::default(), AtomicU32::new(0));
        let caller = || {
            pass(&gate, async {
                sent.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
                Err(wrong_password())
            })
        };
        let answers = futures_util::future::join_all((0..20).map(|_| caller())).await;
        assert_eq!(sent.load(Ordering::Relaxed), 1);
        assert!(
            answers
                .iter()
                .all(|answer| answer.as_ref().unwrap_err().reason() == "authentication")
        );
    }

    #[tokio::test(start_paused = true)]
    async fn waits_after_a_refused_login_grow_up_to_a_limit_and_reset_after_a_success() {
        let logins = [10, 20, 40, 80, 160, 300, 300].map(Duration::from_secs);
        for (error, expected) in [
            (wrong_password(), logins),
            (unreachable(), [AFTER_UNREACHABLE; 7]),
        ] {
            let gate = Gate::default();
            for wait in expected {
                pass(&gate, async { Err(error.clone()) }).await.unwrap_err();
                tokio::time::advance(wait - Duration::from_millis(1)).await;
                assert!(
                    pass(&gate, async { panic!("the gate is closed for {wait:?}") })
                        .await
                        .is_err()
                );
                tokio::time::advance(Duration::from_millis(1)).await;
            }
            pass(&gate, async { Ok(()) }).await.unwrap();
            pass(&gate, async { Err(error.clone()) }).await.unwrap_err();
            tokio::time::advance(expected[0]).await;
            pass(&gate, async { Ok(()) }).await.unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_failure_the_others_do_not_wait_for_the_next_attempt() {
        let gate = Gate::default();
        pass(&gate, async { Err(unreachable()) }).await.unwrap_err();
        tokio::time::advance(AFTER_UNREACHABLE).await;
        let slow = pass(&gate, async {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(())
        });
        let other = async {
            tokio::task::yield_now().await;
            let before = Instant::now();
            (
                pass(&gate, async { panic!("one at a time") }).await,
                before.elapsed(),
            )
        };
        let (slow, (other, waited)) = tokio::join!(slow, other);
        assert_eq!(
            (slow, other, waited),
            (Ok(()), Err(unreachable()), Duration::ZERO)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_for_another_attempt_ends_at_the_deadline() {
        let gate = Gate::default();
        let _guard = gate.attempt.lock().await;
        let deadline = Instant::now() + Duration::from_secs(3);
        assert!(
            gate.pass(deadline, || false, async { Ok(()) })
                .await
                .is_err()
        );
        assert_eq!(Instant::now(), deadline);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_contains_the_remaining_wait() {
        let gate = Gate::default();
        pass(&gate, async { Err(wrong_password()) })
            .await
            .unwrap_err();
        tokio::time::advance(Duration::from_millis(2_500)).await;
        let error = pass(&gate, async { Ok(()) }).await.unwrap_err();
        let GraphError::Authentication { next_try, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(next_try, Duration::from_secs(8));
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_password_does_not_wait_for_the_end_of_the_refusal() {
        let gate = Gate::default();
        pass(&gate, async { Err(wrong_password()) })
            .await
            .unwrap_err();
        let deadline = Instant::now() + Duration::from_secs(60);
        let passed = gate.pass(deadline, || true, async { Ok(()) }).await;
        assert_eq!(passed.unwrap(), Ok(()));
    }
}
