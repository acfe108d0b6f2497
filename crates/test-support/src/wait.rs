//! Waiting for a state instead of for a time, which a busy machine may need more of.

use std::num::NonZero;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// Longer than anything in a test takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Calls `look` repeatedly until it finds something.
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_or(what, look, String::new)
}

/// As [`until`]; a failure prints the context too.
pub fn until_or<T>(
    what: &str,
    mut look: impl FnMut() -> Option<T>,
    context: impl Fn() -> String,
) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            Instant::now() < deadline,
            "timed out after {PATIENCE:?}, waiting until: {what}\n{}",
            context()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// A limit for this machine: where more threads want to run than there are cores, each gets only
/// its share of the time.
pub fn stretched(limit: Duration) -> Duration {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    limit.mul_f64((wanting_to_run() / cores as f64).max(1.0))
}

/// How many threads want to run: now, or on average in the last minute, whichever is more.
fn wanting_to_run() -> f64 {
    let load = fs::read_to_string("/proc/loadavg").unwrap();
    let mut words = load.split(' ');
    let average: f64 = words.next().unwrap().parse().unwrap();
    let (now, _) = words.nth(2).unwrap().split_once('/').unwrap();
    average.max(now.parse().unwrap())
}
